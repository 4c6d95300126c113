"""The memory of watched pages and their changes, written in the transaction of the visits that bring them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from veille.model import PageChange, SourceState
from veille.protocols import VisitRecord
from veille.storage.db import upsert
from veille.storage.tables import EntryRow, PageChangeRow, PageMemoryRow


class SqlPages:
    """Reads and writes what is known of watched pages inside an open session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def memory(self, state: SourceState) -> Mapping[str, Any] | None:
        """Return what is remembered of a page under the address and definition of `state`."""
        row = self._session.get(PageMemoryRow, state.source_id)
        known = row is not None and (row.feed, row.definition) == (state.feed, state.definition)
        return row.memory if row is not None and known else None

    def record(self, visits: Sequence[VisitRecord], now: datetime) -> None:
        """Write what visits want remembered, over what was, and what changed beside what changed before."""
        memories = [
            {
                "source_id": visit.source.id,
                "feed": visit.state.feed,
                "definition": visit.state.definition,
                "memory": dict(visit.memory),
            }
            for visit in visits
            if visit.memory is not None
        ]
        changes = [_values(visit.source.id, change, now) for visit in visits for change in visit.page_changes]
        upsert(self._session, PageMemoryRow, memories, keys=["source_id"], update=["feed", "definition", "memory"])
        upsert(self._session, PageChangeRow, changes, keys=["source_id", "change", "seen"])

    def changes(self, source_id: str) -> list[tuple[datetime, PageChange]]:
        """Return what came and went on a page, and when that was seen, the latest first."""
        row = PageChangeRow
        query = select(row).where(row.source_id == source_id).order_by(row.seen.desc(), row.id.desc())
        return [(one.seen, _change(one)) for one in self._session.scalars(query)]

    def of_item(self, item_id: int) -> list[PageChange]:
        """Return the changes of pages that an item tells, each as it stands now."""
        row = PageChangeRow
        told = (EntryRow.source_id == row.source_id) & (EntryRow.guid == row.change)
        query = select(row).join(EntryRow, told).where(EntryRow.item_id == item_id).order_by(row.seen, row.id)
        latest = {(one.source_id, one.change): one for one in self._session.scalars(query)}
        return [_change(one) for one in latest.values()]

    def rename(self, old: str, new: str) -> None:
        """Give what is known of a page to the new id of its source."""
        for table in (PageMemoryRow, PageChangeRow):
            self._session.execute(update(table).where(table.source_id == old).values(source_id=new))


def _change(row: PageChangeRow) -> PageChange:
    return PageChange(row.change, tuple(row.added.splitlines()), tuple(row.removed.splitlines()))


def _values(source_id: str, change: PageChange, now: datetime) -> dict[str, Any]:
    added, removed = "\n".join(change.added), "\n".join(change.removed)
    return {"source_id": source_id, "change": change.change, "seen": now, "added": added, "removed": removed}
