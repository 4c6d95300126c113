"""What people said under one number of a thing holds for the thing, whichever of its items is shown."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.linking.stored import add, call, gathered, link
from veille.config.gazetteer import load_gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.curation.deciding import Vocabulary
from veille.curation.desk import Desk
from veille.errors import InputError
from veille.linking.deciding import LinkDesk
from veille.linking.marks import FULL
from veille.linking.sketch import METHOD
from veille.model import Licence, Scheme
from veille.model.linking import Placed
from veille.storage.cluster_store import SqlClusterStore
from veille.storage.link_decision_store import SqlLinkDecisions
from veille.storage.review_store import SqlReviewStore
from veille.testing import FrozenClock

_ROOT = Path(__file__).parents[2]


class Staff:
    """One person at work on a store; a minute passes before each thing said."""

    def __init__(self, database, known):
        self.items = gathered(database)
        self.clock = FrozenClock()
        reviews = SqlReviewStore(database, "")
        self._reviewing = Desk(
            items=self.items,
            reviews=reviews,
            vocabulary=lambda: known,
            clock=self.clock,
            today=lambda: self.clock.now().date(),
        )
        self._linking = LinkDesk(SqlLinkDecisions(database), self.items, self.clock)

    def __getattr__(self, what):
        self.clock.advance(timedelta(minutes=1))
        return getattr(self._linking if what in {"join", "split", "take_back"} else self._reviewing, what)

    def shown(self):
        (one,) = self.items.items()
        return one

    def sectors(self):
        return [tag.term for tag in self.shown().of(Scheme.SECTOR)]


@pytest.fixture(scope="module")
def known():
    return Vocabulary(load_taxonomy([_ROOT]), load_gazetteer([_ROOT]))


@pytest.fixture
def staff(database, known):
    add(database, call(1, sector="eau"), call(2, sector="eau"))
    link(database)
    return Staff(database, known)


def test_the_last_judgement_counts_whatever_its_number(staff):
    staff.accept(1, by="anne")
    assert staff.shown().review.judgement == "accepted"
    staff.reject(2, by="anne")
    assert staff.shown().review.judgement == "rejected"
    staff.accept(1, by="anne")
    assert staff.shown().review.judgement == "accepted"


@pytest.mark.parametrize("number", [1, 2])
def test_reopening_one_number_reopens_the_thing(staff, number):
    staff.split(1, 2, by="anne")
    staff.accept(1, by="anne")
    staff.reject(2, by="anne")
    staff.take_back(1, 2, by="anne")
    assert staff.reopen(number, by="anne").review is None
    assert staff.shown().review is None


def test_reopening_leaves_no_line_on_what_nobody_judged(staff, database):
    staff.accept(2, by="anne")
    staff.reopen(2, by="anne")
    assert SqlReviewStore(database, "").history(1) == []


def test_a_corrected_tag_holds_when_another_item_comes_to_be_shown(staff, database):
    staff.correct(2, add=["sector:textile"], remove=["sector:eau"], by="anne")
    assert staff.sectors() == ["textile-mode-luxe"]
    later = "Initialement fixée au 30 septembre 2026, la date limite est reportée au 30 novembre 2026."
    text = f"{later} {call(1).text}"
    add(database, call(3, text=text, deadline="2026-11-30", sector="eau"))
    link(database)
    assert staff.shown().id == 3
    assert staff.sectors() == ["textile-mode-luxe"]


def test_the_last_correction_counts_and_is_withdrawn_under_any_number(staff):
    staff.correct(2, remove=["sector:eau"], by="anne")
    staff.correct(1, add=["sector:eau"], by="anne")
    assert staff.sectors() == ["eau"]
    staff.correct(2, remove=["sector:eau"], by="anne")
    assert staff.sectors() == []
    staff.correct(1, undo=["sector:eau"], by="anne")
    assert staff.sectors() == ["eau"]
    assert staff.shown().corrections == ()


def test_a_corrected_tag_is_seen_by_what_compares(staff, database):
    staff.correct(2, add=["type:laureats-attributions"], remove=["type:appel-a-projets"], by="anne")
    assert link(database, staff.clock) == 1
    assert staff.items.groups() == {}
    assert link(database, staff.clock) == 0
    staff.correct(2, undo=["type:laureats-attributions", "type:appel-a-projets"], by="anne")
    assert link(database, staff.clock) == 1
    assert staff.items.groups() == {1: (1, 2), 2: (1, 2)}


def test_what_is_corrected_while_it_is_compared_waits_again(staff, database):
    staff.correct(2, remove=["sector:eau"], by="anne")
    store = SqlClusterStore(database)
    stamp = store.stamps([2], METHOD)[2]
    staff.correct(2, add=["sector:eau"], by="anne")
    placed = [Placed(item_id=2, stamp=stamp, sketch={}, marks=())]
    store.save(placed, [], store.place(placed, METHOD, FULL), staff.clock.now())
    assert store.waiting(METHOD) == [2]


def test_the_group_of_one_item_is_that_of_all(staff, database):
    houblon = {number: call(number, f"Houblon {number} : aide aux brasseries du Doubs") for number in range(3, 9)}
    add(database, *houblon.values(), call(9, "Maintenance", text="Entretien d'ascenseurs", deadline="2026-12-04"))
    link(database)
    staff.join(9, 8, by="anne")
    staff.split(3, by="anne")
    staff.join(4, 3, by="anne")
    whole = staff.items.groups()
    assert whole
    for number in range(1, 10):
        assert staff.items.group(number) == whole.get(number, (number,))


def test_a_group_stands_while_its_items_are_compared_anew(staff, database):
    staff.correct(2, remove=["sector:eau"], by="anne")
    store = SqlClusterStore(database)
    placed = [Placed(item_id=2, stamp=store.stamps([2], METHOD)[2], sketch={}, marks=())]
    before = store.place(placed, METHOD, FULL)
    assert staff.items.group(2) == (1, 2)
    store.save(placed, [], before, staff.clock.now())
    assert staff.items.group(2) == (2,)


def test_a_day_more_by_a_relay_is_no_day_put_off(staff, database):
    add(database, call(3, deadline="2026-10-01", licence=Licence.PRESS, sector="eau"))
    link(database)
    assert staff.items.group(3) == (1, 2, 3)


def test_items_that_part_keep_what_was_said_of_each(staff):
    staff.correct(2, add=["sector:textile"], by="anne")
    staff.split(1, 2, by="anne")
    found = {one.id: [tag.term for tag in one.of(Scheme.SECTOR)] for one in staff.items.items()}
    assert found == {1: ["eau"], 2: ["textile-mode-luxe", "eau"]}


def test_splitting_an_unknown_number_says_that_it_is_unknown(staff):
    with pytest.raises(InputError, match=r"inconnu.*n° 99"):
        staff.split(99, by="anne")
