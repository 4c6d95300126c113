"""A member's profile as the matcher reads it: phrases cut into segments of stems (pure)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from veille.config.taxonomy import OFF_TOPIC, Taxonomy
from veille.matching.fields import aims_of, markets, own_fields
from veille.matching.trades import named_trades, trade_of
from veille.matching.words import Words, cognate, generic_stems, is_expression
from veille.model import Member, Scheme
from veille.protocols import Places
from veille.text import fold

#: How much a phrase counts by the line of the profile it stands in.
KIND_WEIGHT: Mapping[str, float] = {
    "need": 1.3, "axis": 1.15, "activity": 1.0, "name": 0.9, "naf": 0.8, "skill": 0.7, "contribution": 0.5
}  # fmt: skip
_FIELDS = {"need": "needs", "axis": "axes", "activity": "activity", "skill": "skills", "contribution": "contributions"}
#: Lines of a member who says little of what it makes.
_TERSE = 2
#: Words of a line of trade talk alone that must stand in a title together.
_TALK = 2
_MADE = frozenset({"activity", "skill"})
#: Lines that a code and a name stand in for.
CODED = frozenset({"naf", "name"})
#: Lines that say what a member is.
OWN = frozenset({"activity", "skill", "naf", "name"})
#: A phrase names several things when it enumerates.
_ENUMERATION = re.compile(r"[,;:/()]|\s(?:et|ou|and|or)\s", re.IGNORECASE)

#: Divisions of NAF rév. 2 (and 2025) that extract, make, repair or recycle (sections B, C, E38).
_INDUSTRY = frozenset((*range(5, 34), 38))
#: Filières whose companies mostly make things.
_INDUSTRIAL_SECTORS = frozenset(
    {"industrie-du-futur", "aeronautique-spatial", "agroalimentaire", "automobile-mobilites", "chimie-materiaux",
     "cosmetique-parfumerie", "electronique-photonique", "ferroviaire", "mines-metallurgie", "nucleaire",
     "textile-mode-luxe"}
)  # fmt: skip
#: Divisions of NAF rév. 2 that do research beside industry: software, telecoms, engineering, science.
_INVENTIVE = frozenset({"58", "61", "62", "63", "71", "72"})
#: Divisions of NAF rév. 2 whose bearers are no companies.
_KINDS_BY_NAF = {"84": ("collectivite",), "94": ("association",), "88": ("association", "pme"), "72": ("labo", "pme")}
#: Divisions of NAF rév. 2 that do works: forestry, buildings, civil engineering, trades of the building, land care.
_WORKS_NAF = frozenset({"02", "41", "42", "43", "81"})
_WORKS = re.compile(r"\b(travaux|chantiers?|pose|construction|batiment|genie civil|terrassement|amenagement|paysag)")
#: A folded line that begins with an action and what it is done to.
_ACTS_ON = re.compile(
    r"(\w+ )?(\w{3,}(age|tion|ment)|tri|collecte|decoupe|pose|taille|culture|soudure|cuisson)"
    r"( (?!(sans|pour|avec|en|par|sur|dans|vers|sous|a|au|aux) )\w+){0,2} (de|d|du|des) "
)
#: Endings of French adjectives that classify what a noun before them names.
_QUALIFIES = re.compile(r"(aire|al|ale|aux|ique|el|elle|if|ive|ien|ienne|eux|euse)s?$")


@dataclass(frozen=True)
class Segment:
    """One thing that a profile line names."""

    kind: str
    words: Words
    #: Stems that say something of the trade, in order.
    specific: tuple[str, ...]
    #: None does: the first two stand for the line.
    talk: bool = False

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every stem, once."""
        return frozenset(self.words.stems)

    @cached_property
    def trade(self) -> frozenset[str]:
        """Stems that say something of the trade, once."""
        return frozenset(self.specific)

    @cached_property
    def centre(self) -> str | None:
        """The first word of the trade, unless it only qualifies trade talk (« compléments alimentaires »)."""
        first = self.specific[0] if self.specific else None
        if (
            first is None
            or self.stems[0] == first
            or not _QUALIFIES.search(self.words.folded_word(self.stems.index(first)))
        ):
            return first
        return None

    @cached_property
    def acts_on(self) -> bool:
        """Whether it begins with what is done to a thing, and names the thing (« recyclage de textiles »)."""
        return len(self.specific) > 1 and _ACTS_ON.match(fold(self.words.text)) is not None

    @property
    def stems(self) -> list[str]:
        """Stems of content words, in order."""
        return self.words.stems


@dataclass(frozen=True)
class Profile:
    """A member, prepared once for many items."""

    member: Member
    segments: tuple[Segment, ...]
    #: Stem → in how many segments it stands.
    terms: Mapping[str, int]
    #: First letters of long specific stems → stem, for texts in English.
    cognates: Mapping[str, str]
    #: The commune and what contains it, nearest first.
    chain: frozenset[str]
    region: str | None
    #: Stems of what it does and knows.
    made: frozenset[str]
    #: Stems of the names of its filières: said alone, they say no more than the filière.
    filiere: frozenset[str]
    #: Stems by which a call to its whole trade would name it (« aux entreprises du bois »).
    trade: frozenset[str]
    #: Fields of trades that its lines, its code or its name say that it is in.
    fields: frozenset[str]
    #: Those of whom it says that it works for them.
    markets: frozenset[str]
    #: Stems of what it does to things that it names: said of another thing, it is another trade.
    done: frozenset[str]
    #: What it needs that any company may need → its own line.
    aims: Mapping[str, str]
    #: Axes of the taxonomy that it names, by id or label: what an item is read to be about, whatever its words.
    axes: frozenset[str]
    #: GeoZones ids of countries of interest.
    countries: frozenset[str]
    muted: tuple[tuple[str, list[str]], ...]
    #: Sizes by which a call may name it, the best first; a very small company is an SME too.
    sizes: tuple[str, ...]
    #: Whether it makes things.
    industrial: bool
    #: Whether it is of a kind that does research: industry, software, engineering, laboratories.
    inventive: bool
    #: Whether only its code and its name say what it does.
    coded: bool
    #: Whether it says so little of what it makes that its trade must stand for it.
    terse: bool
    #: Whether it builds, lays, plants or clears: works, as tenders call them.
    builder: bool
    #: Stems of which an item must have one to be on topic or to name a followed name.
    telling: frozenset[str]
    #: The day on which its age is counted; without it, no age is known.
    today: date | None = None


def prepare_profile(member: Member, places: Places, taxonomy: Taxonomy, today: date | None = None) -> Profile:
    """Cut the profile's phrases and place the member, as of `today`."""
    segments = tuple(_segments(member))
    coded = trade_of(member.naf)
    if not any(segment.kind in _MADE for segment in segments):
        # Real lists hold little more than a name and a code: what these say stands in for what is not said.
        segments += (*_segments_of("naf", coded), *_segments_of("name", named_trades(member.organisation)))
    generic = generic_stems()
    trade = frozenset(term for phrase in coded for term in Words(phrase).stems)
    trade |= frozenset(term for segment in segments if segment.kind in OWN for term in segment.specific)
    terms = Counter(term for segment in segments for term in set(segment.stems))
    chain = member.territories or _chain(member, places)
    return Profile(
        member=member,
        segments=segments,
        terms=terms,
        cognates={cognate(term): term for term in terms if _learned(term) and term not in generic},
        chain=frozenset(chain),
        region=next((code for code in chain if code.startswith("fr:region:")), None),
        made=frozenset(term for segment in segments if segment.kind in _MADE for term in segment.stems),
        filiere=frozenset(term for slug in member.sectors for term in Words(taxonomy.label(Scheme.SECTOR, slug)).stems),
        trade=trade if _coded_in(member, taxonomy) else trade | _labels(member, taxonomy),
        fields=own_fields(member.activity, member.skills, member.organisation, member.naf),
        markets=markets(member.activity),
        done=frozenset(segment.stems[0] for segment in segments if segment.acts_on),
        aims=aims_of(member.needs),
        axes=_named_axes(member, taxonomy),
        countries=frozenset(f"country:{code.lower()}" for code in member.countries),
        sizes=_sizes(member),
        industrial=_makes_things(member),
        inventive=_makes_things(member) or (member.naf or "")[:2] in _INVENTIVE or member.size == "labo",
        coded=any(segment.kind in CODED for segment in segments),
        terse=len(member.activity) + len(member.skills) <= _TERSE,
        builder=_does_works(member),
        telling=frozenset(term for segment in segments for term in segment.specific)
        | frozenset(term for name in member.follows for term in Words(name).stems),
        muted=tuple((term, Words(term).stems) for term in member.muted),
        today=today,
    )


def _learned(term: str) -> bool:
    """Tell whether another language may write a stem alike; one word of an expression is not the expression."""
    return bool(cognate(term)) and not is_expression(term)


def _coded_in(member: Member, taxonomy: Taxonomy) -> bool:
    """Tell whether its own words say what it does, or its NAF code lies in one of its filières."""
    code = member.naf or ""
    terms = (taxonomy.of(Scheme.SECTOR).get(slug) for slug in member.sectors)
    return bool(member.activity or member.skills) or any(
        code.startswith(prefix) for term in terms if term is not None for prefix in term.naf
    )


def _labels(member: Member, taxonomy: Taxonomy) -> frozenset[str]:
    """Return the stems of the names of its filières."""
    names = (f"{slug} {taxonomy.label(Scheme.SECTOR, slug)}" for slug in member.sectors)
    return frozenset(term for name in names for term in Words(name).stems)


def _sizes(member: Member) -> tuple[str, ...]:
    """Return its size; where that is not known, those of its kind by its NAF code, SMEs first."""
    if member.size is not None:
        return ("tpe", "pme") if member.size == "tpe" else (member.size,)
    if not (member.naf or member.sectors):
        return ()
    return _KINDS_BY_NAF.get((member.naf or "")[:2], ("pme", "tpe", "eti", "ge"))


def _makes_things(member: Member) -> bool:
    """Tell by its NAF code, or where it has none by its filières, whether an aid to industry is for it."""
    division = (member.naf or "")[:2]
    if division.isdigit():
        return int(division) in _INDUSTRY
    return not _INDUSTRIAL_SECTORS.isdisjoint(member.sectors)


def _does_works(member: Member) -> bool:
    """Tell whether works are its trade: by its NAF code, its filière, or what it says that it does."""
    if (member.naf or "")[:2] in _WORKS_NAF or "construction-btp" in member.sectors:
        return True
    return _WORKS.search(fold(" ".join((*member.activity, *member.skills)))) is not None


def _named_axes(member: Member, taxonomy: Taxonomy) -> frozenset[str]:
    known = {fold(name): term.id for term in taxonomy.of(Scheme.AXIS).values() for name in (term.id, term.label)}
    return frozenset(known[name] for phrase in member.axes if (name := fold(phrase)) in known) - {OFF_TOPIC}


def _chain(member: Member, places: Places) -> tuple[str, ...]:
    place = places.commune(member.commune) if member.commune else None
    return (place, *places.ancestors(place)) if place else ()


def _segments(member: Member) -> Iterator[Segment]:
    for kind, field in _FIELDS.items():
        yield from _segments_of(kind, getattr(member, field))


def _segments_of(kind: str, phrases: Iterable[str]) -> Iterator[Segment]:
    generic = generic_stems()
    for phrase in phrases:
        for part in _ENUMERATION.split(phrase):
            words = Words(part.strip())
            if words.stems:
                specific = tuple(dict.fromkeys(term for term in words.stems if term not in generic))
                yield Segment(kind, words, specific or tuple(words.stems[:_TALK]), talk=not specific)
