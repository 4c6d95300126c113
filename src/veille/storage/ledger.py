"""The truth about work: rows of `work` with leases and fencing tokens. Sole writer of that table.

waiting → running (leased) → gone when finished; back to waiting on release, retry or an expired lease; quarantined
after `MAX_ATTEMPTS`. An attempt is counted when work is claimed, so that work which kills its process counts too.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from veille.errors import LeaseHeld, LeaseLost
from veille.model import Work
from veille.protocols import Clock
from veille.storage.db import Database, upsert
from veille.storage.tables import WorkRow

WAITING, RUNNING, QUARANTINED = "waiting", "running", "quarantined"

#: Tries before quarantine (Mailman 3 sets a message aside after 3 recoveries; a network deserves two more).
MAX_ATTEMPTS = 5

#: From this many earlier attempts on, work is claimed alone: what kills a process must not drag others along.
ALONE_AFTER = 2

#: Quarantined work may be deposited again after that long: one try a day, so that no fault lasts for ever.
QUARANTINE = timedelta(days=1)

#: Longest error text kept, characters: a screen.
_ERROR_LENGTH = 2000

_KILLED = "le processus s'est arrêté net pendant ce travail, plusieurs fois de suite"


class SqlLedger:
    """The ledger in our database; the same on SQLite and PostgreSQL, for any number of processes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def deposit(self, stage: str, key: str, *, not_before: datetime | None = None) -> bool:
        """Add a piece of work unless one with that stage and key waits or runs; True if added.

        Quarantined work is given one more try once its quarantine is over.
        """
        return self.deposit_all(stage, [key], not_before=not_before) == 1

    def deposit_all(self, stage: str, keys: Iterable[str], *, not_before: datetime | None = None) -> int:
        """Add many pieces in one transaction; return how many were not already there."""
        unique = list(dict.fromkeys(keys))
        rows = [
            {"stage": stage, "key": key, "state": WAITING, "attempts": 0, "not_before": not_before} for key in unique
        ]
        with self._database.write() as session:
            added = upsert(session, WorkRow, rows, keys=("stage", "key"))
            return added + self._parole(session, stage, unique, not_before) if added < len(unique) else added

    def claim(
        self, stage: str, *, limit: int, lease: timedelta, owner: str, keys: Sequence[str] | None = None
    ) -> list[Work]:
        """Lease up to `limit` waiting pieces whose time has come (or whose lease has expired), oldest first.

        A piece that failed several times comes alone, once no fresh piece is left.
        """
        now = self._clock.now()
        free = _claimable(stage, now, lease, keys)
        with self._database.write(concurrent=True) as session:
            self._quarantine_killers(session, free)
            fresh = _first(and_(free, WorkRow.attempts < ALONE_AFTER), limit)
            claimed = self._lease(session, fresh, owner, now + lease)
            return claimed or self._lease(session, _first(free, 1), owner, now + lease)

    def renew(self, work: Work, *, lease: timedelta) -> Work:
        """Extend a lease; raises LeaseLost if somebody else holds it."""
        until = self._clock.now() + lease
        self._fenced(work, lease_until=until)
        return replace(work, lease_until=until)

    def finish(self, work: Work) -> None:
        """End a piece of work; raises LeaseLost if our token is no longer the one in the row."""
        with self._database.write(concurrent=True) as session:
            _one(session, delete(WorkRow).where(_ours(work)), work)

    def retry(self, work: Work, *, not_before: datetime, error: str) -> None:
        """Give a piece back for later; after `MAX_ATTEMPTS` it is set aside in quarantine."""
        over = work.attempts >= MAX_ATTEMPTS
        self._fenced(
            work,
            state=QUARANTINED if over else WAITING,
            not_before=self._clock.now() + QUARANTINE if over else not_before,
            error=error[:_ERROR_LENGTH],
            **_NOBODY,
        )

    def release(self, work: Work) -> None:
        """Give a piece back untouched (graceful stop): this attempt does not count."""
        self._fenced(work, state=WAITING, attempts=work.attempts - 1, **_NOBODY)

    def hold(self, stage: str, key: str, *, lease: timedelta, owner: str) -> Work:
        """Take a lease that is not work (a leader's); raises LeaseHeld naming who has it."""
        now = self._clock.now()
        row = {"stage": stage, "key": key, "state": WAITING, "attempts": 0}
        with self._database.write() as session:
            upsert(session, WorkRow, [row], keys=("stage", "key"))
            held = self._lease(session, _first(_claimable(stage, now, lease, [key]), 1), owner, now + lease)
            if held:
                return held[0]
        who = (self.holder(stage, key) or "un autre processus").partition(" [")[0]  # the rest is for programs
        raise LeaseHeld(f"déjà en cours ({who})", cure="attendez qu'il finisse, ou arrêtez-le")

    def holder(self, stage: str, key: str) -> str | None:
        """Return who holds a piece, if anybody does."""
        with self._database.read() as session:
            return session.scalar(
                select(WorkRow.owner).where(WorkRow.stage == stage, WorkRow.key == key, WorkRow.state == RUNNING)
            )

    def owners(self) -> list[str]:
        """Return everybody who holds a lease, expired or not."""
        with self._database.read() as session:
            rows = session.scalars(select(WorkRow.owner).where(WorkRow.state == RUNNING).distinct())
            return sorted(owner for owner in rows if owner)

    def expire(self, owner: str) -> int:
        """End the leases of an owner known to be dead; return how many. Its work can be claimed at once."""
        ended = update(WorkRow).where(WorkRow.state == RUNNING, WorkRow.owner == owner)
        with self._database.write() as session:
            return _count(session, ended.values(lease_until=self._clock.now()))

    def quarantined(self) -> list[tuple[str, str, str]]:
        """Return (stage, key, error) of what was set aside."""
        with self._database.read() as session:
            rows = session.execute(
                select(WorkRow.stage, WorkRow.key, WorkRow.error)
                .where(WorkRow.state == QUARANTINED)
                .order_by(WorkRow.stage, WorkRow.key)
            )
            return [(stage, key, error or "") for stage, key, error in rows]

    def _lease(self, session: Session, chosen: Select[Any], owner: str, until: datetime) -> list[Work]:
        """Mark the rows chosen as ours, all with one new token."""
        token = uuid.uuid4().hex
        statement = (
            update(WorkRow)
            # A CTE, which PostgreSQL runs once: a plain sub-select may be run per row and lock more than its limit.
            .where(WorkRow.id.in_(select(chosen.cte("chosen").c.id)))
            .values(state=RUNNING, token=token, lease_until=until, owner=owner, attempts=WorkRow.attempts + 1)
            .returning(WorkRow.id, WorkRow.stage, WorkRow.key, WorkRow.attempts)
            .execution_options(synchronize_session=False)
        )
        rows = sorted(session.execute(statement).all())
        return [Work(id=i, stage=s, key=k, token=token, lease_until=until, attempts=a) for i, s, k, a in rows]

    def _quarantine_killers(self, session: Session, free: ColumnElement[bool]) -> None:
        """Set aside what was claimed too often without an answer: its process died each time."""
        spent = and_(free, WorkRow.state == RUNNING, WorkRow.attempts >= MAX_ATTEMPTS)
        aside = update(WorkRow).where(WorkRow.id.in_(_first(spent, None)))
        until = self._clock.now() + QUARANTINE
        _count(session, aside.values(state=QUARANTINED, not_before=until, error=_KILLED, **_NOBODY))

    def _parole(self, session: Session, stage: str, keys: Sequence[str], not_before: datetime | None) -> int:
        """Let work whose quarantine is over wait again; its attempts stay, so the next failure sends it back."""
        over = and_(WorkRow.state == QUARANTINED, WorkRow.not_before <= self._clock.now(), WorkRow.stage == stage)
        due = set(session.scalars(select(WorkRow.key).where(over))) & set(keys)
        if not due:
            return 0
        return _count(
            session, update(WorkRow).where(over, WorkRow.key.in_(due)).values(state=WAITING, not_before=not_before)
        )

    def _fenced(self, work: Work, **values: Any) -> None:
        with self._database.write(concurrent=True) as session:
            _one(session, update(WorkRow).where(_ours(work)).values(**values), work)


_NOBODY: dict[str, Any] = {"token": None, "owner": None, "lease_until": None}


def _ours(work: Work) -> ColumnElement[bool]:
    return and_(WorkRow.id == work.id, WorkRow.token == work.token)


def _claimable(stage: str, now: datetime, lease: timedelta, keys: Sequence[str] | None) -> ColumnElement[bool]:
    due = and_(WorkRow.state == WAITING, or_(WorkRow.not_before.is_(None), WorkRow.not_before <= now))
    # A lease that ends further away than one can was given by a clock that has since been set back.
    expired = and_(WorkRow.state == RUNNING, or_(WorkRow.lease_until <= now, WorkRow.lease_until > now + 2 * lease))
    free = and_(WorkRow.stage == stage, or_(due, expired))
    return free if keys is None else and_(free, WorkRow.key.in_(keys))


def _first(which: ColumnElement[bool], limit: int | None) -> Select[Any]:
    """Choose rows nobody else is choosing now (SKIP LOCKED is PostgreSQL's; SQLite has one writer anyway)."""
    return select(WorkRow.id).where(which).order_by(WorkRow.id).limit(limit).with_for_update(skip_locked=True)


def _count(session: Session, statement: Any) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount


def _one(session: Session, statement: Any, work: Work) -> None:
    if _count(session, statement) != 1:
        raise LeaseLost(
            f"travail repris par un autre processus : {work.stage} « {work.key} »",
            cure="rien à faire : l'autre processus le finira",
        )
