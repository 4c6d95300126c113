import asyncio
import multiprocessing
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.digest.builders import NOW
from tests.digest.ledger import approved, begin, compose, mails_of, members_of, send
from tests.digest.sink import Act, Plan, Sink, drop
from veille.digest.mail.mailers import FileMailer
from veille.digest.mail.pace import Limits
from veille.digest.mail.relay import parse_relay
from veille.digest.mail.relay_log import RelayLog
from veille.digest.mail.sending import Sender
from veille.digest.mail.shift import LEASE
from veille.digest.mail.smtp import SmtpMailer
from veille.errors import InputError, LeaseLost, RelayUnavailable, StoreError, TemplateError
from veille.model import Delivery, DeliveryState, OutgoingMail, SendOutcome
from veille.model.returns import Recorded, ReturnKind
from veille.protocols import AcceptLog, Mailer
from veille.storage.bounce_store import SqlBounceStore
from veille.storage.db import Database
from veille.storage.mail_ledger import SqlMailLedger
from veille.testing import FrozenClock, MemoryMailer

Q, S, U, R = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.REJECTED


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


def sender(database: Database, mailer: Mailer, clock: FrozenClock, log: AcceptLog | None = None) -> Sender:
    return Sender(mails_of(database), mailer, compose, clock, accept_log=log, wait=lambda _: None, pause=passing(clock))


def passing(clock: FrozenClock) -> Callable[[float], Awaitable[None]]:
    """Wait by letting the frozen clock run."""

    async def pause(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    return pause


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
    with Sink(Plan({"mail": [None] * 4 + [drop] * 4})) as sink:  # the first ends a kept connection: asked again at once
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


# ── several connections, pace and pauses ────────────────────────────────────────────────────────────────────────────
def busy(recipient: int) -> dict[str, SendOutcome]:
    outcome = SendOutcome(
        state=DeliveryState.DEFERRED, reply="busy", smtp_code=421, enhanced="4.7.0", phase="rcpt", server="mx"
    )
    return {f"p{recipient:05}@exemple.fr": outcome}


def refusing(count: int) -> MemoryMailer:
    outcome = SendOutcome(state=R, reply="5.7.1 blocked", smtp_code=550, enhanced="5.7.1", phase="dot")
    return MemoryMailer({f"p{n:05}@exemple.fr": outcome for n in range(count)})


def test_slow_relay_is_hidden_by_several_connections(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 12)
    begun = time.monotonic()
    with (
        Sink(Plan(slow=0.1), offers=["PIPELINING"]) as sink,
        closing(SmtpMailer(parse_relay(sink.url), connections=6)) as mailer,
    ):
        sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 12}
    assert time.monotonic() - begun < 12 * 4 * 0.1  # what one connection takes
    assert max(Counter(one.message_id for one in sink.taken).values()) == 1


def test_relay_that_grants_fewer_connections_gets_all_mails_over_those(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    issue = approved(sqlite_database, 60)
    plan = Plan({"banner": [None, "421 4.7.0 too many connections", "421 4.7.0 too many", "421 4.7.0 too many"]})
    with Sink(plan) as sink, closing(SmtpMailer(parse_relay(sink.url), connections=4)) as mailer:
        sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 60}


def test_faults_of_every_kind_at_once_end_every_mail_once(
    sqlite_database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    issue, log, chance = approved(sqlite_database, 200), tmp_path / "log", random.Random(3)
    kinds: list[Act | None] = [None] * 8 + ["450 4.2.0 later", drop, "421 4.3.2 restart", "what?"]
    # The first mails are taken: a doubt with none before it is for a person, as no log shows how far back it goes.
    first = [None] * 5
    faults = {p: first + [chance.choice(kinds) for _ in range(60)] for p in ("mail", "rcpt", "data", "body", "dot")}
    faults["body"] = [one if callable(one) else None for one in faults["body"]]
    with Sink(Plan(faults), log=log, offers=["PIPELINING"]) as sink:
        for _ in range(12):
            with closing(SmtpMailer(parse_relay(sink.url), connections=5)) as mailer, suppress(RelayUnavailable):
                sender(sqlite_database, mailer, clock, RelayLog(log)).send(issue.id, alone=True)
            clock.advance(timedelta(minutes=241))
    assert states(sqlite_database, issue.id) == {S: 200}
    assert Counter(one.message_id for one in sink.taken).most_common(1)[0][1] == 1
    assert len(sink.taken) == 200


def test_family_that_says_later_waits_and_the_others_do_not(sqlite_database: Database, clock: FrozenClock) -> None:
    issue, mailer = approved(sqlite_database, 120), MemoryMailer(busy(0))

    def family(email: str) -> str:
        return "gmail" if int(email[1:6]) % 2 == 0 else "orange"

    def run() -> None:
        Sender(mails_of(sqlite_database), mailer, compose, clock, families=family, pause=passing(clock)).send(
            issue.id, alone=True
        )

    run()
    assert states(sqlite_database, issue.id) == {S: 60, DeliveryState.DEFERRED: 1, Q: 59}
    run()  # a restart does not forget it
    assert states(sqlite_database, issue.id)[S] == 60
    mailer.outcomes.clear()
    clock.advance(timedelta(minutes=6))
    begun = clock.now()
    for _ in range(2):
        run()
        clock.advance(timedelta(minutes=1))
    assert clock.now() - begun > timedelta(seconds=20)  # slowly at first
    assert states(sqlite_database, issue.id) == {S: 120}
    assert len(mailer.mails) == 121


def test_who_unsubscribes_while_a_slow_relay_is_at_the_first_mails_gets_none(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    issue = approved(sqlite_database, 30)

    class Leaving(MemoryMailer):
        def send(self, mails: object) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
            if len(self.mails) == 2:
                members_of(sqlite_database).suppress("p00020@exemple.fr", reason="désinscription", now=clock.now())
            yield from super().send(mails)  # type: ignore[arg-type]

    limits, mailer = Limits(per_second=0.05), Leaving()
    slow = Sender(mails_of(sqlite_database), mailer, compose, clock, limits=limits, pause=passing(clock))
    slow.send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 29, DeliveryState.SUPPRESSED: 1}
    assert len(mailer.mails) == 29
    assert {one.tries for one in mails_of(sqlite_database).deliveries(issue.id)} == {0, 1}


def test_quota_of_a_day_leaves_the_rest_for_the_next(sqlite_database: Database, clock: FrozenClock) -> None:
    issue, mailer = approved(sqlite_database, 90), MemoryMailer()
    sent = []
    for _ in range(4):
        limits = Limits(per_day=40)
        Sender(mails_of(sqlite_database), mailer, compose, clock, limits=limits).send(issue.id, alone=True)
        sent.append(states(sqlite_database, issue.id)[S])
        clock.advance(timedelta(hours=13))
    assert sent == [40, 40, 80, 80]
    assert all(one.tries <= 1 for one in mails_of(sqlite_database).deliveries(issue.id))


def test_many_refusals_stop_the_issue_and_say_why(sqlite_database: Database, clock: FrozenClock) -> None:
    issue, mailer = approved(sqlite_database, 100), refusing(30)
    reason = sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    assert reason.startswith("5 refus sur les 5 derniers mails (5 par politique du destinataire (5.7.x)) : 5.7.1")
    assert states(sqlite_database, issue.id) == {R: 5, Q: 95}
    mailer.outcomes.clear()  # mended, then resumed by somebody
    assert not sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {R: 5, S: 95}


def test_complaints_stop_the_issue_until_somebody_lets_it_go_on(sqlite_database: Database, clock: FrozenClock) -> None:
    issue, mailer = approved(sqlite_database, 120), MemoryMailer()
    ledger, bounces = mails_of(sqlite_database), SqlBounceStore(sqlite_database)
    Sender(ledger, mailer, compose, clock, stopping=lambda: len(mailer.mails) >= 60).send(issue.id, alone=True)
    clock.advance(timedelta(minutes=1))
    for one in ledger.deliveries(issue.id)[:2]:
        complaint = Recorded(
            mark=one.email, subscriber_id=one.subscriber_id, kind=ReturnKind.COMPLAINT, status="", detail="",
            at=clock.now(),
        )  # fmt: skip
        bounces.record(complaint)
    reason = Sender(ledger, mailer, compose, clock).send(issue.id, alone=True)
    assert reason == "2 plaintes sur 60 mails remis"
    assert states(sqlite_database, issue.id) == {S: 60, Q: 60}
    clock.advance(timedelta(minutes=1))
    assert not Sender(ledger, mailer, compose, clock, since=clock.now()).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 120}


def test_told_to_stop_it_ends_what_is_in_hand(sqlite_database: Database, clock: FrozenClock) -> None:
    issue, mailer = approved(sqlite_database, 50), MemoryMailer()
    ledger = mails_of(sqlite_database)
    Sender(ledger, mailer, compose, clock, stopping=lambda: len(mailer.mails) >= 7).send(issue.id, alone=True)
    assert states(sqlite_database, issue.id) == {S: 7, Q: 43}
    assert all(one.tries == (one.state is S) for one in ledger.deliveries(issue.id))


def test_ledger_that_cannot_be_written_lets_nothing_leave(sqlite_database: Database, clock: FrozenClock) -> None:
    issue = approved(sqlite_database, 40)

    class Full(SqlMailLedger):
        def record(self, **notes: Any) -> set[str]:
            if sum(len(one) for one in written) >= 6:
                raise StoreError("disque plein", cure="faites de la place")
            written.append(notes["begun"])
            return super().record(**notes)

    written: list[Any] = []
    ledger = Full(sqlite_database, "pole", withheld=lambda _: ())
    with Sink(offers=["PIPELINING"]) as sink:
        with closing(SmtpMailer(parse_relay(sink.url), connections=3)) as mailer, pytest.raises(StoreError):
            Sender(ledger, mailer, compose, clock).send(issue.id, alone=True)
        taken = len(sink.taken)
        assert taken <= 6 + 3
        with closing(SmtpMailer(parse_relay(sink.url), connections=3)) as mailer:
            sender(sqlite_database, mailer, clock).send(issue.id, alone=True)
    found = states(sqlite_database, issue.id)
    assert found[U] <= 3
    assert found[S] + found[U] == 40
    assert Counter(one.message_id for one in sink.taken).most_common(1)[0][1] == 1


def test_leases_that_cannot_be_renewed_stop_the_sending(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = approved(sqlite_database, 20)

    class Unrenewed(SqlMailLedger):
        def renew(self, deliveries: object, **_: Any) -> None:
            raise StoreError("disque plein", cure="faites de la place")

    monkeypatch.setattr("veille.digest.mail.shift.LEASE", timedelta(seconds=0.2))
    ledger = Unrenewed(sqlite_database, "pole", withheld=lambda _: ())
    with (
        Sink(Plan(slow=0.05)) as sink,
        closing(SmtpMailer(parse_relay(sink.url), connections=1)) as mailer,
        pytest.raises(StoreError, match="disque plein"),
    ):
        Sender(ledger, mailer, compose, clock).send(issue.id, alone=False)
    found = states(sqlite_database, issue.id)
    assert found[S] == len(sink.taken) < 20
    assert found[S] + found[Q] == 20


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=30)])
def test_clock_that_jumps_while_sending_doubles_nothing(
    database: Database, clock: FrozenClock, jump: timedelta
) -> None:
    issue = approved(database, 30)

    class Jumpy(MemoryMailer):
        def send(self, mails: Sequence[OutgoingMail]) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
            if len(self.mails) == 10:
                clock.advance(jump)
                with ThreadPoolExecutor(1) as elsewhere:  # somebody else on the same database, with that clock
                    elsewhere.submit(sender(database, other, clock).send, issue.id, alone=False).result()
            yield from super().send(mails)

    other, mailer = MemoryMailer(), Jumpy()
    with suppress(LeaseLost):
        sender(database, mailer, clock).send(issue.id, alone=False)
    clock.advance(LEASE * 3)
    sender(database, other, clock).send(issue.id, alone=False)
    assert max(Counter(one.message_id for one in [*mailer.mails, *other.mails]).values()) == 1
    assert states(database, issue.id)[S] + states(database, issue.id)[U] == 30


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


#: Seconds: on a shared store nobody knows at once that a machine is dead.
SHORT_LEASE = 0.7


@pytest.mark.parametrize("kills", [6])
def test_killed_anywhere_nothing_is_lost_and_nothing_doubled(database: Database, tmp_path: Path, kills: int) -> None:
    issue, log, chance = approved(database, 400), tmp_path / "log", random.Random(7)
    lease = 0 if database.file else SHORT_LEASE
    with Sink(log=log, delay=0.004) as sink:
        arguments = (database.url, str(issue.id), sink.url, str(log), "4", str(lease or ""))
        for _ in range(kills):
            process = start(*arguments)
            started(sink, len(sink.taken))
            time.sleep(chance.uniform(0, 0.08))
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        for _ in range(2):
            time.sleep(lease)
            process = start(*arguments)
            process.join(60)
            assert process.exitcode == 0
    copies = Counter(one.message_id for one in sink.taken)
    assert len(copies) == 400
    assert max(copies.values()) == 1
    assert states(database, issue.id) == {S: 400}
