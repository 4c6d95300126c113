"""What changed in a notice, and what is only a matter of form."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digest.builders import item
from veille.amending import changes, difference, is_form
from veille.model import Change, Edit

NOTICE = "La Région soutient les PME. Les dossiers sont à déposer avant le 15 mars 2027. Le taux est de 40 %."
TITLE = "Appel à projets Sols vivants"


@pytest.mark.parametrize(
    "after",
    [
        NOTICE.replace(". ", ".\n\n"),
        NOTICE.replace("La Région", "La  Region"),
        NOTICE.replace("soutient", "soutien"),
        NOTICE.replace("Les dossiers", "Les dosiers"),
        NOTICE.replace("dossiers", "dossier"),
        NOTICE + " Mis à jour le 3 mai 2026.",
        NOTICE + "\n1 204 vues",
        "Publié le 4 mai 2026\n" + NOTICE,
    ],
)
def test_spaces_slips_and_renewed_lines_are_a_matter_of_form(after):
    assert is_form(("text",), (TITLE, NOTICE), (TITLE, after))
    assert is_form(("text", "published"), (TITLE, after), (TITLE, NOTICE))


@pytest.mark.parametrize(
    "after",
    [
        NOTICE.replace("15 mars", "16 mars"),
        NOTICE.replace("15 mars", "15 mai"),
        NOTICE.replace("40 %", "50 %"),
        NOTICE.replace("sont à", "ne sont pas à"),
        NOTICE.replace("les PME", "les ETI"),
        NOTICE.replace("soutient", "ne soutient plus"),
        NOTICE + " Les associations sont exclues.",
        NOTICE.replace(" Le taux est de 40 %.", ""),
        "Appel suspendu. " + NOTICE,
        "",
    ],
)
def test_what_a_reader_would_act_on_is_no_matter_of_form(after):
    assert not is_form(("text",), (TITLE, NOTICE), (TITLE, after))


def test_what_a_source_states_and_a_link_are_never_a_matter_of_form():
    for field in ("deadline", "status", "facts", "link"):
        assert not is_form((field,), (TITLE, NOTICE), (TITLE, NOTICE))
    assert is_form(("published",), (TITLE, NOTICE), (TITLE, NOTICE))


@pytest.mark.parametrize(
    ("after", "form"),
    [
        ("Appel à projet Sols vivants", True),
        ("Appel à projets Sols vivants ", True),
        ("Appel à projets Sols vivants 2027", False),
        ("Report : appel à projets Sols vivants", False),
        ("Appel à projets Sols vivants bis", False),
        ("Lauréats de l'appel à projets Sols vivants", False),
    ],
)
def test_a_title_is_compared_as_a_sentence(after, form):
    assert is_form(("title",), (TITLE, NOTICE), (after, NOTICE)) is form


def test_another_beginning_is_another_word():
    assert not is_form(("text",), (TITLE, "Les ETI sont inéligibles."), (TITLE, "Les ETI sont éligibles."))


def test_changes_come_with_what_was_and_what_is():
    after = NOTICE.replace("15 mars", "30 avril") + " Les associations sont admises."
    edit = Edit(title=TITLE, text=NOTICE, new_title=TITLE, new_text=after, at=datetime(2026, 11, 24, tzinfo=UTC))
    one = item(
        deadline="2027-04-30", facts={"rate": "50", "amount_max": "200000"}, edit=edit,
        previous={"deadline": "2027-03-15", "rate": "40", "amount_max": ""},
    )  # fmt: skip
    assert changes(one) == (
        Change(what="deadline", before="2027-03-15", after="2027-04-30"),
        Change(what="amount_max", before="", after="200000"),
        Change(what="rate", before="40", after="50"),
        Change(
            what="text",
            before="Les dossiers sont à déposer avant le 15 mars 2027.",
            after="Les dossiers sont à déposer avant le 30 avril 2027.\nLes associations sont admises.",
        ),
    )


def test_an_item_that_never_changed_has_no_changes():
    assert changes(item()) == ()


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_two_texts_are_compared(before, after):
    added, removed = difference(before, after)
    assert all(line in after for line in added)
    assert all(line in before for line in removed)
    assert difference(before, before) == ([], [])


@pytest.mark.parametrize("unit", ["a", "Oui. ", "Phrase numéro un. ", "mot ", "1. ", "😀 "])
def test_hostile_texts_are_compared_in_little_time(unit):
    start = time.perf_counter()
    difference(unit * 200_000, "Autre. " + unit * 200_000)
    whole = " ".join(f"La phrase {chr(97 + n % 26) * (n % 30 + 4)} dit une chose." for n in range(3000))
    difference(whole, whole.replace("chose", "autre chose"))
    assert time.perf_counter() - start < 3
