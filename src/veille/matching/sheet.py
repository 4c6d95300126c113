"""What the first look needs of each item, whoever the member: one row an item (numpy)."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from veille.matching import relevance
from veille.matching.case import (
    BOUGHT,
    BRIDGES,
    KNOWLEDGE,
    LAW,
    NETWORK,
    OF_A_TRADE,
    SURE_TRADE,
    TENDER,
    WIDE,
    Case,
    asks_studies,
    asks_works,
    named_sizes,
)
from veille.matching.context import ANSWERS_AIMS, FOR_ALL, LOCAL_MONEY, LONGEST_TEXT, MatchContext, View
from veille.matching.eligibility import area
from veille.matching.gates import GATES, for_its_trade, foreign_money, only_a_post
from veille.matching.profile import Profile, prepare_profile
from veille.matching.spoken import Speech, Spoken
from veille.model import Member
from veille.text import fold

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
        self._homes: dict[str, Flags] = {}
        self.views: Sequence[View] = list(context.views.values())
        self.ids: NDArray[np.int64] = np.array([view.item.id for view in self.views], np.int64)
        nobody = prepare_profile(Member(organisation=""), context.places, context.taxonomy)
        cases = [Case(view, nobody, context) for view in self.views]
        #: Refused to everyone; refused to whoever follows no name in it.
        self.dead = self._flags(any(GATES[name](case) for name in _SAME_FOR_ALL) for case in cases)
        self.noise = self._flags(only_a_post(case) or GATES[_UNLESS_FOLLOWED](case) is not None for case in cases)
        #: What the score of anyone is multiplied by, and what is added to it before.
        self.factor = self._numbers(relevance.freshness(case) * relevance.standing(case) for case in cases)
        self.extra = self._numbers(_extra(case) for case in cases)
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
        self.french_tender = self.tender & french
        self.bridging = self._kinds(BRIDGES)
        self.english = self._flags(view.english for view in self.views)
        self.no_sector = self._flags(not view.firm_sectors for view in self.views)
        self.actionable = self._flags(view.kind.actionable for view in self.views)
        #: Who names who may apply says that it is for nobody else.
        self.restricted = self._flags(view.kind.id in ANSWERS_AIMS and bool(view.audience.sizes) for view in self.views)
        self._sizes = self._rows(lambda view: named_sizes(view) if view.kind.id in ANSWERS_AIMS else ())
        self._trades = self._rows(lambda view: view.audience.trades if view.collective else ())
        self._sectors = self._rows(lambda view: view.sectors)
        self.fields = Spoken(self.views, lambda view: view.fields)
        self.aims = Spoken(self.views, lambda view: view.aims)
        self._general = self._flags(view.general for view in self.views)
        self._industrial = self._flags(view.general and view.audience.industrial for view in self.views)
        self._research = self._flags(view.general and view.audience.research for view in self.views)
        self._of_a_trade = self.fields.beside(()) >= OF_A_TRADE
        self._for_all = self._kinds(FOR_ALL)
        self._bought = self._kinds(BOUGHT)
        self._works = self._bought & self._flags(view.kind.id in BOUGHT and asks_works(view) for view in self.views)
        self._studies = self._flags(view.kind.id not in BOUGHT or asks_studies(view) for view in self.views)
        self._axes = self._rows(lambda view: view.axes)
        self._places = self._rows(_reached)
        self._local = self._rows(lambda view: {place for place in view.places if _is_local(place)})
        self._at_hand = self._rows(lambda view: ({*view.places} - WIDE) | _zoned(view))
        self._dated = self._flags(view.deadline is not None for view in self.views)
        self._kept_to = self._rows(lambda view: area(view, "eligible_territories") or ())
        self._kept = self._flags(area(view, "eligible_territories") is not None for view in self.views)
        self._kept_out = self._rows(lambda view: area(view, "excluded_territories") or ())
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

    def for_trade(self, trade: Iterable[str]) -> Flags:
        """Tell which calls name one of these words as the trade of who may apply."""
        return self._any(self._trades, trade)

    def barred_at(self, chain: Iterable[str]) -> Flags:
        """Tell which calls refuse whoever is in a place, by it and what contains it, nearest first."""
        places = list(chain)
        if not places:
            return np.zeros(len(self.views), bool)
        return (self._kept & ~self._any(self._kept_to, places)) | self._any(self._kept_out, places)

    def talking(self, profile: Profile, same: Flags) -> tuple[Floats, Floats]:
        """Return how much is said of a trade that a member may be taken to be in, if some word of its own is there.

        And how much where no other word need be; `same` share a filière with it.
        """
        bought = self._bought & self._sells(profile)
        alone = same & self._for_all

        def talks(speech: Speech) -> Flags:
            told = np.where(speech.several, speech.titled | speech.often, alone[speech.rows])
            return told & ~self._bought[speech.rows]

        def buys(speech: Speech) -> Flags:
            return bought[speech.rows] & speech.several & speech.titled

        def sure(speech: Speech) -> Flags:
            return talks(speech) & same[speech.rows] & (speech.strength >= SURE_TRADE)

        trades = profile.fields | profile.markets
        return np.maximum(self.fields.most(trades, talks), self.fields.most(profile.fields, buys)), self.fields.most(
            trades, sure
        )

    def sells(self, profile: Profile) -> Flags:
        """Tell of what is bought whether a member may make it: works, or what a laboratory does."""
        return ~self._bought | self._sells(profile)

    def _sells(self, profile: Profile) -> Flags:
        able = np.full(len(self.views), True) if profile.builder else ~self._works
        return able & self._studies if profile.member.size == "labo" else able

    def helping(self, aims: Iterable[str]) -> Floats:
        """Return how much items promise to help to one of these things that any company may want."""
        return self.aims.most(aims, lambda speech: speech.titled | speech.often)

    def every_trade(self, profile: Profile, at_hand: Flags) -> Flags:
        """Tell which are for every trade, a member's among them; `at_hand` are near it or dated."""
        mine = self.aims.named(profile.aims) | self.fields.named(profile.fields)
        found = self._general & (at_hand | mine | ~self._of_a_trade if profile.terse else at_hand | mine)
        if not profile.industrial:
            found &= ~self._industrial
        return found if profile.inventive else found & ~self._research

    def at_hand(self, chain: Iterable[str]) -> Flags:
        """Tell which are dated, or near whoever is in a place (with what contains it)."""
        return self._dated | self._any(self._at_hand, chain)

    def local_to(self, chain: Iterable[str]) -> Flags:
        """Tell which are aimed at a place below a region that holds whoever is in it."""
        return self._any(self._local, chain)

    def regional_to(self, chain: Iterable[str], region: str | None) -> Flags:
        """Tell which are aimed at what holds whoever is in a place, the country apart, or at a place in its region."""
        return self._any(self._regional, chain) | self.within(region)

    @cached_property
    def _regional(self) -> dict[str, NDArray[np.int32]]:
        return self._rows(
            lambda view: {place for place in _reached(view) if place not in WIDE or place in _zoned(view)}
        )

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


def _is_local(place: str) -> bool:
    return place.startswith("fr:") and not place.startswith("fr:region:")


def _zoned(view: View) -> frozenset[str]:
    return frozenset(place for lies in view.zones.values() for place in lies)


def _reached(view: View) -> tuple[str, ...]:
    return (*view.places, *_zoned(view))


def _aimed(view: View) -> bool:
    """Tell whether it is aimed at a territory that a gate could hold against a member."""
    return bool(view.places) or any(place.startswith("fr:") for lies in view.zones.values() for place in lies)


def _extra(case: Case) -> float:
    """Return the most that urgency, sources and a kept condition add."""
    conditions = case.view.kind.actionable and not case.view.facts.keys() <= _NO_CONDITION
    urgent = relevance.URGENT * relevance.urgency(case)
    return urgent + relevance.coverage(case) + (relevance.ELIGIBLE if conditions else 0.0)
