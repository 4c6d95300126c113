"""Draft an issue: who reads what and why, or why not. Reads stores, writes nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from veille.config.digests import Digest
from veille.digest.choosing.brevity import shortened, words
from veille.digest.choosing.bulletin import compose, selection
from veille.digest.choosing.hand import Hands
from veille.digest.choosing.offering import Offering, Reader
from veille.digest.choosing.retouching import Before, Room, spared, touched
from veille.digest.choosing.select import Choice, Offer, choose, most_shared, shareable
from veille.digest.choosing.stock import paced
from veille.digest.choosing.together import Beside, told, whole, with_others
from veille.digest.choosing.urgency import pressing, worth_a_mail
from veille.digest.choosing.welcome import Welcome, opens
from veille.digest.editions import Edition
from veille.model import Bulletin, Drafted, Feedback, Handpicked, Item, Member, Opinion, SeenItem, Subscriber
from veille.protocols import Judge, Labels

_RHYTHMS = {"weekly": "hebdomadaire", "daily": "quotidien", "monthly": "mensuel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Whom an issue is drafted for, with what each was already sent."""

    members: Sequence[Member]
    subscribers: Sequence[Subscriber]
    seen: Mapping[int, Mapping[int, SeenItem]]
    #: Subscriber id → ids of the items that they said are not for them.
    refused: Mapping[int, frozenset[int]] = field(default_factory=dict)
    #: Subscriber id → the others of the same address, of whom `seen` tells too.
    beside: Beside = field(default_factory=dict)


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
    matcher: Judge,
    labels: Labels,
    zone: ZoneInfo,
    fits: Callable[[Bulletin], bool] = lambda _: True,
    handpicked: Handpicked | None = None,
    before: Before | None = None,
) -> list[Drafted]:
    """Return what the issue holds for each subscriber, in the order given; `fits` refuses a bulletin too big.

    `before`: the draft that staff's hand changed since; readers whose bulletin cannot change keep what they have.
    """
    members = {member.id: member for member in readers.members}
    picked = handpicked or Handpicked()
    if digest.alert is not None:
        items = pressing(digest.alert, items, when.day, picked)
    hands = Hands(picked, items)
    offering, known = Offering(digest, when, items, matcher, hands), shown_now(items)
    each = {
        person.id: reader_of(person, members[person.member_id], readers, hands, known)
        for person in readers.subscribers
        if reads(digest, person, when.day) and person.member_id in members
    }
    kept = {}
    if before is not None:
        kept = spared(before, each, offering, Hands(before.picked, items), Room(digest.max_words, fits))
    kept = whole(kept, each, readers.beside)
    offered = _offered(digest, offering, each, without=kept)
    shared = {number: kept[number].offered if number in kept else shareable(offered[number]) for number in each}
    common = most_shared(digest, shared.values(), hands.common)
    if before is not None:
        was = _common_before(digest, before, each, items)
        again = {n: each[n] for n in with_others(touched(kept, common ^ was), readers.beside) if n in kept}
        offered |= _offered(digest, offering, again)
        kept = {number: one for number, one in kept.items() if number not in again}
    drafted: dict[int, Drafted] = {}
    for person in readers.subscribers:
        if person.id not in each:
            why_not = why_not_read(digest, person, when.day)
            drafted[person.id] = Drafted(subscriber=person, bulletin=None, skipped=why_not)
            continue
        if person.id in kept:
            drafted[person.id] = replace(kept[person.id], subscriber=person)
            continue
        worded = _Wording(digest, members[person.member_id], person, when, zone, labels)
        others = [drafted[one] for one in readers.beside.get(person.id, ()) if one in drafted]
        made = _drafted(worded, readers.seen.get(person.id, {}), offered[person.id], common, others, fits)
        shown_here = {one.item_id for some in (made, *others) for one in some.selection}
        calls, shown = offering.calls(each[person.id], shown_here)
        drafted[person.id] = replace(made, calls=calls, calls_shown=shown, offered=shared[person.id])
    return list(drafted.values())


def covered(drafted: Iterable[Drafted]) -> list[int]:
    """Return how many calls that leave enough days were shown, now or before, and how many suit readers at most."""
    counts = [(one.calls_shown, one.calls) for one in drafted]
    return [sum(shown for shown, _ in counts), sum(calls for _, calls in counts)]


def _offered(
    digest: Digest, offering: Offering, each: Mapping[int, Reader], without: Collection[int] = ()
) -> dict[int, Sequence[Offer]]:
    """Return reader → what they are offered."""
    wanted = {number: reader for number, reader in each.items() if number not in without}
    offered: dict[int, Sequence[Offer]] = {number: offering.offers(reader) for number, reader in wanted.items()}
    if digest.alert is None:
        return offered
    return {number: worth_a_mail(digest.alert, offers) for number, offers in offered.items()}


def _common_before(digest: Digest, before: Before, each: Mapping[int, Reader], items: Sequence[Item]) -> frozenset[int]:
    """Return the tronc commun of the draft as it stood."""
    shared = [before.drafted[number].offered for number in each if number in before.drafted]
    return most_shared(digest, shared, Hands(before.picked, items).common)


def _drafted(
    worded: "_Wording",
    seen: Mapping[int, SeenItem],
    offers: Sequence[Offer],
    common: frozenset[int],
    others: Sequence[Drafted],
    fits: Callable[[Bulletin], bool],
) -> Drafted:
    """`others`: what this issue holds so far for the same address as a reader of other organisations."""
    if worded.digest.alert is not None and any(one.bulletin for one in others):
        return Drafted(subscriber=worded.person, bulletin=None, skipped="son adresse a déjà une alerte ce jour")
    elsewhere = {line.item_id for one in others for line in one.selection}
    left = [one for one in offers if one.item.id not in elsewhere] if elsewhere else offers
    if offers and not left:
        why_not = "ce qui lui convient est dans un autre bulletin de la même adresse"
        return Drafted(subscriber=worded.person, bulletin=None, skipped=why_not)
    return _printed(worded, chosen_of(worded.digest, worded.when, worded.member, seen, left, common), fits)


def _printed(worded: "_Wording", chosen: "Chosen", fits: Callable[[Bulletin], bool]) -> Drafted:
    choice, welcome = chosen.choice, chosen.welcome
    if choice.skipped:
        return Drafted(subscriber=worded.person, bulletin=None, skipped=choice.skipped)
    opening = opens(choice.offers, welcome) if welcome is not None and chosen.greeted else ""
    worded = replace(worded, opening=opening, first=welcome == "new")
    return _fitting(worded, list(choice.offers), fits)


def printed(
    digest: Digest,
    when: Edition,
    member: Member,
    person: Subscriber,
    chosen: "Chosen",
    *,
    zone: ZoneInfo,
    labels: Labels,
) -> Drafted:
    """Return what was chosen for one reader as it is printed, drawn by nobody yet: as short as promised."""
    return _printed(_Wording(digest, member, person, when, zone, labels), chosen, lambda _: True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is chosen for one reader of what they are offered."""

    #: Items that wait for a later edition.
    waiting: frozenset[int]
    choice: Choice
    welcome: Welcome | None
    #: The bulletin opens with a welcome.
    greeted: bool


def chosen_of(
    digest: Digest,
    when: Edition,
    member: Member,
    seen: Mapping[int, SeenItem],
    offers: Sequence[Offer],
    common: frozenset[int],
) -> Chosen:
    """Choose among what a reader is offered; who is new is shown all there is, and nothing waits."""
    welcome = _newcomer(member, seen)
    greeted = welcome is not None and bool(digest.welcome) and digest.alert is None
    shown = offers if welcome is not None else paced(digest, when, offers, common)
    waiting = frozenset(one.item.id for one in offers) - {one.item.id for one in shown}
    return Chosen(
        waiting=waiting, choice=choose(digest, shown, common, welcome=greeted), welcome=welcome, greeted=greeted
    )


def _newcomer(member: Member, seen: Mapping[int, SeenItem]) -> Welcome | None:
    """Say whether a reader was sent nothing yet, or nothing since their profile was said anew."""
    if not seen:
        return "new"
    last = max(one.at for one in seen.values())
    return "profiled" if member.profiled_at is not None and member.profiled_at > last else None


def shown_now(items: Sequence[Item]) -> Mapping[int, Item]:
    """Return number → the item that it shows now, itself or one that is the same thing."""
    return {number: item for item in items for number in (item.id, *item.also)}


def reader_of(person: Subscriber, member: Member, readers: Readers, hands: Hands, known: Mapping[int, Item]) -> Reader:
    """Gather what a person was sent and said, for whichever organisation.

    `known`: number → the item that it shows now.
    """
    seen = told(person.id, readers.seen, readers.beside)
    shown = {known[number].id: known[number] for number in seen if number in known}
    lines = {number: line for number, item in shown.items() if (line := journal(item, seen)) is not None}
    refused = (readers.refused.get(one, frozenset()) for one in (person.id, *readers.beside.get(person.id, ())))
    return Reader(person, member, lines, frozenset().union(*refused), hands.of(member.id))


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


def reads(digest: Digest, person: Subscriber, day: date) -> bool:
    """Say whether this digest is for that person; who comes back from a pause reads each week."""
    if digest.alert is not None:
        return person.alerts and person.reads(day)
    rhythm = "weekly" if person.rhythm == "paused" else person.rhythm
    return person.reads(day) and rhythm == digest.rhythm


def why_not_read(digest: Digest, person: Subscriber, day: date) -> str:
    """Say why a digest is not for that person, whose organisation or rhythm is another."""
    if person.left_at is not None:
        return "a quitté le bulletin de cette organisation"
    if not person.reads(day):
        return "abonnement en pause"
    if digest.alert is not None and not person.alerts:
        return "n'a pas demandé d'alertes"
    if not reads(digest, person, day):
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
    #: The sentence that the bulletin opens with, or empty.
    opening: str = ""
    #: Nothing was sent to that address before.
    first: bool = False

    def compose(self, offers: Sequence[Offer]) -> Bulletin:
        whole = compose(
            self.digest,
            offers,
            member=self.member,
            subscriber=self.person,
            day=self.when.day,
            zone=self.zone,
            labels=self.labels,
            opening=self.opening,
            first=self.first,
        )
        return shortened(whole, self.digest.max_words)


def _fitting(worded: _Wording, offers: list[Offer], fits: Callable[[Bulletin], bool]) -> Drafted:
    """Leave out the last items until it is as short as promised and mail clients show the whole."""
    limit = worded.digest.max_words
    bulletin = worded.compose(offers)
    # Drawn even where nothing can go: a bad template is told here.
    while not (words(bulletin) <= limit and fits(bulletin)) and len(offers) > 1:
        offers.pop()
        bulletin = worded.compose(offers)
    return Drafted(subscriber=worded.person, bulletin=bulletin, selection=selection(offers))
