"""Who said « cela m'intéresse », of what: for staff alone, who bring people together (pure)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from veille.model import Feedback, Item, Member, Opinion, Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One person who wants in."""

    member: Member
    person: Subscriber
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """One item that people want in on, the first to say so first."""

    item: Item
    wishes: tuple[Wish, ...]


def interests(
    said: Iterable[Feedback],
    people: Iterable[Subscriber],
    members: Iterable[Member],
    items: Iterable[Item],
    today: date,
) -> list[Wished]:
    """Return what people want in on and who they are: what closes first in front, what has closed at the end.

    A person counts once for what is the same thing now, whichever of its numbers they were sent.
    """
    people_of = {person.id: person for person in people}
    members_of = {member.id: member for member in members}
    shown = {number: item for item in items for number in (item.id, *item.also)}
    found: dict[int, dict[int, Wish]] = defaultdict(dict)
    for one in sorted(said, key=lambda feedback: feedback.at):
        person, item = people_of.get(one.subscriber_id), shown.get(one.item_id)
        member = members_of.get(person.member_id) if person else None
        if one.opinion is Opinion.WANTED and person is not None and member is not None and item is not None:
            found[item.id].setdefault(person.id, Wish(member=member, person=person, at=one.at))
    wished = [Wished(item=shown[number], wishes=tuple(wishes.values())) for number, wishes in found.items()]
    return sorted(wished, key=lambda one: _urgency(one.item, today))


def _urgency(item: Item, today: date) -> tuple[bool, date, int]:
    due = item.due or date.max
    return due < today, due, item.id
