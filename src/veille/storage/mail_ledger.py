"""The ledger of mails: sole writer of delivery, attempt and rate_state; `journal` writes seen.

A delivery moves queued → sending (lease, token) → sent | deferred | rejected | uncertain. A group is claimed in one
commit; a mail is marked « begun » in another, durable, before its final dot, together with what became of others:
SQLite takes 33,000 such rows a second in groups of twenty, 645 one by one.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.orm import Session

from veille.errors import StoreError
from veille.model import Delivery, DeliveryState, SendOutcome, Subscriber
from veille.model.issue_life import LEAVING
from veille.model.sending import RateState
from veille.protocols import MailLedger
from veille.storage.db import Database, slices, upsert
from veille.storage.digest_rows import read_delivery
from veille.storage.journal import SqlJournal
from veille.storage.mail_reading import MailReading, count
from veille.storage.mail_rows import (
    ATTEMPT,
    BEGIN,
    ISSUE_STATE,
    RATE_COLUMNS,
    SETTLE,
    SUPPRESS,
    UNTOUCHED,
    Due,
    attempt_values,
    claim_up_to,
    claimed,
    holders,
    ours,
    read_due,
    row_key,
    settled_values,
)
from veille.storage.prepared import Prepared
from veille.storage.tables import DeliveryRow, RateStateRow

#: States in which nothing more will happen by itself.
FINAL = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.REJECTED,
        DeliveryState.SUPPRESSED,
        DeliveryState.SKIPPED,
        DeliveryState.EXPIRED,
    }
)
#: States from which the holder of a claim may still write what became of a mail.
_MAY_SETTLE = (DeliveryState.SENDING, DeliveryState.UNCERTAIN)
#: States of a mail of which nothing has left, and that nobody is sending.
_UNSENT = frozenset({DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SUPPRESSED})
Begun = Sequence[Delivery]
Settled = Sequence[tuple[Delivery, SendOutcome]]
#: Seconds. While others write (80,000 mails are approved in one transaction, of minutes) a sender waits: an answer that
#: it could not write down would be a doubt. As long as Postfix waits for the next line of a mail (smtpd_timeout).
_PATIENCE = 300.0
_DOUBT = "l'envoi a été interrompu pendant ce mail : accepté ou non, on ne sait pas"


class SqlMailLedger(MailReading):
    """The mails of one cluster's issues; `withheld`: subscriber → address, gives who must not be written to."""

    def __init__(
        self, database: Database, cluster_id: str, *, withheld: Callable[[Mapping[int, str]], Collection[int]]
    ) -> None:
        super().__init__(database, cluster_id)
        self._withheld = withheld
        #: Issue → the last subscriber claimed: the next claim looks on from there, not through all that was sent.
        self._after: dict[int, int] = {}

    def place(self, issue_id: int, family_of: Callable[[str], str]) -> None:
        """Write which family of receivers each mail goes to, where that is not known yet."""
        unplaced = (DeliveryRow.issue_id == issue_id) & DeliveryRow.family.is_(None)
        with self._database.read() as session:
            emails = session.scalars(select(DeliveryRow.email).where(unplaced)).all()
        families: dict[str, list[str]] = {}
        for email in emails:
            families.setdefault(family_of(email), []).append(email)
        if not families:
            return
        with self._database.write() as session:
            for family, those in families.items():
                for some in slices(those):
                    session.execute(
                        update(DeliveryRow).where(unplaced, DeliveryRow.email.in_(some)).values(family=family)
                    )

    def claim(
        self, issue_id: int, *, limit: int, now: datetime, lease: timedelta, without: Collection[str] = ()
    ) -> list[Delivery]:
        """Move queued (or due deferred) deliveries to sending, in one commit; suppressed ones step aside.

        Nothing is claimed of an issue that is paused or has ended: the same transaction reads its state. The commit
        needs no sync of its own: the mark « begun » that comes later in the same log makes it durable too, and a claim
        that a power cut undoes is that of a mail of which nothing had left.
        `without`: families of receivers that are to wait.
        """
        token = secrets.token_hex(16)
        look: dict[str, Any] = {"of_issue": issue_id, "now": now, "many": limit, "after": self._after.get(issue_id, 0)}
        look |= {"token": token, "lease_until": now + lease}
        found, mine = self._claim(look, frozenset(without))
        while found and not mine:  # all of them are written to no more, and stepped aside: others may stand behind
            found, mine = self._claim(look, frozenset(without))
        self._after[issue_id] = found[-1].subscriber_id if found else 0
        return [claimed(row, issue_id, token) for row in mine]

    def _claim(self, look: dict[str, Any], without: frozenset[str]) -> tuple[Sequence[Due], Sequence[Due]]:
        """Return what was due next, and what of it is claimed now."""
        with self._database.write(wait=_PATIENCE) as session:
            connection = session.connection()
            if connection.scalar(ISSUE_STATE, look) not in LEAVING:
                return [], []
            found = read_due(connection, look, without)
            if len(found) < look["many"] and look["after"]:
                look["after"] = 0  # what was passed over, given back or put off
                found = read_due(connection, look, without)
            refused = self._withheld({row.subscriber_id: row.email for row in found})
            if refused:
                gone = [row.message_id for row in found if row.subscriber_id in refused]
                _mark(session, gone, SUPPRESS | {"settled_at": look["now"]})
            if len(found) > len(refused):
                claim_up_to(without).run(connection, [look | {"last": found[-1].subscriber_id}])
        return found, [row for row in found if row.subscriber_id not in refused]

    def renew(self, deliveries: Sequence[Delivery], *, now: datetime, lease: timedelta) -> None:
        """Extend the leases of claimed mails; one that was taken away shows when its mail is to begin."""
        tokens = {one.token for one in deliveries if one.token is not None}
        ours = (DeliveryRow.token.in_(tokens)) & (DeliveryRow.state == DeliveryState.SENDING)
        with self._database.write(wait=_PATIENCE) as session:
            session.execute(update(DeliveryRow).where(ours).values(lease_until=now + lease))

    def record(
        self,
        *,
        begun: Sequence[Delivery] = (),
        settled: Sequence[tuple[Delivery, SendOutcome]] = (),
        rates: Sequence[RateState] = (),
        now: datetime,
    ) -> set[str]:
        """Write, in one durable commit, what became of some mails and which others are about to leave.

        Both are fenced by the claim's token; return the Message-IDs of those that are no longer ours, which must not
        leave. A settled row that a recovery called uncertain meanwhile is still ours: nobody else ever claims it.
        """
        ended = {one.message_id for one, _ in settled}
        # A connection that is cut while it waits for its mark leaves an end, and nothing that could begin.
        begun = [one for one in begun if one.message_id not in ended]
        try:
            with self._database.write(durable=True, wait=_PATIENCE) as session:
                _put(session, begun, settled, rates, now)
        except _TakenOver:
            return self._record_ours(begun, settled, rates, now)
        return set()

    def _record_ours(self, begun: Begun, settled: Settled, rates: Sequence[RateState], now: datetime) -> set[str]:
        """Write what is still ours, told in the transaction that writes it; return the rest."""
        try:
            with self._database.write(durable=True, wait=_PATIENCE) as session:
                held = holders(session, [*begun, *(one for one, _ in settled)])
                lost = {one.message_id for one in begun if not ours(held, one, (DeliveryState.SENDING,))}
                lost |= {one.message_id for one, _ in settled if not ours(held, one, _MAY_SETTLE)}
                kept = [(one, outcome) for one, outcome in settled if one.message_id not in lost]
                _put(session, [one for one in begun if one.message_id not in lost], kept, rates, now)
        except _TakenOver as error:  # the transaction holds the one write lock: what changed the rows does not ask it
            raise StoreError(
                f"le registre des mails a changé pendant qu'il était écrit : {self._database.place}",
                cure="arrêtez ce qui y écrit sans passer par veille, puis relancez « veille digest send »",
            ) from error
        return lost

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give claimed mails back untouched: nothing of them left this machine."""
        tokens = {one.token for one in deliveries if one.token is not None}
        with self._database.write(durable=True, wait=_PATIENCE) as session:
            for some in slices([one.message_id for one in deliveries]):
                session.execute(
                    update(DeliveryRow)
                    .where(
                        DeliveryRow.message_id.in_(some),
                        DeliveryRow.token.in_(tokens),
                        DeliveryRow.state == DeliveryState.SENDING,
                        DeliveryRow.begun_at.is_(None),
                    )
                    .values(UNTOUCHED)
                )

    def recover(self, issue_id: int, *, now: datetime, alone: bool, lease: timedelta = timedelta(days=1)) -> int:
        """Resolve mails whose sender died: those begun are uncertain, the others are queued again; return how many.

        A mail is written down as begun, durably, before its final dot: without that mark nobody can have taken it.
        `alone`: the caller holds this machine's lock, so every lease is a dead one's. Otherwise a lease ends in time,
        or is void where it ends further away than one can: a clock that has since been set back gave it.
        """
        query = select(DeliveryRow).where(DeliveryRow.issue_id == issue_id, DeliveryRow.state == DeliveryState.SENDING)
        if not alone:
            query = query.where(or_(DeliveryRow.lease_until < now, DeliveryRow.lease_until > now + 2 * lease))
        with self._database.write(durable=True) as session:
            rows = session.scalars(query.order_by(DeliveryRow.subscriber_id)).all()
            begun = [row for row in rows if row.begun_at is not None]
            for row in rows:
                row.lease_until = None
                if row.begun_at is None:
                    row.state, row.token = DeliveryState.QUEUED, None
                    row.tries -= 1
                else:
                    row.state, row.settled_at, row.reply = DeliveryState.UNCERTAIN, now, _DOUBT
            _append(session, begun, now)
        return len(rows)

    def reconcile(
        self,
        issue_id: int,
        *,
        accepted: Collection[str] = (),
        absent: Collection[str] = (),
        lost: Collection[str] = (),
        now: datetime,
        by: str = "",
    ) -> int:
        """Settle doubts: accepted Message-IDs are sent, absent ones queued again, lost ones ended; return how many.

        `by`: who says so, in French; the relay's log if empty.
        """
        query = select(DeliveryRow).where(
            DeliveryRow.issue_id == issue_id,
            DeliveryRow.state == DeliveryState.UNCERTAIN,
            DeliveryRow.message_id.in_([*accepted, *absent, *lost]),
        )
        found = f"reçu : {by}" if by else "trouvé dans le journal du relais"
        again = f"à renvoyer : {by}" if by else "absent du journal du relais : à renvoyer"
        told = {
            **dict.fromkeys(accepted, (DeliveryState.SENT, found, now)),
            **dict.fromkeys(absent, (DeliveryState.QUEUED, again, None)),
            **dict.fromkeys(lost, (DeliveryState.EXPIRED, f"perdu, pas renvoyé : {by}", now)),
        }
        with self._database.write(durable=True) as session:
            rows = session.scalars(query.order_by(DeliveryRow.subscriber_id)).all()
            for row in rows:
                row.state, row.reply, row.settled_at = told[row.message_id]
                row.token = None
            _append(session, rows, now)
            SqlJournal(session).write([read_delivery(row) for row in rows if row.state == DeliveryState.SENT], now)
        return len(rows)


def enqueue(session: Session, issue_id: int, mails: Mapping[Subscriber, str]) -> None:
    """Write one queued delivery per subscriber, with its Message-ID, in the caller's transaction."""
    deliveries = [
        {
            "issue_id": issue_id,
            "subscriber_id": person.id,
            "email": person.email,
            "state": DeliveryState.QUEUED,
            "message_id": message_id,
            "tries": 0,
            "reply": "",
        }
        for person, message_id in mails.items()
    ]
    upsert(session, DeliveryRow, deliveries, keys=["issue_id", "subscriber_id"])


def end_waiting(session: Session, issue_id: int, now: datetime, state: DeliveryState, reply: str) -> None:
    """End what still waits of an issue (past its end, cancelled), in the caller's transaction."""
    take_back(session, issue_id)
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.issue_id == issue_id,
            DeliveryRow.state.in_([DeliveryState.QUEUED, DeliveryState.DEFERRED]),
        )
        .values(state=state, settled_at=now, reply=reply)
    )


def take_back(session: Session, issue_id: int) -> None:
    """Queue again what is claimed and not begun, in the caller's transaction: its sender may not begin it any more."""
    mine = (
        DeliveryRow.issue_id == issue_id,
        DeliveryRow.state == DeliveryState.SENDING,
        DeliveryRow.begun_at.is_(None),
    )
    session.execute(update(DeliveryRow).where(*mine).values(UNTOUCHED))


def withdraw(session: Session, issue_id: int) -> bool:
    """Remove the mails of an issue, in the caller's transaction; False, and nothing done, where one may have left."""
    if not set(count(session, issue_id)) <= _UNSENT:
        return False
    session.execute(delete(DeliveryRow).where(DeliveryRow.issue_id == issue_id))
    return True


class _TakenOver(Exception):
    """A row that was claimed is somebody else's by now."""


def _put(session: Session, begun: Begun, settled: Settled, rates: Sequence[RateState], now: datetime) -> None:
    """Write all of it; raises _TakenOver where one row is no longer ours."""
    connection = session.connection()
    if settled:
        _each(connection, SETTLE, [settled_values(one, outcome, now) for one, outcome in settled])
        ATTEMPT.run(connection, [attempt_values(one.message_id, outcome, now) for one, outcome in settled])
        SqlJournal(session).write([one for one, outcome in settled if outcome.state is DeliveryState.SENT], now)
    if begun:
        _each(connection, BEGIN, [{**row_key(one), "begun_at": now} for one in begun])
    upsert(session, RateStateRow, [asdict(one) for one in rates], keys=["key"], update=RATE_COLUMNS)


def _each(connection: Connection, statement: Prepared, values: Sequence[Mapping[str, Any]]) -> None:
    """Run a fenced update for each of these; raises _TakenOver where one finds no row."""
    if statement.run(connection, values) != len(values):
        raise _TakenOver


def _mark(session: Session, message_ids: Sequence[str], values: Mapping[str, Any]) -> None:
    for some in slices(message_ids):
        session.execute(update(DeliveryRow).where(DeliveryRow.message_id.in_(some)).values(values))


def _append(session: Session, rows: Sequence[DeliveryRow], now: datetime) -> None:
    """Append what was decided of mails without asking a server."""
    decided = [(row.message_id, SendOutcome(state=DeliveryState(row.state), reply=row.reply)) for row in rows]
    if decided:
        session.flush()  # a prepared statement goes past what the session still holds
        ATTEMPT.run(session.connection(), [attempt_values(mark, outcome, now) for mark, outcome in decided])


_: type[MailLedger] = SqlMailLedger
