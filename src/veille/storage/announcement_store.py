"""Editions told to channels: sole writer of announcement."""

from collections.abc import Sequence

from sqlalchemy import select

from veille.model.announcing import Announcement, AnnouncementState
from veille.protocols.announcing import AnnouncementStore
from veille.storage.db import Database, upsert
from veille.storage.tables import AnnouncementRow, IssueRow


class SqlAnnouncementStore:
    """What one cluster's channels were told."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def of(self, issue_id: int) -> Sequence[Announcement]:
        """Return what became of an edition on each channel."""
        query = (
            select(AnnouncementRow)
            .join(IssueRow, IssueRow.id == AnnouncementRow.issue_id)
            .where(IssueRow.cluster_id == self._cluster, AnnouncementRow.issue_id == issue_id)
        )
        with self._database.read() as session:
            return [_read(row) for row in session.scalars(query.order_by(AnnouncementRow.channel))]

    def record(self, announcement: Announcement) -> None:
        """Write where an announcement stands, durably."""
        row = {
            "issue_id": announcement.issue_id,
            "channel": announcement.channel,
            "state": announcement.state.value,
            "tries": announcement.tries,
            "next_at": announcement.next_at,
            "reply": announcement.reply,
            "at": announcement.at,
        }
        with self._database.write(durable=True) as session:
            upsert(
                session,
                AnnouncementRow,
                [row],
                keys=["issue_id", "channel"],
                update=["state", "tries", "next_at", "reply", "at"],
            )


def _read(row: AnnouncementRow) -> Announcement:
    return Announcement(
        issue_id=row.issue_id,
        channel=row.channel,
        state=AnnouncementState(row.state),
        tries=row.tries,
        next_at=row.next_at,
        reply=row.reply,
        at=row.at,
    )


_: type[AnnouncementStore] = SqlAnnouncementStore
