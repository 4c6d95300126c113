"""Whom to ask and by what number: printed, quoted, never made up."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.model import StructuredFacts, TextToTag
from veille.nlp.facts import contact, reference


def ask(text: str) -> str | None:
    found = contact.read(TextToTag(id="x", title="", text=text))
    return found[0].value if found else None


def number(text: str, title: str = "") -> str | None:
    found = reference.read(TextToTag(id="x", title=title, text=text))
    return found[0].value if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Contact : Claire Durand, c.durand@exemple.fr, 04 76 00 00 00.",
            "Claire Durand, c.durand@exemple.fr, 04 76 00 00 00",
        ),
        ("Renseignements : aap@region.example", "aap@region.example"),
        ("Pour toute question, écrivez à innovation@pole.example.", "innovation@pole.example"),
        ("Votre interlocutrice : Mme Léa Petit-Jean (05.61.00.00.00)", "Léa Petit-Jean, 05.61.00.00.00"),
        ("Contact\nService Économie\neco@ville.example", "eco@ville.example"),
        ("Contact: Anna Schmidt, +49 30 123456", "Anna Schmidt, +49 30 123456"),
        ("Contact : +33 (0)4 76 00 00 00", "+33 (0)4 76 00 00 00"),
        ("Contactez votre conseiller.", None),
        ("Le fichier photo@2x.png et 12 34 56 78 90 dossiers.", None),
        ("Contact presse.\n\nSiret 812 345 678 00012", None),
        ("Montant : 04 76 00 00 00 000", None),
        ("", None),
    ],
)  # fmt: skip
def test_contact_is_read_beside_its_cue(text: str, expected: str | None) -> None:
    assert ask(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Topic: HORIZON-CL6-2027-FARM2FORK-01-3 (RIA)", "HORIZON-CL6-2027-FARM2FORK-01-3"),
        ("LIFE-2027-SAP-ENV : projets standards", "LIFE-2027-SAP-ENV"),
        ("Avis publié au JO S : 2026/S 231-712345", "2026/S 231-712345"),
        ("Avis n° 26-114523 du BOAMP", "26-114523"),
        ("TED : 330449-2017", "330449-2017"),
        ("Référence : AAP-2027-03", "AAP-2027-03"),
        ("Réf. : 2026_MAPA_014.", "2026_MAPA_014"),
        ("Numéro de référence : 26F0147", "26F0147"),
        ("N° de marché : 2026-114", "2026-114"),
        ("Call ID: EUROSTARS-3-CoD-7", "EUROSTARS-3-CoD-7"),
        ("Référence : 12/01/2027", None),
        ("Référence : 2027", None),
        ("Un projet de référence : la halle", None),
        ("HORIZON-EUROPE en bref", None),
        ("", None),
    ],
)
def test_reference_is_read_as_printed(text: str, expected: str | None) -> None:
    assert number(text) == expected


def test_what_the_source_states_wins() -> None:
    facts = StructuredFacts(contact="Mairie", reference="A1")
    text = TextToTag(id="x", title="", text="Contact : a@b.example. Référence : Z9-1", facts=facts)
    assert contact.read(text) == reference.read(text) == ()


_PIECES = st.sampled_from(
    ["Contact", ":", "a@b.fr", "04 76 00 00 00", "Réf", "n°", "2026-114", "\n", "Claire Durand", ","]
)


@given(st.lists(_PIECES, max_size=30).map(" ".join) | st.text(max_size=100))
def test_quotes_stand_where_they_say(text: str) -> None:
    for fact in (
        *contact.read(TextToTag(id="x", title="", text=text)),
        *reference.read(TextToTag(id="x", title=text, text="")),
    ):
        assert fact.value
        assert all((text)[piece.start : piece.end] == piece.text for piece in fact.evidence)


@pytest.mark.parametrize(
    "piece", ["a@", "contact ", "0", "04 76 ", "A-", "Réf : ", "a.b-c+", "HORIZON-A-", "Contact a@b.c "]
)
def test_hostile_texts_are_read_quickly(piece: str) -> None:
    before = time.process_time()
    ask(piece * 20_000)
    number(piece * 20_000)
    assert time.process_time() - before < 2
