"""Rows that tests of returned mails, relays' events and signs of life start from."""

from datetime import UTC, datetime, timedelta

from veille.storage.db import Database
from veille.storage.tables import BulletinRow, DeliveryRow, IssueRow

SENT_AT = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)


def store_issue(database: Database, *, period: str = "2026-W48", state: str = "done", issue_id: int = 1) -> None:
    """Write one issue that left on a Friday."""
    with database.write() as session:
        session.add(
            IssueRow(
                id=issue_id, cluster_id="pole", digest="hebdo", period=period, state=state, built_at=SENT_AT,
                send_at=SENT_AT, stale_at=SENT_AT + timedelta(days=2), frame={"title": "La veille"},
            )
        )  # fmt: skip


def store_delivery(
    database: Database,
    message_id: str,
    *,
    state: str = "sent",
    subscriber_id: int = 1,
    email: str = "anne@phytalis.example",
    issue_id: int = 1,
) -> None:
    """Write one mail of that issue, with an empty bulletin behind it."""
    empty = {
        "subscriber_id": subscriber_id, "member_id": 1, "organisation": "Phytalis", "first_name": "", "subject": "s",
        "preheader": "p", "sections": [],
    }  # fmt: skip
    with database.write() as session:
        session.add(BulletinRow(issue_id=issue_id, subscriber_id=subscriber_id, content=empty, skipped=None))
        session.add(
            DeliveryRow(
                issue_id=issue_id, subscriber_id=subscriber_id, email=email, state=state, message_id=message_id,
                tries=1, reply="",
            )
        )  # fmt: skip


def store_uncertain(database: Database, message_id: str, *, email: str = "anne@phytalis.example") -> None:
    """Write one issue with one mail whose sending is in doubt."""
    store_issue(database, state="sending")
    store_delivery(database, message_id, state="uncertain", email=email)
