"""The linking stage: asks what waits, compares it with its like, writes links; killed anywhere, the next goes on."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from veille.linking.clusters import Pair, pair
from veille.linking.comparing import Likeness, compare
from veille.linking.marks import FULL, marks
from veille.linking.sketch import METHOD, Sketch
from veille.linking.sketching import sketch
from veille.model import Work
from veille.model.linking import ItemLink, Placed
from veille.protocols import Clock, Engine, Stage
from veille.protocols.linking import ItemsByNumber, LinkStore

#: The ledger's name of this stage.
STAGE = "link"
#: Items compared and saved in one go: about a tenth of a second.
_BATCH = 100
#: Items that one is compared with at most, those that share most marks first.
_COMPARED = 60
#: Items of one neighbourhood between which what forbids is looked for: every pair of them is compared.
_NEIGHBOURS = 24


class LinkingStage:
    """Compares items; the key of a piece of work is the item's id."""

    name = STAGE
    batch = _BATCH

    def __init__(self, store: LinkStore, items: ItemsByNumber, clock: Clock) -> None:
        self._store = store
        self._items = items
        self._clock = clock

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        """Compare what still waits among these items, save what was found, then finish each piece."""
        self.link([int(piece.key) for piece in work])
        for piece in work:
            finish(piece)

    def link(self, item_ids: Sequence[int]) -> None:
        """Compare what still waits among these items with whatever shares a mark with them, and save what was found."""
        stamps = self._store.stamps(item_ids, METHOD)  # before the items: what is tagged meanwhile waits again
        sketched = {item.id: sketch(item) for item in self._items.some(stamps)} if stamps else {}
        placed = [
            Placed(item_id=item_id, stamp=stamps[item_id], sketch=one.stored(), marks=marks(one))
            for item_id, one in sorted(sketched.items())
        ]
        if placed:
            before = self._store.place(placed, METHOD, FULL)
            self._store.save(placed, list(self._found(sketched)), before, self._clock.now())

    def _found(self, sketched: Mapping[int, Sketch]) -> Iterator[ItemLink]:
        """Yield what is to be told of pairs in which one of these items stands."""
        near = self._store.near(list(sketched), FULL, _COMPARED)
        known = {**self._read(other for others in near.values() for other in others), **sketched}
        pairs = {pair(item, other) for item, others in near.items() for other in others if other in known}
        compared = {key: compare(known[key[0]], known[key[1]]) for key in sorted(pairs)}
        alike = [key for key, found in compared.items() if found.same]
        for key, found in compared.items():
            if found.same or found.kept_apart:
                yield _link(key, found)
        yield from self._forbidden(alike, known, set(compared))

    def _forbidden(self, alike: Collection[Pair], known: dict[int, Sketch], told: set[Pair]) -> Iterator[ItemLink]:
        """Yield what forbids among all that a new link would bring together: a chain must not join two lots."""
        around = _neighbourhoods([*alike, *self._older(alike)])
        known |= self._read(item for group in around for item in group if item not in known)
        new = {item for key in alike for item in key}  # the others were compared when they came
        for group in around:
            first = sorted(group, key=lambda item: (item not in new, item))[:_NEIGHBOURS]
            for key in combinations(sorted(first), 2):
                if key in told or not known.keys() >= set(key):
                    continue
                told.add(key)
                found = compare(known[key[0]], known[key[1]])
                if found.veto:
                    yield _link(key, found)

    def _older(self, alike: Iterable[Pair]) -> list[Pair]:
        """Return the links that the linked items had already."""
        linked = {item for key in alike for item in key}
        return [(one.one, one.other) for one in self._store.links(linked) if one.same] if linked else []

    def _read(self, item_ids: Iterable[int]) -> dict[int, Sketch]:
        return {item: Sketch.read(dict(stored)) for item, stored in self._store.sketches(set(item_ids)).items()}


def _link(key: Pair, found: Likeness) -> ItemLink:
    return ItemLink(one=key[0], other=key[1], same=found.same, score=found.score, reason=found.veto or found.reason)


def _neighbourhoods(links: Iterable[Pair]) -> list[set[int]]:
    """Return what links hold together, whatever forbids."""
    of: dict[int, set[int]] = {}
    for one, other in links:
        mine, theirs = of.setdefault(one, {one}), of.setdefault(other, {other})
        if mine is not theirs:
            mine |= theirs
            of.update(dict.fromkeys(theirs, mine))
    return list({id(group): group for group in of.values()}.values())


def link_waiting(store: LinkStore, items: ItemsByNumber, engine: Engine, clock: Clock) -> int:
    """Compare every item that waits; return how many pieces of work were finished."""
    engine.deposit(STAGE, (str(item_id) for item_id in store.waiting(METHOD)))
    return engine.run(LinkingStage(store, items, clock))


_stage: type[Stage] = LinkingStage
