"""Looking for items by words, in the full-text index that the database keeps (`migrations/search.py`); reads only."""

import re
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    Subquery,
    TextClause,
    and_,
    case,
    column,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session

from veille.errors import InputError
from veille.model import Licence
from veille.model.searching import FoundIn, FoundItem, Page, SearchFilters
from veille.protocols.searching import SearchStore
from veille.storage import composed
from veille.storage.db import Database
from veille.storage.effective import carries
from veille.storage.search_query import Term, for_postgres, for_sqlite, parse
from veille.storage.tables import DetailRow, DocumentRow, EntryRow, ItemRow, SourceStateRow

#: Items of one page.
PAGE = 50
_NOTHING: Page[FoundItem] = Page(found=(), total=0)
_EVERYTHING = SearchFilters()
#: A page's cursor: how many items came before it; nobody reads further than a million.
_CURSOR = re.compile(r"p([1-9]\d{0,5})")
#: A word in a title says five times what one in a text does (columns of `item_search`).
_SQLITE = "SELECT rowid AS place, -bm25(item_search, 5.0, 1.0) AS score FROM item_search WHERE item_search MATCH :asked"
_POSTGRES = (
    "SELECT place, ts_rank(words, asked) AS score FROM item_search, to_tsquery('simple', :asked) AS asked "
    "WHERE words @@ asked"
)
#: What `place` is modulo 4.
_PARTS = (FoundIn.LIST, FoundIn.PAGE, FoundIn.DOCUMENT)
_DOCUMENT = 2


class SqlSearchStore:
    """Full-text search over items, their own pages and their documents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(
        self, query: str, filters: SearchFilters = _EVERYTHING, cursor: str | None = None, *, limit: int = PAGE
    ) -> Page[FoundItem]:
        """Return the items in which all the words of a query stand, best first, then the newest."""
        terms, start = parse(query), _read(cursor)
        if not terms:
            return _NOTHING
        with self._database.read() as session:
            best = _best(session, terms)
            found = _among(select(ItemRow, DetailRow, SourceStateRow.title, best.c.part, best.c.score), best, filters)
            total = session.scalar(_among(select(func.count()), best, filters)) or 0
            order = (best.c.score.desc(), ItemRow.first_seen.desc(), ItemRow.id.desc())
            rows = session.execute(found.order_by(*order).limit(limit).offset(start)).all()
        after = start + len(rows)
        return Page(
            found=tuple(_found(*row) for row in rows),
            total=total,
            cursor=f"p{after}" if rows and after < total else None,
        )


def _best(session: Session, terms: tuple[Term, ...]) -> Subquery:
    """Return (item, nearest part in which the words stand, best score)."""
    matches = _matches(session.get_bind().dialect.name, terms).columns(
        column("place", BigInteger), column("score", Float)
    )
    # materialised: SQLite cannot rank a match once it has folded this query into another
    places = matches.cte("places").prefix_with("MATERIALIZED")
    in_document = places.c.place % 4 == _DOCUMENT
    item = case((in_document, DocumentRow.item_id), else_=places.c.place // 4)
    return (
        select(
            item.label("item_id"),
            func.min(places.c.place % 4).label("part"),
            func.max(places.c.score).label("score"),
        )
        .select_from(places)
        .outerjoin(DocumentRow, and_(in_document, DocumentRow.id == places.c.place // 4))
        .group_by(item)
        .subquery("best")
    )


def _matches(dialect: str, terms: tuple[Term, ...]) -> TextClause:
    if dialect == "sqlite":
        return text(_SQLITE).bindparams(asked=for_sqlite(terms))
    return text(_POSTGRES).bindparams(asked=for_postgres(terms))


def _among(query: Select[Any], best: Subquery, filters: SearchFilters) -> Select[Any]:
    """Keep what the filters let through."""
    return (
        query.select_from(best)
        .join(ItemRow, ItemRow.id == best.c.item_id)
        .outerjoin(DetailRow, DetailRow.item_id == ItemRow.id)
        .outerjoin(SourceStateRow, SourceStateRow.source_id == ItemRow.source_id)
        .where(*_conditions(filters))
    )


def _conditions(filters: SearchFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.since is not None:
        conditions.append(ItemRow.first_seen >= filters.since)
    if filters.source_ids:
        conditions.append(exists().where(EntryRow.item_id == ItemRow.id, EntryRow.source_id.in_(filters.source_ids)))
    conditions += [carries(scheme, term) for scheme, term in filters.tags]
    return conditions


def _found(item: ItemRow, detail: DetailRow | None, source_title: str | None, part: int, score: float) -> FoundItem:
    return FoundItem(
        id=item.id,
        title=composed.title_of(item, detail),
        url=item.url,
        source_id=item.source_id,
        source_title=source_title or item.source_id,
        licence=Licence(item.licence),
        published=composed.published_of(item, detail),
        first_seen=item.first_seen,
        where=_PARTS[part],
        score=score,
    )


def _read(cursor: str | None) -> int:
    if cursor is None:
        return 0
    read = _CURSOR.fullmatch(cursor)
    if read is None:
        raise InputError(
            f"page de résultats inconnue : « {cursor[:20]} »", cure="reprenez la recherche à sa première page"
        )
    return int(read[1])


_store: type[SearchStore] = SqlSearchStore
