"""What the machine said of items: sole writer of item_tag, item_fact and tagging."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from veille.model import DocumentText, Evidence, Fact, Scheme, Tag, Tagged, TextToTag
from veille.protocols import TagStore
from veille.storage import composed
from veille.storage.db import Database
from veille.storage.tables import DetailRow, DocumentRow, ItemFactRow, ItemRow, ItemTagRow, SourceStateRow, TaggingRow

#: Facts that are days of a calendar, and the characters of an ISO day.
_DAYS, _DAY = ("deadline", "event_date"), 10


class SqlTagStore:
    """Tags and facts in our database; saving twice changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, pipeline: str) -> list[int]:
        """Return the items not yet tagged by that pipeline at their present version and reading, newest first."""
        with self._database.read() as session:
            query = _waiting(select(ItemRow.id), pipeline).order_by(ItemRow.first_seen.desc(), ItemRow.id.desc())
            return list(session.scalars(query))

    def untagged(self) -> int:
        """Return how many items no pipeline has tagged at their present version."""
        return untagged(self._database)

    def texts(self, pipeline: str, item_ids: Sequence[int]) -> list[tuple[int, int, TextToTag]]:
        """Return (item id, item version, text) of those that still wait, by id."""
        query = (
            _waiting(select(ItemRow, DetailRow, SourceStateRow), pipeline)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == ItemRow.source_id)
            .where(ItemRow.id.in_(item_ids))
            .order_by(ItemRow.id)
        )
        with self._database.read() as session:
            documents = _documents(session, item_ids)
            return [
                (item.id, item.version, _text(item, detail, source, documents.get(item.id, [])))
                for item, detail, source in session.execute(query)
            ]

    def save(self, pipeline: str, results: Sequence[tuple[int, int, Tagged]], now: datetime) -> None:
        """Replace the machine tags and facts of these items, in one transaction.

        A result already saved by that pipeline for that version and reading, or for later ones, is left alone. Where a
        later version of an item gives a fact another value, the earlier value stays in `previous`; a page or document
        that is read for the first time completes a version, it amends nothing.
        """
        with self._database.write() as session:
            fresh = _fresh(session, pipeline, results)
            ids = [item_id for item_id, _, _ in fresh]
            known = _facts(session, ids)
            amended = _amended(session, fresh)
            moves = _moves(session, fresh, known)
            for table in (ItemTagRow, ItemFactRow, TaggingRow):
                session.execute(delete(table).where(table.item_id.in_(ids)))
            for table, rows in (
                (ItemTagRow, [row for item_id, _, tagged in fresh for row in _tag_rows(item_id, tagged)]),
                (ItemFactRow, [row for result in fresh for row in _fact_rows(result, known, amended)]),
                (TaggingRow, [_tagging(pipeline, result, now, moves[result[0]]) for result in fresh]),
            ):
                if rows:
                    session.execute(insert(table), rows)


def untagged(database: Database) -> int:
    """Return how many items no pipeline has tagged at their present version: « à étiqueter », whatever tags them."""
    query = (
        select(func.count())
        .select_from(ItemRow)
        .outerjoin(TaggingRow, TaggingRow.item_id == ItemRow.id)
        .where(or_(TaggingRow.item_id.is_(None), TaggingRow.item_version != ItemRow.version))
    )
    with database.read() as session:
        return int(session.scalar(query) or 0)


def _waiting(query: Any, pipeline: str) -> Any:  # a Select of one column or of two rows: typed for neither
    return (
        query.outerjoin(TaggingRow, TaggingRow.item_id == ItemRow.id)
        .outerjoin(DetailRow, DetailRow.item_id == ItemRow.id)
        .where(
            or_(
                TaggingRow.item_id.is_(None),
                TaggingRow.pipeline != pipeline,
                TaggingRow.item_version != ItemRow.version,
                TaggingRow.reading != func.coalesce(DetailRow.reading, 0),
            )
        )
    )


def _text(
    item: ItemRow, detail: DetailRow | None, source: SourceStateRow | None, documents: list[DocumentText]
) -> TextToTag:
    given = composed.given(detail)
    of = dict(given)
    return TextToTag(
        id=str(item.id),
        title=composed.title_of(item, detail),
        text=composed.text_to_tag(item, detail),
        url=item.url,
        lang=item.lang or (detail.language if detail else None) or (source.language if source else None),
        published=composed.published_of(item, detail),
        source_title=source.title if source else None,
        source_territory=of.get(Scheme.TERRITORY) or (source.territory if source else None),
        source_type=of.get(Scheme.TYPE) or (source.default_type if source else None),
        source_sectors=tuple(source.sectors) if source else (),
        facts=composed.stated_facts(item, detail),
        documents=tuple(documents),
        given=given,
        reading=detail.reading if detail else 0,
    )


def _documents(session: Session, item_ids: Sequence[int]) -> dict[int, list[DocumentText]]:
    """Return what documents say; one that waits to be read again says what it said."""
    found: dict[int, list[DocumentText]] = {}
    query = select(DocumentRow).where(DocumentRow.item_id.in_(item_ids)).order_by(DocumentRow.id)
    for row in session.scalars(query):
        if row.pages:
            found.setdefault(row.item_id, []).append(composed.document_text(row))
    return found


def _fresh(
    session: Session, pipeline: str, results: Sequence[tuple[int, int, Tagged]]
) -> list[tuple[int, int, Tagged]]:
    """Keep the results that say something new; the items are locked, so that two savers take turns."""
    ids = sorted({item_id for item_id, _, _ in results})
    present = set(session.scalars(select(ItemRow.id).where(ItemRow.id.in_(ids)).order_by(ItemRow.id).with_for_update()))
    done = {
        row.item_id: ((row.item_version, row.reading), row.pipeline)
        for row in session.scalars(select(TaggingRow).where(TaggingRow.item_id.in_(ids)))
    }
    last = {item_id: (item_id, version, tagged) for item_id, version, tagged in results if item_id in present}
    return [result for item_id, result in last.items() if _says_more(result, done.get(item_id), pipeline)]


def _says_more(result: tuple[int, int, Tagged], done: tuple[tuple[int, int], str] | None, pipeline: str) -> bool:
    _, version, tagged = result
    if done is None:
        return True
    known, by = done
    return known <= (version, tagged.reading) and (known, by) != ((version, tagged.reading), pipeline)


def _facts(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], ItemFactRow]:
    rows = session.scalars(select(ItemFactRow).where(ItemFactRow.item_id.in_(ids))).all()
    for row in rows:
        session.expunge(row)  # deleted below, read after
    return {(row.item_id, row.name): row for row in rows}


def _amended(session: Session, results: Sequence[tuple[int, int, Tagged]]) -> set[int]:
    """Return the items that somebody changed since they were tagged: their publisher, or a page with its list.

    A version in which another entry only came to show the item is no amendment.
    """
    ids = [item_id for item_id, _, _ in results]
    query = (
        select(
            TaggingRow.item_id,
            TaggingRow.item_version,
            TaggingRow.reading,
            func.coalesce(DetailRow.amending, 0),
            func.coalesce(ItemRow.amended, ItemRow.version),
        )
        .join(ItemRow, ItemRow.id == TaggingRow.item_id)
        .outerjoin(DetailRow, DetailRow.item_id == TaggingRow.item_id)
        .where(TaggingRow.item_id.in_(ids))
    )
    before = {row[0]: row[1:] for row in session.execute(query)}
    return {
        item_id
        for item_id, version, tagged in results
        if item_id in before and _changed_since(before[item_id], version, tagged.reading)
    }


def _changed_since(before: Sequence[int], version: int, reading: int) -> bool:
    tagged_version, tagged_reading, amending, amended = before
    return (version > tagged_version and amended > tagged_version) or tagged_reading < amending <= reading


def _tag_rows(item_id: int, tagged: Tagged) -> list[dict[str, Any]]:
    ranks: dict[str, int] = {}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for tag in tagged.tags:
        if (tag.scheme, tag.term) in rows:
            continue
        ranks[tag.scheme] = ranks.get(tag.scheme, 0) + 1
        rows[tag.scheme, tag.term] = _tag_row(item_id, ranks[tag.scheme], tag)
    return list(rows.values())


def _tag_row(item_id: int, rank: int, tag: Tag) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "scheme": tag.scheme.value,
        "term": tag.term,
        "rank": rank,
        "score": tag.score,
        "origin": tag.origin.value,
        "scope": tag.scope,
        "evidence": [_evidence(one) for one in tag.evidence],
    }


def _fact_rows(
    result: tuple[int, int, Tagged], known: Mapping[tuple[int, str], ItemFactRow], amended: Container[int]
) -> list[dict[str, Any]]:
    item_id, _, tagged = result
    unique = {fact.name: fact for fact in reversed(tagged.facts)}
    return [
        {
            "item_id": item_id,
            "name": fact.name,
            "value": fact.value,
            "previous": _previous(fact, known.get((item_id, fact.name)), amended=item_id in amended),
            "origin": fact.origin.value,
            "evidence": [_evidence(one) for one in fact.evidence],
        }
        for fact in unique.values()
    ]


def _previous(fact: Fact, before: ItemFactRow | None, *, amended: bool) -> str | None:
    if before is None:
        return "" if amended else None  # an amendment says it for the first time
    return before.value if amended and before.value != fact.value else before.previous


def _moves(
    session: Session,
    results: Sequence[tuple[int, int, Tagged]],
    known: Mapping[tuple[int, str], ItemFactRow],
) -> dict[int, int]:
    """Return how often the days of these items moved, this time included; what was never counted goes by versions."""
    before = {
        row.item_id: (row.moves, row.item_version)
        for row in session.scalars(select(TaggingRow).where(TaggingRow.item_id.in_([one for one, _, _ in results])))
    }
    found = {}
    for item_id, version, tagged in results:
        moves, tagged_version = before.get(item_id, (0, version))
        stood = [row.value[:_DAY] if (row := known.get((item_id, name))) else "" for name in _DAYS]
        said = {fact.name: fact.value[:_DAY] for fact in reversed(tagged.facts)}
        stands = [said.get(name, "") for name in _DAYS]
        counted = max(version, tagged_version) - 1 if moves is None else moves
        found[item_id] = counted + (item_id in before and stood != stands)
    return found


def _tagging(pipeline: str, result: tuple[int, int, Tagged], now: datetime, moves: int) -> dict[str, Any]:
    item_id, version, tagged = result
    return {
        "item_id": item_id,
        "item_version": version,
        "reading": tagged.reading,
        "pipeline": pipeline,
        "lang": tagged.lang,
        "tagged_at": now,
        "moves": moves,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"text": evidence.text, "where": evidence.where, "start": evidence.start, "end": evidence.end}


_store: type[TagStore] = SqlTagStore
