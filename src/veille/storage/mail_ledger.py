"""The ledger of mails: sole writer of delivery, attempt and rate_state; `journal` writes seen.

A delivery moves queued → sending (lease, token) → sent | deferred | rejected | uncertain. A group is claimed in one
durable commit; a mail is marked « begun » in another before its final dot, together with what became of others: SQLite
takes 33,000 such rows a second in groups of twenty, 645 one by one.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from veille.model import Delivery, DeliveryState, SeenItem, SendOutcome, Subscriber
from veille.model.issue_life import EDITABLE, LEAVING
from veille.model.returns import ReturnKind
from veille.model.sending import RateState
from veille.protocols import MailLedger
from veille.storage.db import Database, slices, upsert
from veille.storage.digest_rows import read_delivery
from veille.storage.journal import Shown, SqlJournal
from veille.storage.mail_rows import (
    ATTEMPT,
    BEGIN,
    CLAIM,
    COLUMNS,
    ISSUE_STATE,
    RATE_COLUMNS,
    SETTLE,
    SUPPRESS,
    UNTOUCHED,
    attempt_values,
    due,
    holders,
    ours,
    read_rate,
    row_key,
    settled_values,
)
from veille.storage.prepared import Prepared
from veille.storage.tables import BounceRow, DeliveryRow, IssueRow, RateStateRow

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
#: Mails whose lines are kept between claim and result; more than are ever in hand.
_LOOKED_UP = 1_000
_DOUBT = "l'envoi a été interrompu pendant ce mail : accepté ou non, on ne sait pas"


class SqlMailLedger:
    """The mails of one cluster's issues; `withheld`: subscriber → address, gives who must not be written to."""

    def __init__(
        self, database: Database, cluster_id: str, *, withheld: Callable[[Mapping[int, str]], Collection[int]]
    ) -> None:
        self._database = database
        self._cluster = cluster_id
        self._withheld = withheld
        #: (issue, subscriber) → what a claimed mail shows.
        self._shown: dict[tuple[int, int], Shown] = {}
        #: Issue → the last subscriber claimed: the next claim looks on from there, not through all that was sent.
        self._after: dict[int, int] = {}

    def seen(self, subscriber_ids: Sequence[int]) -> Mapping[int, Mapping[int, SeenItem]]:
        """Return the journal: subscriber → item → what was sent."""
        with self._database.read() as session:
            return SqlJournal(session).read(self._cluster, set(subscriber_ids))

    def received(self, issue_id: int, item_id: int) -> frozenset[int]:
        """Return the subscribers who were sent an item by that issue."""
        with self._database.read() as session:
            return SqlJournal(session).readers(issue_id, item_id)

    def complaints(self, issue_id: int, *, since: datetime) -> int:
        """Count the people of an issue who complained since then of what they were sent."""
        query = (
            select(func.count(BounceRow.subscriber_id.distinct()))
            .join(DeliveryRow, DeliveryRow.subscriber_id == BounceRow.subscriber_id)
            .where(
                DeliveryRow.issue_id == issue_id,
                DeliveryRow.state == DeliveryState.SENT,
                BounceRow.kind == ReturnKind.COMPLAINT,
                BounceRow.at >= since,
            )
        )
        with self._database.read() as session:
            return session.scalar(query) or 0

    def deliveries(self, issue_id: int) -> Sequence[Delivery]:
        """Return every delivery of an issue, in a fixed order."""
        query = select(COLUMNS).where(DeliveryRow.issue_id == issue_id).order_by(DeliveryRow.subscriber_id)
        with self._database.read() as session:
            return [read_delivery(row) for row in session.execute(query)]

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
        """Move queued (or due deferred) deliveries to sending, in one durable commit; suppressed ones step aside.

        Nothing is claimed of an issue that is paused or has ended: the same transaction reads its state.
        `without`: families of receivers that are to wait.
        """
        token = secrets.token_hex(16)
        wanted = {"of_issue": issue_id, "now": now, "many": limit, "after": self._after.get(issue_id, 0)}
        while True:
            with self._database.write(durable=True) as session:
                connection = session.connection()
                if connection.scalar(ISSUE_STATE, wanted) not in LEAVING:
                    return []
                rows = [read_delivery(row) for row in connection.execute(due(frozenset(without)), wanted)]
                if len(rows) < limit and wanted["after"]:
                    wanted["after"] = 0  # what was passed over, given back or put off
                    rows = [read_delivery(row) for row in connection.execute(due(frozenset(without)), wanted)]
                refused = self._withheld({row.subscriber_id: row.email for row in rows})
                mine = [row for row in rows if row.subscriber_id not in refused]
                _mark(session, [row for row in rows if row.subscriber_id in refused], SUPPRESS | {"settled_at": now})
                held = {"token": token, "lease_until": now + lease}
                CLAIM.run(connection, [row_key(row) | held for row in mine])
            if mine or not rows:  # else all of them are written to no more: there may be others behind
                self._after[issue_id] = rows[-1].subscriber_id if rows else 0
                self._look_up(issue_id, token)
                return [replace(row, state=DeliveryState.SENDING, token=token, tries=row.tries + 1) for row in mine]

    def _look_up(self, issue_id: int, token: str) -> None:
        """Read what claimed mails show, for the journal: a group at once, outside the commits that mails wait for."""
        if len(self._shown) > _LOOKED_UP:
            self._shown.clear()
        with self._database.read() as session:
            found = SqlJournal(session).claimed(issue_id, token)
        self._shown |= {(issue_id, subscriber_id): lines for subscriber_id, lines in found.items()}

    def renew(self, deliveries: Sequence[Delivery], *, now: datetime, lease: timedelta) -> None:
        """Extend the leases of claimed mails; one that was taken away shows when its mail is to begin."""
        tokens = {one.token for one in deliveries if one.token is not None}
        ours = (DeliveryRow.token.in_(tokens)) & (DeliveryRow.state == DeliveryState.SENDING)
        with self._database.write() as session:
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
        lost: set[str] = set()
        while True:
            try:
                self._write(begun, settled, rates, now)
            except _TakenOver:
                with self._database.read() as session:
                    held = holders(session, [*begun, *(one for one, _ in settled)])
                lost |= {one.message_id for one in begun if not ours(held, one, (DeliveryState.SENDING,))}
                lost |= {one.message_id for one, _ in settled if not ours(held, one, _MAY_SETTLE)}
                begun = [one for one in begun if one.message_id not in lost]
                settled = [(one, outcome) for one, outcome in settled if one.message_id not in lost]
            else:
                return lost

    def _write(
        self,
        begun: Sequence[Delivery],
        settled: Sequence[tuple[Delivery, SendOutcome]],
        rates: Sequence[RateState],
        now: datetime,
    ) -> None:
        """Write all of it, or nothing: raises _TakenOver where one row is no longer ours."""
        with self._database.write(durable=True) as session:
            if settled:
                _each(session, SETTLE, [settled_values(one, outcome, now) for one, outcome in settled])
                tries = [attempt_values(one.message_id, outcome, now) for one, outcome in settled]
                ATTEMPT.run(session.connection(), tries)
                sent = [one for one, outcome in settled if outcome.state is DeliveryState.SENT]
                SqlJournal(session).write(sent, now, self._shown)
            if begun:
                _each(session, BEGIN, [{**row_key(one), "begun_at": now} for one in begun])
            upsert(session, RateStateRow, [asdict(one) for one in rates], keys=["key"], update=RATE_COLUMNS)
        for one, _ in settled:
            self._shown.pop((one.issue_id, one.subscriber_id), None)

    def rates(self) -> Sequence[RateState]:
        """Return what relays and receivers were given lately."""
        with self._database.read() as session:
            return [read_rate(row) for row in session.scalars(select(RateStateRow))]

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give claimed mails back untouched: nothing of them left this machine."""
        tokens = {one.token for one in deliveries if one.token is not None}
        with self._database.write(durable=True) as session:
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

    def counts(self, issue_id: int) -> Mapping[DeliveryState, int]:
        """Count the deliveries of an issue by state."""
        with self._database.read() as session:
            return count(session, issue_id)


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


def count(session: Session, issue_id: int) -> Counter[DeliveryState]:
    """Count the deliveries of an issue by state."""
    rows = session.execute(
        select(DeliveryRow.state, func.count()).where(DeliveryRow.issue_id == issue_id).group_by(DeliveryRow.state)
    )
    return Counter({DeliveryState(state): number for state, number in rows})


def doubtful_mails(database: Database, cluster_id: str) -> list[Delivery]:
    """Return the mails of which nobody knows whether they left, oldest issue first, until somebody settles them."""
    query = (
        select(DeliveryRow)
        .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
        .where(
            IssueRow.cluster_id == cluster_id,
            IssueRow.state.not_in(EDITABLE),
            DeliveryRow.state == DeliveryState.UNCERTAIN,
        )
    )
    with database.read() as session:
        rows = session.scalars(query.order_by(DeliveryRow.issue_id, DeliveryRow.subscriber_id))
        return [read_delivery(row) for row in rows]


class _TakenOver(Exception):
    """A row that was claimed is somebody else's by now."""


def _each(session: Session, statement: Prepared, values: Sequence[Mapping[str, Any]]) -> None:
    """Run a fenced update for each of these; raises _TakenOver where one finds no row."""
    if statement.run(session.connection(), values) != len(values):
        raise _TakenOver


def _mark(session: Session, deliveries: Sequence[Delivery], values: Mapping[str, Any]) -> None:
    for some in slices([one.message_id for one in deliveries]):
        session.execute(update(DeliveryRow).where(DeliveryRow.message_id.in_(some)).values(values))


def _append(session: Session, rows: Sequence[DeliveryRow], now: datetime) -> None:
    """Append what was decided of mails without asking a server."""
    decided = [(row.message_id, SendOutcome(state=DeliveryState(row.state), reply=row.reply)) for row in rows]
    if decided:
        session.flush()  # a prepared statement goes past what the session still holds
        ATTEMPT.run(session.connection(), [attempt_values(mark, outcome, now) for mark, outcome in decided])


_: type[MailLedger] = SqlMailLedger
