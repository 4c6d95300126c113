"""Items read through the groups they are in now: one for each thing, with all its sources."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from veille.correcting import effective
from veille.errors import InputError
from veille.linking.clusters import Pair, groups, pair
from veille.model import Item, ItemSource
from veille.model.linking import ItemLink, LinkDecision, Sameness
from veille.protocols import ItemStore
from veille.protocols.linking import LinkDecisions, LinkStore


@dataclass(frozen=True, slots=True)
class Bonds:
    """All that is said of one item and of others."""

    #: Numbers of the items of its group, the one that is shown first; only itself where it stands alone.
    group: tuple[int, ...]
    links: Sequence[ItemLink]
    decisions: Sequence[LinkDecision]


class Gathered:
    """An item store that gives one item for each thing."""

    def __init__(self, items: ItemStore, links: LinkStore, decisions: LinkDecisions) -> None:
        self._items = items
        self._links = links
        self._decisions = decisions

    def items(self, *, since: datetime | None = None) -> Sequence[Item]:
        """Return tagged items, newest first, those of one group as one; `since` as the store's."""
        return gathered(self._items.items(since=since), self.groups())

    def item(self, item_id: int) -> Item | None:
        """Return one item with the sources of its group, itself in front."""
        group = self.group(item_id)
        found = [item for one in (item_id, *group) if (item := self._items.item(one)) is not None]
        mine = list({item.id: item for item in found}.values())
        return _one(mine) if mine and mine[0].id == item_id else None

    def known(self, item_id: int) -> Item:
        """Return one item as `item` does; raises InputError for one that is unknown or waits to be tagged."""
        found = self.item(item_id)
        if found is None:
            raise InputError(
                f"article inconnu ou pas encore étiqueté : n° {item_id}",
                cure="« veille items list » donne les numéros, « veille tag » étiquette",
            )
        return found

    def group(self, item_id: int) -> tuple[int, ...]:
        """Return the group of one item, the item that is shown first; only itself where it stands alone."""
        return self.groups([item_id]).get(item_id, (item_id,))

    def groups(self, of: Collection[int] | None = None) -> Mapping[int, tuple[int, ...]]:
        """Return item → its group, the item that is shown first; items that stand alone are left out.

        With `of`, the groups of these items, and maybe others, at the cost of what is linked with them.
        """
        decisions = self._decisions.standing()
        found: Sequence[ItemLink]
        if of is None:
            found = self._links.links()
        else:
            found, decisions = self._around(of, decisions)
        joined = groups(
            {pair(one.one, one.other): one.score for one in found if one.same},
            [pair(one.one, one.other) for one in found if not one.same],
            said=[pair(one.one, one.other) for one in decisions if one.said is Sameness.SAME],
            refused=[pair(one.one, one.other) for one in decisions if one.said is Sameness.DIFFERENT],
        )
        place = {item: rank for rank, item in enumerate(self._links.by_origin(joined))} if joined else {}
        ordered = {members: tuple(sorted(members, key=lambda one: place[one])) for members in set(joined.values())}
        return {item: ordered[members] for item, members in joined.items()}

    def _around(
        self, of: Collection[int], decisions: Sequence[LinkDecision]
    ) -> tuple[Sequence[ItemLink], Sequence[LinkDecision]]:
        """Return the links and decisions of all that a chain of either could bring together with these items."""
        joined = [one for one in decisions if one.said is Sameness.SAME]
        found: dict[Pair, ItemLink] = {}
        reached: set[int] = set()
        fresh = set(of)
        while fresh:
            reached |= fresh
            links = self._links.links(fresh)
            found |= {pair(one.one, one.other): one for one in links}
            ends = [{one.one, one.other} for one in links if one.same] + [{one.one, one.other} for one in joined]
            fresh = {item for both in ends if both & fresh for item in both} - reached
        return list(found.values()), [one for one in decisions if {one.one, one.other} <= reached]

    def bonds(self, item_id: int) -> Bonds:
        """Return what is said of an item and others, by the machine and by people."""
        return Bonds(
            group=self.group(item_id),
            links=self._links.links([item_id]),
            decisions=self._decisions.history(item_id),
        )


def gathered(items: Sequence[Item], of: Mapping[int, tuple[int, ...]]) -> list[Item]:
    """Return one item for each group, where the newest of it stands; the first of the group that is there shows it."""
    known = {item.id: item for item in items}
    shown: dict[int, Item] = {}
    for item in items:
        group = of.get(item.id, (item.id,))
        if group[0] not in shown:
            shown[group[0]] = _one([known[one] for one in group if one in known], also=group)
    return list(shown.values())


def _one(members: Sequence[Item], also: Iterable[int] = ()) -> Item:
    """Return the first item with what the others add: their sources, and what people said of any of them.

    Which one of a group is first moves as sources come: what was judged or corrected under one number holds for all.
    """
    first = members[0]
    numbers = dict.fromkeys((*also, *(item.id for item in members)))
    if len(numbers) == 1:
        return first
    sources: dict[str, ItemSource] = {}
    for item in members:
        for source in item.sources:
            sources.setdefault(source.source_id, source)
    corrections = sorted((one for item in members for one in item.corrections), key=lambda one: one.at)
    return replace(
        first,
        tags=effective(first.tags, corrections),
        corrections=tuple(corrections),
        sources=tuple(sources.values()),
        also=tuple(number for number in numbers if number != first.id),
        baseline=all(item.baseline for item in members),
        review=max((item.review for item in members if item.review), key=lambda one: one.at, default=None),
    )


_store: type[ItemStore] = Gathered
