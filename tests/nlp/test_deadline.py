"""Deadlines: our own sentences, and what no text may do."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from veille.model import Fact, Origin, StructuredFacts, TextToTag
from veille.nlp.dates import deadline

_SENTENCES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "dates.yaml").read_text(encoding="utf-8")
)["sentences"]
_NOW = date(2026, 11, 20)


def read(text: str, published: date | None = _NOW, title: str = "", **facts: Any) -> dict[str, Fact]:
    when = datetime.combine(published, time(9), tzinfo=UTC) if published else None
    found = deadline.read(TextToTag(id="x", title=title, text=text, published=when, facts=StructuredFacts(**facts)))
    return {fact.name: fact for fact in found}


def value(facts: dict[str, Fact], name: str) -> str | None:
    return facts[name].value if name in facts else None


def test_our_sentences_are_read_right_and_nothing_is_invented() -> None:
    wrong: list[object] = []
    invented: list[object] = []
    for row in _SENTENCES:
        expected = row["d"].isoformat() if row["d"] else None
        got = value(read(row["s"], row.get("p", _NOW)), "deadline")
        if got != expected:
            (invented if expected is None else wrong).append((row["s"], expected, got))
    assert len(_SENTENCES) >= 300
    assert not invented
    assert len(wrong) <= 0.03 * len(_SENTENCES), wrong


@pytest.mark.parametrize(("key", "name"), [("t", "deadline_time"), ("o", "opening"), ("k", "deadline_kind")])
def test_hour_opening_and_kind_are_read_where_expected(key: str, name: str) -> None:
    rows = [row for row in _SENTENCES if key in row]
    wrong = [
        (row["s"], str(row[key]), got)
        for row in rows
        if (got := value(read(row["s"], row.get("p", _NOW)), name)) != str(row[key])
    ]
    assert len(wrong) <= 0.05 * len(rows), wrong


def test_half_of_the_sentences_are_traps() -> None:
    traps = sum(row["d"] is None for row in _SENTENCES)
    assert 0.45 <= traps / len(_SENTENCES) <= 0.6


def test_a_structured_deadline_wins_over_the_text() -> None:
    facts = read("Date limite de dépôt : 15 mars 2027.", deadline=date(2027, 4, 1))
    assert facts["deadline"].value == "2027-04-01"
    assert facts["deadline"].origin is Origin.FACT


def test_the_quote_is_the_sentence_and_the_printed_date_with_right_offsets() -> None:
    text = "Un appel. Les PME déposent leur dossier jusqu’au 15 mars 2027 à 12h. Contact : la Région."
    sentence, printed = read(text)["deadline"].evidence
    assert sentence.text == "Les PME déposent leur dossier jusqu’au 15 mars 2027 à 12h."
    assert printed.text == "15 mars 2027"
    assert text[printed.start : printed.end] == printed.text
    assert text[sentence.start : sentence.end] == sentence.text


def test_the_next_cut_off_is_taken_once_one_is_past() -> None:
    text = "Dates limites de dépôt : 15 janvier 2027, 15 mai 2027 et 15 septembre 2027."
    assert value(read(text, date(2027, 2, 1)), "deadline") == "2027-05-15"
    assert value(read(text, date(2028, 2, 1)), "deadline") == "2027-09-15"


_PARTS = """Les dates de soumission sont :
- pour le volet Recherche en forêt : 4 octobre 2027
- pour le volet Formation des artisans : 16 novembre 2027"""


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Appel bois, volet Formation des artisans du bâtiment", "2027-11-16"),
        ("Appel bois, volet Recherche : la forêt", "2027-10-04"),
        ("Appel bois", "2027-10-04"),
    ],
)
def test_of_the_parts_of_a_call_the_one_that_the_title_names_gives_the_deadline(title: str, expected: str) -> None:
    facts = read(_PARTS, title=title)
    assert value(facts, "deadline") == expected
    assert value(facts, "deadline_kind") == "several"


@pytest.mark.parametrize(
    "title",
    [
        "Consommation d'espaces du 1er janvier 2009 au 1er janvier 2022",
        "Horaires des navettes du 01/09/2026 au 31/05/2027",
        "Semaine du numérique du 8 au 12 mars 2027",
    ],
)
def test_a_period_in_a_title_is_not_the_end_of_a_call(title: str) -> None:
    assert "deadline" not in read("", title=title)
    assert value(read("", title=f"Appel à projets : {title}"), "deadline") is not None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("L'appel, ouvert depuis le 3 novembre 2026, sera clos le 04/02/27 à 23h59.", "2027-02-04"),
        ("La plateforme, accessible sept jours sur sept, ferme le 12 mars 2027.", "2027-03-12"),
        ("Le dispositif, lui, dure ; l'exercice sera clos le 31 décembre 2026.", None),
        ("Le précédent appel s'est clos le 30 septembre 2026. Prochaine session à venir.", None),
        ("Contrairement à la session précédente, la date limite est fixée au 15 mars 2027.", "2027-03-15"),
    ],
)
def test_an_aside_does_not_hide_what_closes_and_a_former_call_closes_nothing(text: str, day: str | None) -> None:
    assert value(read(text), "deadline") == day


def test_a_mark_of_a_note_belongs_neither_to_the_year_nor_to_the_day() -> None:
    assert value(read("Date limite : 15 mars 2027²."), "deadline") == "2027-03-15"
    assert read("Clôture le ² février 2027.") == {}


@pytest.mark.parametrize(
    ("text", "day", "state"),
    [
        ("Date limite : 12 février 2027. Dépôt des dossiers jusqu'au 19 février 2027.", None, "check"),
        ("Dépôt des dossiers jusqu'à mi-juin 2027.", None, "check"),
        ("Les candidatures sont attendues au printemps 2027.", None, "check"),
        ("Les candidatures sont attendues avant le deuxième trimestre 2027.", None, "check"),
        ("Appel ouvert jusqu'à fin 2027.", "2027-12-31", "check"),
        ("Dossiers à déposer avant la fin du premier semestre 2027.", "2027-06-30", "check"),
        ("Submit your proposal before the end of Q3 2027.", "2027-09-30", "check"),
        ("Appel ouvert jusqu'à fin 2027. Date limite de dépôt : 15 mars 2027.", "2027-03-15", None),
        ("Clôture des candidatures le 12 février 2027.", "2027-02-12", None),
        ("Le salon aura lieu mi-juin 2027.", None, None),
        ("Ouverture de l'usine fin 2027.", None, None),
        ("Avant la fin du troisième semestre 2027, déposez.", None, None),
    ],
)
def test_what_is_no_sure_day_is_to_be_checked(text: str, day: str | None, state: str | None) -> None:
    facts = read(text)
    assert (value(facts, "deadline"), value(facts, "deadline_state")) == (day, state)


@pytest.mark.parametrize(
    ("text", "hour", "clock"),
    [
        ("Clôture le 30 avril 2027 à 12h (heure de La Réunion).", "12:00", "Indian/Reunion"),
        ("Clôture le 30 avril 2027 à 12h, heure de Paris.", "12:00", None),
        ("Clôture le 30 avril 2027 à 17h (heure de Bruxelles).", "17:00", None),
        ("Deadline: 30 April 2027 23:59 GMT.", "23:59", "UTC"),
        ("Deadline: 30 April 2027 at 5 pm (London time).", "17:00", "Europe/London"),
        ("Dates limites : 3 mars 2027 et 6 octobre 2027, 17h (heure de Mayotte).", "17:00", "Indian/Mayotte"),
    ],
)
def test_the_clock_of_the_hour_is_read(text: str, hour: str, clock: str | None) -> None:
    facts = read(text)
    assert (value(facts, "deadline_time"), value(facts, "deadline_zone")) == (hour, clock)


def test_a_weekday_that_contradicts_the_borrowed_year_gives_no_date() -> None:
    assert "deadline" not in read("Dépôt des dossiers avant le lundi 16 décembre.")
    assert value(read("Dépôt des dossiers avant le mercredi 16 décembre."), "deadline") == "2026-12-16"


def test_the_day_of_publication_is_taken_in_paris() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    found = deadline.read(TextToTag(id="x", title="", text="Clôture le 31 décembre.", published=late))
    assert "deadline" not in {fact.name for fact in found}


_WORDS = st.sampled_from(
    [
        "date",
        "limite",
        "de",
        "dépôt",
        ":",
        "clôture",
        "avant",
        "le",
        "jusqu'au",
        "15",
        "31",
        "2027",
        "mars",
        "février",
        "fin",
        "juin",
        "12/01/2027",
        "2027-02-30",
        "29",
        "à",
        "12h",
        "du",
        "au",
        "et",
        "«",
        ".",
        ";",
        "\n",
        "(",
        ")",
        "reportée",
        "publié",
        "webinaire",
        "offres",
        "dossiers",
        "1er",
        "lundi",
        "32/13/2026",
        "\xa0",
        "é",
        "œ",
        "²",
        "½",
    ]
)


@example(text="clôture février jusqu'au ² février", year=2057)
@given(
    text=st.lists(_WORDS, max_size=40).map(" ".join) | st.text(max_size=200), year=st.integers(2000, 2090) | st.none()
)
def test_any_text_gives_only_dates_that_are_printed(text: str, year: int | None) -> None:
    published = date(year, 6, 1) if year else None
    for name, fact in read(text, published, title=text[:40]).items():
        for piece in fact.evidence:
            source = text if piece.where == "text" else text[:40]
            assert source[piece.start : piece.end] == piece.text
        if name == "deadline":
            day = date.fromisoformat(fact.value)
            printed = fact.evidence[1].text.lower()
            assert str(day.day) in printed or "1er" in printed or "premier" in printed or "fin" in printed
            assert str(day.year) in printed or str(day.year)[2:] in printed or published is not None


@pytest.mark.parametrize("text", ["", "🙂🙂", "a" * 1_000_000, "1 " * 100_000, "12/" * 50_000, "avant le " * 20_000])
def test_hostile_texts_are_read_quickly(text: str) -> None:
    assert read(text) == {}
