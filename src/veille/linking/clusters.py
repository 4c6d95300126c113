"""From links between two items to groups of items, none of which holds two that are kept apart (pure)."""

from collections.abc import Iterable, Mapping

#: The smaller number first.
Pair = tuple[int, int]


#: A link this sure joins two groups by itself; below, a third of the pairs between them must be linked too.
SURE, BORNE_OUT = 0.9, 3


def pair(one: int, other: int) -> Pair:
    """Return two items as one key."""
    return (one, other) if one < other else (other, one)


def groups(
    links: Mapping[Pair, float], apart: Iterable[Pair], *, said: Iterable[Pair] = (), refused: Iterable[Pair] = ()
) -> dict[int, frozenset[int]]:
    """Return item → all items of its group, itself included; items that stand alone are left out.

    `links` holds how sure each link of the machine is, `apart` the pairs that it holds for two things; `said` and
    `refused` are the pairs that people joined and parted. What people joined comes first, whatever the machine says of
    it, then the surest links. A link that would bring together, however long the chain, two items kept apart joins
    nothing: two lots are not one thing because one newsletter resembles both.
    """
    forest = _Groups()
    forest.part(refused)
    for one, other in said:
        forest.join(one, other)
    forest.part(apart)
    for key in sorted(links, key=lambda key: (-links[key], key)):
        if links[key] >= SURE or forest.borne_out(key, links):
            forest.join(*key)
    return {item: frozenset(members) for item, members in forest.of.items() if len(members) > 1}


class _Groups:
    def __init__(self) -> None:
        self.of: dict[int, set[int]] = {}
        self._apart: dict[int, set[int]] = {}

    def part(self, pairs: Iterable[Pair]) -> None:
        for one, other in pairs:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def borne_out(self, key: Pair, links: Mapping[Pair, float]) -> bool:
        """Say whether enough of the pairs that a link would bring together are linked themselves."""
        mine, theirs = self.of.get(key[0], {key[0]}), self.of.get(key[1], {key[1]})
        linked = sum(pair(one, other) in links for one in mine for other in theirs)
        return linked * BORNE_OUT >= len(mine) * len(theirs)

    def join(self, one: int, other: int) -> None:
        mine, theirs = self.of.setdefault(one, {one}), self.of.setdefault(other, {other})
        if mine is theirs or any(self._apart.get(member, frozenset()) & theirs for member in mine):
            return
        small, large = sorted((mine, theirs), key=len)
        large |= small
        for member in small:
            self.of[member] = large
