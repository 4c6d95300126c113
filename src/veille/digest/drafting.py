"""Draft an issue: who reads what and why, or why not. Reads stores, writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from veille.config.digests import Digest
from veille.digest.bulletin import compose, selection
from veille.digest.editions import Edition
from veille.digest.select import Offer, choose, common_items, offer
from veille.model import Bulletin, Drafted, Item, Match, Member, SeenItem, Subscriber
from veille.protocols import Labels, Matcher

_RHYTHMS = {"weekly": "hebdomadaire", "daily": "quotidien", "monthly": "mensuel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Whom an issue is drafted for, with what each was already sent."""

    members: Sequence[Member]
    subscribers: Sequence[Subscriber]
    seen: Mapping[int, Mapping[int, SeenItem]]


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
            drafted.append(Drafted(subscriber=person, bulletin=None, skipped=_not_a_reader(digest, person)))
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
    """Return subscriber → what may be shown; a member's items are judged once for all its people."""
    judged: dict[int, list[tuple[Item, Match]]] = {}
    offered: dict[int, list[Offer]] = {}
    for person in readers.subscribers:
        if person.rhythm != digest.rhythm or person.member_id not in members:
            continue
        if person.member_id not in judged:
            judged[person.member_id] = [(item, matcher(item, members[person.member_id])) for item in items]
        seen = readers.seen.get(person.id, {})
        found = (offer(digest, when, item, match, seen.get(item.id)) for item, match in judged[person.member_id])
        offered[person.id] = [one for one in found if one is not None]
    return offered


def _not_a_reader(digest: Digest, person: Subscriber) -> str:
    if person.rhythm == "paused":
        return "abonnement en pause"
    if person.rhythm != digest.rhythm:
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
