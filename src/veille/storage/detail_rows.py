"""Rows of pages and documents to model values and back (pure)."""

from typing import Any

from veille.model import Licence
from veille.model.details import (
    DocumentRead,
    DocumentWish,
    DueRead,
    PageWish,
    ReadState,
    StoredDocument,
    StoredPage,
)
from veille.storage.structured import facts_of
from veille.storage.tables import DetailRow, DocumentRow, ItemRow


def detail_values(item_id: int, source_id: str, licence: Licence, content_hash: str, wish: PageWish) -> dict[str, Any]:
    """Return a new row for an item's own page."""
    given = wish.given
    return {
        "item_id": item_id,
        "source_id": source_id,
        "url": wish.url,
        "host": wish.host,
        "content_hash": content_hash,
        "state": (ReadState.LEFT if wish.left else ReadState.WAITING).value,
        "sentence": wish.left,
        "tries": 0,
        "reading": 0,
        "amending": 0,
        "text": "",
        "repeats": False,
        "licence": licence.value,
        "given": None
        if given is None
        else {
            "type": given.type,
            "territory": given.territory,
            "sectors": list(given.sectors),
            "section": given.section,
            "note": given.note,
        },
    }


def document_values(item_id: int, source_id: str, licence: Licence, wish: DocumentWish) -> dict[str, Any]:
    """Return a new row for a document."""
    return {
        "item_id": item_id,
        "source_id": source_id,
        "key": wish.key,
        "url": wish.url,
        "host": wish.host,
        "name": wish.name,
        "state": (ReadState.LEFT if wish.left else ReadState.WAITING).value,
        "sentence": wish.left,
        "tries": 0,
        "pages": [],
        "licence": licence.value,
    }


def document_columns(document: DocumentRead) -> dict[str, Any]:
    """Return the columns that hold what a document says."""
    return {"title": document.title or None, "page_count": document.page_count, "pages": list(document.pages)}


def document_read(row: DocumentRow) -> DocumentRead:
    """Return what a stored document says."""
    return DocumentRead(
        title=row.title or "", page_count=row.page_count or 0, pages=tuple(row.pages), remark=row.sentence
    )


def due_read(row: DetailRow | DocumentRow, item: ItemRow) -> DueRead:
    """Return a piece of reading with what the list says of its item."""
    page = row if isinstance(row, DetailRow) else None
    return DueRead(
        item_id=item.id,
        document_id=row.id if isinstance(row, DocumentRow) else None,
        key=row.key if isinstance(row, DocumentRow) else item.identity,
        url=row.url,
        source_id=row.source_id,
        content_hash=page.content_hash if page else "",
        tries=row.tries,
        title=item.title,
        text=item.text,
        published=item.published,
        press=row.licence == Licence.PRESS,
        again=bool(row.pages) if isinstance(row, DocumentRow) else page is not None and page.format is not None,
    )


def stored_page(row: DetailRow) -> StoredPage:
    """Return an item's own page."""
    return StoredPage(
        url=row.url,
        state=ReadState(row.state),
        sentence=row.sentence,
        tries=row.tries,
        next_at=row.next_at,
        fetched_at=row.fetched_at,
        text=row.text,
        facts=facts_of(row.facts),
        note=(row.given or {}).get("note", ""),
    )


def stored_document(row: DocumentRow) -> StoredDocument:
    """Return an item's document."""
    return StoredDocument(
        name=row.name,
        url=row.url,
        state=ReadState(row.state),
        sentence=row.sentence,
        title=row.title or "",
        page_count=row.page_count,
        pages=tuple(row.pages),
        fetched_at=row.fetched_at,
    )
