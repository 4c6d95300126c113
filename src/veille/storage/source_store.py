"""What crawl remembers: source_state, source_event, entry, entry_version, item. Their sole writer; deletes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from veille.model import (
    EntryIntent,
    ExportedEntry,
    KnownEntry,
    ParsedEntry,
    Source,
    SourceEvent,
    SourceHealth,
    SourceState,
    SourceStatus,
)
from veille.storage.db import Database, upsert
from veille.storage.detail_store import add_wishes, rename_wishes
from veille.storage.source_rows import (
    event_of,
    event_values,
    exported_entry,
    known_entry,
    published_columns,
    state_of,
    state_values,
    status_of,
)
from veille.storage.structured import facts_column
from veille.storage.tables import DetailRow, EntryRow, EntryVersionRow, ItemRow, SourceEventRow, SourceStateRow

#: Entries of one source that identity is decided on, newest first. Feeds show a few dozen; the unique key
#: (source_id, key) still recognises older ones.
KNOWN_LIMIT = 5_000
#: Rows fetched at once while exporting.
_PAGE = 1_000


class SqlSourceStore:
    """Sources, entries and items in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self) -> Mapping[str, SourceState]:
        """Return the state of every source ever fetched, by id."""
        with self._database.read() as session:
            return {row.source_id: state_of(row) for row in session.scalars(select(SourceStateRow))}

    def known(self, source_id: str) -> Mapping[str, KnownEntry]:
        """Return the newest entries of a source by key."""
        columns = (
            EntryRow.key,
            EntryRow.link,
            EntryRow.title,
            EntryRow.content_hash,
            EntryRow.guid,
            EntryRow.published,
            EntryRow.facts,
        )
        newest = select(*columns).where(EntryRow.source_id == source_id).order_by(EntryRow.id.desc()).limit(KNOWN_LIMIT)
        with self._database.read() as session:
            return {row.key: known_entry(row._mapping) for row in session.execute(newest)}  # noqa: SLF001 - public name of SQLAlchemy

    def record(
        self,
        source: Source,
        state: SourceState,
        intents: Sequence[EntryIntent],
        now: datetime,
        event: SourceEvent | None = None,
    ) -> tuple[int, int]:
        """Write one fetch of one source in one transaction; return (new entries, changed entries).

        Idempotent: an intent whose entry is already stored with that content writes nothing, nor does an event that
        stands already.
        """
        with self._database.write() as session:
            recording = _Recording(session, source, now, reserved=bool(state.reserved))
            new, changed = recording.entries(intents) if intents else (0, 0)
            values = state_values(source, state)
            upsert(session, SourceStateRow, [values], keys=["source_id"], update=[*values][1:])
            if event is not None:
                upsert(session, SourceEventRow, [event_values(event)], keys=["source_id", "since", "health"])
        return new, changed

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
            for table in (SourceStateRow, SourceEventRow, EntryRow, ItemRow):
                session.execute(update(table).where(table.source_id == old).values(source_id=new))
            rename_wishes(session, old, new)

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


class _Recording:
    """The entries of one fetch, inside its transaction."""

    def __init__(self, session: Session, source: Source, now: datetime, *, reserved: bool) -> None:
        self._session = session
        self._source = source
        self._now = now
        self._reserved = reserved

    def entries(self, intents: Sequence[EntryIntent]) -> tuple[int, int]:
        """Insert the new ones, keep the changed ones' earlier version; return how many of each."""
        keys = [intent.key for intent in intents]
        mine = (EntryRow.source_id == self._source.id, EntryRow.key.in_(keys))
        stored = {row.key: row for row in self._session.scalars(select(EntryRow).where(*mine))}
        new = [intent for intent in intents if intent.key not in stored]
        changed = [
            (stored[intent.key], intent)
            for intent in intents
            if intent.key in stored and stored[intent.key].content_hash != intent.content_hash
        ]
        self._insert(new)
        for row, intent in changed:
            self._change(row, intent)
        return len(new), len(changed)

    def _insert(self, intents: Sequence[EntryIntent]) -> None:
        """Add entries to the items they belong to; an item that another source opened first is joined."""
        if not intents:
            return
        items = {intent.item_key: self._item_values(intent) for intent in reversed(intents)}
        upsert(self._session, ItemRow, list(items.values())[::-1], keys=["identity"])
        found = select(ItemRow.identity, ItemRow.id).where(ItemRow.identity.in_(items))
        ids = {row.identity: row.id for row in self._session.execute(found)}
        rows = [self._entry_values(intent, ids[intent.item_key]) for intent in intents]
        upsert(self._session, EntryRow, rows, keys=["source_id", "key"])
        self._lend_facts(intents)
        for intent in intents:
            self._wish(intent, ids[intent.item_key])
        self._make_news([intent.item_key for intent in intents if not intent.baseline])

    def _wish(self, intent: EntryIntent, item_id: int, *, again: bool = False) -> None:
        add_wishes(self._session, self._source, intent, item_id, again=again)

    def _make_news(self, identities: Sequence[str]) -> None:
        """Let what another source already showed at its first import be news: this one publishes it now."""
        if identities:
            old = (ItemRow.identity.in_(identities), ItemRow.baseline.is_(True))
            self._session.execute(update(ItemRow).where(*old).values(baseline=False, updated=self._now))

    def _lend_facts(self, intents: Sequence[EntryIntent]) -> None:
        """Give an item that another source opened the facts that only this one states: it is to be tagged again."""
        for intent in intents:
            facts = facts_column(intent.entry.facts)
            if facts:
                without = (ItemRow.identity == intent.item_key, ItemRow.facts.is_(None))
                more = {"facts": facts, "version": ItemRow.version + 1, "updated": self._now}
                self._session.execute(update(ItemRow).where(*without).values(more))

    def _item_values(self, intent: EntryIntent) -> dict[str, Any]:
        entry = intent.entry
        return {
            "identity": intent.item_key,
            "version": 1,
            "first_seen": self._now,
            "updated": self._now,
            "source_id": self._source.id,
            "licence": self._source.licence.value,
            "baseline": intent.baseline,
            **self._shown(entry),
            "content_hash": intent.content_hash,
        }

    def _shown(self, entry: ParsedEntry) -> dict[str, Any]:
        """Return what an item takes from the entry that represents it; a date in the future does not pin it on top."""
        published = entry.published or entry.updated
        return {
            "title": entry.title,
            "text": entry.text,
            "url": entry.link,
            "lang": entry.language or self._source.language,
            "published": min(published, self._now) if published else None,
            "facts": facts_column(entry.facts),
            "reserved": self._reserved,
        }

    def _entry_values(self, intent: EntryIntent, item_id: int) -> dict[str, Any]:
        return {
            "source_id": self._source.id,
            "key": intent.key,
            "item_id": item_id,
            "version": 1,
            "first_seen": self._now,
            "last_changed": self._now,
            **published_columns(intent),
        }

    def _change(self, row: EntryRow, intent: EntryIntent) -> None:
        """Keep what the entry said, write what it says; its item follows where this entry represents it."""
        earlier = {
            "entry_id": row.id,
            "version": row.version,
            "seen": row.last_changed,
            "title": row.title,
            "link": row.link,
            "text": "" if self._reserved else row.text,  # what a site reserves now is not kept as history either
            "published": row.published,
            "facts": row.facts,
            "content_hash": row.content_hash,
            "changed": list(intent.changed or ()),
        }
        upsert(self._session, EntryVersionRow, [earlier], keys=["entry_id", "version"])
        item = self._session.get(ItemRow, row.item_id)
        if item is not None and item.source_id == self._source.id and item.content_hash == row.content_hash:
            for name, value in {**self._shown(intent.entry), "content_hash": intent.content_hash}.items():
                setattr(item, name, value)
            item.version += 1
            item.updated = self._now
        for name, value in published_columns(intent).items():
            setattr(row, name, value)
        row.version += 1
        row.last_changed = self._now
        self._wish(intent, row.item_id, again=True)
        self._session.flush()
