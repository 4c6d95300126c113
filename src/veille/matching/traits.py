"""What an item is to a member, as opinions weigh it: trade, kind, reach, source, size, the member's words (pure).

A trait is a pair (family, key); two items alike in a trait share it. Nothing here depends on the other items of a week,
so that what a page says of an opinion is what the next bulletin does with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from veille.config.taxonomy import Taxonomy
from veille.french import euros
from veille.matching.context import View
from veille.matching.profile import Profile, Segment
from veille.model import Item, Scheme
from veille.protocols import Places

#: (family, key): ("sector", "agroalimentaire"), ("reach", "national"), ("size", "amount_max≥200000")…
Trait = tuple[str, str]

#: Floors of the bands of money, in euros: 1, 2, 5 as coins go.
_BANDS = tuple(coin * 10**power for power in range(3, 9) for coin in (1, 2, 5))
#: Facts that say how big a call is, the most telling first.
_SIZES = ("amount_max", "amount_total", "partners_min")
_FRANCE, _UNION = "country:fr", "country-group:ue"
_TERMS = {
    "sector": (Scheme.SECTOR, "filière {}"),
    "axis": (Scheme.AXIS, "axe « {} »"),
    "type": (Scheme.TYPE, "« {} »"),
}
_REACHES = {
    "near": "votre territoire",
    "national": "annonces nationales",
    "union": "annonces européennes",
    "elsewhere": "autres territoires",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How big a call is by one of its facts."""

    fact: str
    #: In euros, or partners.
    value: float

    @property
    def floor(self) -> float:
        """The foot of its band: who finds 1.8 M€ too big finds everything from 1 M€ up too big."""
        if self.fact == "partners_min":
            return self.value
        return max((foot for foot in _BANDS if foot <= self.value), default=0.0)


def size_of(item: Item) -> Size | None:
    """Return how big a call is, None where nothing says it."""
    return next(iter(sizes_of(item)), None)


def sizes_of(item: Item) -> Iterator[Size]:
    """Yield every size that an item states, the most telling first."""
    for name in _SIZES:
        fact = item.fact(name)
        number = _number(fact.value) if fact else None
        if number is not None:
            yield Size(name, number)


def size_words(fact: str, floor: float) -> str:
    """Return « de 1 M€ et plus », « à 3 partenaires et plus »."""
    return f"à {floor:.0f} partenaires et plus" if fact == "partners_min" else f"de {euros(floor)} et plus"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


@dataclass(frozen=True)
class Standpoint:
    """An item as one member sees it."""

    view: View
    profile: Profile
    places: Places

    @cached_property
    def said(self) -> Mapping[str, Segment]:
        """What lines of the profile name of which the item prints at least half the words of the trade: key → part."""
        found = {}
        for segment in self.profile.segments:
            common = segment.trade & self.view.terms
            if common and 2 * len(common) >= len(segment.trade):
                found[" ".join(sorted(segment.trade))] = segment
        return found

    @cached_property
    def aimed(self) -> tuple[frozenset[str], ...]:
        """Where the item is aimed: a set for each territory, several ids where a zone lies in several."""
        return (
            *(frozenset({place}) for place in self.view.places),
            *(frozenset(lies) for lies in self.view.zones.values() if lies),
        )

    @property
    def distant(self) -> frozenset[str]:
        """Territories that it is aimed at, where none of them holds the member; else empty."""
        every = frozenset[str]().union(*self.aimed)
        return every if self.profile.chain.isdisjoint(every) else frozenset()

    @property
    def reach(self) -> str | None:
        """Which of near, national, union, elsewhere; None where it says no place."""
        every = frozenset[str]().union(*self.aimed)
        held = every & self.profile.chain
        if held - {_FRANCE, _UNION}:
            return "near"
        if _FRANCE in held:
            return "national"
        if _UNION in held:
            return "union"
        return "elsewhere" if every else None

    @cached_property
    def traits(self) -> frozenset[Trait]:
        """Every trait."""
        return frozenset(self._traits())

    def _traits(self) -> Iterator[Trait]:
        sectors = self.view.sectors
        yield from (("sector", sector) for sector in sectors)
        yield from (("axis", axis) for axis in self.view.axes)
        if self.view.kind.id:
            yield "type", self.view.kind.id
        if self.reach is not None:
            yield "reach", self.reach
        yield from (("place", place) for place in self.distant)
        if self.view.item.sources:
            yield "source", self.view.item.sources[0].source_id
        size = size_of(self.view.item)
        if size is not None:
            yield "size", f"{size.fact}≥{size.floor:.0f}"
        for words in self.said:
            yield "words", words
            yield from (("pair", f"{words}|{sector}") for sector in sectors)


def trait_words(trait: Trait, seen: Standpoint, taxonomy: Taxonomy) -> str:
    """Return a trait of an item in French, or nothing for one that another says better."""
    family, key = trait
    if family in _TERMS:
        scheme, words = _TERMS[family]
        return words.format(taxonomy.label(scheme, key))
    if family == "reach":
        return _REACHES[key]
    if family == "place":
        return seen.places.name(key)
    if family == "source":
        return next(f"source « {one.title} »" for one in seen.view.item.sources if one.source_id == key)
    if family == "size":
        fact, _, floor = key.partition("≥")
        return size_words(fact, float(floor))
    return f"« {quoted_line(seen.said[key])} »" if family == "words" else ""


def quoted_line(segment: Segment) -> str:
    """Return what a line of the profile names, as it prints it."""
    return segment.words.quote(0, len(segment.stems) - 1)
