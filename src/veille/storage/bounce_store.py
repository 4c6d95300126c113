"""Mails that came back. Sole writer of `bounce`; append-only."""

from datetime import datetime

from sqlalchemy import func, select

from veille.protocols import BounceStore
from veille.storage.db import Database, upsert
from veille.storage.tables import BounceRow, DeliveryRow


class SqlBounceStore:
    """The returned mails of an installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, mark: str) -> bool:
        """Say whether this very mail was taken in before."""
        with self._database.read() as session:
            return session.scalar(select(BounceRow.mark).where(BounceRow.mark == mark)) is not None

    def record(
        self, mark: str, subscriber_id: int | None, *, kind: str, status: str, detail: str, at: datetime
    ) -> None:
        """Keep one returned mail, once."""
        row = {
            "mark": mark,
            "subscriber_id": subscriber_id,
            "kind": str(kind),
            "status": status,
            "detail": detail,
            "at": at,
        }
        with self._database.write(durable=True) as session:
            upsert(session, BounceRow, [row], keys=["mark"])

    def count(self, subscriber_id: int, kind: str, *, since: datetime) -> int:
        """Count a person's returned mails of a kind."""
        mine = (BounceRow.subscriber_id == subscriber_id) & (BounceRow.kind == str(kind)) & (BounceRow.at >= since)
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(BounceRow).where(mine)) or 0

    def sent_to(self, message_id: str) -> int | None:
        """Return the subscriber id of a mail of ours, None if it is none."""
        with self._database.read() as session:
            return session.scalar(select(DeliveryRow.subscriber_id).where(DeliveryRow.message_id == message_id))


_: type[BounceStore] = SqlBounceStore
