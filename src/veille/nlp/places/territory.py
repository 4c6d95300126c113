"""Territories of an item: structured codes first, then printed names, then the source's own territory."""

from collections import Counter
from collections.abc import Iterable

from veille.config.gazetteer import FRANCE, Gazetteer
from veille.config.zones import UNDER
from veille.model import Evidence, Origin, Scheme, Tag, TextToTag
from veille.nlp.facts.stated import scaled, wide_area
from veille.nlp.language import detect
from veille.nlp.levelled import level
from veille.nlp.places import place_asides as asides
from veille.nlp.places import place_context as context
from veille.nlp.places.place_reading import PlaceReader, Reading
from veille.nlp.places.place_scope import PlaceScope, in_runs
from veille.nlp.places.place_strength import FAIR, STRONG, WEAK
from veille.nlp.places.places import Meaning, Mention, PlaceIndex, key
from veille.nlp.places.whole_areas import whole_areas
from veille.nlp.places.zones import find as named_zones
from veille.nlp.quoting import READ

#: One homonym must have this many times the people of the next to be taken without other sign.
_DOMINANT = 5
#: Weight of a place that contains both, below the région: what a weak reading needs to be believed.
_NEAR = 10
#: Inhabitants granted to a merged commune, whose own number is not in the tables.
_MERGED = 300
#: Inhabitants from which the largest of several homonyms is taken without « commune de ».
_BARE_TOWN = 2_000
_COUNTY = "fr:departement:"
#: Collectivities of the Pacific, whose towns a text names with them: « Mont-Dore » alone is the one in Auvergne.
_PACIFIC = frozenset({f"{_COUNTY}986", f"{_COUNTY}987", f"{_COUNTY}988"})
#: Characters from which the language is told.
_TOLD = 800


class TerritoryReader:
    """Reads territories; thread-safe once built, the automaton is made on first use."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._index = PlaceIndex(gazetteer)
        self._reader = PlaceReader(gazetteer)
        self._scope = PlaceScope(gazetteer)

    def read(self, text: TextToTag, lang: str | None = None) -> tuple[Tag, ...]:
        """Return territory tags, best first; `scope` tells the area aimed at from a mention in passing.

        `lang` is that of the text where somebody has already detected it.
        """
        stated = self._stated(text)
        readings = list(self._readings(text))
        if readings and (lang or _language(text)) != "fr":
            readings = [reading for reading in readings if self._reader.holds_abroad(reading)]
        readings = self._settle(readings, text.source_territory)
        whole = list(whole_areas(text))
        national = any(tag.term == FRANCE and tag.scope == "main" for tag in whole)
        tags = {tag.term: tag for tag in (*self._scope.tags(readings, national=national), *whole)}
        tags.update((tag.term, tag) for tag in stated)
        aimed = any(tag.scope == "main" and self._scope.is_area(tag.term) for tag in tags.values())
        if not aimed or self._only_town(readings, tags.values(), text.source_territory):
            tags.update((tag.term, tag) for tag in self._supposed(text))
        return tuple(sorted(tags.values(), key=lambda tag: (tag.scope != "main", -tag.score)))

    def _stated(self, text: TextToTag) -> list[Tag]:
        found: dict[str, Tag] = {}
        for nuts in text.facts.nuts:
            code = self._gazetteer.from_nuts(nuts)
            if code and code not in found:
                evidence = Evidence(text=nuts, where="nuts")
                found[code] = Tag(
                    scheme=Scheme.TERRITORY, term=code, score=1.0, origin=Origin.FACT, evidence=(evidence,)
                )
        for name in text.facts.territories:
            for code in self._named(name):
                evidence = Evidence(text=name, where="territories")
                said = Tag(scheme=Scheme.TERRITORY, term=code, score=1.0, origin=Origin.FACT, evidence=(evidence,))
                found.setdefault(code, said)
        return list(found.values())

    def _supposed(self, text: TextToTag) -> list[Tag]:
        """Return the area of who pays, else the source's own: what a text that names none is most likely for."""
        financers = text.facts.financers or ((text.facts.financer,) if text.facts.financer else ())
        paid = {code: name for name in financers for code in self._named(name)}
        if paid:
            return [_supposed(code, name, "financer", Origin.FACT) for code, name in paid.items()]
        source = text.source_territory
        return [_supposed(source, source, "source.territory", Origin.SOURCE)] if source else []

    def _only_town(self, readings: list[Reading], tags: Iterable[Tag], source: str | None) -> bool:
        """Return True where all that tells the area is a town in passing, within the source's own territory."""
        aimed = [tag.term for tag in tags if tag.scope == "main"]
        return not any(reading.main for reading in readings) and all(
            code.startswith("fr:commune:") and source in self._gazetteer.ancestors(code) for code in aimed
        )

    def _named(self, name: str) -> list[str]:
        """Return what a field that holds nothing but the name of an area means."""
        wide = wide_area(name)
        if wide is not None:
            return [wide]
        for said in (name, scaled(name)):
            alone = TextToTag(id="", title="", text=f"Périmètre : {said}")
            found = [tag.term for tag in self.read(alone, "fr") if tag.scope == "main"]
            if found:
                return found
        return []

    # ── readings ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _readings(self, text: TextToTag) -> Iterable[Reading]:
        fields = [("title", text.title), ("text", text.text[:READ])]
        for where, content in fields:
            folded = level(content)
            read = (self._reader.read(mention, content, folded) for mention in self._mentions(content, folded, where))
            yield from in_runs([reading for reading in read if reading is not None], content)
            yield from self._numbered(content, folded, where)

    def _mentions(self, content: str, folded: str, where: str) -> list[Mention]:
        """Return the names of one field; a town inside the name of a zone is none (« PETR du Pays de Langres »)."""
        printed = self._index.find(content, where)
        zones = [zone for zone in named_zones(content, folded, where) if not _is_known(zone, printed)]
        if not zones:
            return printed
        named = [zone for zone in zones if not zone.zone.startswith(UNDER)]
        kept = [
            mention
            for mention in printed
            if mention.meaning.epci_alone or not any(zone.start <= mention.start < zone.end for zone in named)
        ]
        return sorted((*kept, *zones), key=lambda mention: (mention.start, -mention.end))

    def _numbered(self, content: str, folded: str, where: str) -> Iterable[Reading]:
        if "departement" not in folded and "dans le " not in folded:
            return
        for found in context.NUMBERED.finditer(folded):
            for number in context.ONE_NUMBER.finditer(folded, found.start(1), found.end(1)):
                code = self._gazetteer.departement(number[0])
                if code:
                    mention = Mention(
                        meaning=Meaning(), field=where, start=number.start(), end=number.end(), size=1,
                        key=number[0], printed=content[number.start() : number.end()], lower=False, shouted=False,
                    )  # fmt: skip
                    main = where == "title" or asides.aims(folded, mention)
                    yield Reading(mention, [code], FAIR, main=main)

    def _settle(self, readings: list[Reading], source_territory: str | None) -> list[Reading]:
        """Choose between homonyms and keep weak readings that something else supports."""
        area = self._area_of(readings, source_territory)
        kept = [reading for reading in readings if self._choose(reading, area)]
        area = self._area_of(kept, source_territory)
        sure = {reading.mention.key for reading in kept if reading.strength > WEAK}
        kept = self._without_shortened(self._without_helpers(kept))
        together = self._neighbours(kept)
        runs = {reading.run for reading in kept if reading.strength > WEAK and reading.codes[0].startswith(_COUNTY)}
        return [
            reading
            for reading in kept
            if reading.strength > WEAK
            or reading.mention.key in sure
            or self._weight(reading.codes[0], area) >= _NEAR
            or not together.isdisjoint(self._gazetteer.ancestors(reading.codes[0]))
            or (reading.run in runs and reading.codes[0].startswith(_COUNTY))
        ]

    def _without_shortened(self, readings: list[Reading]) -> list[Reading]:
        """Drop « Coulombs », of another département, where the text prints « Coulombs-en-Valois »."""
        towns = [reading for reading in readings if reading.codes[0].startswith("fr:commune:")]
        begun: dict[str, set[str]] = {}
        for reading in towns:
            words = reading.mention.key.split()
            for size in range(1, len(words)):
                begun.setdefault(" ".join(words[:size]), set()).update(self._counties(reading))
        return [
            reading
            for reading in readings
            if reading.strength == STRONG
            or not reading.codes[0].startswith("fr:commune:")
            or reading.mention.key not in begun
            or not begun[reading.mention.key].isdisjoint(self._counties(reading))
        ]

    def _counties(self, reading: Reading) -> list[str]:
        return [code for code in self._gazetteer.ancestors(reading.codes[0]) if code.startswith(_COUNTY)]

    def _without_helpers(self, readings: list[Reading]) -> list[Reading]:
        """Drop a town or an EPCI that lends a hand to an area elsewhere, where the title names that area."""
        named = {
            reading.codes[0]
            for reading in readings
            if reading.main and reading.mention.field == "title" and reading.strength > WEAK
        }
        titled = named.difference(*(self._gazetteer.ancestors(code) for code in named))
        if not titled:
            return readings
        return [
            reading
            for reading in readings
            if not reading.partner
            or not reading.codes[0].startswith(("fr:commune:", "fr:epci:"))
            or any(self._gazetteer.related(reading.codes[0], code) for code in titled)
        ]

    def _neighbours(self, readings: list[Reading]) -> set[str]:
        """EPCI where two weakly read communes or more lie: a list of neighbours supports itself."""
        names: dict[str, set[str]] = {}
        for reading in readings:
            if reading.codes[0].startswith("fr:commune:") and len(reading.mention.key) > 3:  # noqa: PLR2004 - « Eu », « Ham »
                for place in self._gazetteer.ancestors(reading.codes[0])[:1]:
                    names.setdefault(place, set()).add(reading.mention.key)
        return {place for place, keys in names.items() if place.startswith("fr:epci:") and len(keys) > 1}

    def _area_of(self, readings: list[Reading], source_territory: str | None) -> Counter[str]:
        """Weigh the places that the text surely names, and what contains them."""
        area: Counter[str] = Counter()
        for reading in readings:
            if reading.strength > WEAK and (len(reading.codes) == 1 or reading.codes[0].startswith("fr:region:")):
                self._add_to(area, reading.codes[0])
        if source_territory:
            self._add_to(area, source_territory)
        return area

    def _add_to(self, area: Counter[str], code: str) -> None:
        if not code.startswith("fr:"):
            return
        area[code] += 2 * _NEAR if not code.startswith("fr:region:") else 1
        for place in self._gazetteer.ancestors(code):
            # A commune says little of another one in its région: « Clermont » is not in Landes because Pau is named.
            if place.startswith("fr:") and not place.startswith("fr:region:"):
                area[place] += _NEAR

    def _weight(self, code: str, area: Counter[str]) -> int:
        return sum(area[place] for place in (code, *self._gazetteer.ancestors(code)) if place in area)

    def _choose(self, reading: Reading, area: Counter[str]) -> bool:
        """Leave one candidate of several homonyms; False where nothing tells them apart."""
        if len(reading.codes) == 1 or not reading.codes[0].startswith(("fr:commune:", "fr:epci:")):
            return True
        weights = sorted(((self._weight(code, area), code) for code in reading.codes), reverse=True)
        if weights[0][0] > weights[1][0]:
            reading.codes = [weights[0][1]]
            return True
        best = [code for weight, code in weights if weight == weights[0][0]]
        near = [code for code in best if _PACIFIC.isdisjoint(self._gazetteer.ancestors(code))]
        chosen = near[0] if len(near) == 1 else self._dominant(near or best, reading)
        if chosen:
            reading.codes = [chosen]
            reading.strength = min(reading.strength, FAIR)
        return chosen is not None

    def _dominant(self, codes: list[str], reading: Reading) -> str | None:
        people = sorted(((self._people(code, reading.mention), code) for code in codes), reverse=True)
        (most, first), (next_most, _) = people[0], people[1]
        least = _MERGED if reading.strength == STRONG else _BARE_TOWN
        return first if most >= _DOMINANT * max(next_most, 1) and most > least else None

    def _people(self, code: str, mention: Mention) -> int:
        towns = self._gazetteer.communes_of([code.rpartition(":")[2]])
        if not towns:
            return 0
        today = key(towns[0].name).split()[-1] == mention.key.split()[-1]
        return towns[0].population if today else min(towns[0].population, _MERGED)


def _is_known(zone: Mention, printed: list[Mention]) -> bool:
    """Return True for a « pays » that is an EPCI, a région or a park by that name."""
    return zone.zone.startswith("x:pays:") and any(
        mention.start <= zone.start < mention.end or (mention.meaning.epci and zone.start <= mention.start < zone.end)
        for mention in printed
    )


def _language(text: TextToTag) -> str:
    return detect(f"{level(text.title)} {level(text.text[:READ])[:_TOLD]}", text.lang)


def _supposed(code: str, said: str, where: str, origin: Origin) -> Tag:
    evidence = Evidence(text=said, where=where)
    return Tag(scheme=Scheme.TERRITORY, term=code, score=0.5, origin=origin, evidence=(evidence,))
