"""The journal: which version of which item a subscriber was sent. Sole writer of `seen`; `mail_ledger` calls it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from veille.config.digests import ERRATUM
from veille.model import Delivery, SeenItem
from veille.storage.db import slices, upsert_statement
from veille.storage.prepared import Prepared
from veille.storage.tables import BulletinRow, DeliveryRow, IssueRow, SeenRow, SubscriberRow

#: Up to that many readers are looked up by their key; for more, the journal is read whole.
_FEW = 50
#: Item, its version, and the ISO day that it closes, if any; one per item.
Shown = tuple[tuple[int, int, str | None], ...]
_CLAIMED = (
    select(BulletinRow.subscriber_id, BulletinRow.content)
    .join(
        DeliveryRow,
        (DeliveryRow.issue_id == BulletinRow.issue_id) & (DeliveryRow.subscriber_id == BulletinRow.subscriber_id),
    )
    .where(DeliveryRow.issue_id == bindparam("of_issue"), DeliveryRow.token == bindparam("held_by"))
)
_NOTHING: Mapping[str, Any] = {"sections": ()}


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

    def shown(self, issue_id: int, subscriber_ids: Sequence[int]) -> dict[int, Shown]:
        """Return subscriber → what that issue's bulletin of theirs shows, as it was frozen."""
        found: dict[int, Shown] = {}
        query = select(BulletinRow.subscriber_id, BulletinRow.content).where(BulletinRow.issue_id == issue_id)
        for some in slices(subscriber_ids):
            rows = self._session.execute(query.where(BulletinRow.subscriber_id.in_(some)))
            found |= {subscriber: _shown(content) for subscriber, content in rows}
        return found

    def claimed(self, issue_id: int, token: str) -> dict[int, Shown]:
        """Return the same of the mails that a claim holds."""
        rows = self._session.connection().execute(_CLAIMED, {"of_issue": issue_id, "held_by": token})
        return {subscriber: _shown(content) for subscriber, content in rows}

    def write(
        self, sent: Sequence[Delivery], now: datetime, known: Mapping[tuple[int, int], Shown] = MappingProxyType({})
    ) -> None:
        """Write what these mails showed, `known` or to be read; once written it stays as it is."""
        missing = [one for one in sent if (one.issue_id, one.subscriber_id) not in known]
        for issue_id in {one.issue_id for one in missing}:
            found = self.shown(issue_id, [one.subscriber_id for one in missing if one.issue_id == issue_id])
            known = {**known, **{(issue_id, subscriber): lines for subscriber, lines in found.items()}}
        journal = [
            {
                "subscriber_id": one.subscriber_id,
                "item_id": item_id,
                "issue_id": one.issue_id,
                "item_version": version,
                "deadline": closes,
                "at": now,
            }
            for one in sent
            for item_id, version, closes in known.get((one.issue_id, one.subscriber_id), ())
        ]
        connection = self._session.connection()
        _put(connection.dialect.name).run(connection, journal)


@cache
def _put(dialect: str) -> Prepared:
    """Return what writes lines that are not there yet."""
    table = cast("Table", SeenRow.__table__)
    statement = upsert_statement(table, dialect, ("subscriber_id", "item_id", "issue_id"))
    return Prepared(statement.values({column.name: bindparam(column.name) for column in table.columns}))


def _shown(content: Any) -> Shown:
    """Return the lines of a bulletin, one per item."""
    lines = {line["item_id"]: line for section in (content or _NOTHING)["sections"] for line in section["lines"]}
    return tuple([(item_id, line["item_version"], line["closes"] or None) for item_id, line in lines.items()])
