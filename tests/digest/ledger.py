"""An approved issue in a real store, and the process that the crash tests kill while it sends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.digest.builders import NOW, bulletin, match
from veille.addresses import address_key
from veille.clock import SystemClock
from veille.digest.mail import sending, shift
from veille.digest.mail.mailers import FileMailer
from veille.digest.mail.message import make_message_id
from veille.digest.mail.relay import parse_relay
from veille.digest.mail.relay_log import RelayLog
from veille.digest.mail.sending import Sender
from veille.digest.mail.smtp import SmtpMailer
from veille.errors import LeaseLost
from veille.model import (
    Delivery,
    DeliveryState,
    Drafted,
    Issue,
    IssueState,
    Member,
    OutgoingMail,
    Selected,
    SendOutcome,
    Subscriber,
)
from veille.storage.db import Database
from veille.storage.handpick_store import SqlHandpickStore
from veille.storage.issue_store import SqlIssueStore
from veille.storage.mail_ledger import SqlMailLedger
from veille.storage.member_store import SqlMemberStore

LEASE = timedelta(minutes=15)
SENT = SendOutcome(state=DeliveryState.SENT, reply="ok", smtp_code=250, phase="dot", server="relais")
LATER = SendOutcome(state=DeliveryState.DEFERRED, reply="plus tard", smtp_code=450)
DOUBT = SendOutcome(state=DeliveryState.UNCERTAIN, reply="coupé")


def members_of(database: Database) -> SqlMemberStore:
    return SqlMemberStore(database, "pole", address_hash=address_key)


def issues_of(database: Database) -> SqlIssueStore:
    return SqlIssueStore(database, "pole", message_id=make_message_id)


def hands_of(database: Database) -> SqlHandpickStore:
    return SqlHandpickStore(database, "pole")


def mails_of(database: Database) -> SqlMailLedger:
    return SqlMailLedger(database, "pole", withheld=members_of(database).withheld)


def people(database: Database, count: int) -> list[Subscriber]:
    store = members_of(database)
    pairs = [
        (Member(organisation=f"Membre {n:05}"), [Subscriber(email=f"p{n:05}@exemple.fr", first_name="Anne")])
        for n in range(count)
    ]
    store.save(pairs, origin="test", now=NOW)
    return list(store.subscribers())


def draft_of(persons: list[Subscriber], items: tuple[int, ...] = ()) -> list[Drafted]:
    return [
        Drafted(
            subscriber=person,
            bulletin=bulletin(person.id, lines=len(items)),
            selection=tuple(
                Selected(
                    item_id=n, item_version=1, section="seize", rank=rank, score=0.5, reasons=match(n).reasons
                )
                for rank, n in enumerate(items, 1)
            ),
        )
        for person in persons
    ]  # fmt: skip


def an_issue(period: str = "2026-W48", now: datetime = NOW) -> Issue:
    return Issue(
        id=0, digest="hebdo", period=period, state=IssueState.DRAFT, built_at=now, send_at=now,
        stale_at=now + timedelta(days=2), frame={"title": "La veille"},
    )  # fmt: skip


def approved(database: Database, count: int = 3, items: tuple[int, ...] = (), now: datetime = NOW) -> Issue:
    """Write an approved issue for `count` people."""
    mails_of(database)
    issue = issues_of(database).save_draft(an_issue(now=now), draft_of(people(database, count), items))
    return issues_of(database).approve(issue, by="Claire", now=now, domain="pole.example.fr", frame=issue.frame)


def settle(store: SqlMailLedger, delivery: Delivery, outcome: SendOutcome, now: datetime = NOW) -> None:
    """Write what became of one mail, as a sender does."""
    if store.record(settled=[(delivery, outcome)], now=now):
        raise LeaseLost("repris", cure="rien")


def begin(store: SqlMailLedger, *deliveries: Delivery, now: datetime = NOW) -> set[str]:
    """Write that mails are about to leave, as a sender does; return those that may not."""
    return store.record(begun=deliveries, now=now)


def compose(delivery: Delivery) -> OutgoingMail:
    """A small mail: what is tested is when it leaves, not what it says."""
    raw = f"Message-ID: {delivery.message_id}\r\nSubject: x\r\n\r\ncorps\r\n".encode()
    return OutgoingMail(sender="v@pole.example.fr", recipient=delivery.email, message_id=delivery.message_id, raw=raw)


def send(url: str, issue: str, way: str, log: str, connections: str = "4", lease: str = "") -> None:
    """Send an issue until done, as a process of its own does; with a lease in seconds, as one machine among others."""
    database = Database(url)
    if lease:
        sending.LEASE = shift.LEASE = timedelta(seconds=float(lease))
    mailer = (
        FileMailer(Path(way[5:]))
        if way.startswith("file:")
        else SmtpMailer(parse_relay(way), connections=int(connections))
    )
    accept_log = mailer if isinstance(mailer, FileMailer) else RelayLog(Path(log))
    if isinstance(accept_log, RelayLog):
        accept_log.grace = 0.3  # the sink logs within its own delay, far below
    store = mails_of(database)
    Sender(store, mailer, compose, SystemClock(), accept_log=accept_log).send(int(issue), alone=not lease)
    mailer.close()
    issues_of(database).close(int(issue), datetime.now(UTC))
    database.close()
