"""What visits bring, written in bulk: entries, their versions and the items they belong to. Their sole writer.

An item is shown by one of its entries (`representative.py`). Another may take its place later: the item is then tagged
again, but that alone is no news for anybody (`ItemRow.amended`). Nothing is ever deleted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from veille.amending import is_form
from veille.model import EntryIntent, Source
from veille.protocols import VisitRecord
from veille.storage.db import slices, upsert
from veille.storage.detail_store import add_wishes
from veille.storage.representative import Rank, rank
from veille.storage.source_rows import published_columns
from veille.storage.structured import facts_column
from veille.storage.tables import EntryRow, EntryVersionRow, ItemRow, SourceStateRow


@dataclass(frozen=True, slots=True)
class _Written:
    """An intent, and the source that published it."""

    source: Source
    intent: EntryIntent
    #: Its site reserves its text from mining.
    reserved: bool


class SqlEntries:
    """Writes entries and items inside an open transaction."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def record(self, visits: Sequence[VisitRecord]) -> list[tuple[int, int]]:
        """Write what visits to different sources brought; return (new, changed) of each, in order.

        Idempotent: an intent whose entry is already stored with that content writes nothing.
        """
        written = [
            [_Written(visit.source, intent, bool(visit.state.reserved)) for intent in visit.intents] for visit in visits
        ]
        stored = self._stored(written)
        new = [[one for one in each if _name(one) not in stored] for each in written]
        changed = [
            [one for one in each if (row := stored.get(_name(one))) and row.content_hash != one.intent.content_hash]
            for each in written
        ]
        self._insert([one for each in new for one in each])
        for one in (one for each in changed for one in each):
            self._change(stored[_name(one)], one)
        return [(len(each), len(others)) for each, others in zip(new, changed, strict=True)]

    def _stored(self, written: Sequence[Sequence[_Written]]) -> dict[tuple[str, str], EntryRow]:
        """Return the entries that are there already, by source and key; most sources are asked for nothing."""
        keys = {each[0].source.id: [one.intent.key for one in each] for each in written if each}
        if not keys:
            return {}
        known = select(EntryRow.source_id).where(EntryRow.source_id.in_(keys)).distinct()
        found = {}
        for source_id in self._session.scalars(known).all():
            for some in slices(keys[source_id]):
                mine = (EntryRow.source_id == source_id, EntryRow.key.in_(some))
                for row in self._session.scalars(select(EntryRow).where(*mine)):
                    found[source_id, row.key] = row
        return found

    def _insert(self, new: Sequence[_Written]) -> None:
        """Add entries to the items they belong to; an item that another source opened first is joined."""
        if not new:
            return
        known = self._opened(one.intent.item_key for one in new)
        items: dict[str, dict[str, Any]] = {}
        for one in new:
            if one.intent.item_key not in known:
                items.setdefault(one.intent.item_key, self._item_values(one))
        upsert(self._session, ItemRow, list(items.values()), keys=["identity"])
        opened = known | self._opened(items)
        rows = [self._entry_values(one, opened[one.intent.item_key][0]) for one in new]
        upsert(self._session, EntryRow, rows, keys=["source_id", "key"])
        joined = [one for one in new if opened[one.intent.item_key][1] != one.source.id]
        for one in joined:
            self._join(one, opened[one.intent.item_key][0])
        for one in new:
            add_wishes(self._session, one.source, one.intent, opened[one.intent.item_key][0])
        self._make_news([one.intent.item_key for one in joined if not one.intent.baseline])

    def _opened(self, identities: Iterable[str]) -> dict[str, tuple[int, str]]:
        """Return (id, source that shows it) of items, by identity."""
        found: dict[str, tuple[int, str]] = {}
        for some in slices(list(dict.fromkeys(identities))):
            query = select(ItemRow.identity, ItemRow.id, ItemRow.source_id).where(ItemRow.identity.in_(some))
            found |= {identity: (item_id, source_id) for identity, item_id, source_id in self._session.execute(query)}
        return found

    def _make_news(self, identities: Sequence[str]) -> None:
        """Let what another source already showed at its first import be news: this one publishes it now."""
        for some in slices(identities):
            old = (ItemRow.identity.in_(some), ItemRow.baseline.is_(True))
            self._session.execute(update(ItemRow).where(*old).values(baseline=False, updated=self._now))

    def _join(self, one: _Written, item_id: int) -> None:
        """Let an item of another source profit from an entry that shows it better, or that alone states facts."""
        item = self._session.get_one(ItemRow, item_id)
        if item.source_id == one.source.id:
            return
        if _rank(one) > self._rank_of(item):
            self._show(item, one)
        elif item.facts is None and (facts := facts_column(one.intent.entry.facts)):
            item.facts = facts
            self._amend(item)

    def _rank_of(self, item: ItemRow) -> Rank:
        """Return how well the entry that shows an item does it."""
        query = (
            select(SourceStateRow.feed, EntryRow.facts)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == EntryRow.source_id)
            .where(EntryRow.item_id == item.id, EntryRow.source_id == item.source_id)
            .order_by(EntryRow.id)
            .limit(1)
        )
        feed, facts = self._session.execute(query).one_or_none() or ("", None)
        return rank(feed=feed or "", licence=item.licence, link=item.url, facts=facts)

    def _show(self, item: ItemRow, one: _Written) -> None:
        """Let another entry show an item: to be tagged again, with no news for those who know it."""
        if item.amended is None:
            item.amended = item.version
        lent = item.facts
        self._take(item, one)
        item.facts = item.facts or lent
        item.source_id, item.licence = one.source.id, one.source.licence.value
        item.version += 1
        item.updated = self._now
        self._session.flush()

    def _retouch(self, item: ItemRow) -> None:
        """Let an item be tagged again where only the form of its text changed: no news for those who know it."""
        if item.amended is None:
            item.amended = item.version
        item.version += 1
        self._session.flush()

    def _amend(self, item: ItemRow) -> None:
        """Make a new version of an item whose publisher changed something."""
        item.version += 1
        item.updated = self._now
        if item.amended is not None:
            item.amended = item.version
        self._session.flush()

    def _take(self, item: ItemRow, one: _Written) -> None:
        for name, value in {**self._shown(one), "content_hash": one.intent.content_hash}.items():
            setattr(item, name, value)

    def _item_values(self, one: _Written) -> dict[str, Any]:
        return {
            "identity": one.intent.item_key,
            "version": 1,
            "first_seen": self._now,
            "updated": self._now,
            "source_id": one.source.id,
            "licence": one.source.licence.value,
            "baseline": one.intent.baseline,
            **self._shown(one),
            "content_hash": one.intent.content_hash,
        }

    def _shown(self, one: _Written) -> dict[str, Any]:
        """Return what an item takes from the entry that represents it; a date in the future does not pin it on top."""
        entry = one.intent.entry
        published = entry.published or entry.updated
        return {
            "title": entry.title,
            "text": entry.text,
            "url": entry.link,
            "lang": entry.language or one.source.language,
            "published": min(published, self._now) if published else None,
            "facts": facts_column(entry.facts),
            "reserved": one.reserved,
        }

    def _entry_values(self, one: _Written, item_id: int) -> dict[str, Any]:
        return {
            "source_id": one.source.id,
            "key": one.intent.key,
            "item_id": item_id,
            "version": 1,
            "first_seen": self._now,
            "last_changed": self._now,
            **published_columns(one.intent),
        }

    def _change(self, row: EntryRow, one: _Written) -> None:
        """Keep what the entry said, write what it says; its item follows where this entry represents it."""
        earlier = {
            "entry_id": row.id,
            "version": row.version,
            "seen": row.last_changed,
            "title": row.title,
            "link": row.link,
            "text": "" if one.reserved else row.text,  # what a site reserves now is not kept as history either
            "published": row.published,
            "facts": row.facts,
            "content_hash": row.content_hash,
            "changed": list(one.intent.changed or ()),
        }
        upsert(self._session, EntryVersionRow, [earlier], keys=["entry_id", "version"])
        item = self._session.get_one(ItemRow, row.item_id)
        shows, lent = item.content_hash == row.content_hash, item.facts if row.facts is None else None
        if item.source_id == one.source.id and shows:
            self._take(item, one)
            item.facts = item.facts or lent
            if _is_form(row, one):
                self._retouch(item)
            else:
                self._amend(item)
        for name, value in published_columns(one.intent).items():
            setattr(row, name, value)
        row.version += 1
        row.last_changed = self._now
        self._session.flush()
        if item.source_id != one.source.id and _rank(one) > self._rank_of(item):
            self._show(item, one)
        add_wishes(self._session, one.source, one.intent, row.item_id, again=True)


def _name(one: _Written) -> tuple[str, str]:
    return one.source.id, one.intent.key


def _is_form(row: EntryRow, one: _Written) -> bool:
    entry = one.intent.entry
    return is_form(one.intent.changed or (), (row.title, row.text), (entry.title, entry.text))


def _rank(one: _Written) -> Rank:
    entry = one.intent.entry
    return rank(feed=one.source.url, licence=one.source.licence.value, link=entry.link, facts=facts_column(entry.facts))


def rename_entries(session: Session, old: str, new: str) -> None:
    """Give the entries and items of a source to its new id."""
    for table in (EntryRow, ItemRow):
        session.execute(update(table).where(table.source_id == old).values(source_id=new))
