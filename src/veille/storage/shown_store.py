"""What mails that left showed whom, and when: reads only, a reader's at the cost of that reader alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from veille.model import Bulletin, DeliveryState, IssueState
from veille.model.issue_life import LEAVING
from veille.storage.db import Database, slices
from veille.storage.tables import BulletinRow, DeliveryRow, IssueRow, SelectionRow

#: States of a mail that may still leave by itself.
_WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING)


class SqlShownStore:
    """The mails of one cluster, as its readers have them."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def item(self, subscriber_id: int, item_id: int) -> bool:
        """Say whether a mail showed that person that item."""
        query = (
            self._mails(SelectionRow.item_id, subscriber_id)
            .join(SelectionRow, SelectionRow.issue_id == IssueRow.id)
            .where(SelectionRow.subscriber_id == subscriber_id, SelectionRow.item_id == item_id)
        )
        with self._database.read() as session:
            return session.execute(query.limit(1)).first() is not None

    def bulletin(self, digest: str, period: str, subscriber_id: int) -> tuple[Bulletin, Mapping[str, Any]] | None:
        """Return the bulletin that a mail brought that person, and the frame of its issue."""
        query = (
            self._mails(BulletinRow.content, subscriber_id)
            .add_columns(IssueRow.frame)
            .join(BulletinRow, BulletinRow.issue_id == IssueRow.id)
            .where(BulletinRow.subscriber_id == subscriber_id, IssueRow.digest == digest, IssueRow.period == period)
        )
        with self._database.read() as session:
            found = session.execute(query).first()
        return (Bulletin.from_data(found[0]), found[1]) if found and found[0] else None

    def printed(self, issue_id: int) -> tuple[Sequence[Bulletin], Mapping[int, int]]:
        """Return bulletins of an issue in which its every line stands, and item → how many readers had it.

        Tens of thousands of bulletins print some hundred lines: each is read from the first that has it.
        """
        columns = (SelectionRow.section, SelectionRow.item_id)
        lines = select(*columns, func.min(SelectionRow.subscriber_id), func.count()).where(
            SelectionRow.issue_id == issue_id
        )
        contents = select(BulletinRow.content).where(BulletinRow.issue_id == issue_id, BulletinRow.skipped.is_(None))
        readers: Counter[int] = Counter()
        first: set[int] = set()
        found: list[Bulletin] = []
        with self._database.read() as session:
            for _, item_id, reader, count in session.execute(lines.group_by(*columns)):
                readers[item_id] += count
                first.add(reader)
            for some in slices(sorted(first)):
                mine = contents.where(BulletinRow.subscriber_id.in_(some)).order_by(BulletinRow.subscriber_id)
                found += [Bulletin.from_data(one) for one in session.scalars(mine)]
        return found, readers

    def readers(self, since: datetime, until: datetime) -> frozenset[int]:
        """Return the subscribers to whom a mail left in that time, or is to: of issues, drafts too, that leave then.

        A mail that waits of an issue that began to leave before, spread over days by quotas, is to leave as well.
        """
        planned = (
            select(BulletinRow.subscriber_id)
            .join(IssueRow, IssueRow.id == BulletinRow.issue_id)
            .where(
                IssueRow.cluster_id == self._cluster,
                IssueRow.send_at >= since,
                IssueRow.send_at < until,
                IssueRow.state.not_in((IssueState.CANCELLED, IssueState.EXPIRED)),
                BulletinRow.skipped.is_(None),
            )
        )
        at = func.coalesce(DeliveryRow.begun_at, DeliveryRow.settled_at)
        left = (
            select(DeliveryRow.subscriber_id)
            .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
            .where(IssueRow.cluster_id == self._cluster, _left(), at >= since, at < until)
        )
        waiting = (
            select(DeliveryRow.subscriber_id)
            .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
            .where(
                IssueRow.cluster_id == self._cluster,
                IssueRow.send_at < until,
                IssueRow.stale_at > since,
                IssueRow.state.in_(LEAVING),
                DeliveryRow.state.in_(_WAITING),
            )
        )
        with self._database.read() as session:
            return frozenset().union(*(session.scalars(one) for one in (planned, left, waiting)))

    def _mails(self, column: InstrumentedAttribute[Any], subscriber_id: int) -> Select[Any]:
        """Return a query over the issues whose mail to that person was taken, or may have been.

        Issues come first: they are hundreds, and with one of them every key below is whole.
        """
        return (
            select(column)
            .select_from(IssueRow)
            .join(DeliveryRow, DeliveryRow.issue_id == IssueRow.id)
            .where(IssueRow.cluster_id == self._cluster, DeliveryRow.subscriber_id == subscriber_id, _left())
        )


def _left() -> ColumnElement[bool]:
    """Tell mails that may have been taken: one is marked as begun before its final dot."""
    return or_(DeliveryRow.state == DeliveryState.SENT, DeliveryRow.begun_at.is_not(None))
