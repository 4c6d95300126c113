import multiprocessing
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.digest.builders import NOW
from tests.digest.ledger import approved, begin, compose, mails_of, send
from tests.digest.sink import Plan, Sink, drop
from veille.digest.mail.mailers import FileMailer, RelayLog
from veille.digest.mail.relay import parse_relay
from veille.digest.mail.sending import Sender
from veille.digest.mail.shift import LEASE
from veille.digest.mail.smtp import SmtpMailer
from veille.errors import InputError, LeaseLost, RelayUnavailable, TemplateError
from veille.model import Delivery, DeliveryState, OutgoingMail, SendOutcome
from veille.protocols import AcceptLog, Mailer
from veille.storage.db import Database
from veille.testing import FrozenClock, MemoryMailer

Q, S, U, R = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.REJECTED


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


def sender(database: Database, mailer: Mailer, clock: FrozenClock, log: AcceptLog | None = None) -> Sender:
    return Sender(mails_of(database), mailer, compose, clock, accept_log=log, wait=lambda _: None)


def over_smtp(database: Database, sink: Sink, clock: FrozenClock, issue_id: int, log: AcceptLog | None = None) -> None:
    with closing(SmtpMailer(parse_relay(sink.url), connections=1)) as mailer:
        sender(database, mailer, clock, log).send(issue_id, alone=True)


def states(database: Database, issue_id: int) -> Counter[DeliveryState]:
    return Counter(one.state for one in mails_of(database).deliveries(issue_id))


def test_everyone_gets_one_mail_and_a_second_run_sends_nothing(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 45)
    mailer = MemoryMailer()
    for _ in range(2):
        sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    assert len(mailer.mails) == 45
    assert len({mail.message_id for mail in mailer.mails}) == 45
    assert states(sqlite_database, issue.id) == {S: 45}


def test_one_refused_of_many_does_not_stop_the_others(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 5)
    mailer = MemoryMailer({"p00002@exemple.fr": SendOutcome(state=R, reply="550 inconnu", smtp_code=550)})
    sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 4, R: 1}


def test_mail_that_cannot_be_written_is_rejected_alone(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 3)

    def odd(delivery: Delivery) -> OutgoingMail:
        if delivery.email.startswith("p00001"):
            raise InputError("adresse refusée")
        return compose(delivery)

    Sender(mails_of(sqlite_database), MemoryMailer(), odd, clock).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 2, R: 1}


def test_template_error_stops_everything_and_nothing_is_lost(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 3)

    def broken(_: Delivery) -> OutgoingMail:
        raise TemplateError("nom inconnu", template="hebdo/body.html.jinja", line=3)

    with pytest.raises(TemplateError):
        Sender(mails_of(sqlite_database), MemoryMailer(), broken, clock).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {Q: 3}


def test_refused_connection_leaves_everything_queued(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 30)
    mailer = SmtpMailer(parse_relay("smtp://127.0.0.1:1"))
    with pytest.raises(RelayUnavailable):
        sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {Q: 30}
    assert all(one.tries == 0 for one in mails_of(sqlite_database).deliveries(issue.id))


def test_relay_that_goes_away_midway_loses_nothing(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 10)
    with Sink(Plan({"mail": [None] * 4 + [drop] * 3})) as sink:
        with pytest.raises(RelayUnavailable):
            over_smtp(sqlite_database, sink, clock, issue.id)
        assert states(sqlite_database, issue.id) == {S: 4, DeliveryState.DEFERRED: 3, Q: 3}
        clock.advance(timedelta(minutes=6))
        over_smtp(sqlite_database, sink, clock, issue.id)
    assert states(sqlite_database, issue.id) == {S: 10}
    assert max(Counter(one.message_id for one in sink.taken).values()) == 1


def test_lost_reply_without_a_log_stays_doubtful_for_ever(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 3)
    with Sink(Plan({"dot": [drop]})) as sink:
        for _ in range(3):
            over_smtp(sqlite_database, sink, clock, issue.id)
            clock.advance(timedelta(hours=1))
    assert states(sqlite_database, issue.id) == {U: 1, S: 2}
    assert len(sink.taken) == 3


def test_lost_reply_is_found_in_the_relay_s_log(sqlite_database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    issue, log = approved(sqlite_database, 3), tmp_path / "log"
    with Sink(Plan({"dot": [drop]}), log=log) as sink:
        over_smtp(sqlite_database, sink, clock, issue.id, RelayLog(log))
    assert states(sqlite_database, issue.id) == {S: 3}
    assert len(sink.taken) == 3


def lost_before_taken(database: Database, clock: FrozenClock, log: Path, count: int) -> Sink:
    """The first mail's answer is lost and the server did not keep it; then two more runs with that log."""
    with Sink(Plan({"dot": ["what?"]}), log=log) as sink:
        issue = approved(database, count)
        over_smtp(database, sink, clock, issue.id, RelayLog(log))
        assert states(database, issue.id)[U] == 1  # a reply lost in this very run is not acted upon
        over_smtp(database, sink, clock, issue.id, RelayLog(log))
    return sink


def test_mail_that_a_living_log_never_shows_is_sent_on_the_next_run(
    sqlite_database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    sink = lost_before_taken(sqlite_database, clock, tmp_path / "log", 3)
    assert sorted(Counter(one.message_id for one in sink.taken).values()) == [1, 1, 1]


def test_log_that_names_no_mail_of_the_issue_proves_nothing(
    sqlite_database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    sink = lost_before_taken(sqlite_database, clock, tmp_path / "log", 1)
    assert sink.taken == []


def test_written_file_lifts_the_doubt_by_itself(sqlite_database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    issue = approved(sqlite_database, 3)
    store, mailer = mails_of(sqlite_database), FileMailer(tmp_path / "mail")
    claimed = store.claim(issue.id, limit=3, now=NOW, lease=LEASE)
    begin(store, claimed[0])
    list(mailer.send([compose(claimed[0])]))  # died between the file and its row
    sender(sqlite_database, mailer, clock, mailer).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 3}
    assert len(list((tmp_path / "mail").iterdir())) == 3


def test_sender_whose_lease_was_taken_stops(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 5)

    class Sleepy(MemoryMailer):
        def send(self, mails: object) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
            if len(self.mails) == 1:
                clock.advance(LEASE * 2)  # the machine slept; another process recovered
                mails_of(sqlite_database).recover(issue.id, now=clock.now(), alone=False)
            yield from super().send(mails)  # type: ignore[arg-type]

    mailer = Sleepy()
    with pytest.raises(LeaseLost):
        sender(sqlite_database, mailer, clock).send(issue.id, alone=False)
    assert len(mailer.mails) == 2
    assert states(sqlite_database, issue.id) == {S: 2, Q: 3}


#: A server that has the program loaded: each sender is a process of its own, without the seconds of its imports.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.digest.ledger"])


def start(*arguments: str) -> ForkServerProcess:
    """Start a sender in a process of its own."""
    process = PROCESSES.Process(target=send, args=arguments)
    process.start()
    return process


def started(sink: Sink, before: int, patience: float = 20.0) -> None:
    """Wait until the process under test has sent something more."""
    until = time.monotonic() + patience
    while len(sink.taken) == before and time.monotonic() < until:
        time.sleep(0.005)


@pytest.mark.parametrize("kills", [8])
def test_killed_anywhere_nothing_is_lost_and_nothing_doubled(
    sqlite_database: Database, tmp_path: Path, kills: int
) -> None:
    issue, log, chance = approved(sqlite_database, 600), tmp_path / "log", random.Random(7)
    with Sink(log=log, delay=0.004) as sink:
        arguments = (sqlite_database.url, str(issue.id), sink.url, str(log))
        for _ in range(kills):
            process = start(*arguments)
            started(sink, len(sink.taken))
            time.sleep(chance.uniform(0, 0.08))
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        for _ in range(2):
            process = start(*arguments)
            process.join(60)
            assert process.exitcode == 0
    copies = Counter(one.message_id for one in sink.taken)
    assert len(copies) == 600
    assert max(copies.values()) == 1
    assert states(sqlite_database, issue.id) == {S: 600}
