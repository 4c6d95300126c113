import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select

from tests.digest.builders import NOW, item, store_items
from tests.digest.ledger import DOUBT, LATER, LEASE, SENT, approved, begin, issues_of, mails_of, members_of, settle
from veille.errors import LeaseLost, StoreError
from veille.model import DeliveryState, IssueState, SendOutcome
from veille.model.sending import RateState
from veille.storage.db import Database
from veille.storage.mail_ledger import SqlMailLedger
from veille.storage.tables import AttemptRow, SeenRow

T = TypeVar("T")
Q, S, U = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.UNCERTAIN


def states(database: Database, issue_id: int) -> list[DeliveryState]:
    return [one.state for one in mails_of(database).deliveries(issue_id)]


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
    settle(store, first, SENT, NOW)
    settle(store, second, LATER, NOW)
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
        settle(store, one, LATER, now)
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
        settle(store, replace(one, token="autre"), SENT, NOW)
    settle(store, one, SENT, NOW)
    with pytest.raises(LeaseLost):
        settle(store, one, SENT, NOW)


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


def test_any_number_of_suppressed_addresses_does_not_hide_the_rest(sqlite_database: Database) -> None:
    issue, count = approved(sqlite_database, 1_050), 1_050
    everyone = [one.email for one in mails_of(sqlite_database).deliveries(issue.id)]
    refused = frozenset(everyone[:-1])
    store = SqlMailLedger(
        sqlite_database, "pole", withheld=lambda people: [one for one, email in people.items() if email in refused]
    )
    (one,) = store.claim(issue.id, limit=1, now=NOW, lease=LEASE)
    assert one.email == everyone[-1]
    assert states(sqlite_database, issue.id).count(DeliveryState.SUPPRESSED) == count - 1


def test_after_a_crash_what_had_begun_is_doubtful_and_the_rest_waits_again(database: Database) -> None:
    issue = approved(database, 5)
    store = mails_of(database)
    claimed = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    assert begin(store, *claimed[:3]) == set()
    settle(store, claimed[0], SENT)
    assert store.recover(issue.id, now=NOW, alone=False) == 0  # the lease runs
    assert store.recover(issue.id, now=NOW + LEASE * 2, alone=False) == 4
    assert states(database, issue.id) == [S, U, U, Q, Q]
    assert [one.tries for one in store.deliveries(issue.id)] == [1, 1, 1, 0, 0]


def test_one_commit_ends_some_and_begins_others(database: Database) -> None:
    issue = approved(database, 3)
    store = mails_of(database)
    first, second, third = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    begin(store, first)
    assert store.record(begun=[second], settled=[(first, SENT)], now=NOW) == set()
    store.release([second, third])  # what has begun is not given back
    store.recover(issue.id, now=NOW, alone=True)
    assert states(database, issue.id) == [S, U, Q]


def test_mail_that_ends_before_its_mark_is_written_only_ends(database: Database) -> None:
    """Its connection was cut while the commit before was under way: both reach the ledger together."""
    issue = approved(database, 1)
    store = mails_of(database)
    (mail,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    assert store.record(begun=[mail], settled=[(mail, LATER)], now=NOW) == set()
    assert states(database, issue.id) == [DeliveryState.DEFERRED]


def test_ledger_that_changes_under_its_writer_is_an_error(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (late,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.recover(issue.id, now=NOW, alone=True)
    monkeypatch.setattr("veille.storage.mail_ledger.ours", lambda *_: True)
    with pytest.raises(StoreError, match="a changé pendant qu'il était écrit"):
        begin(store, late)


def test_mail_taken_over_meanwhile_may_not_begin(database: Database) -> None:
    issue = approved(database, 2)
    slow, fast = mails_of(database), mails_of(database)
    late = slow.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    fast.recover(issue.id, now=NOW + LEASE * 2, alone=False)
    again = fast.claim(issue.id, limit=1, now=NOW + LEASE * 2, lease=LEASE)
    assert begin(slow, *late) == {one.message_id for one in late}
    assert begin(fast, *again) == set()


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=30)])
def test_clock_that_jumps_lets_nobody_begin_twice(database: Database, jump: timedelta) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (old,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.recover(issue.id, now=NOW + jump, alone=False, lease=LEASE)
    (new,) = store.claim(issue.id, limit=20, now=NOW + jump, lease=LEASE)
    assert begin(store, old) == {old.message_id}
    assert begin(store, new) == set()


def test_each_try_is_kept_with_its_phase_server_and_code(database: Database) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    refused = SendOutcome(
        state=DeliveryState.REJECTED, reply="5.1.1 inconnu", smtp_code=550, enhanced="5.1.1", phase="rcpt", server="mx"
    )
    settle(store, one, refused)
    with database.read() as session:
        (row,) = session.scalars(select(AttemptRow))
    assert (row.phase, row.server, row.enhanced, row.smtp_code) == ("rcpt", "mx", "5.1.1", 550)
    assert store.deliveries(issue.id)[0].enhanced == "5.1.1"


def test_families_that_must_wait_are_left_out_of_a_claim(database: Database) -> None:
    issue = approved(database, 4)
    store = mails_of(database)
    store.place(issue.id, lambda email: "gmail" if email < "p00002" else "other")
    claimed = store.claim(issue.id, limit=20, now=NOW, lease=LEASE, without={"gmail"})
    assert [(one.email, one.family) for one in claimed] == [
        ("p00002@exemple.fr", "other"), ("p00003@exemple.fr", "other"),
    ]  # fmt: skip


def test_what_relays_were_given_outlives_the_process(database: Database) -> None:
    store = mails_of(database)
    state = RateState(
        key="family:gmail", tokens=0.5, at=NOW, given={"5": 3}, held_until=NOW, strikes=2, days=1, day="x"
    )
    for strikes in (1, 2):
        store.record(rates=[replace(state, strikes=strikes)], now=NOW)
    assert list(mails_of(database).rates()) == [replace(state, strikes=2)]


def test_holder_of_the_lock_needs_not_wait_for_the_lease(database: Database) -> None:
    issue = approved(database, 2)
    mails_of(database).claim(issue.id, limit=20, now=NOW, lease=LEASE)
    assert mails_of(database).recover(issue.id, now=NOW, alone=True) == 2


def test_doubtful_mail_is_never_claimed_by_itself(database: Database) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    settle(store, one, DOUBT, NOW)
    assert store.claim(issue.id, limit=20, now=NOW + timedelta(days=1), lease=LEASE) == []
    assert issues_of(database).close(issue.id, NOW, liftable=True) is IssueState.APPROVED
    assert issues_of(database).close(issue.id, NOW) is IssueState.DONE
    assert store.claim(issue.id, limit=20, now=NOW + timedelta(days=1), lease=LEASE) == []


def test_slow_sender_may_still_settle_what_a_recovery_doubted(database: Database) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    begin(store, one)
    store.recover(issue.id, now=NOW + LEASE * 2, alone=False)
    settle(store, one, SENT, NOW + LEASE * 2)
    assert states(database, issue.id) == [DeliveryState.SENT]


def test_renewed_lease_does_not_end(database: Database) -> None:
    issue = approved(database, 2)
    store = mails_of(database)
    claimed = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    store.renew(claimed, now=NOW + LEASE, lease=LEASE)
    assert store.recover(issue.id, now=NOW + LEASE * 1.5, alone=False) == 0


def test_person_s_word_on_a_doubt_is_kept_with_the_tries(database: Database) -> None:
    issue = approved(database, 1)
    store = mails_of(database)
    (one,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    settle(store, one, DOUBT)
    store.reconcile(issue.id, accepted=(), absent=[one.message_id], now=NOW, by="décision de Claire")
    (again,) = store.claim(issue.id, limit=20, now=NOW, lease=LEASE)
    assert again.message_id == one.message_id
    with database.read() as session:
        assert [row.reply for row in session.scalars(select(AttemptRow).order_by(AttemptRow.id))] == [
            "coupé", "à renvoyer : décision de Claire",
        ]  # fmt: skip


def test_reconciling_sends_to_the_journal_what_was_taken_and_queues_what_was_not(database: Database) -> None:
    store_items(database, [item(1)])
    issue = approved(database, 2, (1,))
    store = mails_of(database)
    for one in store.claim(issue.id, limit=20, now=NOW, lease=LEASE):
        settle(store, one, DOUBT, NOW)
    first, second = store.deliveries(issue.id)
    assert store.reconcile(issue.id, accepted=[first.message_id], absent=[second.message_id], now=NOW) == 2
    assert states(database, issue.id) == [DeliveryState.SENT, DeliveryState.QUEUED]
    with database.read() as session:
        assert [row.subscriber_id for row in session.scalars(select(SeenRow))] == [first.subscriber_id]


def test_long_writing_of_others_is_waited_for(sqlite_database: Database) -> None:
    """An answer that could not be written would be a doubt: 80,000 mails are approved in one transaction."""
    issue = approved(sqlite_database, 2)
    hasty = Database(sqlite_database.url, busy_timeout=0.1)
    store, held, free = mails_of(hasty), threading.Event(), threading.Event()

    def write_for_long() -> None:
        with sqlite_database.write():
            held.set()
            free.wait(10)

    def meanwhile(act: Callable[[], T]) -> T:
        held.clear()
        free.clear()
        writing = others.submit(write_for_long)
        assert held.wait(10)
        threading.Timer(0.4, free.set).start()
        found = act()
        writing.result()
        return found

    with closing(hasty), ThreadPoolExecutor(1) as others:
        one, other = meanwhile(lambda: store.claim(issue.id, limit=2, now=NOW, lease=LEASE))
        assert meanwhile(lambda: begin(store, one)) == set()
        meanwhile(lambda: settle(store, one, SENT))
        meanwhile(lambda: store.release([other]))
        assert store.counts(issue.id) == {DeliveryState.SENT: 1, DeliveryState.QUEUED: 1}
