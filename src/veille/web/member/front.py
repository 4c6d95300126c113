"""What member pages work with; app.py fills it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from veille.config.settings import Settings
from veille.links import LinkMaker
from veille.model import Bulletin, Feedback, Item, Member, SeenItem, Subscriber
from veille.protocols import Clock, FeedbackStore, ReaderStore
from veille.protocols.people import DraftStore, ErasureStore
from veille.tokens import Keys
from veille.web.forms import Refused

#: A longer number is no row of ours (a database counts to 19 digits).
_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A bulletin as it was sent, with the day it bears in words."""

    bulletin: Bulletin
    title: str
    day: str
    #: The word of the week, or empty.
    word: str = ""
    #: « Sélection automatique, non relue », or empty.
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Everything a page may read or change."""

    settings: Settings
    keys: Keys
    readers: ReaderStore
    opinions: FeedbackStore
    drafts: DraftStore
    erasures: ErasureStore
    clock: Clock
    member: Callable[[int], Member | None]
    #: Ids of items → those that are known, in any order.
    items: Callable[[Collection[int]], Sequence[Item]]
    #: Ids of items → how often staff set each of them aside, for those that ever were.
    rejections: Callable[[Collection[int]], Mapping[int, int]]
    #: (subscriber id, item id) → whether a mail that left showed that person that item.
    shown: Callable[[int, int], bool]
    #: (digest, period, subscriber id) → what was sent to that person, None if nothing was.
    sent: Callable[[str, str, int], Sent | None]
    #: Subscriber id → item id → what was sent.
    journal: Callable[[int], Mapping[int, SeenItem]]
    #: (person, item, opinions) → what each of them would change in the bulletins to come, sentences in French.
    promises: Callable[[Subscriber, Item, Sequence[Feedback]], Sequence[Sequence[str]]]
    #: Subscriber id → sources of what they were sent lately: id → title.
    sources: Callable[[int], Mapping[str, str]]
    #: Rhythms that some digest of this instance has.
    rhythms: Callable[[], frozenset[str]]
    #: Whether this instance writes between two bulletins.
    alerts: Callable[[], bool]
    #: Sections that a person may switch off: (kind, title).
    sections: Callable[[], Sequence[tuple[str, str]]]

    def reader(self, token: str, purpose: str) -> Subscriber:
        """Return whose token this is; raises Refused: it is forged, old, of another purpose, or of nobody any more."""
        number = _number(self.subject(token, purpose)[0])
        person = None if number is None else self.readers.subscriber(number)
        if person is None:
            raise Refused(404)
        return person

    def about(self, token: str, purpose: str) -> tuple[Subscriber, Item]:
        """Return whose token this is and which item it is about; raises Refused.

        Whoever holds a link may write another number at its end: only what they were sent is shown or judged.
        """
        person = self.reader(token, purpose)
        number = _number(self.subject(token, purpose)[-1])
        mine = number is not None and self.shown(person.id, number)
        found = self.items([number]) if mine and number is not None else ()
        if not found:
            raise Refused(404)
        return person, found[0]

    def today(self) -> date:
        """Return the cluster's day."""
        return self.clock.now().astimezone(self.settings.cluster.zone).date()

    def links(self, site: str = "") -> LinkMaker:
        """Return what signs the links of a page, as of today; `site` in front of those that are copied elsewhere."""
        return LinkMaker(self.keys, site, self.clock.now().date(), self.keys.newest)

    def subject(self, token: str, purpose: str) -> list[str]:
        """Return the parts of what a genuine token is about, at least one; raises Refused."""
        subject = self.keys.verify(token, purpose, self.clock.now().date())
        if subject is None:
            raise Refused(404)
        return subject.split(".")


def _number(said: str) -> int | None:
    """Return a row's number; the end of an open token is whatever its holder wrote there."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else None


async def _front(request: Request) -> Front:
    """Return what the application was made over; a coroutine, so that no thread is taken for it."""
    return cast("Front", request.app.state.front)


#: How a handler asks for it.
Here = Annotated[Front, Depends(_front)]
