"""Sources, what fetching them gives, and what crawl decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from veille.model.details import DocumentWish, PageWish
from veille.model.fetching import Request, Validators
from veille.model.tags import NO_FACTS, StructuredFacts

if TYPE_CHECKING:
    from veille.model.letters import Suggested


class Licence(StrEnum):
    """What may be kept and shown of a source's text."""

    PUBLIC = "public"
    OWN = "propre"
    AGREEMENT = "accord"
    PRESS = "presse"


class Family(StrEnum):
    """What part of a watch a source serves: a cluster that lacks one is blind on that side."""

    FUNDING = "financeurs"
    REGULATION = "reglementation"
    RESEARCH = "recherche"
    TRADE_PRESS = "presse-professionnelle"
    PROCUREMENT = "marches-publics"
    EVENTS = "salons-evenements"
    INSTITUTION = "institution"


class SourceHealth(StrEnum):
    """The state of a source as staff read it."""

    OK = "ok"
    UNCHANGED = "inchangé"
    EMPTY = "vide"
    SILENT = "silencieux"
    INVALID = "invalide"
    BLOCKED = "bloqué"
    FAILING = "en panne"
    STOPPED = "arrêté"
    #: Never fetched yet.
    WAITING = "en attente"


#: States that count as a failure of the source for back-off and for `--strict`.
FAILURES = frozenset({SourceHealth.INVALID, SourceHealth.BLOCKED, SourceHealth.FAILING, SourceHealth.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a source normally looks like: anything else is a redesign, not news."""

    #: Fewer entries than this are a failure; None = at least one.
    min_items: int | None = None
    #: strptime format of its dates; None = read like any French date.
    date_format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Where things stand in a listing page: CSS selectors, or XPath 1.0 after `xpath:`."""

    #: Each element is one entry; empty = only what the page states as JSON-LD or microdata.
    item: str = ""
    title: str | None = None
    link: str | None = None
    date: str | None = None
    deadline: str | None = None
    summary: str | None = None
    #: The link to the next page of the list.
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One line of sources.yaml; `id` is the database key."""

    id: str
    title: str
    kind: str
    url: str
    #: Explicit interval; None = adaptive, 1 h to 24 h.
    every: timedelta | None = None
    language: str | None = None
    #: GeoZones id of what the source is about.
    territory: str | None = None
    #: Default opportunity type, a slug of the taxonomy.
    type: str | None = None
    sectors: tuple[str, ...] = ()
    licence: Licence = Licence.PRESS
    family: Family | None = None
    #: Former ids, so that renaming keeps history.
    formerly: tuple[str, ...] = ()
    #: Where the URL was published (fact, for the shipped catalogue).
    seen_in: str | None = None
    enabled: bool = True
    #: Never checked on real answers.
    experimental: bool = False
    #: For a page.
    recipe: Recipe | None = None
    expect: Expect = Expect()
    #: Requests of one visit at most; None = the usual number of its kind.
    pages: int | None = None
    #: Whether the own pages of its entries are read; None = as its kind does.
    details: bool | None = None
    #: Whether the PDFs attached to them are; None = as their pages.
    documents: bool | None = None
    #: What its kind needs besides, as sources.yaml writes it.
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    #: 1-based line in its file, for messages.
    line: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """An entry as published, cleaned: no markup, no control characters, links absolute http(s) or None."""

    #: The feed's own id (guid, atom:id), or None.
    guid: str | None
    title: str
    link: str | None
    published: datetime | None = None
    updated: datetime | None = None
    #: Plain text of summary or content, whichever is longer.
    text: str = ""
    author: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    #: Documents that it carries with it: addresses of its enclosures that are no pictures or sounds.
    enclosures: tuple[str, ...] = ()
    #: What the source states in fields of their own.
    facts: StructuredFacts = NO_FACTS
    #: Where only a click server knows the link: what to ask it, once. It names its reader, so it is never stored.
    wrapped: str | None = None


@dataclass(frozen=True, slots=True)
class PageChange:
    """What came and went in one change of a watched page, as it stands now."""

    #: The id of its entry.
    change: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed's bytes say."""

    title: str = ""
    language: str | None = None
    entries: tuple[ParsedEntry, ...] = ()
    #: Entries beyond the cap (500 newest kept).
    dropped: int = 0
    #: The feed's own wish for the interval (ttl, sy:updatePeriod), seconds.
    ttl: int | None = None
    #: UTC hours in which the feed asks not to be fetched (RSS 2.0 skipHours).
    skip_hours: frozenset[int] = frozenset()
    #: What a tolerant parser had to overlook, French; empty if nothing.
    remark: str = ""
    #: False where the document stops before its end: what was read is kept, its validators are not.
    complete: bool = True
    #: It stops before its end, and the same bytes would say no more: they need not be read again.
    cut: bool = False
    #: Where the list goes on.
    next: Request | None = None
    #: The documents that an index names, newest first.
    parts: tuple[Request, ...] = ()
    #: Whether the document reserves its text from mining (W3C TDMRep); None where it does not say.
    reserved: bool | None = None
    #: Entries of the first page, where several were read; messages of a folder.
    listed: int | None = None
    #: What staff should do although all went well, French; empty if nothing.
    advice: str = ""
    #: What people forwarded to us.
    suggestions: tuple["Suggested", ...] = ()
    #: The list is in no order of age: any page of it may hold news.
    unordered: bool = False
    #: What its reader wants to be told at the next visit; None = what it was told this time.
    memory: Mapping[str, Any] | None = None
    #: What the state of the source says in place of how many entries were read, French: a page has none to count.
    sentence: str = ""
    #: It must be read again though nothing changes: its reader waits to see whether something stays.
    again: bool = False
    page_changes: tuple[PageChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store knows of a source between two fetches."""

    source_id: str
    health: SourceHealth = SourceHealth.WAITING
    #: One French sentence.
    sentence: str = "jamais relevée"
    #: What to do, one French sentence, empty if nothing.
    next_step: str = ""
    http_status: int | None = None
    validators: Validators = Validators()  # noqa: RUF009 - frozen
    #: Hash of the last body that was parsed.
    body_hash: str | None = None
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    changed_at: datetime | None = None
    next_check_at: datetime | None = None
    #: Failures in a row.
    failures: int = 0
    #: Current adaptive interval, seconds.
    interval: int | None = None
    #: Where a permanent move was stored after its second identical sighting; the URL that is really asked.
    moved_to: str | None = None
    #: First sighting of a permanent move not yet trusted.
    move_candidate: str | None = None
    move_seen_at: datetime | None = None
    #: The feed that the page at `feed` declares: a person gave the page's address, and this is asked in its place.
    found_feed: str | None = None
    #: Entries in the last good parse.
    entries: int = 0
    #: The URL of sources.yaml that all of this is about: another one there starts afresh.
    feed: str = ""
    #: The feed's own wish for the interval at the last good parse, seconds.
    ttl: int | None = None
    #: UTC hours in which the feed asks not to be fetched.
    skip_hours: frozenset[int] = frozenset()
    #: Usual time between two entries, seconds; None while unknown.
    gap: int | None = None
    #: Hash of kind, recipe and options: with other ones everything is read afresh.
    definition: str = ""
    #: Since when it is as it is: failures of different kinds in a row are one trouble.
    since: datetime | None = None
    #: The trouble that staff were or will be told of, None while there is none.
    alarm: SourceHealth | None = None
    #: What the next complete answer brings was already there: the source is read in a new way.
    rebaseline: bool = False
    #: What robots.txt says of its address (a `RobotsVerdict`).
    robots: str = ""
    #: Where its text is reserved from mining (a `Reservation`).
    reserved: str = ""
    #: The body that `body_hash` names stops before its end.
    cut: bool = False


class SourcePlace(NamedTuple):
    """Where a source that was fetched before is asked."""

    #: The URL of sources.yaml that this is about.
    feed: str
    moved_to: str | None
    found_feed: str | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIntent:
    """What crawl asks the store to write for one entry, decided purely."""

    #: Stable identity inside its source.
    key: str
    entry: ParsedEntry
    content_hash: str
    #: Identity of the item it belongs to: canonical link, or source-bound key where there is none.
    item_key: str
    #: None for a new entry, else the names of the fields that changed.
    changed: tuple[str, ...] | None = None
    #: It was there when the source began to be watched: no news, whatever its date says.
    baseline: bool = False
    #: Its own page, to be read.
    page: PageWish | None = None
    #: Documents that it carries with it, to be read.
    documents: tuple[DocumentWish, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What decide needs of an entry already stored."""

    key: str
    link: str | None
    title: str
    content_hash: str
    guid: str | None = None
    published: datetime | None = None
    facts: StructuredFacts = NO_FACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """One line of `crawl --json`."""

    id: str
    state: SourceHealth
    sentence: str
    http_status: int | None
    new: int
    changed: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEntry:
    """One line of `items export --jsonl`: an entry as published, never a merged item."""

    source: str
    #: The URL as written in sources.yaml, even after a stored redirect.
    feed: str
    title: str
    link: str | None
    date: datetime | None
    seen: datetime
    item: int
