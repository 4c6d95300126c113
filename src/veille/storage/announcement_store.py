"""Editions told to channels: sole writer of announcement."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from veille.model.announcing import Announcement, AnnouncementState
from veille.protocols.announcing import AnnouncementStore
from veille.storage.db import Database, upsert
from veille.storage.tables import AnnouncementRow, IssueRow

_KEYS = ("issue_id", "channel")


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

    def claim(self, telling: Announcement, *, before: Announcement | None) -> bool:
        """Write that an edition is being told; False, and nothing written, where it no longer stands as `before`."""
        with self._database.write(durable=True) as session:
            row = session.get(AnnouncementRow, (telling.issue_id, telling.channel))
            if (_read(row) if row else None) != before:
                return False
            _write(session, telling)
            return True

    def record(self, announcement: Announcement) -> None:
        """Write where an announcement stands, durably."""
        with self._database.write(durable=True) as session:
            _write(session, announcement)


def _write(session: Session, announcement: Announcement) -> None:
    values = asdict(announcement) | {"state": announcement.state.value}
    upsert(session, AnnouncementRow, [values], keys=_KEYS, update=[name for name in values if name not in _KEYS])


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
