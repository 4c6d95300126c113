"""Draft an issue: who reads what and why, or why not. Reads stores, writes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from veille.config.digests import Digest
from veille.digest.choosing.bulletin import compose, selection
from veille.digest.choosing.select import Offer, choose, common_items, offer
from veille.digest.editions import Edition
from veille.model import Bulletin, Drafted, Feedback, Item, Match, Member, Opinion, SeenItem, Subscriber
from veille.protocols import Labels, Matcher

_RHYTHMS = {"weekly": "hebdomadaire", "daily": "quotidien", "monthly": "mensuel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Whom an issue is drafted for, with what each was already sent."""

    members: Sequence[Member]
    subscribers: Sequence[Subscriber]
    seen: Mapping[int, Mapping[int, SeenItem]]
    #: Subscriber id → ids of the items that they said are not for them.
    refused: Mapping[int, frozenset[int]] = field(default_factory=dict)


def refusals(opinions: Iterable[Feedback]) -> dict[int, frozenset[int]]:
    """Return subscriber id → items that are not for them."""
    found: dict[int, set[int]] = {}
    for one in opinions:
        if one.opinion is Opinion.NOT_FOR_ME:
            found.setdefault(one.subscriber_id, set()).add(one.item_id)
    return {person: frozenset(items) for person, items in found.items()}


def draft(
    digest: Digest,
    when: Edition,
    items: Sequence[Item],
    readers: Readers,
    *,
    matcher: Matcher,
    labels: Labels,
    zone: ZoneInfo,
    fits: Callable[[Bulletin], bool] = lambda _: True,
) -> list[Drafted]:
    """Return what the issue holds for each subscriber, in the order given; `fits` refuses a bulletin too big."""
    members = {member.id: member for member in readers.members}
    offered = _offers(digest, when, items, readers, members, matcher)
    common = common_items(digest, offered.values())
    drafted = []
    for person in readers.subscribers:
        if person.id not in offered:
            drafted.append(Drafted(subscriber=person, bulletin=None, skipped=_why_not(digest, person, when.day)))
            continue
        choice = choose(digest, offered[person.id], common)
        if choice.skipped:
            drafted.append(Drafted(subscriber=person, bulletin=None, skipped=choice.skipped))
            continue
        worded = _Wording(digest, members[person.member_id], person, when, zone, labels)
        drafted.append(_fitting(worded, list(choice.offers), fits))
    return drafted


def _offers(
    digest: Digest,
    when: Edition,
    items: Sequence[Item],
    readers: Readers,
    members: Mapping[int, Member],
    matcher: Matcher,
) -> dict[int, list[Offer]]:
    """Return subscriber → what may be shown; items are judged once for all people of a member who mute the same."""
    judged: dict[tuple[int, tuple[str, ...]], list[tuple[Item, Match]]] = {}
    offered: dict[int, list[Offer]] = {}
    for person in readers.subscribers:
        if not _reads(digest, person, when.day) or person.member_id not in members:
            continue
        case = (person.member_id, person.muted)
        if case not in judged:
            member = members[person.member_id]
            own = replace(member, muted=(*member.muted, *person.muted))
            judged[case] = [(item, matcher(item, own)) for item in items]
        seen, refused = readers.seen.get(person.id, {}), readers.refused.get(person.id, frozenset())
        found = (offer(digest, when, item, match, journal(item, seen)) for item, match in judged[case])
        offered[person.id] = [one for one in found if one is not None and _wanted(one, person, refused)]
    return offered


def journal(item: Item, seen: Mapping[int, SeenItem]) -> SeenItem | None:
    """Return what a person was last sent of an item, itself or one that is the same thing now.

    Versions of two items do not compare: what was sent of another one counts as this one's present version, and one
    day more or less is the same last day (« jusqu'au 14 à minuit », « le 15 »).
    """
    known = [seen[number] for number in (item.id, *item.also) if number in seen]
    if not known:
        return None
    last = max(known, key=lambda one: one.at)
    times = sum(one.times for one in known)
    if last.item_id == item.id:
        return replace(last, times=times)
    day = last.deadline
    if day and item.deadline and abs(item.deadline - day) <= timedelta(days=1):
        day = item.deadline
    return replace(last, item_id=item.id, item_version=item.version, times=times, deadline=day)


def _wanted(one: Offer, person: Subscriber, refused: frozenset[int]) -> bool:
    """Say whether a person's own choices leave an offer: not refused, its section on, one source not muted."""
    if refused.intersection((one.item.id, *one.item.also)) or one.section in person.sections_off:
        return False
    sources = {source.source_id for source in one.item.sources}
    return not sources or not sources <= set(person.muted_sources)


def _reads(digest: Digest, person: Subscriber, day: date) -> bool:
    """Say whether this digest is for that person; who comes back from a pause reads each week."""
    rhythm = "weekly" if person.rhythm == "paused" else person.rhythm
    return person.reads(day) and rhythm == digest.rhythm


def _why_not(digest: Digest, person: Subscriber, day: date) -> str:
    if not person.reads(day):
        return "abonnement en pause"
    if not _reads(digest, person, day):
        return f"a choisi un bulletin {_RHYTHMS.get(person.rhythm, person.rhythm)}"
    return "son organisation n'est plus dans la liste des membres"


@dataclass(frozen=True, slots=True)
class _Wording:
    """All that wording one person's bulletin needs but the offers."""

    digest: Digest
    member: Member
    person: Subscriber
    when: Edition
    zone: ZoneInfo
    labels: Labels

    def compose(self, offers: Sequence[Offer]) -> Bulletin:
        return compose(
            self.digest,
            offers,
            member=self.member,
            subscriber=self.person,
            day=self.when.day,
            zone=self.zone,
            labels=self.labels,
        )


def _fitting(worded: _Wording, offers: list[Offer], fits: Callable[[Bulletin], bool]) -> Drafted:
    """Leave out the last items until mail clients show the whole."""
    bulletin = worded.compose(offers)
    while not fits(bulletin) and len(offers) > 1:  # drawn even where nothing can go: a bad template is told here
        offers.pop()
        bulletin = worded.compose(offers)
    return Drafted(subscriber=worded.person, bulletin=bulletin, selection=selection(offers))
