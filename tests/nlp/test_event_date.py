"""The day of an event: its first and last day, never the end of the registration."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.model import Origin, Scheme, Tag, TextToTag
from veille.nlp.dates import deadline, event_date

_EVENT = (Tag(scheme=Scheme.TYPE, term="evenement", score=0.9, origin=Origin.CUE),)
_CALL = (Tag(scheme=Scheme.TYPE, term="appel-a-projets", score=0.9, origin=Origin.CUE),)


def text(content, title=""):
    return TextToTag(id="x", title=title, text=content, published=datetime(2026, 11, 20, 9, tzinfo=UTC))


def read(content, tags=_EVENT, title=""):
    return {fact.name: fact for fact in event_date.read(text(content, title), tags)}


@pytest.mark.parametrize(
    ("content", "first", "last"),
    [
        ("Rendez-vous le jeudi 10 décembre 2026 à Lyon.", "2026-12-10", None),
        ("Le salon se tient du 3 au 5 février.", "2027-02-03", "2027-02-05"),
        ("Annecy, 3 et 4 février 2027. Inscription avant le 8 janvier 2027.", "2027-02-03", "2027-02-04"),
        ("Candidature avant le 10 janvier 2027. Lyon, du 9 au 11 mars 2027.", "2027-03-09", "2027-03-11"),
        ("Le congrès a lieu du 30 mars au 2 avril 2027.", "2027-03-30", "2027-04-02"),
        ("Inscriptions jusqu’au 3 décembre 2026, pour la journée. Nantes, 12 janvier.", "2027-01-12", None),
        ("Info day on 12 January 2027. Registration closes 5 January 2027.", "2027-01-12", None),
    ],
)
def test_the_days_of_an_event_are_read(content, first, last):
    facts = read(content)
    assert {name: fact.value for name, fact in facts.items()} == {
        "event_date": first,
        **({"event_end": last} if last else {}),
    }


@pytest.mark.parametrize(
    "content",
    [
        "Publié le 24 novembre 2026.",
        "Inscription avant le 8 janvier 2027.",
        "Retour sur la journée du 3 octobre 2026.",
        "Les lauréats seront connus le 3 mai 2027.",
        "Les dossiers sont déposés le 3 mai 2027 au plus tard.",
        "",
    ],
)
def test_other_days_are_no_event(content):
    assert read(content) == {}


def test_what_is_no_event_has_no_day():
    assert read("Rendez-vous le jeudi 10 décembre 2026.", _CALL) == {}


def test_the_day_of_an_event_is_no_deadline():
    content = "Le forum se tient le jeudi 10 décembre 2026 à Lyon."
    assert not [fact for fact in deadline.read(text(content)) if fact.name == "deadline"]
    sentence, printed = read(content)["event_date"].evidence
    assert sentence.text == content
    assert printed.text == "jeudi 10 décembre 2026"


def test_the_tagger_gives_the_day(tagger):
    [tagged] = tagger.tag([text("Lyon (69), du 9 au 11 mars 2027.", "Salon du logiciel")])
    assert tagged.fact("event_date").value == "2027-03-09"
    assert tagged.fact("deadline") is None


@given(st.lists(st.sampled_from(["du", "31", "30", "au", "2", "février", "avril", "et", "le", "2027"]), max_size=12))
def test_any_words_give_calendar_days_in_order(words):
    facts = read(" ".join(words))
    if "event_end" in facts:
        assert facts["event_date"].value <= facts["event_end"].value
