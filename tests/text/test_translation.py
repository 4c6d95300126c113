"""Translation as bytes: exactly what a table gives, in the usual characters and outside them."""

import pytest

from veille.text import Translation


@pytest.mark.parametrize(
    "said",
    [
        "L’« œuvre » d’été – 12 500 €, ½ tarif… ″ ™ ÆØß",
        "\u00adcou\u200bpé\u202fet\u2009fin",
        "hors de l'alphabet : 🌊 œuvre ﬁn e\u0301 \ud800 \ue000 \x85",
        "",
    ],
)
def test_a_translation_gives_what_its_table_gives(said: str) -> None:
    table = {ord("œ"): "oe", ord("½"): "1/2", 0xAD: ""}
    every = {point: table.get(point, chr(point).upper()[:1]) for point in range(0x20000)}
    assert Translation(every)(said) == said.translate(every)
