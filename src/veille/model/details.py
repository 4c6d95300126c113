"""What is read besides the lists: the own page of an entry, and the documents attached to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from veille.model.tags import NO_FACTS, StructuredFacts

#: The id of the built-in source of what people add by hand.
MANUAL = "manuel"


class ReadState(StrEnum):
    """How far a page or a document has come, as staff read it."""

    WAITING = "en attente"
    READ = "lu"
    #: Its site reserves the text from mining (W3C TDMRep): title and link only.
    RESERVED = "réservé"
    #: Left with a reason.
    LEFT = "laissé"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWish:
    """The own page of an entry, to be read once."""

    url: str
    #: The host whose pace it obeys.
    host: str
    #: Why it is not asked for, French; empty where it is.
    left: str = ""
    given: "Given | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWish:
    """A document attached to an item, to be read once, or named and left."""

    #: Hash of its canonical link.
    key: str
    url: str
    host: str
    #: As shown: « reglement.pdf ».
    name: str
    #: Why it is not asked for at all, French; empty where it is.
    left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the person who added an item by hand said of it."""

    type: str | None = None
    territory: str | None = None
    sectors: tuple[str, ...] = ()
    #: Kind of the section of a digest that it is put in, whatever its type; empty = by its type.
    section: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many pages or documents of one source wait on one host."""

    host: str
    source_id: str
    document: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRead:
    """One page or document whose turn has come."""

    item_id: int
    #: None for the page itself.
    document_id: int | None
    key: str
    url: str
    source_id: str
    #: Hash of the entry that asked for it.
    content_hash: str
    tries: int
    #: What the list says of the item.
    title: str
    text: str
    published: datetime | None = None
    #: By its licence its text is kept for a while only.
    press: bool = False
    #: It was read before, and its list has changed since.
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRead:
    """What a document's bytes say; the text of each page read, in order."""

    title: str = ""
    page_count: int = 0
    pages: tuple[str, ...] = ()
    #: What was overlooked, French; empty if nothing.
    remark: str = ""
    #: The document itself reserves its text from mining.
    reserved: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What a page's bytes say."""

    title: str = ""
    published: datetime | None = None
    language: str | None = None
    text: str = ""
    facts: StructuredFacts = NO_FACTS
    #: Documents that it links to, the most telling first.
    documents: tuple[DocumentWish, ...] = ()
    #: Whether the page reserves its text from mining; None where it does not say.
    reserved: bool | None = None
    #: The address that the page calls its own.
    canonical: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a page or a document, decided purely."""

    state: ReadState
    #: One French sentence; empty for what was simply read.
    sentence: str = ""
    #: When a waiting one is asked again.
    next_at: datetime | None = None
    page: PageRead | None = None
    #: What was read where it is a document.
    document: DocumentRead | None = None
    #: The page was this document.
    itself: DocumentWish | None = None
    #: When the text goes, by its licence; None = kept.
    keep_until: datetime | None = None
    #: The page says all that the list said.
    repeats: bool = False
    #: Its title is better than the list's.
    titled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A document as the store knows it."""

    name: str
    url: str
    state: ReadState
    sentence: str
    title: str = ""
    page_count: int | None = None
    pages: tuple[str, ...] = ()
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """An item's own page as the store knows it."""

    url: str
    state: ReadState
    sentence: str
    tries: int
    next_at: datetime | None = None
    fetched_at: datetime | None = None
    text: str = ""
    facts: StructuredFacts = NO_FACTS
    #: What the person who added it by hand remarked.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """An item that the store has, whether tagged or not."""

    id: int
    title: str
    #: Names of the sources that publish it, the first to have done so first.
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailReport:
    """What one pass over pages and documents did."""

    pages: int = 0
    documents: int = 0
    #: Left with a reason, in this pass.
    left: int = 0
    #: To be asked again later: unreachable, or its site asks for patience.
    postponed: int = 0
    #: Whose turn did not come in this pass.
    waiting: int = 0
    #: Host → why it was not asked to the end.
    stopped: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """Pages and documents that were asked for."""
        return self.pages + self.documents + self.left + self.postponed

    @property
    def sentence(self) -> str:
        """Say it in French; empty where nothing waited."""
        parts = [
            f"{count} {one if count == 1 else several}"
            for count, one, several in (
                (self.pages, "page lue", "pages lues"),
                (self.documents, "document lu", "documents lus"),
                (self.left, "laissé avec sa raison", "laissés avec leur raison"),
                (self.postponed, "à redemander plus tard", "à redemander plus tard"),
                (self.waiting, "attend son tour", "attendent leur tour"),
            )
            if count
        ]
        return f"pages de détail : {', '.join(parts)}" if parts else ""

    def sentences(self) -> Iterator[str]:
        """Say it in French, with the hosts that were not asked to the end; nothing where nothing waited."""
        if self.sentence:
            yield self.sentence
        yield from (f"  {host} : {why}" for host, why in self.stopped.items())


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page on which an organisation presents itself."""

    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SiteRead:
    """What an organisation's site says of it."""

    #: The home page first; empty where it could not be read.
    pages: tuple[SitePage, ...]
    #: French, what was not read and why.
    remarks: tuple[str, ...] = ()
