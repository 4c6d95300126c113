"""From matches to sections: what one subscriber is to read, and why not (pure).

Two steps. `offer` says whether an item may be shown to a subscriber at all, and in which section; `choose` picks among
offers within quotas. Between the two, `common_items` picks the tronc commun over all subscribers, after what staff
chose for it: people join a cluster to share concerns, and wholly different bulletins leave nothing to talk about.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from veille.amending import changes
from veille.config.digests import Digest, SectionPlan
from veille.digest.choosing.hand import UNTOUCHED, Hand
from veille.digest.choosing.placing import ANSWERED, Shelf, home_section, shelf_of
from veille.digest.choosing.variety import NOW_OR_NEVER, varied
from veille.digest.editions import Edition
from veille.model import Item, Licence, Match, SeenItem

#: Gates that say « not your trade », as against « wrong place », « closed » or « not eligible »: the network's own news
#: passes them.
SOFT_GATES = frozenset({"gate:off-topic"})
#: Gates that staff's hand opens for the tronc commun: not that it is closed, forbidden, muted or was rejected.
OPENED_BY_HAND = SOFT_GATES | {"gate:territory", "gate:archive", "gate:noise"}
#: Sections of which « L'essentiel » is made: not a second showing, not what a name or a window alone speaks for.
_STARRED = ("seize", "partners", "understand", "network")
#: What is only read must be that much better than what can be seized to stand above it in « L'essentiel ».
_ONLY_READ = 0.1
#: Sections that get their places before others fill the bulletin: names that the member asked to be told of, and the
#: one look aside.
_KEPT_FIRST = frozenset({"followed", "window"})
#: Facts whose change, beside the deadline's, is worth a second line to the same reader.
_CHANGES = frozenset({"opening", "status", "amount_max", "amount_total", "amount_min", "rate"})


#: What a reader is offered: item id, and its weight in the choice of the tronc commun, None where it has none.
Shareable = tuple[tuple[int, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An item that may be shown to one subscriber."""

    item: Item
    match: Match
    section: str
    #: The journal's line on a recall or a change, else None.
    seen: SeenItem | None = None
    #: Names of the facts that changed since it was sent.
    changed: tuple[str, ...] = ()
    common: bool = False
    star: bool = False
    #: Its place among what staff pinned for this reader, or None.
    pinned: int | None = None
    #: What staff say of it, or empty.
    note: str = ""
    #: A call that the next issue would show too late to be answered.
    last: bool = False

    @property
    def score(self) -> float:
        """The match's score; items without one come last."""
        return self.match.score if self.match.score is not None else -1.0

    @property
    def personal(self) -> bool:
        """Chosen for this member, not only for everyone."""
        return self.match.score is not None

    @property
    def for_them(self) -> bool:
        """Chosen for this member by the program, or by staff's own hand whatever the program thinks of it."""
        return self.personal or self.pinned is not None

    @property
    def recall(self) -> bool:
        """Sent before and unchanged: one line, « dernier rappel »."""
        return self.seen is not None and not self.changed


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes into one bulletin, in reading order, or why there is none."""

    offers: tuple[Offer, ...]
    #: French; empty when there is a bulletin.
    skipped: str = ""


def offer(
    digest: Digest, when: Edition, item: Item, match: Match, seen: SeenItem | None, hand: Hand = UNTOUCHED
) -> Offer | None:
    """Return the item as it may be shown, or None: refused, closed, stale, already sent, or of no section."""
    if not may_show(digest, when, item, seen, hand):
        return None
    return placed(digest, item, match, seen, shelf_of(digest, when, item), hand)


def placed(
    digest: Digest, item: Item, match: Match, seen: SeenItem | None, shelf: Shelf, hand: Hand = UNTOUCHED
) -> Offer | None:
    """Return what may be shown at all as it is shown to whom this match is for, or None: refused, or of no section."""
    section = section_for(digest, match, shelf, hand)
    if section is None or not _admitted(item, match, section, hand, seen):
        return None
    if seen is not None:
        return _again(item, match, section, seen)
    last = section.kind in ANSWERED and shelf.last
    return Offer(item=item, match=match, section=section.kind, pinned=hand.pinned, note=hand.note, last=last)


def section_for(digest: Digest, match: Match, shelf: Shelf, hand: Hand = UNTOUCHED) -> SectionPlan | None:
    """Return the section where an item goes for whom this match is, in staff's hand first; None where it has none."""
    section = digest.section(hand.section) if hand.section else shelf.home if shelf.forced else None
    return section or shelf.by_match(match)


def may_show(digest: Digest, when: Edition, item: Item, seen: SeenItem | None, hand: Hand = UNTOUCHED) -> bool:
    """Tell whether an item may be shown at all, whomever it suits: not closed, no old news, nothing sent before."""
    if hand.dropped or (item.due is not None and item.due < when.last_day):
        return False
    if seen is not None:
        return bool(_changed(item, seen)) or _last_chance(digest, when, item, seen)
    fresh = _age(item, when.send_at) <= timedelta(digest.news_days)
    return fresh or item.due is not None or hand.chosen or home_section(digest, item) in ANSWERED


def common_items(digest: Digest, offered: Iterable[Sequence[Offer]], chosen: Sequence[int] = ()) -> frozenset[int]:
    """Return the ids of the tronc commun: what staff chose, then what the most subscribers share of news."""
    return most_shared(digest, map(shareable, offered), chosen)


def shareable(offers: Sequence[Offer]) -> Shareable:
    """Return the items offered to a reader, each with its weight in the choice of the tronc commun, or None.

    What is pinned has its place already, and what is pinned for one member is not for all.
    """
    return tuple(
        (
            one.item.id,
            max(one.score, 0.0)
            if one.seen is None and one.pinned is None and one.section in {"understand", "network"}
            else None,
        )
        for one in offers
    )


def most_shared(digest: Digest, offered: Iterable[Shareable], chosen: Sequence[int] = ()) -> frozenset[int]:
    """Return the tronc commun, from what each reader is offered; weights are summed in the order of readers."""
    readers: Counter[int] = Counter()
    weight: dict[int, float] = defaultdict(float)
    audience = 0
    for items in offered:
        audience += 1
        for item, share in items:
            if share is not None:
                readers[item] += 1
                weight[item] += share
    shared = [item for item, count in readers.items() if count * 2 >= audience and audience and item not in chosen]
    shared.sort(key=lambda item: (-readers[item], -weight[item], item))
    return frozenset((*chosen, *shared[: max(0, digest.common - len(chosen))]))


def choose(digest: Digest, offers: Sequence[Offer], common: frozenset[int], *, welcome: bool = False) -> Choice:
    """Pick within quotas: what keeps its places comes first, sections fill in order, a source never floods.

    A welcome bulletin holds what is open before anything else.
    """
    tray = _Tray(digest, welcome=welcome)
    shared = [one for one in offers if one.item.id in common and one.seen is None]
    for one in sorted(shared, key=_rank):
        tray.put(replace(one, common=True))
    own = [one for one in offers if one.for_them and not (one.item.id in common and one.seen is None)]
    for section in sorted(digest.sections, key=lambda plan: plan.kind not in _KEPT_FIRST):
        _fill(digest, tray, sorted((one for one in own if one.section == section.kind), key=_rank))
    if not any(one.for_them for group in tray.chosen.values() for one in group):
        return Choice((), nothing_to_say(offers))
    return Choice(tuple(_starred(digest, tray.chosen)))


def _fill(digest: Digest, tray: "_Tray", group: Sequence[Offer]) -> None:
    """Put one section's offers: what staff pinned in its order, the others each as unlike those before as it may be."""
    for one in (one for one in group if one.pinned is not None):
        tray.put(one)
    rest = [one for one in group if one.pinned is None]
    if rest and rest[0].section == "deadlines":  # one line each, by day
        for one in rest:
            tray.put(one)
        return
    for one in varied(rest, digest.relevance, lambda one: tray.has_room(one) and tray.takes_source(one)):
        tray.put(one)


class _Tray:
    """What was picked so far, within the quota of each section and of the whole."""

    def __init__(self, digest: Digest, *, welcome: bool = False) -> None:
        self._room = digest.max_items
        self._per_source = digest.per_source
        self._quota: dict[str, int] = {section.kind: section.max for section in digest.sections}
        if welcome:
            self._quota |= welcoming(digest)
        self.chosen: dict[str, list[Offer]] = {kind: [] for kind in self._quota}
        self._of_source: Counter[str] = Counter()

    def has_room(self, one: Offer) -> bool:
        """Tell whether its section and the whole have a place left."""
        return self._room > 0 and len(self.chosen[one.section]) < self._quota[one.section]

    def takes_source(self, one: Offer) -> bool:
        """Tell whether its source has not had its share; a second showing takes no new place of it."""
        return one.recall or self._of_source[source_of(one)] < self._per_source

    def put(self, one: Offer) -> None:
        """Add an offer if there is room for it."""
        if self.has_room(one):
            self.chosen[one.section].append(one)
            self._of_source[source_of(one)] += 1
            self._room -= 1


def welcoming(digest: Digest) -> dict[str, int]:
    """Return the places of a first bulletin: so many for what is open, those for whom to answer with among them."""
    seize, partners = digest.section("seize"), digest.section("partners")
    if seize is None or not digest.welcome:
        return {}
    return {"seize": max(seize.max, digest.welcome - (partners.max if partners is not None else 0))}


def nothing_to_say(offers: Sequence[Offer]) -> str:
    """Say why a subscriber gets no mail."""
    if offers:
        return "rien de personnel cette fois : seulement des nouvelles communes à tous"
    return "aucun contenu nouveau et ouvert ne correspond à ce profil"


def _before_votes(match: Match) -> float:
    """Return a score without what opinions took from it: they put an item last, as their page says, and hide none."""
    score = match.score or 0.0
    taken = sum(reason.weight for reason in match.reasons if reason.kind == "vote" and reason.weight < 0)
    whole = sum(reason.weight for reason in match.reasons if reason.kind != "vote")
    return score / (1 + taken / whole) if taken and -taken < whole else score


def _admitted(item: Item, match: Match, section: SectionPlan, hand: Hand, seen: SeenItem | None) -> bool:
    """Say whether it may stand in a section: it passes and suits enough for it, or somebody answers for it.

    What was sent before suited then: whoever is at work on it is told what changed, and of its last days.
    """
    own_news = section.kind == "network" and item.licence is Licence.OWN
    if match.score is not None:
        put_there = hand.chosen or bool(hand.section or item.section) or seen is not None
        return match.gate is None and (_before_votes(match) >= section.least or own_news or put_there)
    if match.gate is None:
        return False
    return (own_news and match.gate.kind in SOFT_GATES) or (hand.for_all and match.gate.kind in OPENED_BY_HAND)


def _again(item: Item, match: Match, section: SectionPlan, seen: SeenItem) -> Offer | None:
    """Return a second showing: something changed, or the one recall in the last issue that leaves enough days."""
    changed = _changed(item, seen)
    if changed:
        return Offer(item=item, match=match, section=section.kind, seen=seen, changed=changed)
    if section.kind not in ANSWERED or match.score is None:
        return None
    return Offer(item=item, match=match, section="deadlines", seen=seen)


def _last_chance(digest: Digest, when: Edition, item: Item, seen: SeenItem) -> bool:
    """Tell whether this is the last issue that leaves enough days to answer what was sent once."""
    if item.deadline is None or seen.times > 1 or digest.section("deadlines") is None:
        return False
    enough = timedelta(days=digest.recall_days)
    return item.deadline - when.day >= enough > item.deadline - when.next_day


def _changed(item: Item, seen: SeenItem) -> tuple[str, ...]:
    """Name what changed since it was sent; a new version whose change cannot be named is not shown again."""
    moved = ("deadline",) if item.deadline != seen.deadline and item.deadline is not None else ()
    if item.version <= seen.item_version:
        return moved
    told = [change.what for change in changes(item) if change.what != "deadline"]
    return (*moved, *told) if moved or not _CHANGES.isdisjoint(told) else ()


def _age(item: Item, now: datetime) -> timedelta:
    return now - (item.published or item.first_seen)


def _rank(one: Offer, more: float = 0.0) -> tuple[Any, ...]:
    closes = one.item.due or date.max
    if one.section == "deadlines":
        return (closes, one.item.id)
    first = (0, one.pinned) if one.pinned is not None else (1, 0)
    return (*first, -one.score - more, closes, one.item.id)


def source_of(one: Offer) -> str:
    """Return the id of the source that shows it, or an empty text."""
    return one.item.sources[0].source_id if one.item.sources else ""


def _starred(digest: Digest, chosen: Mapping[str, list[Offer]]) -> list[Offer]:
    """Return the lines in reading order with « L'essentiel » marked: what staff put first, then the best for them."""
    for group in chosen.values():
        group.sort(key=_rank)
    order = [one for kind in _STARRED for one in chosen.get(kind, []) if one.for_them]
    best = max((one.score for one in order), default=0.0)
    order.sort(key=lambda one: _rank(one, _more(one, best)))
    stars = {one.item.id for one in order[: digest.essential]}
    return [replace(one, star=one.item.id in stars) for group in chosen.values() for one in group]


def _more(one: Offer, best: float) -> float:
    """Return what a line gains or loses in « L'essentiel »: changed since it was sent, or only to be read."""
    if one.section not in ANSWERED:
        return -_ONLY_READ * one.score
    return NOW_OR_NEVER * best if one.changed else 0.0
