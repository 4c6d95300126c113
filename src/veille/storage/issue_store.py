"""Issues and what they hold: sole writer of issue, bulletin and selection; its mails are `mail_ledger`'s."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from veille.errors import InputError
from veille.model import DeliveryState, Drafted, Issue, IssueState
from veille.protocols import IssueStore
from veille.storage.db import Database, upsert
from veille.storage.digest_rows import bulletin_values, content_hash, read_drafted, read_issue, selection_values
from veille.storage.mail_ledger import FINAL, count, enqueue, expire_waiting
from veille.storage.tables import BulletinRow, IssueRow, SelectionRow

MakeMessageId = Callable[[str, str, str, int, str], str]


class SqlIssueStore:
    """The issues of one cluster."""

    def __init__(self, database: Database, cluster_id: str, *, message_id: MakeMessageId) -> None:
        self._database = database
        self._cluster = cluster_id
        self._message_id = message_id

    def save_draft(self, issue: Issue, drafted: Sequence[Drafted]) -> Issue:
        """Write a draft or replace the one of that period; raises InputError where it is approved already."""
        with self._database.write() as session:
            row = session.scalar(self._of_period(issue.digest, issue.period))
            if row is None:
                row = IssueRow(cluster_id=self._cluster, digest=issue.digest, period=issue.period)
                session.add(row)
            elif row.state != IssueState.DRAFT:
                raise InputError(
                    f"l'édition {issue.digest} {issue.period} est déjà approuvée",
                    cure="elle ne se refait plus ; attendez la suivante",
                )
            row.state, row.built_at, row.frame = IssueState.DRAFT, issue.built_at, dict(issue.frame)
            row.send_at, row.stale_at = _needed(issue.send_at), _needed(issue.stale_at)
            session.flush()
            session.execute(delete(SelectionRow).where(SelectionRow.issue_id == row.id))
            session.execute(delete(BulletinRow).where(BulletinRow.issue_id == row.id))
            upsert(
                session,
                BulletinRow,
                [bulletin_values(row.id, one) for one in drafted],
                keys=["issue_id", "subscriber_id"],
            )
            lines = [selection_values(row.id, one.subscriber.id, line) for one in drafted for line in one.selection]
            upsert(session, SelectionRow, lines, keys=["issue_id", "subscriber_id", "item_id"])
            return read_issue(row)

    def find(self, digest: str, period: str) -> Issue | None:
        """Return the issue of one period."""
        with self._database.read() as session:
            row = session.scalar(self._of_period(digest, period))
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

    def drafted(self, issue_id: int) -> Sequence[Drafted]:
        """Return what an issue holds, one per subscriber, in a fixed order."""
        with self._database.read() as session:
            return read_drafted(session, issue_id)

    def approve(self, issue: Issue, *, by: str, now: datetime, domain: str, frame: Mapping[str, Any]) -> Issue:
        """Freeze: hash the content and write one queued delivery per bulletin, in one transaction."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue.id)
            if row.state != IssueState.DRAFT:
                raise InputError(f"l'édition {row.digest} {row.period} est déjà approuvée", cure="lancez l'envoi")
            drafted = read_drafted(session, issue.id)
            row.frame, row.state = dict(frame), IssueState.APPROVED
            row.approved_at, row.approved_by = now, by
            row.content_sha256 = content_hash(frame, drafted)
            session.flush()  # the issue is written here, its mails by their own ledger
            enqueue(
                session,
                row.id,
                {
                    one.subscriber: self._message_id(self._cluster, row.digest, row.period, one.subscriber.id, domain)
                    for one in drafted
                    if one.bulletin is not None
                },
            )
            return read_issue(row)

    def verify(self, issue: Issue) -> bool:
        """Tell whether the content is still the one that was approved."""
        with self._database.read() as session:
            return issue.content_sha256 == content_hash(issue.frame, read_drafted(session, issue.id))

    def begin(self, issue_id: int, now: datetime) -> Issue:
        """Mark an approved issue as being sent; the first time fixes the date that its mails bear."""
        with self._database.write(durable=True) as session:
            row = session.get_one(IssueRow, issue_id)
            if row.state == IssueState.APPROVED:
                row.state, row.frame = IssueState.SENDING, {**row.frame, "date": now.isoformat()}
            return read_issue(row)

    def close(self, issue_id: int, now: datetime) -> IssueState:
        """End the issue if nothing can be sent any more; past its end, expire what waits. Return its state."""
        with self._database.write(durable=True) as session:
            issue = session.get_one(IssueRow, issue_id)
            if now > issue.stale_at:
                expire_waiting(session, issue_id, now)
            states = count(session, issue_id)
            if set(states) <= FINAL and issue.state in {IssueState.SENDING, IssueState.APPROVED}:
                issue.state = IssueState.DONE if states[DeliveryState.SENT] or not states else IssueState.EXPIRED
            return IssueState(issue.state)

    def _of_period(self, digest: str, period: str) -> Any:
        return select(IssueRow).where(
            IssueRow.cluster_id == self._cluster, IssueRow.digest == digest, IssueRow.period == period
        )


def _needed(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("an issue is stored with its send time and its end")
    return value


_: type[IssueStore] = SqlIssueStore
