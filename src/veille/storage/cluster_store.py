"""What the machine found of pairs of items: sole writer of item_sketch, item_mark and item_link."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from veille.model.linking import ItemLink, Placed, Stamp
from veille.protocols.linking import LinkStore
from veille.storage.db import Database, slices, upsert
from veille.storage.representative import rank
from veille.storage.tables import (
    ItemFactRow,
    ItemLinkRow,
    ItemMarkRow,
    ItemRow,
    ItemSketchRow,
    SourceStateRow,
    TagDecisionRow,
    TaggingRow,
)

_STAMP = ("item_version", "reading", "pipeline", "corrected_at")
_SKETCHED = (*_STAMP, "method", "sketch", "linked_at")
_FOUND = ("same", "score", "reason", "at")

#: When people last said something of an item's tags, withdrawals included; corrections are few beside items.
_CORRECTED = (
    select(TagDecisionRow.item_id, func.max(TagDecisionRow.at).label("corrected_at"))
    .group_by(TagDecisionRow.item_id)
    .subquery("corrected")
)

#: One source says « jusqu'au 14 à minuit », another « le 15 »: nothing was put off.
_ONE_DAY = timedelta(days=1)


class SqlClusterStore:
    """Sketches, marks and links in our database; placing or saving twice changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, method: str) -> list[int]:
        """Return the tagged items not yet compared as they stand now by this method, oldest first."""
        with self._database.read() as session:
            return list(session.scalars(_waiting(select(TaggingRow.item_id), method).order_by(TaggingRow.item_id)))

    def stamps(self, item_ids: Collection[int], method: str) -> Mapping[int, Stamp]:
        """Return what each of those that still wait is to be sketched from."""
        row = TaggingRow
        query = _waiting(
            select(row.item_id, row.item_version, row.reading, row.pipeline, _CORRECTED.c.corrected_at), method
        )
        with self._database.read() as session:
            return {
                item_id: Stamp(**dict(zip(_STAMP, stamp, strict=True)))
                for some in slices(sorted(item_ids))
                for item_id, *stamp in session.execute(query.where(row.item_id.in_(some)))
            }

    def place(self, placed: Sequence[Placed], method: str, full: int) -> list[tuple[int, int]]:
        """Write sketches and marks, a full mark takes no more items; return the pairs told of them before.

        Those stand until `save`: who reads meanwhile, or after a kill, finds the groups as they were.
        Marks are written before anything is looked up by them: of two processes at work on two like items, the one
        that places second finds the other's.
        """
        ids = [one.item_id for one in placed]
        with self._database.write() as session:
            session.execute(delete(ItemMarkRow).where(ItemMarkRow.item_id.in_(ids)))
            row = ItemLinkRow
            told = session.execute(select(row.one, row.other).where(or_(row.one.in_(ids), row.other.in_(ids)))).all()
            upsert(
                session, ItemSketchRow, [_sketched(one, method) for one in placed], keys=["item_id"], update=_SKETCHED
            )
            borne = _counts(session, {mark for one in placed for mark in one.marks})
            rows = []
            for one in placed:
                for mark in one.marks:
                    if borne[mark] < full:
                        borne[mark] += 1
                        rows.append({"mark": mark, "item_id": one.item_id})
            if rows:
                session.execute(insert(ItemMarkRow), rows)
        return [(one, other) for one, other in told]

    def near(self, item_ids: Collection[int], full: int, limit: int) -> Mapping[int, Sequence[int]]:
        """Return for each item those that share marks with it, most marks first, at most `limit`."""
        shared: dict[int, Counter[int]] = defaultdict(Counter)
        with self._database.read() as session:
            bearers: dict[int, list[int]] = defaultdict(list)
            mine = select(ItemMarkRow.mark).where(ItemMarkRow.item_id.in_(sorted(item_ids))).distinct()
            query = select(ItemMarkRow.mark, ItemMarkRow.item_id).where(ItemMarkRow.mark.in_(mine))
            for mark, item_id in session.execute(query):
                bearers[mark].append(item_id)
        wanted = frozenset(item_ids)
        for items in bearers.values():
            if len(items) < full:
                for item in wanted.intersection(items):
                    shared[item].update(items)
        for item, counts in shared.items():
            del counts[item]
        return {item: [other for other, _ in _best(counts, limit)] for item, counts in shared.items()}

    def sketches(self, item_ids: Collection[int]) -> Mapping[int, Mapping[str, Any]]:
        """Return what `place` wrote."""
        row = ItemSketchRow
        with self._database.read() as session:
            return {
                item_id: sketch
                for some in slices(sorted(item_ids))
                for item_id, sketch in session.execute(select(row.item_id, row.sketch).where(row.item_id.in_(some)))
            }

    def save(
        self, done: Sequence[Placed], links: Sequence[ItemLink], before: Collection[tuple[int, int]], now: datetime
    ) -> None:
        """Write what was found for what `place` gave, and that these items wait no more; one placed anew goes on."""
        rows = [
            {"one": one.one, "other": one.other, "same": one.same, "score": one.score, "reason": one.reason, "at": now}
            for one in links
        ]
        gone = [{"a": one, "b": other} for one, other in set(before) - {(one.one, one.other) for one in links}]
        row, link = ItemSketchRow, ItemLinkRow
        with self._database.write() as session:
            if gone:
                forget = delete(cast("Table", link.__table__)).where(
                    link.one == bindparam("a"), link.other == bindparam("b")
                )
                session.connection().execute(forget, gone)
            upsert(session, ItemLinkRow, rows, keys=["one", "other"], update=_FOUND)
            for one in done:
                same = (getattr(row, name).is_not_distinct_from(getattr(one.stamp, name)) for name in _STAMP)
                session.execute(update(row).where(row.item_id == one.item_id, *same).values(linked_at=now))

    def links(self, item_ids: Collection[int] | None = None) -> Sequence[ItemLink]:
        """Return what was found of all items, or of these."""
        row = ItemLinkRow
        query = select(row.one, row.other, row.same, row.score, row.reason)
        queries = [query]
        if item_ids is not None:
            sliced = slices(sorted(item_ids))
            queries = [query.where(column.in_(some)) for some in sliced for column in (row.one, row.other)]
        with self._database.read() as session:
            found = {tuple(line[:2]): line for each in queries for line in session.execute(each)}
        return [
            ItemLink(one=one, other=other, same=same, score=score, reason=reason)
            for _, (one, other, same, score, reason) in sorted(found.items())
        ]

    def by_origin(self, item_ids: Collection[int]) -> Sequence[int]:
        """Return these items, best to show first.

        One whose closing day was put off comes before those that print the first day; then, as among the entries of
        one item, what the site of the link itself publishes, what states facts, what may be shown whole, the oldest.
        """
        fact = and_(ItemFactRow.item_id == ItemRow.id, ItemFactRow.name == "deadline")
        query = (
            select(ItemRow, SourceStateRow.feed, ItemFactRow.value)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == ItemRow.source_id)
            .outerjoin(ItemFactRow, fact)
        )
        found = []
        with self._database.read() as session:
            for some in slices(sorted(item_ids)):
                for item, feed, deadline in session.execute(query.where(ItemRow.id.in_(some))):
                    shown = rank(feed=feed or "", licence=item.licence, link=item.url, facts=item.facts)
                    found.append(((deadline or "")[:10], shown, item.first_seen, item.id))
        days = sorted({date.fromisoformat(day) for day, *_ in found if day})
        last = {f"{day}" for day in days if days[-1] - day <= _ONE_DAY} if len(days) > 1 else set()
        found.sort(key=lambda one: (one[2], one[3]))
        found.sort(key=lambda one: (one[0] in last, one[1]), reverse=True)  # a stable sort keeps the oldest first
        return [one[3] for one in found]


def _waiting(query: Any, method: str) -> Any:  # a Select of one column or of four: typed for neither
    row = ItemSketchRow
    joined = query.outerjoin(row, row.item_id == TaggingRow.item_id).outerjoin(
        _CORRECTED, _CORRECTED.c.item_id == TaggingRow.item_id
    )
    return joined.where(
        or_(
            row.item_id.is_(None),
            row.linked_at.is_(None),
            row.method != method,
            row.item_version != TaggingRow.item_version,
            row.reading != TaggingRow.reading,
            row.pipeline != TaggingRow.pipeline,
            row.corrected_at.is_distinct_from(_CORRECTED.c.corrected_at),
        )
    )


def _sketched(one: Placed, method: str) -> dict[str, Any]:
    return {
        "item_id": one.item_id,
        **{name: getattr(one.stamp, name) for name in _STAMP},
        "method": method,
        "sketch": dict(one.sketch),
        "linked_at": None,
    }


def _counts(session: Session, marks: Collection[int]) -> Counter[int]:
    row = ItemMarkRow
    borne: Counter[int] = Counter()
    for some in slices(sorted(marks)):
        query = select(row.mark, func.count()).where(row.mark.in_(some)).group_by(row.mark)
        borne.update({mark: count for mark, count in session.execute(query)})  # noqa: C416 - rows, not pairs, for mypy
    return borne


def _best(counts: Counter[int], limit: int) -> list[tuple[int, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


_store: type[LinkStore] = SqlClusterStore
