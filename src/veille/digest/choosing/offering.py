"""What one reader may be offered, judged no further than a bulletin can need. Reads nothing, writes nothing.

A judge's first look gives candidates with the most that each can score. They are judged in that order, and a section is
settled once enough offers are there that nothing left can outdo: exact judging is dear, and most candidates are far
from the top. What is offered is the same as if everything had been judged.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from veille.config.digests import Digest
from veille.digest.choosing.hand import UNTOUCHED, Hand, Hands, vouched
from veille.digest.choosing.placing import ANSWERED, shelf_of
from veille.digest.choosing.select import Offer, may_show, placed, source_of, welcoming
from veille.digest.choosing.stock import left
from veille.digest.editions import Edition
from veille.model import Item, Licence, Match, Member, SeenItem, Subscriber
from veille.protocols import Candidate, Judge

#: Offers kept of a section, for each of its places: what variety and quotas choose among.
_CHOICE = 3


@dataclass(frozen=True)
class Reader:
    """A person with what their own choices and their organisation's make of items."""

    person: Subscriber
    member: Member
    #: Item id → the journal's line, also of what is the same thing now.
    seen: Mapping[int, SeenItem]
    refused: frozenset[int]
    hands: Mapping[int, Hand]


class Offering:
    """Finds offers for readers of one issue; people of a member who mute the same share what was judged."""

    def __init__(self, digest: Digest, when: Edition, items: Sequence[Item], judge: Judge, hands: Hands) -> None:
        self._digest, self._when, self._judge, self._hands = digest, when, judge, hands
        self._items = {item.id: item for item in items}
        self._shelves = {item.id: shelf_of(digest, when, item) for item in items}
        self._kinds = {number: frozenset(shelf.kinds) for number, shelf in self._shelves.items()}
        self._least = {number: shelf.least for number, shelf in self._shelves.items()}
        #: News of the network, for all whatever their trade; those of them that whoever was not sent them may be shown.
        self._for_all = {one.id for one in items if one.licence is Licence.OWN and "network" in self._kinds[one.id]}
        self._now_for_all = {number for number in self._for_all if may_show(digest, when, self._items[number], None)}
        self._plain: dict[int, bool] = {}
        self._known: dict[tuple[int, tuple[str, ...], tuple[str, ...]], _Judged] = {}

    def anew(self) -> "Offering":
        """Return the same over nobody judged yet: what it comes to know of readers goes when it goes."""
        other = copy(self)
        other.forget()
        return other

    def forget(self) -> None:
        """Let go of what was judged."""
        self._known = {}

    def offers(self, reader: Reader) -> list[Offer]:
        """Return what may be shown to a reader, best first in each section."""
        judged = self._judged(reader)
        pools = _Pools(self._digest)
        sure = self._now_for_all | (self._for_all & reader.seen.keys())
        sure |= {number for number, hand in reader.hands.items() if hand.chosen}
        for number in sorted(sure):
            pools.add(self._offer(number, reader, judged), bound=False)
        for number, most in judged.candidates:
            if number in sure or number not in self._items:
                continue
            again = number in reader.seen
            if not again and (most < self._least[number] or not pools.wants(self._kinds[number], most)):
                continue
            pools.add(self._offer(number, reader, judged), bound=not again)
        return pools.offers()

    def could(self, number: int, reader: Reader) -> bool:
        """Tell whether an item may be offered to a reader at all, however it compares; nothing of it is kept."""
        return self.one(number, reader) is not None

    def may_wait(self, number: int) -> bool:
        """Tell whether an item may be kept for a later edition, for any reader."""
        if number not in self._items:
            return False
        return not ANSWERED.isdisjoint(self._kinds[number]) and left(self._items[number], self._when) > 1

    def one(self, number: int, reader: Reader) -> Offer | None:
        """Return one item as it may be shown to a reader, however it compares, or None; nothing of it is kept."""
        return self._offer(number, reader, _Judged(as_read(reader), ())) if number in self._items else None

    def _may_show(self, item: Item, seen: SeenItem | None, hand: Hand) -> bool:
        """Say it once for all readers who were never sent the item and for whom staff chose nothing about it."""
        if seen is not None or hand is not UNTOUCHED:
            return may_show(self._digest, self._when, item, seen, hand)
        if item.id not in self._plain:
            self._plain[item.id] = may_show(self._digest, self._when, item, None)
        return self._plain[item.id]

    def calls(self, reader: Reader, shown: Collection[int]) -> tuple[int, int]:
        """Return how many calls suit a reader in time and enough for a section, and how many were shown, now or before.

        One that was never judged, as better ones filled its section, counts as one: there are that many at most.
        """
        judged, count, told = self._judged(reader), 0, 0
        for number, most in judged.candidates:
            item = self._items.get(number)
            if item is None or not self._shelves[number].in_time or not wanted(item, reader):
                continue
            known, match = number in shown or number in reader.seen, judged.matches.get(number)
            score = most if match is None else match.score
            if known or (score is not None and score >= self._least[number]):
                count, told = count + 1, told + known
        return count, told

    def _judged(self, reader: Reader) -> "_Judged":
        person = reader.person
        key = (reader.member.id, person.muted, person.languages)
        if key not in self._known:
            member = as_read(reader)
            self._known[key] = _Judged(member, self._judge.candidates(member))
        return self._known[key]

    def _offer(self, number: int, reader: Reader, judged: "_Judged") -> Offer | None:
        """Return one item as it may be shown; judged only where nothing cheaper refuses it."""
        item, hand, seen = self._items[number], reader.hands.get(number, UNTOUCHED), reader.seen.get(number)
        if not self._may_show(item, seen, hand) or not wanted(item, reader):
            return None
        if number not in judged.matches:
            judged.matches[number] = self._judge(item, judged.member)
        match = judged.matches[number]
        if hand.own:
            match = replace(match, reasons=tuple(vouched(match, hand)))
        found = placed(self._digest, item, match, seen, self._shelves[number], hand)
        return None if found is None or found.section in reader.person.sections_off else found


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was judged for one member and its muted words."""

    member: Member
    candidates: Sequence[Candidate]
    matches: dict[int, Match] = field(default_factory=dict)


class _Pools:
    """The best offers of each section, and whether anything left could be among them."""

    def __init__(self, digest: Digest) -> None:
        places = {plan.kind: plan.max for plan in digest.sections} | welcoming(digest)
        self._size = {kind: _CHOICE * most for kind, most in places.items()}
        self._per_source = digest.per_source
        self._found: dict[str, list[Offer]] = defaultdict(list)
        self._sure: list[Offer] = []
        #: Sections of which nothing left can be among the best.
        self._settled: set[str] = set()

    def add(self, one: Offer | None, *, bound: bool) -> None:
        """Keep an offer: always, or while it is among the best of its section."""
        if one is not None:
            (self._found[one.section] if bound else self._sure).append(one)

    def wants(self, kinds: frozenset[str], most: float) -> bool:
        """Tell whether an item that scores so much at most can be among the best of one of these sections.

        To be asked of items in the order of what they score at most, the highest first.
        """
        return any(self._lacks(kind, most) for kind in kinds - self._settled)

    def _lacks(self, kind: str, most: float) -> bool:
        found = self._found[kind]
        if len(found) < self._size[kind]:
            return True
        above = [one for one in found if one.score >= most]
        if len(above) < self._size[kind]:
            return True
        of_source = Counter(map(source_of, above))
        if sum(min(count, self._per_source) for count in of_source.values()) < self._size[kind]:
            return True
        self._settled.add(kind)  # what comes next scores less at most: as many are above it, or more
        return False

    def offers(self) -> list[Offer]:
        """Return all that is sure, and the best of each section, no source beyond its share."""
        kept = list(self._sure)
        for kind, found in self._found.items():
            of_source: Counter[str] = Counter()
            for one in sorted(found, key=lambda one: (-one.score, one.item.id)):
                if sum(of_source.values()) < self._size[kind] and of_source[source_of(one)] < self._per_source:
                    of_source[source_of(one)] += 1
                    kept.append(one)
        return kept


def as_read(reader: Reader) -> Member:
    """Return a member as one of its readers is: with what they muted and the languages they read."""
    member, person = reader.member, reader.person
    if not (person.muted or person.languages):
        return member
    return replace(member, muted=(*member.muted, *person.muted), languages=person.languages)


def wanted(item: Item, reader: Reader) -> bool:
    """Say whether a person's own choices leave an item: not refused, one source not muted."""
    if reader.refused.intersection((item.id, *item.also)):
        return False
    sources = {source.source_id for source in item.sources}
    return not sources or not sources <= set(reader.person.muted_sources)
