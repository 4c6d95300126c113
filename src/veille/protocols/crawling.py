"""What the crawl stage consumes and offers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from veille.model import (
    CrawlReport,
    EntryIntent,
    ExportedEntry,
    KnownEntry,
    PageChange,
    Site,
    Source,
    SourceEvent,
    SourcePlace,
    SourceState,
    SourceStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """What one visit to one source changed."""

    source: Source
    state: SourceState
    intents: Sequence[EntryIntent] = ()
    event: SourceEvent | None = None
    #: What the reader of a watched page wants to be told at the next visit; None = what it was told at this one.
    memory: Mapping[str, Any] | None = None
    page_changes: Sequence[PageChange] = ()


class SourceStore(Protocol):
    """What crawl reads and writes: source_state, source_event, entry, entry_version, item. Its sole writer."""

    def waiting(self, now: datetime) -> Mapping[str, tuple[str, str]]:
        """Return the URL and definition of sources whose next check has not come, or never will, by id."""
        ...

    def places(self) -> Mapping[str, SourcePlace]:
        """Return where every source ever fetched is asked, by id."""
        ...

    def states(self, source_ids: Collection[str] | None = None) -> Mapping[str, SourceState]:
        """Return the state of these sources, all of them if None, by id; those never fetched have none."""
        ...

    def known(self, source_id: str) -> Mapping[str, KnownEntry]:
        """Return the entries of a source by key."""
        ...

    def known_all(self, source_ids: Collection[str]) -> Mapping[str, Mapping[str, KnownEntry]]:
        """Return the entries of several sources, by source and key; a source that has none may be left out."""
        ...

    def record(
        self,
        source: Source,
        state: SourceState,
        intents: Sequence[EntryIntent],
        now: datetime,
        event: SourceEvent | None = None,
    ) -> tuple[int, int]:
        """Write one fetch of one source in one transaction; return (new entries, changed entries)."""
        ...

    def record_all(self, visits: Sequence[VisitRecord], now: datetime) -> Sequence[tuple[int, int]]:
        """Write visits to different sources in one transaction, all or none; return as `record` does, for each."""
        ...

    def memory(self, state: SourceState) -> Mapping[str, Any] | None:
        """Return what is remembered of a watched page under the address and definition of `state`."""
        ...

    def page_changes(self, source_id: str) -> Sequence[tuple[datetime, PageChange]]:
        """Return what came and went on a watched page, and when that was seen, the latest first."""
        ...

    def postpone(self, source_ids: Sequence[str], until: datetime) -> None:
        """Put off the next check of these sources to `until` at the earliest (a host asked for patience)."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Give a source's history to its new id."""
        ...

    def export(self) -> Iterator[ExportedEntry]:
        """Yield every entry, oldest first seen first."""
        ...

    def statuses(self) -> Sequence[SourceStatus]:
        """Return how every source ever fetched is, by id."""
        ...

    def events(self, *, untold: bool = False) -> Sequence[SourceEvent]:
        """Return what staff were or are to be told of sources, oldest first; `untold` leaves out what they know."""
        ...

    def tell(self, event_ids: Sequence[int], now: datetime) -> None:
        """Note that staff were told of these events."""
        ...


class SiteStore(Protocol):
    """What sites ask of programs, between two passes."""

    def site(self, site: str) -> Site | None:
        """Return what is remembered of a site, by scheme and authority."""
        ...

    def remember(self, site: Site) -> None:
        """Write what a site asks, over what it asked before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """What one pass of crawl is asked to do."""

    #: Fetch even what is not due.
    force: bool = False
    #: Limit to these ids; empty = all.
    only: tuple[str, ...] = ()


class Crawler(Protocol):
    """The crawl stage as commands and the daemon call it."""

    def crawl(self, options: CrawlOptions = ...) -> Sequence[CrawlReport]:
        """Fetch what is due, one pass; never raises for a single source."""
        ...
