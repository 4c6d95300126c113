"""Decide what one printed place name means, from the words around it."""

from dataclasses import dataclass
from functools import cached_property

from veille.config.gazetteer import Commune, Gazetteer
from veille.config.zones import PREFIX
from veille.nlp.levelled import level
from veille.nlp.places import place_asides as asides
from veille.nlp.places import place_context as context
from veille.nlp.places.place_strength import (
    FAIR,
    RIVERS,
    STRONG,
    WEAK,
    alone_on_line,
    bare_strength,
    county_strength,
    just_at,
    last_line,
    number_beside,
    region_strength,
)
from veille.nlp.places.places import Mention, key

#: Characters looked at before and after a name.
_BEFORE, _AFTER = 80, 60
#: Inhabitants from which a commune's bare name is taken for the commune.
_KNOWN_TOWN = 20_000
#: Inhabitants from which it is, even where the name is an ordinary word (« Tours »).
_GREAT_TOWN = 100_000
#: Inhabitants from which « de … » is enough.
_OF_TOWN = 2_000
#: Letters of « IDF », « AURA », « PACA », which mean other things elsewhere.
_ACRONYM = 4
#: English, German or Spanish words and first names that are great towns of France.
_HOMOGRAPHS = frozenset({"nice", "nancy", "tours", "orange", "angers", "nimes"})


@dataclass(slots=True)
class Reading:
    """What a mention may mean."""

    mention: Mention
    #: Candidates of one level; several where the name has homonyms.
    codes: list[str]
    strength: int
    #: The sentence aims at it (title, perimeter) rather than passing by.
    main: bool = False
    #: In an address or a contact, an actor's place, or what a perimeter leaves out: never the area aimed at.
    aside: bool = False
    #: Aside only because it stands in an address or a contact: the area, where nothing else says one.
    contact: bool = False
    #: The enumeration that the name is in.
    run: int = 0
    #: Its sentence says that those there may not apply.
    refused: bool = False
    #: Named as somebody's partner (« avec l'aide de … »).
    partner: bool = False


class PlaceReader:
    """Reads mentions against the gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def read(self, mention: Mention, text: str, folded: str) -> Reading | None:
        """Return the reading of one mention, None where it is no territory."""
        before = folded[max(0, mention.start - _BEFORE) : mention.start]
        before = before[before.rfind("\n") + 1 :]
        after = folded[mention.end : mention.end + _AFTER]
        reading = self._zone(mention) or self._grouping(mention, text, before, after)
        reading = reading or self._named(mention, text, before, after)
        if reading is None or not reading.strength or not reading.codes:
            return None
        reading.refused = mention.field == "text" and asides.refused(folded, mention)
        outside = asides.listed_after(context.OUTSIDE, mention, text, folded) or reading.refused
        authority = asides.names_authority(mention, before)
        town = reading.codes[0].startswith("fr:commune:")
        address = mention.field == "text" and asides.in_address(mention, folded)
        reading.aside = outside or (mention.field == "text" and asides.in_passing(before))
        reading.contact = not reading.aside and address and not authority
        reading.aside = reading.aside or reading.contact
        if mention.field == "text":
            elsewhere = asides.happens(folded, mention, before) if town else asides.modulated(folded, mention)
            elsewhere = elsewhere or (town and asides.names_actor(mention, text, after))
            reading.aside = reading.aside or elsewhere
            reading.contact = reading.contact and not elsewhere
        if mention.zone:
            reading.aside = reading.aside or context.BOTH.search(before) is not None
        abroad = reading.codes[0].startswith(("country:", PREFIX))
        if context.COURT.search(before) or (not abroad and asides.listed_after(context.TRAVEL, mention, text, folded)):
            reading.strength = WEAK
        reading.partner = mention.field == "text" and context.PARTNER.search(before) is not None
        if reading.codes[0].startswith("country:"):
            named = asides.names_country(mention, before, text, folded)
        else:
            named = (authority and not reading.partner and not address) or asides.aims(folded, mention)
        reading.main = not reading.aside and (mention.field == "title" or named)
        return reading

    def holds_abroad(self, reading: Reading) -> bool:
        """Return True where a reading stands in a text in another language, whose words look like communes."""
        mention = reading.mention
        if len(mention.key) <= _ACRONYM:
            return False
        if not reading.codes[0].startswith("fr:commune:") and (
            reading.strength == STRONG or ":region:" in reading.codes[0]
        ):
            return True
        if reading.codes[0].startswith(("country:", PREFIX)) or (reading.strength == STRONG and mention.size > 1):
            return True
        towns = self._gazetteer.communes_of([code.rpartition(":")[2] for code in reading.codes])
        return mention.key not in _HOMOGRAPHS and any(town.population >= _GREAT_TOWN for town in towns)

    @staticmethod
    def _zone(mention: Mention) -> Reading | None:
        return Reading(mention, [mention.zone], STRONG) if mention.zone else None

    # ── EPCI ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _grouping(self, mention: Mention, text: str, before: str, after: str) -> Reading | None:
        meaning = mention.meaning
        said = context.GROUPING.search(before) is not None
        said = said or asides.listed_after(context.GROUPINGS, mention, text, level(text))
        if meaning.epci and (said or context.GROUPING_AFTER.match(after)):
            return Reading(mention, [f"fr:epci:{code}" for code in meaning.epci], STRONG)
        if meaning.epci and meaning.epci_alone:
            company = context.COMPANY_AFTER.match(after) is not None  # « Brest Métropole Habitat »
            strength = STRONG if meaning.epci_alone == "sure" and not company else WEAK
            if strength == WEAK and (
                alone_on_line(mention, before, after) or mention.key.startswith(("pays d", "grand "))
            ):
                strength = FAIR
            return Reading(mention, [f"fr:epci:{code}" for code in meaning.epci], strength)
        if said and len(meaning.communes) == 1 and not meaning.areas:
            return self._seat(mention)
        return None

    def _seat(self, mention: Mention) -> Reading | None:
        """« agglomération de Caen »: the EPCI whose largest commune it is."""
        (code,) = mention.meaning.communes
        (town,) = self._gazetteer.communes_of([code]) or (None,)
        if town is None or town.epci < 0:
            return None
        largest = self._gazetteer.largest_of(town.epci)
        if largest.insee != code or town.population < _KNOWN_TOWN:
            return None
        return Reading(mention, [f"fr:epci:{self._gazetteer.epci_codes[town.epci]}"], FAIR)

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _named(self, mention: Mention, text: str, before: str, after: str) -> Reading | None:
        meaning = mention.meaning
        if (
            meaning.nowhere
            or context.CALLED.search(before)
            or (context.STREET.search(before) and not context.COUNTY.search(before))
        ):
            return None
        areas = [(code, kind) for code, kind in meaning.areas if not (mention.lower and kind != "adjective")]
        commune = self._commune(mention, text, before, after) if meaning.communes and not mention.lower else None
        area = self._area(mention, areas, before, after) if areas else None
        if area is None or commune is None:
            return area or commune
        return commune if _town_wins(before, area, commune) else area

    def _area(self, mention: Mention, areas: list[tuple[str, str]], before: str, after: str) -> Reading:
        adjectives = all(kind == "adjective" for _, kind in areas)
        codes = list(dict.fromkeys(code for code, _ in areas))
        if adjectives:
            tasty = mention.printed.lower().rstrip("s").endswith("é")  # « corsé »
            return Reading(mention, codes, FAIR if mention.lower and not tasty else 0)
        if any(code.startswith("fr:region:") for code in codes):
            return Reading(mention, codes, region_strength(mention, before, after))
        if codes[0].startswith("country:"):
            return Reading(mention, codes, FAIR if not mention.shouted else WEAK)
        return Reading(mention, codes, county_strength(mention, codes[0], before, after))

    def _commune(self, mention: Mention, text: str, before: str, after: str) -> Reading:
        towns = self._spelled_alike(mention)
        hint = number_beside(before, after) or self._county_in_brackets(after)
        inside = [town for town in towns if hint and town.departement == hint]
        if hint and not inside and context.IN_BRACKETS.match(after):
            return Reading(mention, [], 0)  # « Sainte-Marguerite (Ardèche) »: of that name, and no commune
        strength = STRONG if inside else self._town_strength(mention, towns, text, before, after)
        return Reading(mention, [f"fr:commune:{town.insee}" for town in inside or towns], strength)

    def _county_in_brackets(self, after: str) -> str:
        """« Valence (Drôme) »."""
        found = context.IN_BRACKETS.match(after)
        return self._counties.get(found[1], "") if found else ""

    @cached_property
    def _counties(self) -> dict[str, str]:
        printed = self._gazetteer.printed()
        return {level(item.name): item.code.rpartition(":")[2] for item in printed if ":departement:" in item.code}

    def _spelled_alike(self, mention: Mention) -> list[Commune]:
        """Leave out « Villé » for « Ville »; capitals and first letters may lack their accents."""
        towns = list(self._gazetteer.communes_of(mention.meaning.communes))
        if mention.size > 1 or mention.printed.isupper():
            return towns
        return [
            town
            for town in towns
            if key(town.name) != mention.key or town.name[1:].lower() == mention.printed[1:].lower()
        ]

    def _town_strength(self, mention: Mention, towns: list[Commune], text: str, before: str, after: str) -> int:
        cut = (
            mention.key.endswith("saint") and text[mention.end + 1 : mention.end + 2].isupper()
        )  # « Le Saint Quentinois »
        cut = cut or (
            text[max(0, mention.start - 3) : mention.start] in {"De ", "Du "} and not mention.shouted
        )  # a family
        if cut or any(cue.search(before) for cue in (context.PERSON, context.NAMED_AFTER)):
            return 0
        common = self._is_common(mention, towns)
        article = context.ARTICLE.search(before) is not None
        # « commune des Aldudes », but not « conseil municipal de la Ville ».
        authority = context.AUTHORITY.search(before) is not None and not (common and article)
        if authority or article:
            return STRONG if authority else 0
        if just_at(mention, text, before, common=common):
            return FAIR
        if alone_on_line(mention, before, after):
            return STRONG if not common else FAIR if last_line(mention, after, text) else 0
        today = mention.meaning.today
        known = today and any(town.population >= _KNOWN_TOWN for town in towns)
        label = context.LABEL_BEFORE.search(before) and context.LABEL_AFTER.match(after)
        if common:
            great = any(town.population >= _GREAT_TOWN or town.insee in self._gazetteer.capitals for town in towns)
            return FAIR if known and great and not mention.shouted else WEAK if known or label else 0
        of = context.OF.search(before) is not None and any(town.population >= _OF_TOWN for town in towns)
        return bare_strength(mention, text, known=known, today=today, label=bool(label) or of)

    def _is_common(self, mention: Mention, towns: list[Commune]) -> bool:
        if mention.printed.isupper():
            return mention.meaning.common or any(town.insee in self._gazetteer.common_in_capitals for town in towns)
        return mention.meaning.common


def _town_wins(before: str, area: Reading, commune: Reading) -> bool:
    """« à Vienne » is the town, « en Vienne » and « la Vienne (86) » the département."""
    if any(code.startswith("fr:region:") for code in area.codes):
        return commune.strength == STRONG and area.strength < STRONG
    if context.COUNTY.search(before) or context.IN.search(before):
        return False
    if context.AUTHORITY.search(before) or context.AT.search(before) or commune.strength == STRONG:
        return True
    # « Vienne » alone may be the town, the river or the département: the département, if it has support.
    return commune.mention.key not in RIVERS and commune.strength > area.strength
