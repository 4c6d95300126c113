"""The seams: small protocols owned by whoever consumes them, and `Veille`, the frozen bundle that app.py fills.

Every fake that stands in for one of these ships in `veille.testing` and is checked by mypy against it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from veille.model import (
    CrawlReport,
    Delivery,
    DeliveryState,
    EntryIntent,
    ExportedEntry,
    FetchOutcome,
    Item,
    KnownEntry,
    OutgoingMail,
    SendOutcome,
    Source,
    SourceState,
    Tagged,
    TextToTag,
    Validators,
    Work,
)


class Clock(Protocol):
    """Wall time, which `--now` moves, and monotonic time, which nothing moves."""

    def now(self) -> datetime:
        """Return the wall time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary origin."""
        ...


class Fetcher(Protocol):
    """The only way out: one guarded GET. Expected failures are values (`FetchFailed`), bugs raise."""

    async def fetch(self, url: str, validators: Validators = ..., *, accept: str = ...) -> FetchOutcome:
        """GET `url`, following at most five vetted redirects, within one total deadline and the caps."""
        ...

    async def aclose(self) -> None:
        """Close idle connections before the event loop ends; a later fetch opens new ones."""
        ...


class Tagger(Protocol):
    """The NLP stage's engine."""

    #: `name@version`, stored with every tag.
    @property
    def pipeline(self) -> str:
        """Identify the model and definitions that speak."""
        ...

    def tag(self, texts: Iterable[TextToTag]) -> Iterator[Tagged]:
        """Tag each text, in order."""
        ...


class Mailer(Protocol):
    """Hands final bytes to a server, a folder or a list."""

    def send(self, mails: Sequence[OutgoingMail]) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
        """Send each mail once, in order, and say what became of it; never retries after the final dot."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class Progress(Protocol):
    """Where long work says how far it is: a bar on a terminal, a quiet log elsewhere."""

    def task(self, label: str, total: int | None = None) -> AbstractContextManager[Callable[[int], None]]:
        """Open a task; call the value with the number of units just done."""
        ...


class Ledger(Protocol):
    """The truth about work: leases with fencing tokens in our database."""

    def deposit(self, stage: str, key: str, *, not_before: datetime | None = None) -> bool:
        """Add a piece of work unless one with that stage and key waits or runs; True if added."""
        ...

    def claim(
        self, stage: str, *, limit: int, lease: timedelta, owner: str, keys: Sequence[str] | None = None
    ) -> list[Work]:
        """Lease up to `limit` waiting pieces whose time has come (or whose lease has expired)."""
        ...

    def renew(self, work: Work, *, lease: timedelta) -> Work:
        """Extend a lease; raises LeaseLost if somebody else holds it."""
        ...

    def finish(self, work: Work) -> None:
        """End a piece of work; raises LeaseLost if our token is no longer the one in the row."""
        ...

    def retry(self, work: Work, *, not_before: datetime, error: str) -> None:
        """Give a piece back for later; after five attempts it is set aside in quarantine."""
        ...

    def release(self, work: Work) -> None:
        """Give a piece back untouched (graceful stop)."""
        ...


class Stage(Protocol):
    """A stage is a synchronous function of (context, batch); its effects are idempotent by (stage, key)."""

    @property
    def name(self) -> str:
        """The ledger's `stage`."""
        ...

    @property
    def batch(self) -> int:
        """How many pieces of work it wants at once."""
        ...

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        """Do the work; call `finish` for each piece once its effects are in the store.

        A piece left unfinished at return, or by an exception, is retried with back-off.
        """
        ...


class Engine(Protocol):
    """Drives stages over the ledger."""

    def deposit(self, stage: str, keys: Iterable[str]) -> int:
        """Add work; return how many pieces were not already there."""
        ...

    def run(self, stage: Stage) -> int:
        """Claim and execute until nothing claimable is left; return pieces finished."""
        ...


class SourceStore(Protocol):
    """What crawl reads and writes: source_state, entry, entry_version, item. Its sole writer."""

    def states(self) -> Mapping[str, SourceState]:
        """Return the state of every source ever fetched, by id."""
        ...

    def known(self, source_id: str) -> Mapping[str, KnownEntry]:
        """Return the entries of a source by key."""
        ...

    def record(
        self, source: Source, state: SourceState, intents: Sequence[EntryIntent], now: datetime
    ) -> tuple[int, int]:
        """Write one fetch of one source in one transaction; return (new entries, changed entries)."""
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


class TagStore(Protocol):
    """What nlp reads and writes: item_tag, item_fact. Their sole writer."""

    def waiting(self, pipeline: str, limit: int) -> list[tuple[int, int, TextToTag]]:
        """Return (item id, item version, text) of items not yet tagged by that pipeline at that version."""
        ...

    def save(self, pipeline: str, results: Sequence[tuple[int, int, Tagged]], now: datetime) -> None:
        """Replace the machine tags and facts of these items."""
        ...


class ItemStore(Protocol):
    """Read access to items with their effective tags."""

    def items(self, *, since: datetime | None = None) -> Sequence[Item]:
        """Return tagged items, newest first; `since` limits to those first seen or changed after it."""
        ...

    def item(self, item_id: int) -> Item | None:
        """Return one item."""
        ...


class MailLedger(Protocol):
    """What sending needs of the digest store: claims and results."""

    def claim(self, issue_id: int, *, limit: int, now: datetime, lease: timedelta) -> list[Delivery]:
        """Move queued (or due deferred) deliveries to sending, in one commit."""
        ...

    def settle(self, delivery: Delivery, outcome: SendOutcome, now: datetime) -> None:
        """Write what became of one mail, fenced by the claim's token."""
        ...

    def counts(self, issue_id: int) -> Mapping[DeliveryState, int]:
        """Count the deliveries of an issue by state."""
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
