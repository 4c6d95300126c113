"""Issues and what they hold: sole writer of issue, issue_event, bulletin and selection; mails are `mail_ledger`'s."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from veille.french import counted
from veille.model import Bulletin, DeliveryState, Drafted, Issue, IssueEvent, IssueState, Subscriber
from veille.model.issue_life import EDITABLE, ENDED, LIVING, OPEN, check_move, refused_move
from veille.protocols import IssueStore
from veille.storage.db import Database, slices, upsert
from veille.storage.digest_rows import bulletin_values, frozen, read_drafted, read_issue, read_letters, selection_values
from veille.storage.issue_signing import altered, check_same, name_of, not_paused, unsigned
from veille.storage.mail_ledger import FINAL, end_waiting, enqueue, take_back, withdraw
from veille.storage.mail_reading import count
from veille.storage.member_store import read_subscriber
from veille.storage.tables import BulletinRow, DeliveryRow, IssueEventRow, IssueRow, SelectionRow, SubscriberRow

MakeMessageId = Callable[[str, str, str, int, str], str]
#: The date that every mail bears, in an issue's frame once its sending has begun.
_BEGUN = "date"


class SqlIssueStore:
    """The issues of one cluster."""

    def __init__(self, database: Database, cluster_id: str, *, message_id: MakeMessageId) -> None:
        self._database = database
        self._cluster = cluster_id
        self._message_id = message_id

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def find(self, digest: str, period: str) -> Issue | None:
        """Return the issue of one period."""
        with self._database.read() as session:
            row = session.scalar(self._of_period(digest, period))
            return read_issue(row) if row else None

    def get(self, issue_id: int) -> Issue:
        """Return an issue as it stands now."""
        with self._database.read() as session:
            return read_issue(session.get_one(IssueRow, issue_id))

    def numbered(self, issue_id: int) -> Issue | None:
        """Return the issue of that number, if it is this cluster's."""
        query = select(IssueRow).where(IssueRow.cluster_id == self._cluster, IssueRow.id == issue_id)
        with self._database.read() as session:
            row = session.scalar(query)
            return read_issue(row) if row else None

    def latest(self, digest: str | None = None, states: Sequence[IssueState] = ()) -> Issue | None:
        """Return the newest issue in one of these states (any state if empty)."""
        query = select(IssueRow).where(IssueRow.cluster_id == self._cluster)
        if digest is not None:
            query = query.where(IssueRow.digest == digest)
        if states:
            query = query.where(IssueRow.state.in_(states))
        with self._database.read() as session:
            row = session.scalar(query.order_by(IssueRow.send_at.desc(), IssueRow.id.desc()).limit(1))
            return read_issue(row) if row else None

    def issues(self, states: Sequence[IssueState], *, limit: int) -> Sequence[Issue]:
        """Return the issues in one of these states, newest first."""
        query = select(IssueRow).where(IssueRow.cluster_id == self._cluster, IssueRow.state.in_(states))
        with self._database.read() as session:
            rows = session.scalars(query.order_by(IssueRow.send_at.desc(), IssueRow.id.desc()).limit(limit))
            return [read_issue(row) for row in rows]

    def living(self, digest: str) -> Sequence[Issue]:
        """Return the issues of a digest that have not ended, the one that leaves first before the others."""
        mine = (IssueRow.cluster_id == self._cluster, IssueRow.digest == digest)
        query = select(IssueRow).where(*mine, IssueRow.state.in_((*EDITABLE, *LIVING)))
        with self._database.read() as session:
            return [read_issue(row) for row in session.scalars(query.order_by(IssueRow.send_at, IssueRow.id))]

    def unsettled(self, digest: str) -> Sequence[Issue]:
        """Return the ended issues of a digest of which a mail is in doubt, or is to leave again, oldest first."""
        open_ = select(DeliveryRow.issue_id).where(DeliveryRow.state.not_in(FINAL))
        mine = (IssueRow.cluster_id == self._cluster, IssueRow.digest == digest, IssueRow.state.in_(ENDED))
        query = select(IssueRow).where(*mine, IssueRow.id.in_(open_)).order_by(IssueRow.send_at, IssueRow.id)
        with self._database.read() as session:
            return [read_issue(row) for row in session.scalars(query)]

    def drafted(self, issue_id: int) -> Sequence[Drafted]:
        """Return what an issue holds, one per subscriber, in a fixed order."""
        with self._database.read() as session:
            return read_drafted(session, issue_id)

    def letters(self, issue_id: int, *, first: int = 0, limit: int) -> Sequence[tuple[Subscriber, Bulletin]]:
        """Return whom an issue is written to and what, from that subscriber's number on, so many at most."""
        with self._database.read() as session:
            return read_letters(session, issue_id, first, limit)

    def events(self, issue_id: int) -> Sequence[IssueEvent]:
        """Return every move of an issue, oldest first."""
        query = select(IssueEventRow).where(IssueEventRow.issue_id == issue_id).order_by(IssueEventRow.id)
        with self._database.read() as session:
            return [
                IssueEvent(at=row.at, state=IssueState(row.state), by=row.said_by, why=row.why)
                for row in session.scalars(query)
            ]

    def verify(self, issue: Issue) -> bool:
        """Tell whether the content is still the one that was frozen."""
        with self._database.read() as session:
            return issue.content_sha256 == frozen(session, issue.id, issue.frame)[0]

    # ── making ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def save_draft(self, issue: Issue, drafted: Sequence[Drafted]) -> Issue:
        """Write a draft or replace the one of that period, curated where it was; InputError where it may not change."""
        with self._database.write() as session:
            row = session.scalar(self._of_period(issue.digest, issue.period)) or self._new(session, issue)
            if row.state not in {IssueState.DRAFT, IssueState.CURATED}:
                raise refused_move(issue.name, IssueState(row.state), IssueState.DRAFT)
            return _drafted(session, row, issue, drafted)

    def add_draft(self, issue: Issue, drafted: Sequence[Drafted]) -> Issue | None:
        """Write the draft of a period that has no issue yet; None, and nothing written, where it has one."""
        with self._database.write() as session:
            if session.scalar(self._of_period(issue.digest, issue.period)) is not None:
                return None
            return _drafted(session, self._new(session, issue), issue, drafted)

    def amend_draft(self, issue: Issue, changed: Sequence[Drafted], *, was: Issue) -> Issue | None:
        """Write what changed of a draft since it was read as `was`; None, and nothing written, where it moved since."""
        with self._database.write() as session:
            row = session.scalar(self._of_period(issue.digest, issue.period))
            same = row is not None and (row.built_at, row.frame.get("edits")) == (was.built_at, was.frame.get("edits"))
            if row is None or not same or row.state not in {IssueState.DRAFT, IssueState.CURATED}:
                return None
            return _drafted(session, row, issue, changed, people=[one.subscriber.id for one in changed])

    def _new(self, session: Session, issue: Issue) -> IssueRow:
        row = IssueRow(cluster_id=self._cluster, digest=issue.digest, period=issue.period, state=IssueState.DRAFT)
        session.add(row)
        return row

    def freeze(
        self, issue: Issue, *, by: str, now: datetime, frame: Mapping[str, Any], renders: Mapping[int, str]
    ) -> Issue:
        """Store what the bytes are made from, its hash, and that of each mail as it was drawn; an edit voids it."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue.id)
            check_move(issue.name, IssueState(row.state), IssueState.FROZEN)
            check_same(row, issue)
            _freeze(session, row, by=by, now=now, frame=frame)
            _keep_renders(session, row.id, renders)
            return read_issue(row)

    def approve(
        self,
        issue: Issue,
        *,
        by: str,
        now: datetime,
        domain: str,
        frame: Mapping[str, Any],
        renders: Mapping[int, str] | None = None,
        why: str = "",
        stale_at: datetime | None = None,
    ) -> Issue:
        """Sign the frozen content (frozen now where it is not) and write one queued delivery per bulletin, at once.

        `renders` is subscriber id → SHA-256 of the mail drawn, what freezing kept if None; `stale_at` the end it is
        given. Raises InputError where the issue may not be approved, where it has changed since it was read as `issue`,
        or where a frozen content is no longer what its hash says.
        """
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue.id)
            if row.state not in EDITABLE:
                raise refused_move(issue.name, IssueState(row.state), IssueState.APPROVED, "lancez l'envoi")
            check_same(row, issue)
            if row.state == IssueState.FROZEN:
                sha256, readers = frozen(session, row.id, row.frame)
                if row.content_sha256 != sha256:
                    raise altered(issue)
            else:
                readers = _freeze(session, row, by=by, now=now, frame=frame)
            _move(session, row, IssueState.APPROVED, now=now, by=by, why=why)
            row.approved_at, row.approved_by, row.stale_at = now, by, stale_at or row.stale_at
            session.flush()  # the issue is written here, its mails by their own ledger
            _keep_renders(session, row.id, renders or {})
            people = session.scalars(
                select(SubscriberRow)
                .join(BulletinRow, BulletinRow.subscriber_id == SubscriberRow.id)
                .where(BulletinRow.issue_id == row.id)
                .order_by(SubscriberRow.id)
            )
            enqueue(
                session,
                row.id,
                {
                    read_subscriber(one): self._message_id(self._cluster, row.digest, row.period, one.id, domain)
                    for one in people
                    if one.id in readers
                },
            )
            return read_issue(row)

    def renders(self, issue_id: int) -> Mapping[int, str]:
        """Return subscriber → SHA-256 of the mail that was drawn for them at approval."""
        query = select(BulletinRow.subscriber_id, BulletinRow.render_sha256).where(
            BulletinRow.issue_id == issue_id, BulletinRow.render_sha256.is_not(None)
        )
        with self._database.read() as session:
            return {person: sha256 for person, sha256 in session.execute(query) if sha256}

    def reopen(self, issue_id: int, *, by: str, now: datetime) -> Issue:
        """Take a signed issue of which nothing left back to curated, its mails withdrawn; InputError otherwise."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            before = IssueState(row.state)
            if before is IssueState.DRAFT:
                raise refused_move(name_of(row), before, before, "retouchez-la telle quelle : rien ne la retient")
            _move(session, row, IssueState.CURATED, now=now, by=by, why="rouverte")
            unsigned(row)
            session.flush()
            if not withdraw(session, issue_id):
                raise refused_move(name_of(row), before, IssueState.CURATED)
            return read_issue(row)

    # ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def queue(self, issue_id: int, *, now: datetime, why: str) -> Issue:
        """Say that an approved issue's hour has come and that it waits for the sending hours."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            if row.state == IssueState.APPROVED:
                _move(session, row, IssueState.QUEUED, now=now, by="", why=why)
            return read_issue(row)

    def begin(self, issue_id: int, now: datetime) -> Issue:
        """Mark an approved issue as being sent; the first time fixes the date that its mails bear.

        One that is done stays so: what leaves of it is a mail that somebody asked for again.
        """
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            if row.state == IssueState.PAUSED:
                raise refused_move(name_of(row), IssueState.PAUSED, IssueState.SENDING)
            if row.state not in {IssueState.SENDING, IssueState.DONE}:
                _move(session, row, IssueState.SENDING, now=now, by="")
                row.frame = {_BEGUN: now.isoformat(), **row.frame}
            return read_issue(row)

    def pause(self, issue_id: int, *, by: str, why: str, now: datetime) -> Issue:
        """Hold an approved issue: no further mail begins until it is resumed; one paused already stays so."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            if row.state != IssueState.PAUSED:
                _move(session, row, IssueState.PAUSED, now=now, by=by, why=why)
                session.flush()
                take_back(session, issue_id)
            return read_issue(row)

    def resume(self, issue_id: int, *, by: str, now: datetime) -> Issue:
        """Let a paused issue go on from where it was: being sent, or waiting for its hour."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            to = IssueState.SENDING if _BEGUN in row.frame else IssueState.APPROVED
            if row.state != IssueState.PAUSED:
                raise not_paused(row)
            _move(session, row, to, now=now, by=by, why="reprise")
            return read_issue(row)

    def cancel(self, issue_id: int, *, by: str, why: str, now: datetime) -> Issue:
        """End an issue for good: what has not left does not leave; InputError where it has ended already."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            _move(session, row, IssueState.CANCELLED, now=now, by=by, why=why)
            session.flush()
            end_waiting(session, issue_id, now, DeliveryState.SKIPPED, "édition annulée")
            return read_issue(row)

    def note(self, issue_id: int, *, why: str, now: datetime) -> bool:
        """Log something about an issue that does not move it, once; return False where it was logged already."""
        said = (IssueEventRow.issue_id == issue_id, IssueEventRow.why == why)
        with self._database.write() as session:
            if session.scalar(select(IssueEventRow.id).where(*said).limit(1)) is not None:
                return False
            state = session.get_one(IssueRow, issue_id).state
            session.add(IssueEventRow(issue_id=issue_id, at=now, state=state, said_by="", why=why))
            session.flush()
            return True

    def close(self, issue_id: int, now: datetime, *, liftable: bool = False) -> IssueState:
        """End the issue once no mail of it can move by itself any more; past its end, expire what waits.

        Doubts keep it from ending only where they are `liftable`: the next look at the relay's log may settle them.
        Return its state.
        """
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            stale = now > row.stale_at
            if stale and row.state in EDITABLE:
                _move(session, row, IssueState.EXPIRED, now=now, by="", why="personne ne l'a approuvée à temps")
            elif stale and row.state in (*LIVING, IssueState.DONE):
                session.flush()
                end_waiting(session, issue_id, now, DeliveryState.EXPIRED, "édition périmée")
            if row.state in LIVING:
                _end(session, row, now=now, stale=stale, liftable=liftable)
            return IssueState(row.state)

    def _of_period(self, digest: str, period: str) -> Any:
        return select(IssueRow).where(
            IssueRow.cluster_id == self._cluster, IssueRow.digest == digest, IssueRow.period == period
        )


def _drafted(
    session: Session, row: IssueRow, issue: Issue, drafted: Sequence[Drafted], *, people: Sequence[int] | None = None
) -> Issue:
    """Write what a draft holds in the place of what it held, for all or for these people."""
    row.built_at, row.frame = issue.built_at, dict(issue.frame)
    row.send_at, row.stale_at = _needed(issue.send_at), _needed(issue.stale_at)
    session.flush()
    for table in (SelectionRow, BulletinRow):
        mine = delete(table).where(table.issue_id == row.id)
        if people is None:
            session.execute(mine)
        else:
            for some in slices(people):
                session.execute(mine.where(table.subscriber_id.in_(some)))
    for part in slices(drafted):
        bulletins = [bulletin_values(row.id, one) for one in part]
        upsert(session, BulletinRow, bulletins, keys=["issue_id", "subscriber_id"])
        lines = [selection_values(row.id, one.subscriber.id, line) for one in part for line in one.selection]
        upsert(session, SelectionRow, lines, keys=["issue_id", "subscriber_id", "item_id"])
    return read_issue(row)


def touch(session: Session, issue_id: int, *, by: str, now: datetime, drawn: bool = True) -> None:
    """Note in the caller's transaction that a person edits an issue: frozen is voided; InputError once approved.

    The draft is behind from now on, until it is made again; not by what is no part of it (not `drawn` in it).
    """
    row = session.get_one(IssueRow, issue_id)
    if row.state not in EDITABLE:
        raise refused_move(name_of(row), IssueState(row.state), IssueState.CURATED)
    if row.state != IssueState.CURATED:
        _move(session, row, IssueState.CURATED, now=now, by=by)
    unsigned(row)
    held = row.frame.get("edits", 0)
    row.edited_by, row.edits = by, row.edits + 1
    if not drawn:
        row.frame = {**row.frame, "edits": held + 1}
    session.flush()


def _end(session: Session, row: IssueRow, *, now: datetime, stale: bool, liftable: bool) -> None:
    """End a signed issue unless a mail of it may still move by itself, or somebody holds it."""
    states = count(session, row.id)
    doubts = states[DeliveryState.UNCERTAIN]
    moving = set(states) - FINAL - ({DeliveryState.UNCERTAIN} if stale or not liftable else set())
    if moving or not (row.state in OPEN or stale):
        return
    left = states[DeliveryState.SENT] or doubts or not states
    why = f"{counted(doubts, 'envoi')} douteux à vérifier" if doubts else ""
    _move(session, row, IssueState.DONE if left else IssueState.EXPIRED, now=now, by="", why=why)


def _freeze(session: Session, row: IssueRow, *, by: str, now: datetime, frame: Mapping[str, Any]) -> frozenset[int]:
    """Freeze an issue; return its readers."""
    _move(session, row, IssueState.FROZEN, now=now, by=by)
    row.frame, row.frozen_at = dict(frame), now
    session.flush()  # written here: hashing reads
    row.content_sha256, readers = frozen(session, row.id, frame)
    return readers


def _keep_renders(session: Session, issue_id: int, renders: Mapping[int, str]) -> None:
    """Keep what each mail was drawn as: what leaves is that."""
    drawn = [{"issue_id": issue_id, "subscriber_id": one, "render_sha256": sha256} for one, sha256 in renders.items()]
    if drawn:
        session.execute(update(BulletinRow), drawn)


def _move(session: Session, row: IssueRow, to: IssueState, *, now: datetime, by: str, why: str = "") -> None:
    """Make one move of the table, and log it in the same transaction."""
    check_move(name_of(row), IssueState(row.state), to)
    row.state = to
    session.add(IssueEventRow(issue_id=row.id, at=now, state=to, said_by=by, why=why))


def _needed(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("an issue is stored with its send time and its end")
    return value


_: type[IssueStore] = SqlIssueStore
