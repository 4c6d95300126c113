"""What crawl remembers of sources, and their export. Sole writer of source_state and source_event.

What visits bring is written by `entry_store`, in the same transaction.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from veille.model import (
    EntryIntent,
    ExportedEntry,
    KnownEntry,
    PageChange,
    Source,
    SourceEvent,
    SourceHealth,
    SourcePlace,
    SourceState,
    SourceStatus,
)
from veille.protocols import VisitRecord
from veille.storage.db import Database, slices, upsert
from veille.storage.detail_store import rename_wishes
from veille.storage.entry_store import SqlEntries, rename_entries
from veille.storage.page_store import SqlPages
from veille.storage.source_rows import (
    event_of,
    event_values,
    exported_entry,
    known_entry,
    state_of,
    state_values,
    status_of,
)
from veille.storage.tables import DetailRow, EntryRow, SourceEventRow, SourceStateRow

#: Entries of one source that identity is decided on, newest first. Feeds show a few dozen; the unique key
#: (source_id, key) still recognises older ones.
KNOWN_LIMIT = 5_000
_KNOWN = (
    select(
        EntryRow.key,
        EntryRow.link,
        EntryRow.title,
        EntryRow.content_hash,
        EntryRow.guid,
        EntryRow.published,
        EntryRow.facts,
    )
    .order_by(EntryRow.id.desc())
    .limit(KNOWN_LIMIT)
)
#: Rows fetched at once while exporting.
_PAGE = 1_000


class SqlSourceStore:
    """Sources, entries and items in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self, source_ids: Collection[str] | None = None) -> Mapping[str, SourceState]:
        """Return the state of these sources, all of them if None, by id; those never fetched have none."""
        if source_ids is None:
            return self._states(select(SourceStateRow))
        found: dict[str, SourceState] = {}
        for some in slices(sorted(source_ids)):
            found |= self._states(select(SourceStateRow).where(SourceStateRow.source_id.in_(some)))
        return found

    def _states(self, query: "Select[Any]") -> dict[str, SourceState]:
        with self._database.read() as session:
            return {row.source_id: state_of(row) for row in session.scalars(query)}

    def waiting(self, now: datetime) -> Mapping[str, tuple[str, str]]:
        """Return the URL and definition of sources whose next check has not come, or never will, by id.

        A hundred thousand take a third of a second: nothing but strings is read.
        """
        row = SourceStateRow
        waits = (row.next_check_at > now) | (row.health == SourceHealth.STOPPED)
        query = select(row.source_id, row.feed, row.definition).where(waits)
        with self._database.read() as session:
            return {name: (feed, how) for name, feed, how in session.connection().execute(query)}

    def places(self) -> Mapping[str, SourcePlace]:
        """Return where every source ever fetched is asked, by id."""
        row = SourceStateRow
        query = select(row.source_id, row.feed, row.moved_to, row.found_feed, row.failures)
        with self._database.read() as session:
            return {found[0]: SourcePlace(*found[1:]) for found in session.connection().execute(query)}

    def known(self, source_id: str) -> Mapping[str, KnownEntry]:
        """Return the newest entries of a source by key."""
        return self.known_all([source_id]).get(source_id, {})

    def known_all(self, source_ids: Collection[str]) -> Mapping[str, Mapping[str, KnownEntry]]:
        """Return the newest entries of several sources, by source and key; a source that has none is left out."""
        found: dict[str, Mapping[str, KnownEntry]] = {}
        with self._database.read() as session:
            connection = session.connection()
            for some in slices(sorted(source_ids)):
                old = select(EntryRow.source_id).where(EntryRow.source_id.in_(some)).distinct()
                for source_id in connection.execute(old).scalars().all():
                    newest = _KNOWN.where(EntryRow.source_id == source_id)
                    found[source_id] = {row[0]: known_entry(*row) for row in connection.execute(newest)}
        return found

    def record(
        self,
        source: Source,
        state: SourceState,
        intents: Sequence[EntryIntent],
        now: datetime,
        event: SourceEvent | None = None,
    ) -> tuple[int, int]:
        """Write one visit, as `record_all` does; return (new entries, changed entries)."""
        return self.record_all([VisitRecord(source=source, state=state, intents=intents, event=event)], now)[0]

    def record_all(self, visits: Sequence[VisitRecord], now: datetime) -> Sequence[tuple[int, int]]:
        """Write visits to different sources in one transaction; return (new entries, changed entries) of each.

        Idempotent: an intent whose entry is already stored with that content writes nothing, nor does an event that
        stands already.
        """
        values = [state_values(visit.source, visit.state) for visit in visits]
        events = [event_values(visit.event) for visit in visits if visit.event is not None]
        with self._database.write() as session:
            upsert(session, SourceStateRow, values, keys=["source_id"], update=[*values[0]][1:] if values else ())
            upsert(session, SourceEventRow, events, keys=["source_id", "since", "health"])
            SqlPages(session).record(visits, now)
            return SqlEntries(session, now).record(visits)

    def memory(self, state: SourceState) -> Mapping[str, Any] | None:
        """Return what is remembered of a watched page under the address and definition of `state`."""
        with self._database.read() as session:
            return SqlPages(session).memory(state)

    def page_changes(self, source_id: str) -> Sequence[tuple[datetime, PageChange]]:
        """Return what came and went on a watched page, and when that was seen, the latest first."""
        with self._database.read() as session:
            return SqlPages(session).changes(source_id)

    def changes_of(self, item_id: int) -> Sequence[PageChange]:
        """Return the changes of watched pages that an item tells, each as it stands now."""
        with self._database.read() as session:
            return SqlPages(session).of_item(item_id)

    def statuses(self) -> Sequence[SourceStatus]:
        """Return how every source ever fetched is, by id."""
        with self._database.read() as session:
            rows = session.scalars(select(SourceStateRow).order_by(SourceStateRow.source_id))
            return [status_of(row) for row in rows]

    def events(self, *, untold: bool = False) -> Sequence[SourceEvent]:
        """Return what staff were or are to be told of sources, oldest first; `untold` leaves out what they know."""
        title = func.coalesce(SourceStateRow.title, "")
        query = (
            select(SourceEventRow, title)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == SourceEventRow.source_id)
            .order_by(SourceEventRow.at, SourceEventRow.id)
        )
        with self._database.read() as session:
            found = session.execute(query.where(SourceEventRow.told_at.is_(None)) if untold else query)
            return [event_of(row, name) for row, name in found]

    def tell(self, event_ids: Sequence[int], now: datetime) -> None:
        """Note that staff were told of these events; one told before keeps its time."""
        untold = (SourceEventRow.id.in_(event_ids), SourceEventRow.told_at.is_(None))
        with self._database.write() as session:
            session.execute(update(SourceEventRow).where(*untold).values(told_at=now))

    def postpone(self, source_ids: Sequence[str], until: datetime) -> None:
        """Put off the next check of these sources to `until` at the earliest."""
        row = SourceStateRow
        sooner = (row.next_check_at.is_(None)) | (row.next_check_at < until)
        stopped = row.health == SourceHealth.STOPPED
        with self._database.write() as session:
            session.execute(
                update(row).where(row.source_id.in_(source_ids), sooner, ~stopped).values(next_check_at=until)
            )

    def rename(self, old: str, new: str) -> None:
        """Give a source's history to its new id; an id that already has its own history keeps it."""
        with self._database.write() as session:
            if session.get(SourceStateRow, new) is not None:
                return
            for table in (SourceStateRow, SourceEventRow):
                session.execute(update(table).where(table.source_id == old).values(source_id=new))
            rename_entries(session, old, new)
            rename_wishes(session, old, new)
            SqlPages(session).rename(old, new)

    def export(self) -> Iterator[ExportedEntry]:
        """Yield every entry, oldest first seen first; a page at a time, so that a reader may take its time."""
        last = 0
        while True:
            page = self._page(last)
            yield from (entry for _, entry in page)
            if len(page) < _PAGE:
                return
            last = page[-1][0]

    def _page(self, after: int) -> list[tuple[int, ExportedEntry]]:
        rows = (
            select(
                EntryRow.id,
                EntryRow.source_id,
                func.coalesce(SourceStateRow.feed, ""),
                func.coalesce(DetailRow.title, EntryRow.title),
                EntryRow.link,
                func.coalesce(EntryRow.published, DetailRow.published),
                EntryRow.updated,
                EntryRow.first_seen,
                EntryRow.item_id,
            )
            .outerjoin(SourceStateRow, SourceStateRow.source_id == EntryRow.source_id)
            # what a site map does not say of its pages, their own page says
            .outerjoin(DetailRow, (DetailRow.item_id == EntryRow.item_id) & (DetailRow.source_id == EntryRow.source_id))
            .where(EntryRow.id > after)
            .order_by(EntryRow.id)
            .limit(_PAGE)
        )
        with self._database.read() as session:
            return [(row[0], exported_entry(*row[1:])) for row in session.execute(rows)]
