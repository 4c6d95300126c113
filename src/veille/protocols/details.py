"""What reading pages and documents consumes: its store."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from veille.model.details import DocumentRead, DueRead, KnownItem, Outcome, StoredDocument, StoredPage, Waiting


class DetailStore(Protocol):
    """What is known of items' own pages and documents: detail, document. Their sole writer."""

    def waiting(self, now: datetime) -> Sequence[Waiting]:
        """Return what waits and may be asked now, by host, source and sort."""
        ...

    def due(
        self, host: str, now: datetime, *, pages_of: Collection[str], documents_of: Collection[str], limit: int
    ) -> Sequence[DueRead]:
        """Return the pages, then the documents, of these sources that wait on a host, newest items first."""
        ...

    def record(self, due: DueRead, outcome: Outcome, now: datetime) -> bool:
        """Write what became of one page or document; False where somebody else did, or its list changed meanwhile."""
        ...

    def put_off(self, host: str, until: datetime, now: datetime) -> int:
        """Let what waits on a host wait until then at least; return how many pages and documents were due."""
        ...

    def same_document(self, key: str, since: datetime) -> DocumentRead | None:
        """Return a document that another item read since then."""
        ...

    def purge(self, now: datetime) -> int:
        """Cut the texts whose time is over down to an extract and what proves facts; return how many."""
        ...

    def known_item(self, identity: str) -> KnownItem | None:
        """Return the item of that identity."""
        ...

    def page_of(self, item_id: int) -> StoredPage | None:
        """Return an item's own page."""
        ...

    def documents_of(self, item_id: int) -> Sequence[StoredDocument]:
        """Return an item's documents."""
        ...
