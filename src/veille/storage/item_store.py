"""Items with their effective tags, facts and sources; reads only, six queries whatever the number of items."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from veille.correcting import effective
from veille.model import Evidence, Fact, Item, ItemSource, Licence, Origin, Scheme, Tag, TagDecision
from veille.protocols import ItemStore
from veille.storage import composed
from veille.storage.db import Database
from veille.storage.edit_rows import edits_of
from veille.storage.review_store import decided, standing
from veille.storage.tables import (
    DetailRow,
    EntryRow,
    ItemFactRow,
    ItemRow,
    ItemTagRow,
    SourceStateRow,
    TagDecisionRow,
    TaggingRow,
)


class SqlItemStore:
    """Read access to tagged items, with the judgements of one cluster."""

    def __init__(self, database: Database, cluster_id: str = "") -> None:
        self._database = database
        self._cluster = cluster_id

    def items(self, *, since: datetime | None = None) -> Sequence[Item]:
        """Return tagged items, newest first; `since` limits to those first seen or changed after it."""
        where = () if since is None else (or_(ItemRow.first_seen >= since, ItemRow.updated >= since),)
        with self._database.read() as session:
            return _load(session, where, self._cluster)

    def item(self, item_id: int) -> Item | None:
        """Return one tagged item."""
        with self._database.read() as session:
            return next(iter(_load(session, (ItemRow.id == item_id,), self._cluster)), None)

    def some(self, item_ids: Collection[int]) -> Sequence[Item]:
        """Return those of these items that are tagged, newest first."""
        with self._database.read() as session:
            return _load(session, (ItemRow.id.in_(item_ids),), self._cluster)


def _load(session: Session, where: tuple[ColumnElement[bool], ...], cluster_id: str) -> list[Item]:
    tagged = select(ItemRow.id).join(TaggingRow, TaggingRow.item_id == ItemRow.id).where(*where)
    rows = session.execute(
        select(ItemRow, DetailRow, TaggingRow.lang, TaggingRow.moves)
        .join(TaggingRow, TaggingRow.item_id == ItemRow.id)
        .outerjoin(DetailRow, DetailRow.item_id == ItemRow.id)
        .where(*where)
        .order_by(ItemRow.first_seen.desc(), ItemRow.id.desc())
    ).all()
    if not rows:
        return []
    tags = _tags(session, tagged)
    facts, previous = _facts(session, tagged)
    sources = _sources(session, tagged)
    decisions = _decisions(session, tagged)
    edits = edits_of(session, tagged)
    reviews = standing(session, cluster_id, ItemRow.id.in_(tagged))
    return [
        Item(
            id=row.id,
            version=row.version if row.amended is None else row.amended,
            title=composed.title_of(row, detail),
            text=composed.text_to_show(row, detail),
            url=row.url,
            lang=lang or row.lang,
            published=composed.published_of(row, detail),
            first_seen=row.first_seen,
            updated=row.updated,
            licence=Licence(row.licence),
            sources=tuple(sources[row.id]),
            tags=effective(tags[row.id], decisions[row.id]),
            facts=tuple(facts[row.id]),
            previous=previous[row.id],
            edit=edits.get(row.id),
            moves=(row.amended or row.version) - 1 if moves is None else moves,
            baseline=row.baseline,
            reserved=row.reserved,
            review=reviews.get(row.id),
            corrections=tuple(decisions[row.id]),
            section=composed.section_of(detail),
        )
        for row, detail, lang, moves in rows
    ]


def _tags(session: Session, tagged: Select[Any]) -> dict[int, list[Tag]]:
    query = (
        select(ItemTagRow)
        .where(ItemTagRow.item_id.in_(tagged))
        .order_by(ItemTagRow.item_id, ItemTagRow.scheme, ItemTagRow.rank)
    )
    found: dict[int, list[Tag]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.item_id].append(
            Tag(
                scheme=Scheme(row.scheme),
                term=row.term,
                score=row.score,
                origin=Origin(row.origin),
                evidence=_evidence(row.evidence),
                scope=cast("Literal['main', 'mentioned']", row.scope),
            )
        )
    return found


def _decisions(session: Session, tagged: Select[Any]) -> dict[int, list[TagDecision]]:
    found: dict[int, list[TagDecision]] = defaultdict(list)
    for one in decided(session, TagDecisionRow.item_id.in_(tagged)):
        found[one.item_id].append(one)
    return found


def _facts(session: Session, tagged: Select[Any]) -> tuple[dict[int, list[Fact]], dict[int, dict[str, str]]]:
    query = select(ItemFactRow).where(ItemFactRow.item_id.in_(tagged)).order_by(ItemFactRow.item_id, ItemFactRow.name)
    found: dict[int, list[Fact]] = defaultdict(list)
    previous: dict[int, dict[str, str]] = defaultdict(dict)
    for row in session.scalars(query):
        found[row.item_id].append(
            Fact(name=row.name, value=row.value, origin=Origin(row.origin), evidence=_evidence(row.evidence))
        )
        if row.previous is not None:
            previous[row.item_id][row.name] = row.previous
    return found, previous


def _sources(session: Session, tagged: Select[Any]) -> dict[int, list[ItemSource]]:
    """Return one line per source of each item, the first to have published it first."""
    query = (
        select(EntryRow, SourceStateRow.title)
        .outerjoin(SourceStateRow, SourceStateRow.source_id == EntryRow.source_id)
        .where(EntryRow.item_id.in_(tagged))
        .order_by(EntryRow.item_id, EntryRow.first_seen, EntryRow.id)
    )
    found: dict[int, dict[str, ItemSource]] = defaultdict(dict)
    for entry, title in session.execute(query):
        source = ItemSource(
            source_id=entry.source_id, title=title or entry.source_id, link=entry.link, published=entry.published
        )
        found[entry.item_id].setdefault(entry.source_id, source)
    return defaultdict(list, {item_id: list(each.values()) for item_id, each in found.items()})


def _evidence(stored: Iterable[Any]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**one) for one in stored)


_store: type[ItemStore] = SqlItemStore
