"""Items read through the groups they are in now: one for each thing, with all its sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from veille.correcting import effective
from veille.errors import InputError
from veille.linking.clusters import groups, pair
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
        group = self.groups().get(item_id, (item_id,))
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

    def groups(self) -> Mapping[int, tuple[int, ...]]:
        """Return item → its group, the item that is shown first; items that stand alone are left out."""
        decisions, found = self._decisions.standing(), self._links.links()
        joined = groups(
            {pair(one.one, one.other): one.score for one in found if one.same},
            [pair(one.one, one.other) for one in found if not one.same],
            said=[pair(one.one, one.other) for one in decisions if one.said is Sameness.SAME],
            refused=[pair(one.one, one.other) for one in decisions if one.said is Sameness.DIFFERENT],
        )
        place = {item: rank for rank, item in enumerate(self._links.by_origin(joined))} if joined else {}
        ordered = {members: tuple(sorted(members, key=lambda one: place[one])) for members in set(joined.values())}
        return {item: ordered[members] for item, members in joined.items()}

    def bonds(self, item_id: int) -> Bonds:
        """Return what is said of an item and others, by the machine and by people."""
        return Bonds(
            group=self.groups().get(item_id, (item_id,)),
            links=[one for one in self._links.links([item_id]) if item_id in {one.one, one.other}],
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
