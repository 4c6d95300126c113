"""What a person would be shown today, as a feed: for who reads elsewhere than in a mail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock

from veille.config.digests import Definition, Digest
from veille.digest.choosing.drafting import Readers, draft, refusals
from veille.digest.desk import Desk
from veille.digest.publishing.feeds import Entry
from veille.model import Feedback, Item, Line, Member, Subscriber
from veille.protocols import Judge

#: Entries of a feed: what fits, beyond what one mail has room for.
_ENTRIES = 40
#: How long items and their words serve all readers: programs that follow feeds ask every hour or so, all at once.
_FRESH = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What all readers share for a while."""

    #: Monotonic seconds.
    at: float
    day: date
    definition: Definition
    items: Mapping[int, Item]
    matcher: Judge


class ProfileFeeds:
    """The feeds of one instance's readers; items are prepared once for all of them."""

    def __init__(
        self,
        desk: Desk,
        *,
        member: Callable[[int], Member | None],
        opinions: Callable[[int], Sequence[Feedback]],
    ) -> None:
        self._desk = desk
        #: Organisation, and what a person said of items, by their numbers: a feed asks about one reader.
        self._member = member
        self._opinions = opinions
        self._kept: _Prepared | None = None
        self._making = Lock()

    def entries(self, person: Subscriber) -> Sequence[Entry]:
        """Return what fits a person now, sent before or not, in a bulletin's order; empty for who is of no member."""
        desk, ready = self._desk, self._prepared()
        member = self._member(person.member_id)
        when = replace(desk.edition(ready.definition), day=ready.day, last_day=ready.day)
        reader = replace(person, rhythm="weekly", paused_until=None)
        (drafted,) = draft(
            _unbounded(ready.definition.digest),
            when,
            list(ready.items.values()),
            Readers(
                members=[member] if member is not None else [],
                subscribers=[reader],
                seen={},
                refused=refusals(self._opinions(person.id)),
            ),
            matcher=ready.matcher,
            labels=desk.labels,
            zone=desk.settings.cluster.zone,
        )
        lines = drafted.bulletin.lines if drafted.bulletin else ()
        return [_entry(line, ready.items[line.item_id]) for line in lines]

    def _prepared(self) -> _Prepared:
        """Return what readers share; while one asker makes it anew, the others have what there was."""
        kept = self._kept
        if kept is not None and (self._fresh(kept) or not self._making.acquire(blocking=False)):
            return kept
        if kept is None:
            self._making.acquire()
        try:
            if self._kept is None or not self._fresh(self._kept):
                self._kept = self._made()
            return self._kept
        finally:
            self._making.release()

    def _fresh(self, kept: _Prepared) -> bool:
        return kept.day == self._desk.today() and self._desk.clock.monotonic() - kept.at <= _FRESH.total_seconds()

    def _made(self) -> _Prepared:
        day, digests = self._desk.today(), list(self._desk.definitions().values())
        weekly = next((one for one in digests if one.digest.rhythm == "weekly"), digests[0])
        items = self._desk.items.items()
        matcher = self._desk.matcher(items, day)
        return _Prepared(self._desk.clock.monotonic(), day, weekly, {item.id: item for item in items}, matcher)


def _unbounded(digest: Digest) -> Digest:
    """Return the same sections with room for all that fits; nothing is there only because others have it."""
    sections = tuple(section.model_copy(update={"max": _ENTRIES}) for section in digest.sections)
    room = {"rhythm": "weekly", "max_items": _ENTRIES, "per_source": _ENTRIES, "common": 0, "essential": 0}
    return digest.model_copy(update={**room, "sections": sections})


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
