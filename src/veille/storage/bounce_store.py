"""Mails that came back, and how far the mailboxes they come to were read: writer of `bounce` and `mailbox_mark`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from veille.model.returns import Recorded, SentMail
from veille.protocols import BounceStore
from veille.storage.db import Database, upsert
from veille.storage.tables import BounceRow, DeliveryRow, MailboxMarkRow, SubscriberRow


class SqlBounceStore:
    """The returned mails of an installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, mark: str) -> bool:
        """Say whether this very mail was taken in before."""
        with self._database.read() as session:
            return session.scalar(select(BounceRow.mark).where(BounceRow.mark == mark)) is not None

    def record(self, recorded: Recorded) -> None:
        """Keep what one returned mail or one relay's event says, once."""
        row = {
            "mark": recorded.mark,
            "subscriber_id": recorded.subscriber_id,
            "kind": recorded.kind,
            "status": recorded.status,
            "detail": recorded.detail,
            "at": recorded.at,
            "told_by": recorded.told_by,
            "message_id": recorded.message_id,
        }
        with self._database.write(durable=True) as session:
            upsert(session, BounceRow, [row], keys=["mark"])

    def count(self, subscriber_id: int, kind: str, *, since: datetime, beside: str | None = None) -> int:
        """Count a person's mails that came back in this way; many reports of one mail (or of `beside`) are one."""
        mail = func.coalesce(BounceRow.message_id, BounceRow.mark)
        mine = (BounceRow.subscriber_id == subscriber_id) & (BounceRow.kind == str(kind)) & (BounceRow.at >= since)
        query = select(func.count(mail.distinct())).where(mine)
        if beside is not None:
            query = query.where(mail != beside)
        with self._database.read() as session:
            return session.scalar(query) or 0

    def sent_mail(self, message_id: str) -> SentMail | None:
        """Return which mail of ours bears that Message-ID, None if none does."""
        query = select(DeliveryRow).where(DeliveryRow.message_id == message_id)
        with self._database.read() as session:
            row = session.scalar(query)
            return SentMail(row.message_id, row.issue_id, row.subscriber_id, row.email, row.state) if row else None

    def recent(self, since: datetime) -> Sequence[tuple[Recorded, str]]:
        """Return what came back since then, oldest first, each with the address it is about (empty if unknown)."""
        query = (
            select(BounceRow, SubscriberRow.email)
            .outerjoin(SubscriberRow, SubscriberRow.id == BounceRow.subscriber_id)
            .where(BounceRow.at >= since)
            .order_by(BounceRow.at, BounceRow.mark)
        )
        with self._database.read() as session:
            return [(_recorded(row), email or "") for row, email in session.execute(query)]

    def position(self, mailbox: str) -> tuple[str, datetime] | None:
        """Return how far a mailbox of ours was read and when, None if it never was."""
        with self._database.read() as session:
            row = session.get(MailboxMarkRow, mailbox)
            return (row.position, row.at) if row is not None else None

    def reached(self, mailbox: str, position: str, at: datetime) -> None:
        """Note how far a mailbox of ours was read."""
        row = {"name": mailbox, "position": position, "at": at}
        with self._database.write() as session:
            upsert(session, MailboxMarkRow, [row], keys=["name"], update=["position", "at"])


def _recorded(row: BounceRow) -> Recorded:
    return Recorded(
        mark=row.mark,
        subscriber_id=row.subscriber_id,
        kind=row.kind,
        status=row.status,
        detail=row.detail,
        at=row.at,
        told_by=row.told_by,
        message_id=row.message_id,
    )


_: type[BounceStore] = SqlBounceStore
