"""The ledger's contract, on both databases: leases, fencing tokens, retries, quarantine."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from veille.errors import LeaseHeld, LeaseLost
from veille.model import Work
from veille.protocols import Ledger
from veille.storage.db import Database
from veille.storage.ledger import MAX_ATTEMPTS, QUARANTINE, SqlLedger
from veille.storage.tables import WorkRow
from veille.testing import FrozenClock

LEASE = timedelta(minutes=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def ledger(database: Database, clock: FrozenClock) -> SqlLedger:
    ledger = SqlLedger(database, clock)
    _: Ledger = ledger
    return ledger


def claim(ledger: SqlLedger, limit: int = 10, owner: str = "moi") -> list[Work]:
    return ledger.claim("tag", limit=limit, lease=LEASE, owner=owner)


def keys(works: list[Work]) -> list[str]:
    return [work.key for work in works]


def rows(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(WorkRow)) or 0


def test_work_is_deposited_once_until_it_is_finished(ledger: SqlLedger) -> None:
    assert ledger.deposit("tag", "1")
    assert not ledger.deposit("tag", "1")
    assert ledger.deposit("crawl", "1")
    [work] = claim(ledger)
    assert not ledger.deposit("tag", "1")
    ledger.finish(work)
    assert ledger.deposit("tag", "1")


def test_many_are_deposited_in_one_go_and_repeats_are_ignored(ledger: SqlLedger) -> None:
    assert ledger.deposit_all("tag", []) == 0
    assert ledger.deposit_all("tag", ["1", "2", "2"]) == 2
    assert ledger.deposit_all("tag", [str(number) for number in range(1000)]) == 998
    assert len(claim(ledger, limit=2000)) == 1000


def test_claim_gives_the_oldest_first_and_never_twice(ledger: SqlLedger) -> None:
    ledger.deposit_all("tag", ["c", "a", "b"])
    assert keys(claim(ledger, limit=2)) == ["c", "a"]
    assert keys(claim(ledger, limit=2)) == ["b"]
    assert claim(ledger) == []


def test_claim_is_limited_to_its_stage_and_to_the_keys_asked(ledger: SqlLedger) -> None:
    ledger.deposit_all("tag", ["1", "2", "3"])
    ledger.deposit("crawl", "1")
    assert keys(ledger.claim("tag", limit=9, lease=LEASE, owner="moi", keys=["2", "9"])) == ["2"]
    assert keys(claim(ledger)) == ["1", "3"]


def test_work_waits_for_its_time(ledger: SqlLedger, clock: FrozenClock) -> None:
    ledger.deposit("tag", "1", not_before=clock.now() + MINUTE)
    assert claim(ledger) == []
    clock.advance(MINUTE)
    assert keys(claim(ledger)) == ["1"]


def test_finished_work_leaves_no_row(ledger: SqlLedger, database: Database) -> None:
    ledger.deposit_all("tag", ["1", "2"])
    for work in claim(ledger):
        ledger.finish(work)
    assert rows(database) == 0


def test_expired_lease_is_taken_over_and_fences_its_old_holder(ledger: SqlLedger, clock: FrozenClock) -> None:
    ledger.deposit("tag", "1")
    [old] = claim(ledger)
    clock.advance(LEASE - timedelta(seconds=1))
    assert claim(ledger, owner="autre") == []
    clock.advance(timedelta(seconds=1))
    [new] = claim(ledger, owner="autre")
    assert (new.id, new.attempts) == (old.id, 2)
    for late in (
        lambda: ledger.finish(old),
        lambda: ledger.release(old),
        lambda: ledger.renew(old, lease=LEASE),
        lambda: ledger.retry(old, not_before=clock.now(), error="tard"),
    ):
        with pytest.raises(LeaseLost, match="repris par un autre processus"):
            late()
    ledger.finish(new)


def test_renewed_lease_is_kept(ledger: SqlLedger, clock: FrozenClock) -> None:
    ledger.deposit("tag", "1")
    [work] = claim(ledger)
    clock.advance(LEASE - timedelta(seconds=1))
    renewed = ledger.renew(work, lease=LEASE)
    assert renewed.lease_until == clock.now() + LEASE
    clock.advance(LEASE - timedelta(seconds=1))
    assert claim(ledger, owner="autre") == []
    ledger.finish(work)


def test_finishing_twice_is_refused(ledger: SqlLedger) -> None:
    ledger.deposit("tag", "1")
    [work] = claim(ledger)
    ledger.finish(work)
    with pytest.raises(LeaseLost):
        ledger.finish(work)


def test_released_work_waits_again_as_if_never_claimed(ledger: SqlLedger) -> None:
    ledger.deposit("tag", "1")
    for _ in range(MAX_ATTEMPTS + 2):
        [work] = claim(ledger)
        assert work.attempts == 1
        ledger.release(work)


def test_retried_work_waits_then_is_set_aside_after_five_attempts(ledger: SqlLedger, clock: FrozenClock) -> None:
    ledger.deposit("tag", "poison")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        [work] = claim(ledger)
        assert work.attempts == attempt
        ledger.retry(work, not_before=clock.now() + MINUTE, error="illisible")
        assert claim(ledger) == []
        clock.advance(MINUTE)
    assert claim(ledger) == []
    assert ledger.quarantined() == [("tag", "poison", "illisible")]


def test_quarantine_ends_after_a_day_with_one_try_at_a_time(ledger: SqlLedger, clock: FrozenClock) -> None:
    ledger.deposit("tag", "poison")
    for _ in range(MAX_ATTEMPTS):
        [work] = claim(ledger)
        ledger.retry(work, not_before=clock.now(), error="illisible")
    assert not ledger.deposit("tag", "poison")
    clock.advance(QUARANTINE)
    assert claim(ledger) == []
    assert ledger.deposit("tag", "poison")
    [work] = claim(ledger)
    ledger.retry(work, not_before=clock.now(), error="illisible")
    assert claim(ledger) == []
    assert not ledger.deposit("tag", "poison")


def test_work_that_kills_its_process_ends_in_quarantine_and_comes_alone(ledger: SqlLedger, clock: FrozenClock) -> None:
    ledger.deposit_all("tag", ["poison", "a", "b"])
    together = []
    for _ in range(20):
        works = claim(ledger)
        if not works:
            break
        together.append(keys(works))
        if "poison" not in keys(works):
            for work in works:
                ledger.finish(work)
        clock.advance(2 * LEASE)  # the process died
    assert together == [["poison", "a", "b"]] * 2 + [["poison"]] * 3 + [["a"], ["b"]]
    assert [key for _, key, _ in ledger.quarantined()] == ["poison"]


def test_lease_given_by_a_clock_that_was_ahead_does_not_last_for_days(ledger: SqlLedger, clock: FrozenClock) -> None:
    ledger.deposit("tag", "1")
    clock.advance(timedelta(days=30))
    assert len(claim(ledger)) == 1
    clock.advance(-timedelta(days=30))
    assert keys(claim(ledger, owner="autre")) == ["1"]


def test_dead_owner_gives_its_leases_up_at_once(ledger: SqlLedger) -> None:
    ledger.deposit_all("tag", ["1", "2", "3"])
    claim(ledger, limit=2, owner="mort")
    claim(ledger, limit=1, owner="vivant")
    assert ledger.owners() == ["mort", "vivant"]
    assert ledger.expire("mort") == 2
    assert keys(claim(ledger, owner="moi")) == ["1", "2"]


def test_held_lease_refuses_a_second_holder_and_names_the_first(ledger: SqlLedger, clock: FrozenClock) -> None:
    first = ledger.hold("leader", "daemon", lease=LEASE, owner="pid 1, hôte ici [x/1]")
    with pytest.raises(LeaseHeld, match=r"déjà en cours \(pid 1, hôte ici\)") as refused:
        ledger.hold("leader", "daemon", lease=LEASE, owner="pid 2, hôte ici")
    assert refused.value.exit_code == 5
    ledger.finish(first)
    second = ledger.hold("leader", "daemon", lease=LEASE, owner="pid 2, hôte ici")
    clock.advance(LEASE)
    third = ledger.hold("leader", "daemon", lease=LEASE, owner="pid 3, hôte ici")
    with pytest.raises(LeaseLost):
        ledger.renew(second, lease=LEASE)
    ledger.finish(third)


def test_holders_that_die_again_and_again_never_lock_the_lease_out(ledger: SqlLedger, clock: FrozenClock) -> None:
    for _ in range(3 * MAX_ATTEMPTS):
        ledger.hold("leader", "daemon", lease=LEASE, owner="moi")
        clock.advance(LEASE)
