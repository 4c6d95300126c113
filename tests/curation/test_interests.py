"""Who wants in, as staff read it."""

from dataclasses import replace
from datetime import UTC, date, datetime

from tests.digest.builders import item, member, subscriber
from veille.curation.interests import interests
from veille.model import Feedback, Opinion

TODAY = date(2026, 11, 27)


def said(person: int, number: int, opinion: Opinion = Opinion.WANTED, hour: int = 9) -> Feedback:
    at = datetime(2026, 11, 26, hour, tzinfo=UTC)
    return Feedback(subscriber_id=person, item_id=number, opinion=opinion, at=at)


def test_what_closes_first_comes_first_and_what_has_closed_last() -> None:
    items = [item(1, deadline="2026-12-20"), item(2, deadline="2026-12-01"), item(3, deadline="2026-11-02")]
    found = interests([said(1, 3), said(1, 1), said(1, 2)], [subscriber()], [member()], items, TODAY)
    assert [one.item.id for one in found] == [2, 1, 3]


def test_a_person_counts_once_for_what_is_one_thing_now() -> None:
    same = replace(item(1), also=(7,))
    people = [subscriber(1), subscriber(2)]
    found = interests(
        [said(2, 7, hour=10), said(1, 1), said(1, 7, hour=11)], people, [member(1), member(2)], [same], TODAY
    )
    assert [[wish.person.id for wish in one.wishes] for one in found] == [[1, 2]]


def test_votes_are_no_interest_and_who_left_is_not_named() -> None:
    opinions = [said(1, 1, Opinion.USEFUL), said(1, 1, Opinion.NOT_FOR_ME), said(9, 1), said(1, 8)]
    assert interests(opinions, [subscriber()], [member()], [item(1)], TODAY) == []
