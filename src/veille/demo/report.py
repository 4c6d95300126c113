"""What the demonstration did, as values: the console and the HTML index both read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from veille.demo.corpus import PARIS
from veille.digest.choosing.wording import full_day
from veille.model import FAILURES, Bulletin, CrawlReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One bulletin that left."""

    person: str
    #: French: size, trade and place of the organisation.
    profile: str
    email: str
    bulletin: Bulletin
    #: Files relative to the demonstration's folder.
    html: str
    text: str
    eml: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A subscriber without a bulletin, and why."""

    organisation: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One time that every source was asked."""

    at: datetime
    crawl: tuple[CrawlReport, ...]
    #: Items tagged after it.
    tagged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue of the demonstration, with the passes since the one before."""

    passes: tuple[Pass, ...]
    sent_at: datetime
    #: Items in the store.
    items: int
    #: French label of each type → items in the store, most frequent first.
    types: tuple[tuple[str, int], ...]
    mails: tuple[Mail, ...]
    left_out: tuple[LeftOut, ...]
    approved_by: str

    @property
    def day(self) -> str:
        """« vendredi 27 novembre 2026 »."""
        return full_day(self.sent_at.astimezone(PARIS).date())

    @property
    def crawl(self) -> tuple[CrawlReport, ...]:
        """What the last pass says of each source."""
        return self.passes[-1].crawl

    @property
    def crawled_on(self) -> str:
        """How often and until when the sources were asked."""
        last = _moment(self.passes[-1].at)
        return f"une relève, {last}" if len(self.passes) == 1 else f"{len(self.passes)} relèves, la dernière {last}"

    @property
    def sent_on(self) -> str:
        """When the mails left."""
        return _moment(self.sent_at)

    @property
    def new(self) -> int:
        """Entries seen for the first time."""
        return sum(one.new for each in self.passes for one in each.crawl)

    @property
    def changed(self) -> int:
        """Entries whose publisher changed them."""
        return sum(one.changed for each in self.passes for one in each.crawl)

    @property
    def tagged(self) -> int:
        """Items tagged."""
        return sum(each.tagged for each in self.passes)

    @property
    def failed(self) -> tuple[CrawlReport, ...]:
        """Sources that gave no feed at the last pass."""
        return tuple(one for one in self.crawl if one.state in FAILURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What staff are told of the last edition, some hours after it left."""

    #: File relative to the demonstration's folder.
    page: str
    #: « remis 5, 1 intérêt, 0 réponse ».
    headline: str
    #: French sentences of the sending of the report.
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """The whole demonstration."""

    folder: Path
    cluster: str
    editions: tuple[Edition, ...]
    #: Source id → (title, format).
    sources: Mapping[str, tuple[str, str]]
    evening: Evening
    index: Path
    #: Real time it took.
    seconds: float

    @property
    def last(self) -> Edition:
        """The edition the demonstration is about."""
        return self.editions[-1]


def _moment(instant: datetime) -> str:
    local = instant.astimezone(PARIS)
    return f"{full_day(local.date())} à {local:%H:%M}"
