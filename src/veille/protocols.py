"""The seams: small protocols owned by whoever consumes them, and `Veille`, the frozen bundle that app.py fills.

Every fake that stands in for one of these ships in `veille.testing` and is checked by mypy against it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from veille.model import (
    CrawlReport,
    Delivery,
    DeliveryState,
    Drafted,
    EntryIntent,
    ExportedEntry,
    FetchOutcome,
    Issue,
    IssueState,
    Item,
    KnownEntry,
    Match,
    Member,
    OutgoingMail,
    Scheme,
    SeenItem,
    SendOutcome,
    Source,
    SourceState,
    Subscriber,
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
        """Leave the event loop with nothing open; a later fetch may run in another one."""
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

    def deposit_all(self, stage: str, keys: Iterable[str], *, not_before: datetime | None = None) -> int:
        """Add many pieces in one transaction; return how many were not already there."""
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

    def hold(self, stage: str, key: str, *, lease: timedelta, owner: str) -> Work:
        """Take a lease that is not work (a leader's); raises LeaseHeld naming who has it."""
        ...

    def owners(self) -> list[str]:
        """Return everybody who holds a lease, expired or not."""
        ...

    def expire(self, owner: str) -> int:
        """End the leases of an owner known to be dead; return how many."""
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

    def waiting(self, pipeline: str) -> list[int]:
        """Return the items not yet tagged by that pipeline at their present version, newest first."""
        ...

    def texts(self, pipeline: str, item_ids: Sequence[int]) -> list[tuple[int, int, TextToTag]]:
        """Return (item id, item version, text) of those that still wait, in any order."""
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


#: Judges one item for one member.
Matcher = Callable[[Item, Member], Match]
#: Gives the matcher over these items as of a day: rarity of words, gates on deadlines and recency need both.
MatcherFor = Callable[[Sequence[Item], date], Matcher]


class Labels(Protocol):
    """Words for terms, as a bulletin prints them."""

    def short(self, scheme: Scheme, term: str) -> str:
        """Return a short French label: « AAP », « AURA »; the term itself where it is unknown."""
        ...


class Audience(Protocol):
    """Whom digests are for."""

    def members(self) -> Sequence[Member]:
        """Return every organisation of the cluster with its profile."""
        ...

    def subscribers(self) -> Sequence[Subscriber]:
        """Return every person, paused ones too."""
        ...


class Places(Protocol):
    """Which territory lies in which, and their names (`veille.config.gazetteer.Gazetteer`)."""

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return what contains a GeoZones id, nearest first; empty where it is unknown."""
        ...

    def name(self, code: str) -> str:
        """Return the French name of a GeoZones id, or the id itself."""
        ...

    def commune(self, insee: str) -> str | None:
        """Return the GeoZones id of an INSEE code, or None where no commune of today bears it."""
        ...


class MemberStore(Audience, Protocol):
    """What members reads and writes: member, interest, subscriber, suppression. Its sole writer."""

    def save(self, profiles: Sequence[tuple[Member, Sequence[Subscriber]]], *, origin: str, now: datetime) -> None:
        """Add or change these organisations (id 0 = new) and these people, all or nothing; nobody else is touched."""
        ...

    def suppress(self, email: str, *, reason: str, now: datetime) -> None:
        """Never write to this address again."""
        ...

    def suppressed(self, emails: Iterable[str]) -> frozenset[str]:
        """Return those of these addresses that must not be written to."""
        ...


class IssueStore(Protocol):
    """What making an issue needs of the digest store; its sole writer with `MailLedger`."""

    def save_draft(self, issue: Issue, drafted: Sequence[Drafted]) -> Issue:
        """Write a draft or replace the one of that period; raises InputError where it is approved already."""
        ...

    def find(self, digest: str, period: str) -> Issue | None:
        """Return the issue of one period."""
        ...

    def latest(self, digest: str | None = None, states: Sequence[IssueState] = ()) -> Issue | None:
        """Return the newest issue in one of these states (any state if empty)."""
        ...

    def verify(self, issue: Issue) -> bool:
        """Tell whether the content is still the one that was approved."""
        ...

    def drafted(self, issue_id: int) -> Sequence[Drafted]:
        """Return what an issue holds, one per subscriber, in a fixed order."""
        ...

    def approve(self, issue: Issue, *, by: str, now: datetime, domain: str, frame: Mapping[str, Any]) -> Issue:
        """Freeze: hash the content and write one queued delivery per bulletin, in one transaction."""
        ...

    def seen(self, subscriber_ids: Sequence[int]) -> Mapping[int, Mapping[int, SeenItem]]:
        """Return the journal: subscriber → item → what was sent."""
        ...


class MailLedger(Protocol):
    """What sending needs of the digest store: claims and results."""

    def begin(self, issue_id: int, now: datetime) -> Issue:
        """Mark an approved issue as being sent; the first time fixes the date that its mails bear."""
        ...

    def deliveries(self, issue_id: int) -> Sequence[Delivery]:
        """Return every delivery of an issue, in a fixed order."""
        ...

    def claim(self, issue_id: int, *, limit: int, now: datetime, lease: timedelta) -> list[Delivery]:
        """Move queued (or due deferred) deliveries to sending, in one durable commit; suppressed ones step aside."""
        ...

    def renew(self, deliveries: Sequence[Delivery], *, now: datetime, lease: timedelta) -> None:
        """Extend the lease of a claimed group; raises LeaseLost if any of it was taken away."""
        ...

    def settle(self, delivery: Delivery, outcome: SendOutcome, now: datetime) -> None:
        """Write what became of one mail, fenced by the claim's token; « sent » also writes the journal."""
        ...

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give claimed mails back untouched: nothing of them left this machine."""
        ...

    def recover(self, issue_id: int, *, now: datetime, alone: bool) -> int:
        """Resolve mails whose sender died: the one in its hands is uncertain, those behind it are queued again.

        `alone`: the caller holds the lock of this machine, so every lease belongs to a dead process.
        """
        ...

    def reconcile(self, issue_id: int, *, accepted: Collection[str], absent: Collection[str], now: datetime) -> int:
        """Settle doubts: accepted Message-IDs are sent, absent ones are queued again; return how many."""
        ...

    def close(self, issue_id: int, now: datetime) -> IssueState:
        """End the issue if nothing can be sent any more; past its end, expire what waits. Return its state."""
        ...

    def counts(self, issue_id: int) -> Mapping[DeliveryState, int]:
        """Count the deliveries of an issue by state."""
        ...


class AcceptLog(Protocol):
    """What says which mails the first server took, read after a crash."""

    #: True where absence alone proves that a mail was not taken; else the log must first show one of the issue's mails.
    @property
    def certain(self) -> bool:
        """Tell whether the log cannot be the wrong one."""
        ...

    #: Seconds after which a mail in a dead sender's hands is in the log, or was never taken.
    @property
    def grace(self) -> float:
        """How long to wait before absence means something."""
        ...

    def accepted(self, message_ids: Collection[str]) -> set[str] | None:
        """Return those of these Message-IDs that were taken; None where the log cannot be read."""
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
