"""What the first look needs of each item, whoever the member: one row an item (numpy)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from veille.matching import relevance
from veille.matching.case import BOUGHT, BRIDGES, KNOWLEDGE, NETWORK, NEWS, SEVERAL, TENDER, Case, named_sizes
from veille.matching.context import ANSWERS_AIMS, FOR_ALL, LOCAL_MONEY, MatchContext, View
from veille.matching.fields import Told
from veille.matching.gates import GATES
from veille.matching.profile import prepare_profile
from veille.model import Member

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
#: Gates that ask nothing of the member; the last but one lets a followed name through.
_SAME_FOR_ALL = ("rejected", "expired", "archive")
_UNLESS_FOLLOWED = "noise"
#: The only condition that a call without any other has.
_NO_CONDITION = frozenset({"deadline", "deadline_time", "deadline_state"})


class Sheet:
    """Items as columns of numbers; row = place in `views`."""

    def __init__(self, context: MatchContext) -> None:
        self._context = context
        self._barred: dict[str | None, Flags] = {}
        self.views: Sequence[View] = list(context.views.values())
        self.ids: NDArray[np.int64] = np.array([view.item.id for view in self.views], np.int64)
        nobody = prepare_profile(Member(organisation=""), context.places, context.taxonomy)
        cases = [Case(view, nobody, context) for view in self.views]
        #: Refused to everyone; refused to whoever follows no name in it.
        self.dead = self._flags(any(GATES[name](case) for name in _SAME_FOR_ALL) for case in cases)
        self.noise = self._flags(GATES[_UNLESS_FOLLOWED](case) is not None for case in cases)
        #: What the score of anyone is multiplied by, and what is added to it before.
        self.factor = self._numbers(relevance.freshness(case) * relevance.standing(case) for case in cases)
        self.extra = self._numbers(_extra(case) for case in cases)
        self.anywhere = self._flags(not _aimed(view) for view in self.views)
        self.local_money = self._kinds(LOCAL_MONEY)
        french = self._flags(any(place.startswith("fr:") for place in _reached(view)) for view in self.views)
        #: Aimed abroad only: their text may name the member's own region all the same.
        self.foreign = ~self.anywhere & ~french
        #: Worth reading wherever it was written in France; the network's own life, wherever it takes place.
        self.readable = (self._kinds(KNOWLEDGE | NEWS) & french) | self._kinds({NETWORK})
        self.tender = self._kinds({TENDER})
        self.french_tender = self.tender & french
        self.bridging = self._kinds(BRIDGES)
        self.english = self._flags(view.english for view in self.views)
        self.no_sector = self._flags(not view.firm_sectors for view in self.views)
        self.every_trade = self._flags(view.general for view in self.views)
        self._sizes = self._rows(lambda view: named_sizes(view) if view.kind.id in ANSWERS_AIMS else ())
        self._trades = self._rows(lambda view: view.audience.trades if view.collective else ())
        self._sectors = self._rows(lambda view: view.sectors)
        #: Trades that an item may be taken for: for what it buys; for several words; for one, in the filière.
        self._bought = self._rows(lambda view: _told(view.fields, view, bought=True) if view.kind.id in BOUGHT else ())
        self._fields = self._rows(lambda view: () if view.kind.id in BOUGHT else _told(view.fields, view))
        self._alone = self._rows(lambda view: _told_once(view) if view.kind.id in FOR_ALL else ())
        self._aims = self._rows(lambda view: view.aims)
        self._axes = self._rows(lambda view: view.axes)
        self._places = self._rows(_reached)
        self._named = self._rows(lambda view: view.mentioned)
        around = {place: context.places.ancestors(place) for place in self._places}
        self._within = self._rows(lambda view: {over for place in _reached(view) for over in around[place]})

    def barred(self, size: str | None) -> Flags:
        """Tell which calls refuse whoever is of a size, whatever else is known: what is not known refuses nobody."""
        if size not in self._barred:
            context = self._context
            someone = prepare_profile(Member(organisation="", size=size), context.places, context.taxonomy)
            refuses = GATES["eligibility"]
            cases = zip(self.views, self.dead.tolist(), strict=True)
            self._barred[size] = self._flags(
                not dead and refuses(Case(view, someone, context)) is not None for view, dead in cases
            )
        return self._barred[size]

    def in_sectors(self, sectors: Iterable[str]) -> Flags:
        """Tell which items share a filière."""
        return self._any(self._sectors, sectors)

    def about(self, axes: Iterable[str]) -> Flags:
        """Tell which items are about an axis."""
        return self._any(self._axes, axes)

    def open_to(self, sizes: Iterable[str]) -> Flags:
        """Tell which calls name one of these sizes of member among who may apply."""
        return self._any(self._sizes, sizes)

    def for_trade(self, trade: Iterable[str]) -> Flags:
        """Tell which calls name one of these words as the trade of who may apply."""
        return self._any(self._trades, trade)

    def in_fields(self, fields: frozenset[str], markets: frozenset[str], same: Flags) -> Flags:
        """Tell which items may be taken for one of a member's trades or markets; `same` share a filière with it."""
        talking = self._any(self._fields, fields | markets) | (self._any(self._alone, fields | markets) & same)
        return talking | self._any(self._bought, fields)

    def helping(self, aims: Iterable[str]) -> Flags:
        """Tell which items help to one of these things that any company may want."""
        return self._any(self._aims, aims)

    def aimed_at(self, places: Iterable[str]) -> Flags:
        """Tell which items are aimed at one of these places."""
        return self._any(self._places, places)

    def naming(self, places: Iterable[str]) -> Flags:
        """Tell which items name one of these places in passing."""
        return self._any(self._named, places)

    def within(self, place: str | None) -> Flags:
        """Tell which items are aimed at something inside a place."""
        return self._any(self._within, () if place is None else (place,))

    def _any(self, index: dict[str, NDArray[np.int32]], keys: Iterable[str]) -> Flags:
        found = np.zeros(len(self.views), bool)
        for key in keys:
            if key in index:
                found[index[key]] = True
        return found

    def _rows(self, keys: Callable[[View], Iterable[str]]) -> dict[str, NDArray[np.int32]]:
        found: dict[str, list[int]] = {}
        for row, view in enumerate(self.views):
            for key in keys(view):
                found.setdefault(key, []).append(row)
        return {key: np.array(rows, np.int32) for key, rows in found.items()}

    def _kinds(self, kinds: Iterable[str]) -> Flags:
        return self._flags(view.kind.id in kinds for view in self.views)

    def _flags(self, values: Iterable[bool]) -> Flags:
        return np.fromiter(values, bool, len(self.views))

    def _numbers(self, values: Iterable[float]) -> Floats:
        return np.fromiter(values, float, len(self.views))


def _told(fields: Mapping[str, Told], view: View, *, bought: bool = False) -> Iterator[str]:
    """Yield the trades of which several words are said, in the title or often; `bought`: in the title."""
    for name, told in fields.items():
        titled = any(first < view.title for first, _ in told.places)
        if len(told.places) > 1 and (titled or (len(told.places) > SEVERAL and not bought)):
            yield name


def _told_once(view: View) -> Iterator[str]:
    return (name for name, told in view.fields.items() if len(told.places) == 1)


def _reached(view: View) -> tuple[str, ...]:
    return (*view.places, *(place for lies in view.zones.values() for place in lies))


def _aimed(view: View) -> bool:
    """Tell whether it is aimed at a territory that a gate could hold against a member."""
    return bool(view.places) or any(place.startswith("fr:") for lies in view.zones.values() for place in lies)


def _extra(case: Case) -> float:
    """Return the most that urgency, sources and a kept condition add."""
    conditions = case.view.kind.actionable and not case.view.facts.keys() <= _NO_CONDITION
    urgent = relevance.URGENT * relevance.urgency(case)
    return urgent + relevance.coverage(case) + (relevance.ELIGIBLE if conditions else 0.0)
