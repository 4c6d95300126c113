"""What a person would be shown today, as a feed: for who reads elsewhere than in a mail."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock, Thread

from veille.config.digests import Digest
from veille.digest.choosing.drafting import Readers, chosen_of, printed, reader_of, refusals, shown_now
from veille.digest.choosing.hand import Hands
from veille.digest.choosing.offering import Offering
from veille.digest.desk import Desk
from veille.digest.editions import Edition
from veille.digest.publishing.feeds import Entry
from veille.errors import VeilleError
from veille.model import Feedback, Handpicked, Item, Line, Member, Subscriber

_LOG = logging.getLogger(__name__)

#: Entries of a feed: what fits, beyond what one mail has room for.
_ENTRIES = 40
#: More words than that many lines have.
_WORDS = 1_000_000
#: How long items and their words serve all readers: programs that follow feeds ask every hour or so, all at once.
_FRESH = timedelta(minutes=15)
#: How long they still serve while they are prepared anew: nobody waits for what a neighbour was given, nor does a lone
#: program that asks as often as our feeds say (`ttl`, three hours).
_USABLE = timedelta(hours=4)
#: Of no trade and no place: a judge reads all items for the first who asks it, whoever that is.
_NOBODY = Member(organisation="")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What all readers share for a while."""

    #: Monotonic seconds.
    at: float
    when: Edition
    digest: Digest
    items: Mapping[int, Item]
    #: Number → the item that it shows now.
    shown: Mapping[int, Item]
    hands: Hands
    offering: Offering


class ProfileFeeds:
    """The feeds of one instance's readers; items are prepared and placed once for all of them."""

    def __init__(
        self,
        desk: Desk,
        *,
        member: Callable[[int], Member | None],
        opinions: Callable[[int], Sequence[Feedback]],
    ) -> None:
        self._desk = desk
        #: Organisation, and what a person said of items for any of theirs, by their numbers: a feed asks about one.
        self._member = member
        self._opinions = opinions
        self._kept: _Prepared | None = None
        self._making = Lock()
        self._renewing: Thread | None = None

    def entries(self, person: Subscriber) -> Sequence[Entry]:
        """Return what fits a person now, sent before or not, in a bulletin's order; empty for who is of no member."""
        member = self._member(person.member_id)
        if member is None:
            return []
        ready, desk = self._prepared(), self._desk
        refused = frozenset().union(*refusals(self._opinions(person.id)).values())
        people = Readers(members=(), subscribers=(), seen={}, refused={person.id: refused})
        reader = reader_of(person, member, people, ready.hands, ready.shown)
        offers = ready.offering.anew().offers(reader)
        chosen = chosen_of(ready.digest, ready.when, member, {}, offers, frozenset())
        zone = desk.settings.cluster.zone
        made = printed(ready.digest, ready.when, member, person, chosen, zone=zone, labels=desk.labels)
        lines = made.bulletin.lines if made.bulletin else ()
        return [_entry(line, ready.items[line.item_id]) for line in lines]

    def prepare(self) -> None:
        """Begin to make what readers share, in a thread of its own: the first of them need not wait for all of it."""
        if self._making.acquire(blocking=False):
            self._renewing = Thread(target=self._renew, name="flux", daemon=True)
            self._renewing.start()

    def rest(self, seconds: float) -> None:
        """Wait so long at most for that thread: what it reads is about to be closed."""
        if self._renewing is not None:
            self._renewing.join(seconds)

    def _prepared(self) -> _Prepared:
        """Return what readers share; while what is old is made anew they have that, for what is too old they wait."""
        kept = self._kept
        if kept is not None and self._serves(kept, _FRESH):
            return kept
        if kept is not None and self._serves(kept, _USABLE):
            self.prepare()
            return kept
        with self._making:
            if self._kept is None or not self._serves(self._kept, _FRESH):
                self._kept = self._made()
            return self._kept

    def _renew(self) -> None:
        """Make it anew; the lock was taken by who began this thread."""
        try:
            self._kept = self._made()
        except VeilleError as error:  # what there is serves on; who asks after it is too old is told
            _LOG.warning("feeds not prepared: %s", error)
        finally:
            self._making.release()

    def _serves(self, kept: _Prepared, age: timedelta) -> bool:
        same_day = kept.when.day == self._desk.today()
        return same_day and self._desk.clock.monotonic() - kept.at <= age.total_seconds()

    def _made(self) -> _Prepared:
        desk = self._desk
        day, digests = desk.today(), list(desk.definitions().values())
        weekly = next((one for one in digests if one.digest.rhythm == "weekly"), digests[0])
        items, digest, hands = desk.items.items(), _unbounded(weekly.digest), Hands(Handpicked(), ())
        when = replace(desk.edition(weekly), day=day, last_day=day)
        judge = desk.matcher(items, day)
        judge.candidates(_NOBODY)
        return _Prepared(
            at=desk.clock.monotonic(),
            when=when,
            digest=digest,
            items={item.id: item for item in items},
            shown=shown_now(items),
            hands=hands,
            offering=Offering(digest, when, items, judge, hands),
        )


def _unbounded(digest: Digest) -> Digest:
    """Return the same sections with room for all that fits; nothing is there only because others have it, or waits."""
    sections = tuple(section.model_copy(update={"max": _ENTRIES}) for section in digest.sections)
    room = {"max_items": _ENTRIES, "max_words": _WORDS, "per_source": _ENTRIES}
    alone = {"rhythm": "weekly", "common": 0, "essential": 0, "welcome": 0}
    return digest.model_copy(update={**room, **alone, "sections": sections})


def _entry(line: Line, item: Item) -> Entry:
    facts = " · ".join(part for part in (*line.facts, line.verb and f"{line.verb} {line.deadline}") if part)
    verdict = " : ".join(part for part in (line.eligibility, line.eligibility_note) if part)
    why = f"Pourquoi vous : {' ; '.join(line.reasons)}" if line.reasons else ""
    return Entry(
        item_id=line.item_id,
        moves=item.moves,
        title=line.title,
        url=line.url,
        told=tuple(part for part in (facts, verdict, why, line.extract, f"Source : {', '.join(line.sources)}") if part),
        categories=line.facts[:2],
        at=item.first_seen,
        closes=date.fromisoformat(line.closes) if line.closes else None,
        ends=bool(line.verb),
    )
