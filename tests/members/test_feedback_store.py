"""Opinions, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.digest.builders import item, store_items
from veille.addresses import address_key
from veille.errors import InputError
from veille.model import Feedback, Member, Opinion, Subscriber
from veille.storage.db import Database
from veille.storage.feedback_store import SqlFeedbackStore
from veille.storage.member_store import SqlMemberStore

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@pytest.fixture
def opinions(database: Database) -> SqlFeedbackStore:
    members = SqlMemberStore(database, "pole", address_hash=address_key)
    members.save([(Member(organisation="Phytalis"), [Subscriber(email="anne@phytalis.example")])], origin="", now=NOW)
    store_items(database, [item(1)])
    return SqlFeedbackStore(database, "pole")


def said(opinion: Opinion, reason: str = "", days: int = 0) -> Feedback:
    return Feedback(subscriber_id=1, item_id=1, opinion=opinion, reason=reason, at=NOW + timedelta(days=days))


def test_the_last_vote_counts_and_interest_stands_beside_it(opinions: SqlFeedbackStore) -> None:
    opinions.record(said(Opinion.USEFUL))
    opinions.record(said(Opinion.WANTED))
    opinions.record(said(Opinion.NOT_FOR_ME, "too_big", days=1))
    assert [(one.opinion, one.reason) for one in opinions.of(1, 1)] == [
        (Opinion.WANTED, ""),
        (Opinion.NOT_FOR_ME, "too_big"),
    ]
    assert len(opinions.all()) == 2


def test_an_opinion_taken_back_is_no_opinion(opinions: SqlFeedbackStore) -> None:
    opinions.record(said(Opinion.NOT_FOR_ME, "known"))
    opinions.withdraw(said(Opinion.NOT_FOR_ME, days=1))
    assert opinions.of(1) == []


def test_nobody_of_another_cluster_is_heard(opinions: SqlFeedbackStore, database: Database) -> None:
    other = SqlFeedbackStore(database, "autre")
    with pytest.raises(InputError, match="plus connu"):
        other.record(said(Opinion.USEFUL))
    opinions.record(said(Opinion.USEFUL))
    assert other.all() == []


def test_an_unknown_item_is_refused(opinions: SqlFeedbackStore) -> None:
    with pytest.raises(InputError, match="plus connu"):
        opinions.record(Feedback(subscriber_id=1, item_id=77, opinion=Opinion.USEFUL, at=NOW))
