"""What a first look needs of each item, whoever the member: one row an item (numpy)."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from veille.matching.case import KNOWLEDGE, LAW, NETWORK, TENDER, WIDE, Case
from veille.matching.context import ANSWERS_AIMS, LOCAL_MONEY, LONGEST_TEXT, MatchContext, View
from veille.matching.eligibility import area, asks
from veille.matching.gates import GATES, for_its_trade, foreign_money, only_a_post
from veille.matching.profile import prepare_profile
from veille.matching.spoken import Spoken
from veille.matching.timeliness import standing, urgency
from veille.model import Member, Origin, Scheme, Tag
from veille.text import fold

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
#: Gates that ask nothing of the member; the last but one lets a followed name through.
_SAME_FOR_ALL = ("rejected", "expired", "archive")
_UNLESS_FOLLOWED = "noise"
#: How much a text must say of a type to be plainly of it (most judged ones say 0.4 and more).
_PLAINLY = 0.3
#: More trades than this make a text no broader.
_TRADES = 5


class Sheet:
    """Items as columns of numbers; row = place in `views`."""

    def __init__(self, context: MatchContext) -> None:
        self._context = context
        self._barred: dict[str | None, Flags] = {}
        self._homes: dict[str, Flags] = {}
        self.views: Sequence[View] = list(context.views.values())
        self.ids: NDArray[np.int64] = np.array([view.item.id for view in self.views], np.int64)
        nobody = prepare_profile(Member(organisation=""), context.places, context.taxonomy)
        cases = [Case(view, nobody, context) for view in self.views]
        #: Refused to everyone; refused to whoever follows no name in it.
        self.dead = self._flags(any(GATES[name](case) for name in _SAME_FOR_ALL) for case in cases)
        self.noise = self._flags(only_a_post(case) or GATES[_UNLESS_FOLLOWED](case) is not None for case in cases)
        #: What the score of anyone is multiplied by.
        self.factor = self._numbers(map(standing, cases))
        self.fields = Spoken(self.views, lambda view: view.fields)
        self.aims = Spoken(self.views, lambda view: view.aims)
        #: Parts of a score that ask nothing of the member, by name.
        self.constant = self._constant(cases)
        self.local_money = self._kinds(LOCAL_MONEY)
        french = self._flags(any(place.startswith("fr:") for place in _reached(view)) for view in self.views)
        abroad = self._flags(foreign_money(case) is not None for case in cases) & self.local_money
        aimed = self._flags(_aimed(view) for view in self.views)
        #: Aimed nowhere, and no money of an authority abroad.
        self.anywhere = ~aimed & ~abroad
        #: Aimed abroad only, or money from there: for whoever is in what their text names all the same.
        self._foreign = np.where(aimed, ~french, abroad)
        #: Worth reading wherever it was written in France; the network's own life, wherever it takes place.
        self.readable = (self._kinds(KNOWLEDGE) & french) | self._kinds({NETWORK})
        #: Worth reading wherever it is by whoever is of the trade.
        self.telling = (self._flags(map(for_its_trade, cases)) & french) | self._kinds({LAW})
        self.tender = self._kinds({TENDER})
        #: In English; naming trades among who may apply; for any company; of which a condition is known.
        self.english = self._flags(view.english for view in self.views)
        self.addressing = self._flags(bool(view.audience.trades) for view in self.views)
        self.for_all = self._flags(view.general for view in self.views)
        self.asking = self._flags(asks(view) for view in self.views)
        #: Of which a limit on staff is known.
        self.counting = self._flags(not {"staff_min", "staff_max"}.isdisjoint(view.facts) for view in self.views)
        self.french_tender = self.tender & french
        self._sizes = self._rows(lambda view: view.sizes if view.kind.id in ANSWERS_AIMS else ())
        self._sectors = self._rows(lambda view: view.sectors)
        self._axes = self._rows(lambda view: view.axes)
        self._places = self._rows(_reached)
        self._home = self._rows(lambda view: {place for place in view.places if place.startswith("fr:")})
        self._at_hand = self._rows(lambda view: ({*view.places} - WIDE) | _zoned(view))
        self._dated = self._flags(view.deadline is not None for view in self.views)
        self._kept_to = self._rows(lambda view: area(view, "eligible_territories") or ())
        self._kept = self._flags(area(view, "eligible_territories") is not None for view in self.views)
        self._kept_out = self._rows(lambda view: area(view, "excluded_territories") or ())
        around = {place: context.places.ancestors(place) for place in self._places}
        self._within = self._rows(lambda view: {over for place in _reached(view) for over in around[place]})

    def _constant(self, cases: Sequence[Case]) -> dict[str, Floats]:
        kinds = sorted({term.id for term in self._context.taxonomy.of(Scheme.TYPE).values()})
        # Whatever reads like nothing else is taken for network life: only what is surely that is for all.
        sure = self._flags(any(map(_surely, view.item.of(Scheme.TYPE)[:1])) for view in self.views)
        return {
            **{
                f"kind:{kind}": (self._kinds({kind}) & (sure if kind == NETWORK else True)).astype(float)
                for kind in kinds
            },
            "english": self._numbers(view.english for view in self.views),
            "general": self._numbers(view.general for view in self.views),
            "urgent": self._numbers(map(urgency, cases)),
            "trades": self._numbers(min(len(view.fields), _TRADES) for view in self.views),
            "sure-sector": self._numbers(bool(view.firm_sectors) for view in self.views),
        }

    def barred(self, size: str | None) -> Flags:
        """Tell which calls refuse whoever is of a size, whatever else is known: what is not known refuses nobody."""
        if size not in self._barred:
            context = self._context
            someone = prepare_profile(Member(organisation="", size=size), context.places, context.taxonomy)
            refuses = GATES["eligibility"]
            cases = zip(self.views, self.dead.tolist(), strict=True)
            self._barred[size] = self._flags(
                not dead and bool(view.facts) and refuses(Case(view, someone, context)) is not None
                for view, dead in cases
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

    def barred_at(self, chain: Iterable[str]) -> Flags:
        """Tell which calls refuse whoever is in a place, by it and what contains it, nearest first."""
        places = list(chain)
        if not places:
            return np.zeros(len(self.views), bool)
        return (self._kept & ~self._any(self._kept_to, places)) | self._any(self._kept_out, places)

    def home_of(self, chain: Iterable[str]) -> Flags:
        """Tell which are aimed at a place in France that holds whoever is in it (with what contains it)."""
        return self._any(self._home, chain)

    def at_hand(self, chain: Iterable[str]) -> Flags:
        """Tell which are dated, or near whoever is in a place (with what contains it)."""
        return self._dated | self._any(self._at_hand, chain)

    def naming_home(self, chain: Iterable[str]) -> Flags:
        """Tell which of those from abroad name the region or the département of whoever is in a place."""
        found = np.zeros(len(self.views), bool)
        for place in chain:
            if place.startswith(("fr:region:", "fr:departement:")):
                if place not in self._homes:
                    self._homes[place] = self._named_home(place)
                found |= self._homes[place]
        return found

    def _named_home(self, place: str) -> Flags:
        name = fold(self._context.places.name(place))
        whole, found = re.compile(rf"\b{re.escape(name)}\b"), np.zeros(len(self.views), bool)
        for row, folded in self._abroad.items():
            found[row] = name in folded and whole.search(folded) is not None
        return found

    @cached_property
    def _abroad(self) -> dict[int, str]:
        """Folded texts of what is from abroad, by row."""
        items = {row: self.views[row].item for row in np.flatnonzero(self._foreign).tolist()}
        return {row: fold(f"{item.title} {item.text[:LONGEST_TEXT]}") for row, item in items.items()}

    def aimed_at(self, places: Iterable[str]) -> Flags:
        """Tell which items are aimed at one of these places."""
        return self._any(self._places, places)

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


def _surely(tag: Tag) -> bool:
    """Tell whether a type is told by somebody, or plainly by the text."""
    return tag.origin in {Origin.PERSON, Origin.FACT, Origin.SOURCE} or tag.score >= _PLAINLY


def _zoned(view: View) -> frozenset[str]:
    return frozenset(place for lies in view.zones.values() for place in lies)


def _reached(view: View) -> tuple[str, ...]:
    return (*view.places, *_zoned(view))


def _aimed(view: View) -> bool:
    """Tell whether it is aimed at a territory that a gate could hold against a member."""
    return bool(view.places) or any(place.startswith("fr:") for lies in view.zones.values() for place in lies)
