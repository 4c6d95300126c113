"""Which stored reading a line of a list is about: an address has one for each organisation it reads for (pure)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from veille.addresses import address_key
from veille.members.rows import Draft
from veille.model import Member, Subscriber
from veille.text import fold

#: (folded name of an organisation of the file, key of an address).
Line = tuple[str, str]


class Readings:
    """Readings that a list gives, beside those that are stored.

    Whoever reads for one organisation, and is given to another one only, has moved there. Given to both, they read for
    both. `stored`: organisations of the file that are known, as they were paired. `unread`: lines that were refused,
    which still say for whom somebody reads.
    """

    def __init__(
        self,
        drafts: Mapping[str, Draft],
        members: Sequence[Member],
        stored: Mapping[str, Member],
        people: Sequence[Subscriber],
        unread: Collection[Line],
    ) -> None:
        self._people = people
        self._organisations = {member.id: member.organisation for member in members}
        self._unread = {key for _, key in unread}
        self._held: dict[str, list[Subscriber]] = defaultdict(list)
        for person in people:
            self._held[address_key(person.email)].append(person)
        #: Key of an address → folded name → name, of the organisations that the file gives it to.
        self._given: dict[str, dict[str, str]] = defaultdict(dict)
        for name, draft in drafts.items():
            for key in draft.people:
                self._given[key][name] = draft.name
        self._known: dict[Line, Subscriber] = {}
        self._pair({fold(member.organisation): member for member in members} | dict(stored), unread)
        self._named = {person.id for person in self._known.values()}

    def known(self, name: str, key: str) -> Subscriber | None:
        """Return the stored reading that a line is about, None where it is a new one."""
        return self._known.get((name, key))

    def spelt(self, key: str, email: str) -> str:
        """Return an address as it is stored, whatever its spelling in the file."""
        return next((one.email for one in self._held.get(key, ())), email)

    def beside(self, name: str, key: str) -> tuple[str, ...]:
        """Return the other organisations that an address reads for, or will."""
        given = [label for other, label in self._given[key].items() if other != name]
        kept = [self._organisations[one.member_id] for one in self._held.get(key, ()) if one.id not in self._named]
        return tuple(dict.fromkeys((*kept, *given)))

    def absent(self) -> Iterator[str]:
        """Yield the addresses that the file does not name, with their organisation where it gives them to others."""
        for person in self._people:
            key = address_key(person.email)
            if person.id in self._named or key in self._unread:
                continue
            organisation = self._organisations[person.member_id]
            yield f"{person.email} pour {organisation}" if key in self._given else person.email

    def _pair(self, members: Mapping[str, Member], unread: Collection[Line]) -> None:
        lines = [(name, key) for key, names in self._given.items() for name in names]
        for line in [*lines, *unread]:
            member = members.get(line[0])
            for one in self._held.get(line[1], ()):
                if member is not None and one.member_id == member.id:
                    self._known[line] = one
        kept = {one.id for one in self._known.values()}
        for line in lines:
            held = self._held.get(line[1], ())
            if line not in self._known and len(held) == 1 and held[0].id not in kept and held[0].left_at is None:
                self._known[line] = held[0]
                kept.add(held[0].id)
