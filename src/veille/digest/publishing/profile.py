"""What a person would be shown today, as a feed: for who reads elsewhere than in a mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from veille.config.digests import Digest
from veille.digest.choosing.drafting import Readers, draft, refusals
from veille.digest.desk import Desk
from veille.digest.publishing.feeds import Entry
from veille.model import Item, Line, Subscriber
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
    items: Mapping[int, Item]
    matcher: Judge


class ProfileFeeds:
    """The feeds of one instance's readers; items are prepared once for all of them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: _Prepared | None = None

    def entries(self, person: Subscriber) -> Sequence[Entry]:
        """Return what fits a person now, sent before or not, in a bulletin's order; empty for who is of no member."""
        desk, ready = self._desk, self._prepared()
        definition = next(
            (one for one in desk.definitions().values() if one.digest.rhythm == "weekly"),
            next(iter(desk.definitions().values())),
        )
        when = replace(desk.edition(definition), day=ready.day, last_day=ready.day)
        reader = replace(person, rhythm="weekly", paused_until=None)
        (drafted,) = draft(
            _unbounded(definition.digest),
            when,
            list(ready.items.values()),
            Readers(
                members=[one for one in desk.audience.members() if one.id == person.member_id],
                subscribers=[reader],
                seen={},
                refused=refusals(desk.opinions()),
            ),
            matcher=ready.matcher,
            labels=desk.labels,
            zone=desk.settings.cluster.zone,
        )
        lines = drafted.bulletin.lines if drafted.bulletin else ()
        return [_entry(line, ready.items[line.item_id]) for line in lines]

    def _prepared(self) -> _Prepared:
        clock = self._desk.clock
        day = clock.now().astimezone(self._desk.settings.cluster.zone).date()
        kept = self._kept
        if kept is None or kept.day != day or clock.monotonic() - kept.at > _FRESH.total_seconds():
            items = self._desk.items.items()
            matcher = self._desk.matcher(items, day)
            self._kept = kept = _Prepared(clock.monotonic(), day, {item.id: item for item in items}, matcher)
        return kept


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
        version=line.item_version,
        title=line.title,
        url=line.url,
        told=tuple(part for part in (facts, verdict, why, line.extract, f"Source : {', '.join(line.sources)}") if part),
        categories=line.facts[:2],
        at=item.first_seen,
        closes=date.fromisoformat(line.closes) if line.closes else None,
        ends=bool(line.verb),
    )
