"""The journal: which version of which item a subscriber was sent. Sole writer of `seen`; `mail_ledger` calls it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from veille.config.digests import ERRATUM
from veille.model import Delivery, SeenItem
from veille.storage.db import slices, upsert
from veille.storage.tables import BulletinRow, IssueRow, SeenRow, SubscriberRow

#: Up to that many readers are looked up by their key; for more, the journal is read whole.
_FEW = 50


class SqlJournal:
    """The journal, within its caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, cluster_id: str, subscriber_ids: Collection[int]) -> Mapping[int, Mapping[int, SeenItem]]:
        """Return subscriber → item → what was sent; a correction tells what holds now, and is no second showing."""
        found: dict[int, dict[int, SeenItem]] = {}
        mine_only = (
            select(SeenRow, IssueRow.digest)
            .join(SubscriberRow, SubscriberRow.id == SeenRow.subscriber_id)
            .join(IssueRow, IssueRow.id == SeenRow.issue_id)
            .where(SubscriberRow.cluster_id == cluster_id)
        )
        if len(subscriber_ids) <= _FEW:
            mine_only = mine_only.where(SeenRow.subscriber_id.in_(subscriber_ids))
        for row, digest in self._session.execute(mine_only.order_by(SeenRow.at, SeenRow.issue_id)):
            if row.subscriber_id in subscriber_ids:
                mine = found.setdefault(row.subscriber_id, {})
                known = mine.get(row.item_id)
                corrects = known if digest.endswith(ERRATUM) else None
                mine[row.item_id] = SeenItem(
                    item_id=row.item_id,
                    item_version=row.item_version,
                    deadline=date.fromisoformat(row.deadline) if row.deadline else None,
                    at=corrects.at if corrects else row.at,
                    times=corrects.times if corrects else 1 + (known.times if known else 0),
                )
        return found

    def readers(self, issue_id: int, item_id: int) -> frozenset[int]:
        """Return the subscribers who were sent an item by that issue."""
        query = select(SeenRow.subscriber_id).where(SeenRow.issue_id == issue_id, SeenRow.item_id == item_id)
        return frozenset(self._session.scalars(query))

    def write(self, sent: Sequence[Delivery], now: datetime) -> None:
        """Write what these mails showed; once written it stays as it is."""
        contents = self._contents(sent)
        journal = [
            {
                "subscriber_id": one.subscriber_id,
                "item_id": line["item_id"],
                "issue_id": one.issue_id,
                "item_version": line["item_version"],
                "deadline": line["closes"] or None,
                "at": now,
            }
            for one in sent
            for line in _lines_shown(contents.get((one.issue_id, one.subscriber_id)))
        ]
        upsert(self._session, SeenRow, journal, keys=["subscriber_id", "item_id", "issue_id"])

    def _contents(self, sent: Sequence[Delivery]) -> dict[tuple[int, int], Any]:
        """Return (issue, subscriber) → the bulletin as it was frozen."""
        query = select(BulletinRow.issue_id, BulletinRow.subscriber_id, BulletinRow.content)
        found: dict[tuple[int, int], Any] = {}
        for issue_id in {one.issue_id for one in sent}:
            for some in slices([one.subscriber_id for one in sent if one.issue_id == issue_id]):
                wanted = query.where(BulletinRow.issue_id == issue_id, BulletinRow.subscriber_id.in_(some))
                found |= {(issue, subscriber): content for issue, subscriber, content in self._session.execute(wanted)}
        return found


def _lines_shown(content: Any) -> Iterable[Mapping[str, Any]]:
    """Return the lines of a bulletin, one per item."""
    lines = (line for section in (content or {"sections": []})["sections"] for line in section["lines"])
    return {line["item_id"]: line for line in lines}.values()
