"""What one ranking knows of all items: their words, how rare each word is, the day, the places (pure)."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TypeVar, cast

from veille.config.taxonomy import Taxonomy, Term
from veille.matching.audience import Audience, read_audience
from veille.matching.fields import AIMS, Told, read_fields
from veille.matching.profile import Profile, prepare_profile
from veille.matching.words import Words, generic_stems, stems
from veille.model import Fact, Item, Member, Origin, Scheme, Tag
from veille.protocols import Places
from veille.text import fold

T = TypeVar("T")
#: Characters of text that are compared; what an item is about stands well before.
LONGEST_TEXT = 5_000
#: A kind of item that the taxonomy does not know.
_UNKNOWN = Term(scheme=Scheme.TYPE, id="", label="")
#: Documents assumed beside those at hand, so that a handful of items does not make every word common.
_BACKGROUND = 20
#: Filières of an item that count, best first: the third is a word in passing.
_CHIEF_SECTORS = 2
_MONEY = frozenset({"financement-capital", "subvention-aide", "pret-garantie", "avantage-fiscal", "accompagnement"})
#: Types whose money or place goes to a territory: one that does not hold the member is not for it.
LOCAL_MONEY = frozenset(
    {"appel-a-projets", "ami", "subvention-aide", "pret-garantie", "avantage-fiscal", "accompagnement"}
)
#: Types that may be for every trade.
FOR_ALL = LOCAL_MONEY | {"concours-prix"}
#: Types that may answer what any company may want.
ANSWERS_AIMS = FOR_ALL | {"financement-capital", "formation", "evenement", "export-salon"}
_BRANCH = re.compile(r"\bopco\b|\bconstructys\b|\bocapiat\b|\bakto\b|\batlas\b|\bafdas\b")
#: How much must be told of an aim, and of a trade in a title, to count.
_TOLD_AIM, _TOLD_TRADE = 1.3, 1.0
_PUBLIC = frozenset({"collectivite", "association", "labo"})
#: Filières that any aid to companies seems to speak of → folded words that prove it.
_WEAK_SECTORS = {
    "finance-assurance": re.compile(r"\b(fintech|assureur|mutuelle|assurtech|insurtech)"),
    "commerce-services": re.compile(r"\b(commerc(e|es|ant|ants)|artisan|boutique|magasin|vitrine)"),
}
#: What the model must say of a filière at least to make an item another trade's.
_SURE = 0.5
_OVERSEAS = "x:zonage:outre-mer"
#: Folded words that name the mainland beside overseas: together they are the country.
_EVERYWHERE = re.compile(r"\b(metropole|metropolitaine|hexagone)\b.{0,40}\boutre mer\b|\boutre mer (compris|inclus)")
#: Weight of a word that stands in every item.
_FLOOR = 0.2


@dataclass(frozen=True)
class View:
    """An item, prepared once for many members."""

    item: Item
    kind: Term
    #: Stems of the title, "" as a wall, stems of the text; English words are brought to French ones where known.
    stems: tuple[str, ...]
    #: How many of them are the title's.
    title: int
    #: The filières it is chiefly about.
    sectors: frozenset[str]
    #: Those of them that its own words say, or that the model is sure of: only these make it another trade's.
    firm_sectors: frozenset[str]
    #: GeoZones ids it is aimed at.
    places: tuple[str, ...]
    #: GeoZones ids that it names in passing.
    mentioned: tuple[str, ...] = ()
    #: Zones that it is aimed at (« x:massif:jura ») and the GeoZones ids in which each lies, wholly or partly.
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: What gates that ask nothing of the member answered, once for all.
    answered: dict[object, str | None] = field(default_factory=dict, compare=False, repr=False)
    _asked: dict[object, bool] = field(default_factory=dict, compare=False, repr=False)
    _quotes: dict[tuple[int, int], str] = field(default_factory=dict, compare=False, repr=False)

    def once(self, question: Callable[["View"], bool]) -> bool:
        """Answer a question that asks nothing of the member, once for all of them."""
        if question not in self._asked:
            self._asked[question] = question(self)
        return self._asked[question]

    @property
    def english(self) -> bool:
        """Whether its words are English."""
        return self.item.lang == "en"

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every stem, once."""
        return frozenset(self.stems)

    @cached_property
    def title_terms(self) -> frozenset[str]:
        """Every stem of the title, once."""
        return frozenset(self.stems[: self.title])

    @cached_property
    def axes(self) -> frozenset[str]:
        """The axes that it is about."""
        return frozenset(tag.term for tag in self.item.of(Scheme.AXIS))

    @cached_property
    def positions(self) -> Mapping[str, list[int]]:
        """Where each stem stands."""
        found: dict[str, list[int]] = {}
        for place, term in enumerate(self.stems):
            found.setdefault(term, []).append(place)
        return found

    @cached_property
    def fields(self) -> Mapping[str, Told]:
        """The trades that it talks of."""
        return read_fields(self.stems, self.title, english=self.english)

    @cached_property
    def aims(self) -> Mapping[str, Told]:
        """What it helps to that any company may want; nothing where it is of one trade."""
        if self.kind.id not in ANSWERS_AIMS:
            return {}
        return read_fields(self.stems, self.title, english=self.english, name=AIMS)

    @cached_property
    def general(self) -> bool:
        """Whether it helps any company, or any of some size, to something that each may want."""
        if self.kind.id not in ANSWERS_AIMS:
            return False
        audience = self.audience
        if audience.every_trade:
            return True
        if audience.trades or "title" in audience.own or not audience.sizes:
            return False
        if _BRANCH.search(self.folded_title) is not None:
            return False  # « Opco Mobilités »: of the branches that pay it
        return not self._other_trade and any(
            told.strength >= _TOLD_AIM and any(first < self.title for first, _ in told.places)
            for told in self.aims.values()
        )

    @property
    def _other_trade(self) -> bool:
        """Whether its title names a trade by words that say nothing of what any company may want."""
        aimed = {
            place for told in self.aims.values() for first, last in told.places for place in range(first, last + 1)
        }
        naming = {place for place in range(self.title) if self.stems[place] not in generic_stems()} - aimed
        return any(
            told.strength >= _TOLD_TRADE and any(first in naming for first, _ in told.places)
            for told in self.fields.values()
        )

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """Its facts by name."""
        return {fact.name: fact for fact in reversed(self.item.facts)}

    @cached_property
    def audience(self) -> Audience:
        """Whom it says that it is for."""
        return read_audience(self.item)

    @cached_property
    def sizes(self) -> frozenset[str]:
        """The sizes of member that it names among who may apply."""
        fact = self.facts.get("eligible_sizes")
        return frozenset(fact.value.split("|")) if fact else self.audience.sizes

    @cached_property
    def collective(self) -> bool:
        """Whether it is a call for every trade, for a whole filière or for public bodies, whatever words it uses."""
        if self.kind.id not in FOR_ALL:
            return False
        audience = self.audience
        return audience.every_trade or bool(audience.trades) or not _PUBLIC.isdisjoint(audience.sizes)

    @cached_property
    def deadline(self) -> date | None:
        """The day on which it closes."""
        return self.item.deadline

    @cached_property
    def folded_title(self) -> str:
        """The title, folded."""
        return fold(self.item.title)

    @cached_property
    def _words(self) -> tuple[Words, Words]:
        return Words(self.item.title, self.english), Words(self.item.text[:LONGEST_TEXT], self.english)

    def quote(self, first: int, last: int) -> str:
        """Return the printed words from stem `first` to `last`; both stand on the same side of the wall."""
        if (first, last) not in self._quotes:
            words, before = (self._words[0], 0) if first < self.title else (self._words[1], self.title + 1)
            self._quotes[first, last] = words.quote(first - before, last - before)
        return self._quotes[first, last]


@dataclass(frozen=True)
class MatchContext:
    """What `match` needs besides item and member; build it with `prepare`."""

    today: date
    places: Places
    taxonomy: Taxonomy
    views: Mapping[int, View]
    #: Stem → in how many items it stands.
    frequency: Mapping[str, int]
    #: How many items that is of, also where one of them stands alone (`around`).
    counted: int
    _profiles: dict[Member, Profile] = field(default_factory=dict)
    _rarities: dict[str, float] = field(default_factory=dict)
    _kept: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    def kept(self, maker: Callable[["MatchContext"], T]) -> T:
        """Return what is made of this context, once for all who ask."""
        if maker not in self._kept:
            self._kept[maker] = maker(self)
        return cast("T", self._kept[maker])

    def around(self, view: View) -> "MatchContext":
        """Return this context, or where an item was not prepared, one of it alone in which words are as rare."""
        if self.views.get(view.item.id) is view:
            return self
        return replace(self, views={view.item.id: view}, _kept={})

    def view(self, item: Item) -> View:
        """Return the prepared form of an item, also of one that was not among those prepared."""
        known = self.views.get(item.id)
        return known if known is not None and known.item is item else _view(item, self.taxonomy, self.places)

    def profile(self, member: Member) -> Profile:
        """Return the prepared form of a member."""
        if member not in self._profiles:
            self._profiles[member] = prepare_profile(member, self.places, self.taxonomy, self.today)
        return self._profiles[member]

    def rarity(self, term: str) -> float:
        """Return 0.2 for a word that stands everywhere to 1 for one that stands hardly anywhere (scaled IDF)."""
        if term not in self._rarities:
            total = self.counted + _BACKGROUND
            idf = math.log(total / (1 + self.frequency.get(term, 0)))
            self._rarities[term] = max(_FLOOR, min(1.0, idf / math.log(total / 3)))
        return self._rarities[term]


def prepare(items: Iterable[Item], *, today: date, places: Places, taxonomy: Taxonomy) -> MatchContext:
    """Prepare these items for any number of members, as of `today` (the cluster's calendar)."""
    views = {item.id: _view(item, taxonomy, places) for item in items}
    frequency = Counter(term for view in views.values() for term in view.terms)
    return MatchContext(
        today=today, places=places, taxonomy=taxonomy, views=views, frequency=frequency, counted=len(views)
    )


def _view(item: Item, taxonomy: Taxonomy, places: Places) -> View:
    english = item.lang == "en"
    head, body = fold(item.title), fold(item.text[:LONGEST_TEXT])
    title, text = stems(head, english=english), stems(body, english=english)
    kinds = item.of(Scheme.TYPE)
    sectors = _sectors(item, kinds[0].term if kinds else "", f"{head} {body}")
    return View(
        item=item,
        kind=taxonomy.of(Scheme.TYPE).get(kinds[0].term, _UNKNOWN) if kinds else _UNKNOWN,
        stems=(*title, "", *text),
        title=len(title),
        sectors=sectors,
        firm_sectors=sectors.intersection(tag.term for tag in item.of(Scheme.SECTOR) if _firm(tag)),
        places=tuple(tag.term for tag in item.of(Scheme.TERRITORY) if tag.scope == "main"),
        mentioned=tuple(tag.term for tag in item.of(Scheme.TERRITORY) if tag.scope == "mentioned"),
        zones={tag.term: places.zone_places(tag.term) for tag in item.of(Scheme.ZONE) if _aimed(tag, body)},
    )


def _aimed(tag: Tag, body: str) -> bool:
    """Tell whether an item is aimed at a zone, and not at the whole country with it (« en métropole ou outre-mer »)."""
    whole = tag.term == _OVERSEAS and _EVERYWHERE.search(body) is not None
    return tag.scope == "main" and not whole


def _firm(tag: Tag) -> bool:
    return tag.origin is not Origin.MODEL or tag.score >= _SURE


def _sectors(item: Item, kind: str, folded: str) -> frozenset[str]:
    """Return the first filières; who gives money, and whom any aid names, are not what it is for."""
    chief = [tag.term for tag in item.of(Scheme.SECTOR)][:_CHIEF_SECTORS]
    if kind in _MONEY:
        chief = [term for term in chief if term not in _WEAK_SECTORS or _WEAK_SECTORS[term].search(folded)]
    return frozenset(chief)
