"""Items' own pages and documents: sole writer of detail and document.

A row is made where an entry is new or changed, in that entry's transaction, and waits until a pass reads it. No row is
ever deleted.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from veille.excerpt import summary
from veille.model import EntryIntent, Licence, Source
from veille.model.details import (
    DocumentRead,
    DocumentWish,
    DueRead,
    KnownItem,
    Outcome,
    PageRead,
    PageWish,
    ReadState,
    StoredDocument,
    StoredPage,
    Waiting,
)
from veille.protocols.details import DetailStore
from veille.storage import detail_rows as rows
from veille.storage.db import Database, upsert
from veille.storage.structured import facts_column
from veille.storage.tables import DetailRow, DocumentRow, EntryRow, ItemFactRow, ItemRow, SourceStateRow

#: Characters of a document that stand for the page of an item that is itself a document.
_LEAD = 5_000
#: Texts cut in one transaction.
_PURGED = 500
_AGAIN: dict[str, Any] = {"state": ReadState.WAITING.value, "sentence": "", "tries": 0, "next_at": None}


class SqlDetailStore:
    """Pages and documents in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, now: datetime) -> Sequence[Waiting]:
        """Return what waits and may be asked now, by host, source and sort."""
        found = []
        with self._database.read() as session:
            for table, document in ((DetailRow, False), (DocumentRow, True)):
                query = select(table.host, table.source_id, func.count()).where(*_asked(table, now))
                for host, source_id, count in session.execute(query.group_by(table.host, table.source_id)):
                    found.append(Waiting(host=host, source_id=source_id, document=document, count=count))
        return found

    def has_work(self, now: datetime) -> bool:
        """Say whether anything waits that may be asked for, or any text is to go: all that an idle pass costs."""
        with self._database.read() as session:
            for table in (DetailRow, DocumentRow):
                over = table.keep_until <= now
                waits = and_(*_asked(table, now))
                if session.execute(select(table.item_id).where(or_(waits, over)).limit(1)).first() is not None:
                    return True
        return False

    def due(
        self, host: str, now: datetime, *, pages_of: Collection[str], documents_of: Collection[str], limit: int
    ) -> Sequence[DueRead]:
        """Return the pages, then the documents, of these sources that wait on a host, newest items first."""
        with self._database.read() as session:
            pages = session.execute(_next(DetailRow, host, now, pages_of, limit)).all()
            documents = session.execute(_next(DocumentRow, host, now, documents_of, limit - len(pages))).all()
            return [rows.due_read(row, item) for row, item in (*pages, *documents)]

    def record(self, due: DueRead, outcome: Outcome, now: datetime) -> bool:
        """Write what became of one page or document; False where somebody else did, or its list changed meanwhile."""
        with self._database.write() as session:
            return _Recording(session, due, outcome, now).written()

    def put_off(self, host: str, until: datetime, now: datetime) -> int:
        """Let what waits on a host wait until then at least; return how many pages and documents were due."""
        count = 0
        with self._database.write() as session:
            for table in (DetailRow, DocumentRow):
                due = select(func.count()).select_from(table).where(*_asked(table, now), table.host == host)
                count += session.scalar(due) or 0
                sooner = or_(table.next_at.is_(None), table.next_at < until)
                here = (table.host == host, table.state == ReadState.WAITING, sooner)
                session.execute(update(table).where(*here).values(next_at=until))
        return count

    def same_document(self, key: str, since: datetime) -> DocumentRead | None:
        """Return a document that another item read since then."""
        whole = (DocumentRow.state == ReadState.READ, DocumentRow.fetched_at >= since, DocumentRow.page_count > 0)
        query = select(DocumentRow).where(DocumentRow.key == key, *whole).order_by(DocumentRow.fetched_at.desc())
        with self._database.read() as session:
            row = session.scalars(query.limit(1)).first()
            return None if row is None else rows.document_read(row)

    def purge(self, now: datetime) -> int:
        """Cut the texts whose time is over down to an extract and what proves facts; return how many."""
        with self._database.read() as session:
            over = [session.scalar(select(func.count()).where(t.keep_until <= now)) for t in (DetailRow, DocumentRow)]
        if not any(over):
            return 0
        with self._database.write() as session:
            return _purged_pages(session, now) + _purged_documents(session, now)

    def known_item(self, identity: str) -> KnownItem | None:
        """Return the item of that identity, with the names of its sources."""
        name = func.coalesce(SourceStateRow.title, EntryRow.source_id)
        entries = (
            select(EntryRow.item_id, name)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == EntryRow.source_id)
            .order_by(EntryRow.first_seen, EntryRow.id)
        )
        with self._database.read() as session:
            item = session.scalars(select(ItemRow).where(ItemRow.identity == identity)).first()
            if item is None:
                return None
            sources = [source for _, source in session.execute(entries.where(EntryRow.item_id == item.id))]
            return KnownItem(id=item.id, title=item.title, sources=tuple(dict.fromkeys(sources)))

    def page_of(self, item_id: int) -> StoredPage | None:
        """Return an item's own page."""
        with self._database.read() as session:
            row = session.get(DetailRow, item_id)
            return None if row is None else rows.stored_page(row)

    def documents_of(self, item_id: int) -> Sequence[StoredDocument]:
        """Return an item's documents."""
        query = select(DocumentRow).where(DocumentRow.item_id == item_id).order_by(DocumentRow.id)
        with self._database.read() as session:
            return [rows.stored_document(row) for row in session.scalars(query)]


def add_wishes(session: Session, source: Source, intent: EntryIntent, item_id: int, *, again: bool = False) -> None:
    """Let the page and documents of an entry wait to be read, in the entry's own transaction.

    `again`: the entry changed, so what it asked for before is asked for once more.
    """
    if intent.page is None and not intent.documents:
        return
    wish = intent.page or PageWish(url="", host="", left="seuls ses documents sont lus")
    row = rows.detail_values(item_id, source.id, source.licence, intent.content_hash, wish)
    added = upsert(session, DetailRow, [row], keys=["item_id"])
    if again and not added and not wish.left:
        own = (DetailRow.item_id == item_id, DetailRow.source_id == source.id)
        anew = {**_AGAIN, "url": wish.url, "host": wish.host, "content_hash": intent.content_hash, "repeats": False}
        session.execute(update(DetailRow).where(*own).values(anew))
    _add_documents(session, item_id, source.id, source.licence, intent.documents, again=again)


def rename_wishes(session: Session, old: str, new: str) -> None:
    """Give what a source asked for to its new id."""
    for table in (DetailRow, DocumentRow):
        session.execute(update(table).where(table.source_id == old).values(source_id=new))


def _add_documents(
    session: Session,
    item_id: int,
    source_id: str,
    licence: Licence,
    documents: Sequence[DocumentWish],
    *,
    again: bool,
) -> None:
    values = [rows.document_values(item_id, source_id, licence, wish) for wish in documents]
    upsert(session, DocumentRow, values, keys=["item_id", "key"])
    asked = [wish.key for wish in documents if not wish.left]
    if again and asked:
        own = (DocumentRow.item_id == item_id, DocumentRow.key.in_(asked))
        session.execute(update(DocumentRow).where(*own).values(_AGAIN))


class _Recording:
    """What became of one page or document, inside its transaction."""

    def __init__(self, session: Session, due: DueRead, outcome: Outcome, now: datetime) -> None:
        self._session = session
        self._due = due
        self._outcome = outcome
        self._now = now

    def written(self) -> bool:
        detail = self._session.get(DetailRow, self._due.item_id)
        if detail is None:
            return False
        if self._due.document_id is not None:
            return self._document(self._due.document_id, detail)
        if detail.state != ReadState.WAITING or detail.content_hash != self._due.content_hash:
            return False
        self._settle(detail)
        page, document, itself = self._outcome.page, self._outcome.document, self._outcome.itself
        if page is not None:
            self._page(detail, page)
        elif document is not None and itself is not None:
            self._page(detail, PageRead(title=document.title, text="\n".join(document.pages)[:_LEAD]), "pdf")
            self._add_itself(detail, document, itself)
        return True

    def _settle(self, row: DetailRow | DocumentRow) -> None:
        row.state, row.sentence = self._outcome.state.value, self._outcome.sentence
        row.tries, row.next_at = row.tries + 1, self._outcome.next_at
        if self._outcome.state is not ReadState.WAITING:
            row.fetched_at = self._now
        if self._outcome.page is not None or self._outcome.document is not None:
            row.keep_until = self._outcome.keep_until

    def _page(self, detail: DetailRow, page: PageRead, kind: str = "html") -> None:
        facts, read_before = facts_column(page.facts), detail.format is not None
        another = (detail.text, detail.facts) != (page.text, facts)
        detail.reading += 1
        if read_before and another:
            detail.amending = detail.reading
        detail.format, detail.text, detail.facts = kind, page.text, facts
        detail.title = page.title if page.title and self._outcome.titled else None
        detail.published = min(page.published, self._now) if page.published else None
        detail.language, detail.repeats = page.language, self._outcome.repeats
        licence = Licence(detail.licence)
        documents = page.documents
        _add_documents(self._session, detail.item_id, detail.source_id, licence, documents, again=read_before)

    def _add_itself(self, detail: DetailRow, document: DocumentRead, itself: DocumentWish) -> None:
        """Store the document that an item's own page turned out to be."""
        values = rows.document_values(detail.item_id, detail.source_id, Licence(detail.licence), itself)
        values |= {"state": self._outcome.state.value, "sentence": self._outcome.sentence, "fetched_at": self._now}
        values |= {"keep_until": self._outcome.keep_until, **rows.document_columns(document)}
        upsert(self._session, DocumentRow, [values], keys=["item_id", "key"], update=list(values))

    def _document(self, document_id: int, detail: DetailRow) -> bool:
        row = self._session.get(DocumentRow, document_id)
        if row is None or row.state != ReadState.WAITING:
            return False
        before, document = list(row.pages), self._outcome.document
        self._settle(row)
        if document is not None:
            for name, value in rows.document_columns(document).items():
                setattr(row, name, value)
            detail.reading += 1
            if before and before != row.pages:
                detail.amending = detail.reading
        return True


def _asked(table: type[DetailRow] | type[DocumentRow], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return table.state == ReadState.WAITING, or_(table.next_at.is_(None), table.next_at <= now)


def _next(
    table: type[DetailRow] | type[DocumentRow], host: str, now: datetime, sources: Collection[str], limit: int
) -> Any:  # a Select of two rows, whose first is of either table
    """Choose what is asked next on a host: what never failed first, then the newest items."""
    here = (table.host == host, table.source_id.in_(sources))
    order = (table.tries, func.coalesce(ItemRow.published, ItemRow.first_seen).desc(), ItemRow.id.desc())
    query = select(table, ItemRow).join(ItemRow, ItemRow.id == table.item_id)
    return query.where(*_asked(table, now), *here).order_by(*order).limit(limit)


def _purged_pages(session: Session, now: datetime) -> int:
    over = session.scalars(select(DetailRow).where(DetailRow.keep_until <= now).limit(_PURGED)).all()
    for row in over:
        proofs = [text for where, text in _proofs(session, row.item_id) if where == "text"]
        row.text, row.keep_until = (
            "\n".join([summary(row.title or "", row.text, Licence(row.licence)), *proofs]).strip(),
            None,
        )
        row.repeats = False
    return len(over)


def _purged_documents(session: Session, now: datetime) -> int:
    over = session.scalars(select(DocumentRow).where(DocumentRow.keep_until <= now).limit(_PURGED)).all()
    for row in over:
        kept = dict.fromkeys(range(len(row.pages)), "")
        for where, text in _proofs(session, row.item_id):
            name, _, page = where.rpartition(", p. ")
            if name == row.name and page.isdecimal() and int(page) <= len(row.pages):
                kept[int(page) - 1] = f"{kept[int(page) - 1]}\n{text}".strip()
        row.pages, row.keep_until = list(kept.values()), None
    return len(over)


def _proofs(session: Session, item_id: int) -> list[tuple[str, str]]:
    """Return where and in which sentence each fact of an item was read."""
    told = session.scalars(select(ItemFactRow.evidence).where(ItemFactRow.item_id == item_id))
    first = [evidence[0] for evidence in told if evidence]
    return list(dict.fromkeys((one["where"], one["text"]) for one in first))


_store: type[DetailStore] = SqlDetailStore
