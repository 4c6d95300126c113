"""One item before one member: what gates and score both read, computed once and only when asked (pure)."""

import re
from dataclasses import dataclass
from itertools import combinations

from veille.matching.context import ANSWERS_AIMS, FOR_ALL, LONGEST_TEXT, MatchContext, View
from veille.matching.eligibility import SIZE_WORDS, judge
from veille.matching.fields import Told
from veille.matching.lazily import lazily
from veille.matching.names import followed_name
from veille.matching.profile import CODED, Profile
from veille.matching.similarity import LEAD, Hit, find_hits, topicality
from veille.matching.words import equipment_stems, generic_stems
from veille.model import Eligibility, Item, Scheme, Tag, Verdict
from veille.text import fold

#: Whoever sells may answer a tender, wherever it is; its title must name what the member makes.
TENDER = "marche-public"
#: A post to fill is for whoever looks for work, not for another employer.
VACANCY = "emploi"
#: Sizes of member to which a call of their filière is open by size alone.
BY_SIZE = frozenset({"collectivite", "association"})
#: Types that are worth reading wherever they were written in France.
KNOWLEDGE = frozenset({"innovation-techno", "tendance-prospective", "reglementation"})
#: Types by which somebody buys one thing.
BOUGHT = frozenset({TENDER, "appel-partenaires"})
LAW = "reglementation"
#: Types that tell what happens in a trade, and the network's own life.
NEWS, NETWORK = frozenset({"signal-affaires", "actualite"}), "vie-du-cluster"
#: Types that can carry an idea from one trade to another.
BRIDGES = frozenset({"innovation-techno", "tendance-prospective"})
#: Lines of a profile that say what the member sells.
SOLD = frozenset({"activity", "skill", "axis", "naf", "name"})
#: Lines of a profile that say how the member works: what crosses from one trade to another.
TECHNIQUES = frozenset({"activity", "skill", "contribution"})

WIDE = frozenset({"country:fr", "country-group:ue"})
#: Characters in which a tender says whether it buys works, and folded words that say so, or that goods are in it.
_OPENING = 400
_WORKS, _SUPPLIES = re.compile(r"\btravaux\b"), re.compile(r"\b(fournitures?|acquisition|achat|livraison|etudes?)\b")
#: Folded words of what a laboratory may be asked to do; goods and services are bought from companies.
_STUDIES = re.compile(
    r"\b(etudes?|recherches?|analyses?|essais?|mesures?|expertises?|theses?|formations?|laboratoires?)\b"
)
#: Calibrated on the open half of tests/data/judgements: how much must be said of the profile's own words.
BAR_SAME_SECTOR, BAR_NO_SECTOR, BAR_OTHER_SECTOR = 0.5, 0.6, 0.95


#: How much of a trade speaks for itself where a member who says what it makes says none of it.
SURE_TRADE = 1.6
#: How much a text talks of a trade to be of it.
OF_A_TRADE = 2.0
#: Words of an aim in the text that stand for one in the title.
SEVERAL = 2


def _of_a_trade(term: str) -> bool:
    return bool(term) and term not in generic_stems()


@dataclass(frozen=True)
class Case:
    """An item before a member."""

    view: View
    profile: Profile
    context: MatchContext

    @property
    def item(self) -> Item:
        """The item."""
        return self.view.item

    @property
    def kind(self) -> str:
        """Slug of its type, "" where it has none."""
        return self.view.kind.id

    @lazily
    def hits(self) -> list[Hit]:
        """Words of the profile that it speaks of, strongest first."""
        found = find_hits(self.profile, self.view, self.context)
        return [hit for hit in found if self._for_sale(hit)] if self.kind == TENDER else found

    def _for_sale(self, hit: Hit) -> bool:
        """Tell whether a tender buys what the member makes: not what it lacks or lends, not equipment of its trade."""
        if hit.kind not in SOLD:
            return False
        before = self.view.stems[hit.run.first - 1] if hit.run.first else ""
        if hit.kind in CODED and not hit.phrase and _of_a_trade(before) and before not in self.profile.made:
            return False  # « emballages plastiques »: of what a code says, one word may narrow another's product
        return hit.phrase or before not in equipment_stems() or before in self.profile.made

    @lazily
    def topic(self) -> float:
        """How much it speaks of the profile's own words; 0 and up."""
        return topicality(self.hits)

    @lazily
    def followed(self) -> str | None:
        """A followed name that it names."""
        return followed_name(self.profile.member, self.view, self.context)

    @lazily
    def eligibility(self) -> Eligibility | None:
        """Verdict for what can be seized, None for what is only read."""
        return judge(self.view, self.profile) if self.view.kind.actionable else None

    @lazily
    def same_sector(self) -> bool:
        """Whether item and member share a filière."""
        return not self.view.sectors.isdisjoint(self.profile.member.sectors)

    @lazily
    def named_axis(self) -> Tag | None:
        """An axis of the taxonomy that the member names and the item is about."""
        if self.view.axes.isdisjoint(self.profile.axes):
            return None
        return next(tag for tag in self.item.of(Scheme.AXIS) if tag.term in self.profile.axes)

    @lazily
    def country(self) -> str | None:
        """A country of interest that it is aimed at (GeoZones id)."""
        aimed = (*self.view.places, *(place for lies in self.view.zones.values() for place in lies))
        return next((place for place in aimed if place in self.profile.countries), None)

    @lazily
    def named_country(self) -> str | None:
        """A country of interest that it names, in passing or not."""
        return self.country or next((p for p in self.view.mentioned if p in self.profile.countries), None)

    @lazily
    def title_names_product(self) -> bool:
        """Whether the title itself names what the member does."""
        return any(hit.specific and hit.in_title for hit in self.hits)

    @property
    def vacancy(self) -> bool:
        """Whether it is a post to fill, and nothing else."""
        return self.kind == VACANCY and len(self.item.of(Scheme.TYPE)) == 1

    def holds_member(self, place: str) -> bool:
        """Tell whether a territory contains the member."""
        return place in self.profile.chain

    @lazily
    def zone(self) -> str | None:
        """A zone aimed at that lies, at least partly, where the member is."""
        return next((zone for zone, lies in self.view.zones.items() if any(map(self.holds_member, lies))), None)

    @lazily
    def names_home(self) -> bool:
        """Whether its text names the member's region or département."""
        home = (place for place in self.profile.chain if place.startswith(("fr:region:", "fr:departement:")))
        folded = fold(f"{self.item.title} {self.item.text[:LONGEST_TEXT]}")
        return any(re.search(rf"\b{re.escape(fold(self.context.places.name(place)))}\b", folded) for place in home)

    def near_member(self, place: str) -> bool:
        """Tell whether a territory lies in the member's region."""
        return self.profile.region is not None and self.profile.region in self.context.places.ancestors(place)

    @lazily
    def on_topic(self) -> bool:
        """Whether the profile's own words, its trade or an axis it names make it the member's business.

        A shared filière alone never does.
        """
        return self.says_own or self.field is not None or self.aim is not None

    @lazily
    def concerned(self) -> bool:
        """Whether rules of words make it the member's business: on topic, for all, or to its trade."""
        return bool(self.on_topic or self.followed or self.for_abroad or self.open_to or self.for_trade or self.bridge)

    @lazily
    def says_own(self) -> bool:
        """Whether the profile's own words, or an axis it names, do."""
        if self.kind == TENDER and not (self.names_product and self._builds and self._studies):
            return False
        if self.profile.coded and self.view.audience.sizes and self._named_size is None:
            return False  # of whom little is known, a call to others is not guessed to be for them
        return self.named_axis is not None or self._says_enough

    @lazily
    def field(self) -> str | None:
        """A trade of the member that it talks of: by several of its words, or by one where they share a filière."""
        told = self.view.fields
        mine = self.profile.fields if self.kind in BOUGHT else self.profile.fields | self.profile.markets
        shared = sorted(mine & told.keys(), key=lambda name: (-told[name].strength, name))
        return next((name for name in shared if self._talks(told[name])), None)

    @lazily
    def aim(self) -> str | None:
        """What the member needs, as any company may, to which it helps whoever is of the member's kind."""
        told = self.view.aims
        wanted = sorted(self.profile.aims.keys() & told.keys(), key=lambda name: (-told[name].strength, name))
        if not wanted or not self._for_anyone:
            return None
        return next((name for name in wanted if self._promises(told[name])), None)

    def _promises(self, told: Told) -> bool:
        return any(first < self.view.title for first, _ in told.places) or len(told.places) > SEVERAL

    @property
    def _for_anyone(self) -> bool:
        """Whether it is of no other trade, and for the member's kind."""
        verdict = self.eligibility
        if verdict is None or verdict.verdict is Verdict.NO or self._named_size is None:
            return False
        return self._every_trade or self.field is not None

    def _talks(self, told: Told) -> bool:
        """Tell whether words of a trade may be taken for the trade.

        A tender, or whoever looks for a supplier, wants one product: of a trade, a member who says what it makes makes
        others too.
        """
        titled = any(first < self.view.title for first, _ in told.places)
        known = self.profile.terse or any(hit.specific for hit in self.hits)
        if self.kind in BOUGHT:
            return known and titled and len(told.places) > 1 and self._builds and self._studies
        if not known and not (self.same_sector and told.strength >= SURE_TRADE):
            return False
        if len(told.places) > 1:
            return titled or len(told.places) > SEVERAL
        alone = {self.view.stems[first] for first, _ in told.places}
        return self.same_sector and self.kind in FOR_ALL and alone.isdisjoint(self.profile.done)

    @property
    def _builds(self) -> bool:
        """Whether the member does works, where works are what a tender buys."""
        return self.profile.builder or not asks_works(self.view)

    @property
    def _studies(self) -> bool:
        """Whether a tender asks for what a laboratory does, where the member is one."""
        return self.profile.member.size != "labo" or asks_studies(self.view)

    @property
    def _says_enough(self) -> bool:
        if not any(self._tells(hit) for hit in self.hits):
            return False
        if self.same_sector:
            return self.topic >= BAR_SAME_SECTOR
        if not self.view.firm_sectors or any(self.answers(hit) for hit in self.hits):
            return self.topic >= BAR_NO_SECTOR
        return self.topic >= BAR_OTHER_SECTOR and self._said_twice

    def _tells(self, hit: Hit) -> bool:
        """Tell whether a hit may say what the item is about: several words, or a line's own among the first lines.

        In English, in no filière of the member's, one word may be another that is written alike (« leaks », « Chen »).
        """
        alone = hit.run.first < self.view.title + LEAD and (self.same_sector or not self.view.english)
        return hit.phrase or (hit.central and (hit.spread or alone))

    def answers(self, hit: Hit) -> bool:
        """Tell whether it is a whole need, with the title about it.

        Several words of it stand together and the first lines have the others, or the title has them all.
        """
        in_title = hit.segment.trade <= hit.view.title_terms
        whole = hit.spread and (hit.phrase or in_title)
        return hit.kind == "need" and (whole or (hit.phrase and hit.whole and in_title))

    @property
    def _said_twice(self) -> bool:
        """Whether two words of the trade stand there, one in the title, a whole line of the profile among them.

        Without the title, two words of each of two lines, none of them the same.
        """
        telling = [hit for hit in self.hits if hit.specific]
        words = frozenset[str]().union(*(hit.specific for hit in telling))
        several = [hit.specific for hit in telling if len(hit.specific) > 1]
        if any(one.isdisjoint(other) for one, other in combinations(several, 2)):
            return True
        sure = any((hit.phrase and hit.whole) or hit.complete for hit in telling)
        return len(words) > 1 and sure and any(not words.isdisjoint(hit.view.title_terms) for hit in telling[:1])

    @lazily
    def names_product(self) -> bool:
        """Whether a title, or a whole expression, names what the member does."""
        return any(hit.specific and (hit.in_title or hit.phrase or hit.spread) for hit in self.hits)

    @lazily
    def bridge(self) -> Hit | None:
        """Words of the profile at work in another trade, one window per bulletin."""
        if self.kind not in BRIDGES or self.same_sector:
            return None
        return next(
            (hit for hit in self.hits if hit.in_title and hit.specific and hit.whole and hit.kind in TECHNIQUES), None
        )

    @lazily
    def for_abroad(self) -> bool:
        """Whether it opens a country of interest in the member's own filière."""
        return self.country is not None and self.same_sector

    @lazily
    def for_trade(self) -> bool:
        """Whether a call names the member's whole trade among who may apply."""
        audience = self.view.audience
        if self.kind not in FOR_ALL or not self.same_sector or audience.trades.isdisjoint(self.profile.trade):
            return False
        if audience.sizes and self._named_size is None:
            return False
        return self.eligibility is not None and self.eligibility.verdict is not Verdict.NO

    @lazily
    def open_to(self) -> str | None:
        """French words for the member's kind where a call to every trade, or to public bodies, is open to it."""
        verdict = self.eligibility
        if self.kind not in ANSWERS_AIMS or verdict is None or verdict.verdict is Verdict.NO:
            return None
        size = self._named_size
        if size is None:
            return None
        if self._every_trade:
            return f"{SIZE_WORDS[size]}, tous métiers"
        return SIZE_WORDS[size] if self.same_sector and size in BY_SIZE else None

    @lazily
    def _named_size(self) -> str | None:
        """The size by which the call names the member among who may apply."""
        return next((size for size in self.profile.sizes if size in self.view.sizes), None)

    @property
    def addressed(self) -> bool:
        """Whether it is for any company, for the member's kind or for the whole network, whatever its words."""
        sized = self.kind in ANSWERS_AIMS and self._named_size is not None
        return self.view.general or sized or self.kind == NETWORK

    @property
    def _every_trade(self) -> bool:
        """Whether it is for every trade, or for every trade of those that make things or do research."""
        audience = self.view.audience
        if not self.view.general or (audience.industrial and not self.profile.industrial):
            return False
        if audience.research and not self.profile.inventive:
            return False
        # A standing scheme that talks much of a trade is of those who are in it, or want what it helps to.
        foreign = any(told.strength >= OF_A_TRADE for told in self.view.fields.values())
        mine = self._wanted or not self.profile.fields.isdisjoint(self.view.fields)
        return self.at_hand or mine or (self.profile.terse and not foreign)

    @property
    def _wanted(self) -> bool:
        return not self.profile.aims.keys().isdisjoint(self.view.aims)

    @lazily
    def at_hand(self) -> bool:
        """Whether it is near or dated: a standing scheme of the whole country is neither."""
        near = any(self.holds_member(place) and place not in WIDE for place in self.view.places)
        return near or self.zone is not None or self.view.deadline is not None


def asks_works(view: View) -> bool:
    """Tell whether works are what a tender buys, and no goods."""
    return view.once(_works)


def asks_studies(view: View) -> bool:
    """Tell whether a tender asks for what a laboratory may do."""
    return view.once(_laboratory)


def _works(view: View) -> bool:
    folded = _opening(view)
    return _WORKS.search(folded) is not None and _SUPPLIES.search(folded) is None


def _laboratory(view: View) -> bool:
    return _STUDIES.search(_opening(view)) is not None


def _opening(view: View) -> str:
    return fold(f"{view.item.title} {view.item.text[:_OPENING]}")
