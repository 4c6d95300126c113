from dataclasses import replace
from datetime import timedelta

import pytest

from tests.digest.builders import NOW, item, store_items
from tests.digest.ledger import LEASE, SENT, an_issue, approved, draft_of, issues_of, mails_of, people, settle
from veille.errors import InputError
from veille.model import DeliveryState, Drafted, IssueState
from veille.storage.db import Database


def states(database: Database, issue_id: int) -> list[DeliveryState]:
    return [one.state for one in mails_of(database).deliveries(issue_id)]


def test_draft_comes_back_as_it_was_written(database: Database) -> None:
    store_items(database, [item(1)])
    persons = people(database, 2)
    drafted = [*draft_of(persons[:1], (1,)), Drafted(subscriber=persons[1], bulletin=None, skipped="rien à dire")]
    issue = issues_of(database).save_draft(an_issue(), drafted)
    assert list(issues_of(database).drafted(issue.id)) == drafted
    assert issues_of(database).find("hebdo", "2026-W48") == issue


def test_building_twice_replaces_the_draft(database: Database) -> None:
    persons = people(database, 3)
    first = issues_of(database).save_draft(an_issue(), draft_of(persons))
    second = issues_of(database).save_draft(an_issue(), draft_of(persons[:1]))
    assert first.id == second.id
    assert len(issues_of(database).drafted(second.id)) == 1


def test_approval_writes_one_delivery_per_bulletin_and_freezes(database: Database) -> None:
    persons = people(database, 3)
    drafted = [*draft_of(persons[:2]), Drafted(subscriber=persons[2], bulletin=None, skipped="en pause")]
    mails_of(database)
    draft = issues_of(database).save_draft(an_issue(), drafted)
    issue = issues_of(database).approve(draft, by="Claire", now=NOW, domain="pole.example.fr", frame={"title": "Autre"})
    assert (issue.state, issue.approved_by, len(issue.content_sha256 or "")) == (IssueState.APPROVED, "Claire", 64)
    assert states(database, issue.id) == [DeliveryState.QUEUED] * 2
    assert issues_of(database).verify(issue)
    for again in (lambda: issues_of(database).approve(draft, by="x", now=NOW, domain="d.fr", frame={}),
                  lambda: issues_of(database).save_draft(an_issue(), drafted)):  # fmt: skip
        with pytest.raises(InputError, match="approuvée"):
            again()


def test_changed_content_is_no_longer_what_was_approved(database: Database) -> None:
    issue = approved(database)
    assert not issues_of(database).verify(replace(issue, frame={"title": "Tout autre"}))


def test_past_its_end_what_waits_expires_and_the_issue_ends(database: Database) -> None:
    issue = approved(database, 2)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=1, now=NOW, lease=LEASE)
    settle(store, one, SENT)
    issues_of(database).begin(issue.id, NOW)
    assert issues_of(database).close(issue.id, NOW) is IssueState.SENDING
    assert issues_of(database).close(issue.id, NOW + timedelta(days=3)) is IssueState.DONE
    assert states(database, issue.id) == [DeliveryState.SENT, DeliveryState.EXPIRED]


def test_beginning_fixes_the_date_once_and_keeps_the_approved_content(database: Database) -> None:
    issue = approved(database, 1)
    mails_of(database)
    first = issues_of(database).begin(issue.id, NOW)
    second = issues_of(database).begin(issue.id, NOW + timedelta(hours=4))
    assert first.frame["date"] == second.frame["date"] == NOW.isoformat()
    assert issues_of(database).verify(second)


def test_latest_issue_is_the_one_to_leave_last(database: Database) -> None:
    _store, persons = mails_of(database), people(database, 1)
    old = issues_of(database).save_draft(an_issue("2026-W47", NOW - timedelta(days=7)), draft_of(persons))
    new = issues_of(database).save_draft(an_issue("2026-W48", NOW), draft_of(persons))
    assert issues_of(database).latest("hebdo") == new
    issues_of(database).approve(old, by="Claire", now=NOW, domain="pole.example.fr", frame={})
    found = issues_of(database).latest("hebdo", (IssueState.APPROVED,))
    assert found is not None
    assert found.id == old.id
