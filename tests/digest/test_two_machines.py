"""Two machines on one PostgreSQL database: they take turns, so that the pace and the quota of a relay hold for both."""

import multiprocessing
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.digest.builders import NOW
from tests.digest.house import House
from tests.digest.ledger import approved, compose, mails_of
from tests.digest.sink import Sink
from veille.clock import SystemClock
from veille.digest.mail.pace import Limits
from veille.digest.mail.relay import parse_relay
from veille.digest.mail.sending import Sender
from veille.digest.mail.smtp import SmtpMailer
from veille.engine.leader import LEASE, turn
from veille.errors import LeaseHeld
from veille.model import DeliveryState
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.testing import FrozenClock

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.digest.test_two_machines"])
TURN = "envoi par relais"


def send(url: str, issue_id: int, relay: str, limits: Limits) -> None:
    """Send as one machine does, its turn come; done when nothing more may leave now."""
    database, clock = Database(url), SystemClock()
    mailer = SmtpMailer(parse_relay(relay), connections=3)
    while True:
        try:
            with turn(SqlLedger(database, clock), TURN, clock) as ours:
                sender = Sender(mails_of(database), mailer, compose, clock, relay="relais", limits=limits,
                                stopping=lambda: not ours())  # fmt: skip
                sender.send(issue_id, alone=False)
                break
        except LeaseHeld:
            time.sleep(0.05)
    mailer.close()
    database.close()


def together(database: Database, mails: int, limits: Limits) -> tuple[int, float]:
    """Let two machines send one issue at once; return how many mails left, and in how many seconds."""
    issue = approved(database, mails)
    with Sink() as sink:
        both = [PROCESSES.Process(target=send, args=(database.url, issue.id, sink.url, limits)) for _ in range(2)]
        for one in both:
            one.start()
        while not sink.taken and any(one.is_alive() for one in both):
            time.sleep(0.01)
        start = time.monotonic()
        for one in both:
            one.join(60)
        assert [one.exitcode for one in both] == [0, 0]
        return len({one.message_id for one in sink.taken}), time.monotonic() - start


@pytest.mark.postgres
def test_the_quota_of_a_day_is_the_two_machines_together(postgres_database: Database) -> None:
    taken, _ = together(postgres_database, 60, Limits(per_day=30))
    assert taken == 30


@pytest.mark.postgres
def test_the_pace_is_the_two_machines_together(postgres_database: Database) -> None:
    taken, seconds = together(postgres_database, 70, Limits(per_second=20))
    assert taken == 70
    assert seconds > (70 - 20) / 20 - 0.2  # what a full bucket gives at once, then twenty a second


def taken_elsewhere(database: Database, clock: FrozenClock) -> AbstractContextManager[object]:
    return turn(SqlLedger(database, clock), "envoi par ", clock)


def test_who_has_not_the_turn_sends_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    house = House(sqlite_database, tmp_path)
    ledger = SqlLedger(sqlite_database, house.clock)
    house.desk = replace(house.desk, shared_store=True, turn=partial(turn, ledger, clock=house.clock))
    issue = approved(sqlite_database, 3)
    with taken_elsewhere(sqlite_database, house.clock), pytest.raises(LeaseHeld, match="déjà en cours"):
        house.digests.send()
    assert mails_of(sqlite_database).counts(issue.id) == {DeliveryState.QUEUED: 3}


def test_whose_turn_was_taken_over_is_told(sqlite_database: Database) -> None:
    clock = FrozenClock(NOW)
    ledger = SqlLedger(sqlite_database, clock)
    with turn(ledger, TURN, clock) as ours:
        assert ours()
        clock.advance(LEASE * 2)  # as if it had slept
        with turn(ledger, TURN, clock) as theirs:
            assert theirs()
            clock.advance(timedelta(seconds=30))
            assert not ours()
            assert theirs()
