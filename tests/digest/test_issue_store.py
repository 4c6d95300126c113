from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.digest.builders import NOW, item, store_items
from tests.digest.ledger import an_issue, approved, draft_of, issues_of, mails_of, members_of, people
from veille.errors import InputError, LeaseLost
from veille.model import DeliveryState, Drafted, IssueState, SendOutcome
from veille.storage.db import Database
from veille.storage.tables import AttemptRow, SeenRow

LEASE = timedelta(minutes=15)
SENT = SendOutcome(state=DeliveryState.SENT, reply="ok", smtp_code=250)
LATER = SendOutcome(state=DeliveryState.DEFERRED, reply="plus tard", smtp_code=450)
DOUBT = SendOutcome(state=DeliveryState.UNCERTAIN, reply="coupé")


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


def test_claim_takes_each_mail_once_in_groups(database: Database) -> None:
    issue = approved(database, 5)
    store = mails_of(database)
    groups = [store.claim(issue.id, limit=2, now=NOW, lease=LEASE) for _ in range(4)]
    assert [len(group) for group in groups] == [2, 2, 1, 0]
    assert len({one.message_id for group in groups for one in group}) == 5


def test_sent_writes_the_journal_with_the_deadline_shown(database: Database) -> None:
    store_items(database, [item(1), item(2)])
    issue = approved(database, 2, (1, 2))
    store = mails_of(database)
    first, second = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.settle(first, SENT, NOW)
    store.settle(second, LATER, NOW)
    journal = store.seen([first.subscriber_id, second.subscriber_id])
    assert set(journal) == {first.subscriber_id}
    assert journal[first.subscriber_id][1].deadline == date(2026, 12, 8)
    assert journal[first.subscriber_id][1].times == 1
    with database.read() as session:
        assert [row.state for row in session.scalars(select(AttemptRow).order_by(AttemptRow.id))] == [
            "sent",
            "deferred",
        ]


def test_deferred_waits_longer_each_time(database: Database) -> None:
    issue = approved(database, 1)
    store, now, waits = mails_of(database), NOW, []
    for _ in range(6):
        (one,) = store.claim(issue.id, limit=20, now=now, lease=LEASE)
        store.settle(one, LATER, now)
        minutes = next(
            n for n in range(0, 400, 5) if store.claim(issue.id, limit=1, now=now + timedelta(minutes=n), lease=LEASE)
        )
        store.release(store_claimed(store, issue.id))
        waits.append(minutes)
        now += timedelta(minutes=minutes)
    assert waits == [5, 15, 60, 240, 240, 240]


def store_claimed(store: object, issue_id: int) -> list[object]:
    rows = store.deliveries(issue_id)  # type: ignore[attr-defined]
    return [one for one in rows if one.state is DeliveryState.SENDING]


def test_settling_needs_the_token_of_the_claim(database: Database) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    with pytest.raises(LeaseLost):
        store.settle(replace(one, token="autre"), SENT, NOW)
    store.settle(one, SENT, NOW)
    with pytest.raises(LeaseLost):
        store.settle(one, SENT, NOW)


def test_suppressed_address_steps_aside_at_claim_time(database: Database) -> None:
    issue = approved(database, 3)
    members_of(database).suppress("P00001@exemple.fr", reason="opt-out", now=NOW)
    claimed = mails_of(database).claim(issue.id, limit=20, now=NOW, lease=LEASE)
    assert [one.email for one in claimed] == ["p00000@exemple.fr", "p00002@exemple.fr"]
    assert states(database, issue.id)[1] is DeliveryState.SUPPRESSED


def test_whole_group_suppressed_does_not_hide_the_rest(database: Database) -> None:
    issue = approved(database, 3)
    members_of(database).suppress("p00000@exemple.fr", reason="opt-out", now=NOW)
    claimed = mails_of(database).claim(issue.id, limit=1, now=NOW, lease=LEASE)
    assert [one.email for one in claimed] == ["p00001@exemple.fr"]


def test_after_a_crash_only_the_mail_in_hand_is_doubtful(database: Database) -> None:
    issue = approved(database, 4)
    store = mails_of(database)
    claimed = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.settle(claimed[0], SENT, NOW)
    assert store.recover(issue.id, now=NOW, alone=False) == 0  # the lease runs
    assert store.recover(issue.id, now=NOW + LEASE * 2, alone=False) == 3
    assert states(database, issue.id) == [
        DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.QUEUED, DeliveryState.QUEUED,
    ]  # fmt: skip


def test_holder_of_the_lock_needs_not_wait_for_the_lease(database: Database) -> None:
    issue = approved(database, 2)
    mails_of(database).claim(issue.id, limit=20, now=NOW, lease=LEASE)
    assert mails_of(database).recover(issue.id, now=NOW, alone=True) == 2


def test_doubtful_mail_is_never_claimed_by_itself(database: Database) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.settle(one, DOUBT, NOW)
    assert store.claim(issue.id, limit=20, now=NOW + timedelta(days=1), lease=LEASE) == []
    assert issues_of(database).close(issue.id, NOW) is IssueState.APPROVED


def test_slow_sender_may_still_settle_what_a_recovery_doubted(database: Database) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.recover(issue.id, now=NOW + LEASE * 2, alone=False)
    store.settle(one, SENT, NOW + LEASE * 2)
    assert states(database, issue.id) == [DeliveryState.SENT]


def test_renewing_a_lost_lease_is_refused(database: Database) -> None:
    issue = approved(database, 2)
    store = mails_of(database)
    claimed = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.renew(claimed, now=NOW, lease=LEASE)
    store.recover(issue.id, now=NOW + LEASE * 2, alone=False)
    with pytest.raises(LeaseLost):
        store.renew(claimed, now=NOW, lease=LEASE)


def test_reconciling_sends_to_the_journal_what_was_taken_and_queues_what_was_not(database: Database) -> None:
    store_items(database, [item(1)])
    issue = approved(database, 2, (1,))
    store = mails_of(database)
    for one in store.claim(issue.id, limit=20, now=NOW, lease=LEASE):
        store.settle(one, DOUBT, NOW)
    first, second = store.deliveries(issue.id)
    assert store.reconcile(issue.id, accepted=[first.message_id], absent=[second.message_id], now=NOW) == 2
    assert states(database, issue.id) == [DeliveryState.SENT, DeliveryState.QUEUED]
    with database.read() as session:
        assert [row.subscriber_id for row in session.scalars(select(SeenRow))] == [first.subscriber_id]


def test_past_its_end_what_waits_expires_and_the_issue_ends(database: Database) -> None:
    issue = approved(database, 2)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=1, now=NOW, lease=LEASE)
    store.settle(one, SENT, NOW)
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
