"""Text read in the wrong encoding is read again; text that is right is left alone."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared
from veille.crawl.markup import plain_line, plain_text
from veille.mending import mended

RIGHT = (
    "L’énergie à l’œuvre : « 200 000 € » pour l’été — où ça ? Dès août, à Besançon…",
    "Œuvres d’art, façades, maïs, naïveté, Noël, Ÿ, ÀÂÉÈÊËÎÏÔÙÛÜÇ et àâéèêëîïôùûüç",
    "Température : 25 °C, surface : 12 m², n° 3, § 4, ±5 %",
    "Förderaufruf für Straßenbau · convocatoria en España · inovação",
)
#: Right, though a pair of characters looks like two bytes of one.
ODD = (
    "« RÉUSSITÉ»", "LIBERTÉ… ÉGALITÉ…", "l'Â sacré", "PÂTÉ", "Å en Norvège, Århus", "château, â", "ÎLE°", "Ô»", "À…",
    "Ã la portugaise : São Paulo, maçã", "Ä°", "È™", "Ù…",
)  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_what_was_read_in_the_wrong_encoding_is_read_again(text, wrong):
    bytes_of = text.encode()
    spoilt = "".join(
        bytes([byte]).decode(wrong) if wrong == "latin-1" or byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)
        for byte in bytes_of
    )
    assert spoilt != text
    assert mended(spoilt) == text
    assert mended(text + " " + spoilt) == text + " " + text


def test_twice_spoilt_is_mended_twice():
    once = "énergie à l’hôtel".encode().decode("latin-1")
    assert mended(once.encode().decode("latin-1")) == "énergie à l’hôtel"


def test_an_a_whose_second_byte_became_a_space_is_mended():
    assert mended("Aide Ã  la rÃ©novation") == "Aide à la rénovation"


@pytest.mark.parametrize("text", [*RIGHT, *ODD])
def test_what_is_right_is_left_alone(text):
    assert mended(text) == text


def test_a_feed_is_mended_before_it_is_kept():
    assert plain_line("Appel Ã  projets &laquo; hydrogÃ¨ne &raquo;") == "Appel à projets « hydrogène »"
    assert plain_text("<p>lâ€™Ã©nergie</p>") == "l’énergie"


@pytest.mark.parametrize("name", ["aides_territoires", "ted_fr", "tee", "fonds_vert_2023"])
def test_real_records_that_are_right_are_left_alone(name):
    for line in shared("gold", f"{name}.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        for text in (record["title"], record["text"]):
            assert mended(text) == text


@given(st.text(max_size=200))
def test_any_text_is_mended_for_good(text):
    assert isinstance(mended(text), str)
    assert len(mended(text)) <= len(text)


@pytest.mark.parametrize("text", ["Ã©" * 500_000, "Ã " * 500_000, "â€™" * 300_000, "Ã" * 1_000_000, "a" * 1_000_000])
def test_a_megabyte_is_mended_in_little_time(text):
    start = time.perf_counter()
    mended(text)
    assert time.perf_counter() - start < 3
