import pytest

from tests.linking.stored import add, call, gathered, groups, link
from veille.errors import InputError
from veille.linking.deciding import LinkDesk
from veille.model import Judgement, Licence, Review
from veille.storage.link_decision_store import SqlLinkDecisions
from veille.storage.review_store import SqlReviewStore
from veille.testing import FrozenClock


@pytest.fixture
def desk(database):
    return LinkDesk(SqlLinkDecisions(database), gathered(database), FrozenClock())


def unlike(number):
    return call(number, f"Sujet numéro {number}", text=f"Texte {number}", deadline=f"2026-12-{number:02d}")


def test_staff_join_what_the_machine_did_not_and_take_it_back(database, desk):
    add(database, unlike(1), unlike(2))
    link(database)
    assert desk.join(2, 1, by="anne") == (1, 2)
    assert desk.take_back(1, 2, by="anne") == (1,)
    assert [one.said.value for one in SqlLinkDecisions(database).history(1)] == ["same", "withdrawn"]


def test_staff_part_what_the_machine_joined_and_a_later_run_does_not_undo_it(database, desk):
    add(database, call(1), call(2))
    link(database)
    assert desk.split(1, 2, by="anne", why="deux volets") == (1,)
    add(database, call(3, "Houblon local : brasseries du Doubs, aide"))
    link(database)
    assert all(not {1, 2} <= set(group) for group in groups(database))


def test_splitting_without_another_leaves_the_whole_group(sqlite_database):
    add(sqlite_database, call(1), call(2), call(3))
    link(sqlite_database)
    desk = LinkDesk(SqlLinkDecisions(sqlite_database), gathered(sqlite_database), FrozenClock())
    assert desk.split(1, by="anne") == (1,)
    assert groups(sqlite_database) == {(2, 3)}


@pytest.mark.parametrize(
    "decide",
    [
        lambda desk: desk.join(1, 1, by="a"),
        lambda desk: desk.join(1, 99, by="a"),
        lambda desk: desk.split(1, by="a"),
        lambda desk: desk.take_back(1, 2, by="a"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_cure(sqlite_database, decide):
    add(sqlite_database, unlike(1), unlike(2))
    desk = LinkDesk(SqlLinkDecisions(sqlite_database), gathered(sqlite_database), FrozenClock())
    with pytest.raises(InputError) as refusal:
        decide(desk)
    assert refusal.value.cure


def test_one_item_is_shown_with_the_sources_of_all(database):
    add(database, call(1, licence=Licence.PRESS), call(2), unlike(7))
    link(database)
    shown = gathered(database).items()
    assert {one.id for one in shown} == {2, 7}
    one = next(one for one in shown if one.id == 2)
    assert one.also == (1,)
    assert {source.source_id for source in one.sources} == {"source-1", "source-2"}


def test_what_was_judged_of_one_number_is_judged_of_the_thing(sqlite_database):
    add(sqlite_database, call(1), call(2))
    link(sqlite_database)
    judged = Review(item_id=2, judgement=Judgement.REJECTED, by="anne", at=FrozenClock().now())
    SqlReviewStore(sqlite_database, "").record(judged)
    (shown,) = gathered(sqlite_database).items()
    assert (shown.id, shown.review) == (1, judged)


def test_one_item_asked_for_by_its_number_is_itself(database):
    add(database, call(1, licence=Licence.PRESS), call(2))
    link(database)
    found = gathered(database).item(1)
    assert found is not None
    assert (found.id, found.also) == (1, (2,))
    assert gathered(database).item(99) is None
