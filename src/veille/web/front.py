"""What member pages work with; app.py fills it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from veille.config.settings import Settings
from veille.model import Bulletin, Item, SeenItem, Subscriber
from veille.protocols import Clock, FeedbackStore, ReaderStore
from veille.tokens import Keys

#: Why an address was suppressed, where its owner asked for it: only that can be taken back on the page.
OPT_OUT = "opt-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A bulletin as it was sent, with the day it bears in words."""

    bulletin: Bulletin
    title: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Everything a page may read or change."""

    settings: Settings
    keys: Keys
    readers: ReaderStore
    opinions: FeedbackStore
    clock: Clock
    item: Callable[[int], Item | None]
    #: (digest, period, subscriber id) → what was sent to that person, None if nothing was.
    sent: Callable[[str, str, int], Sent | None]
    #: Subscriber id → item id → what was sent.
    journal: Callable[[int], Mapping[int, SeenItem]]
    #: Rhythms that some digest of this instance has.
    rhythms: Callable[[], frozenset[str]]
    #: Sections that a person may switch off: (kind, title).
    sections: Callable[[], Sequence[tuple[str, str]]]

    def reader(self, token: str, purpose: str) -> Subscriber | None:
        """Return whose token this is, None for one that is forged, old, of another purpose, or of nobody any more."""
        subject = self.subject(token, purpose)
        number = (subject or "").partition(".")[0]
        return self.readers.subscriber(int(number)) if number.isdecimal() else None

    def subject(self, token: str, purpose: str) -> str | None:
        """Return what a genuine token is about."""
        return self.keys.verify(token, purpose, self.clock.now().date())
