"""What mails that left showed one reader: reads only, at the cost of that reader, however many others there are."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from veille.model import Bulletin, DeliveryState
from veille.storage.db import Database
from veille.storage.tables import BulletinRow, DeliveryRow, IssueRow, SelectionRow


class SqlShownStore:
    """The readers of one cluster."""

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
