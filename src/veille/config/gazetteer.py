"""The territories of France, Europe and the countries of interest: names, levels, containment (GeoZones ids).

The tables come from `pipelines/territories/`: `france.json.gz` (the official geographic code, compacted by
`scripts/build_territories.py`), `names.yaml` (former regions, adjectives, acronyms, countries, NUTS) and `zones.yaml`
(massifs, basins, parks…).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from veille.config.misspelt import misspelt
from veille.config.territory_files import find, read_names, read_tables
from veille.config.zones import PREFIX, Zones, load_zones
from veille.errors import ConfigError
from veille.text import fold

FRANCE = "country:fr"
EUROPE = "country-group:ue"
#: Overseas collectivities outside the European Union (Saint-Martin, 978, is inside: TFEU art. 349).
_OUTSIDE_UNION = frozenset({"975", "977", "984", "986", "987", "988", "989"})
_LEVELS = {"region", "departement", "epci", "commune"}
_WORD = re.compile(r"\w+")
_PLACE = "donnez un numéro de département ou un identifiant GeoZones, par exemple fr:region:53"
_OPTIONAL = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune of today."""

    insee: str
    name: str
    departement: str
    #: Index in the list of EPCI, -1 outside any.
    epci: int
    population: int


@dataclass(frozen=True, slots=True)
class PrintedName:
    """One way a territory is printed."""

    name: str
    code: str
    #: "official", "other", "former" (a region before 2016, a merged commune) or "adjective".
    kind: str


def plain(name: str) -> str:
    """Return a name in lower case without accents."""
    return unicodedata.normalize("NFKD", name.lower().replace("œ", "oe")).encode("ascii", "ignore").decode()


def spelled(pattern: str) -> Iterator[str]:
    """Yield every spelling of « breton(ne)(s) »: endings in brackets are optional."""
    parts = _OPTIONAL.split(pattern)
    choices = [(part,) if place % 2 == 0 else ("", part) for place, part in enumerate(parts)]
    yield from ("".join(chosen) for chosen in product(*choices))


class Gazetteer:
    """Answers about territories; built once, then only read."""

    def __init__(self, tables: Mapping[str, Any], names: Mapping[str, Any], zones: Zones) -> None:
        self._tables = tables
        #: Massifs, basins, parks…: in none of the levels below.
        self.zones = zones
        self._names = names
        communes = tables["communes"]
        rows = zip(
            communes["codes"].split("\n"),
            communes["names"].split("\n"),
            communes["departements"].split("\n"),
            communes["epci"],
            communes["populations"],
            strict=True,
        )
        self.communes: tuple[Commune, ...] = tuple(Commune(*row) for row in rows)
        self._rank = {commune.insee: rank for rank, commune in enumerate(self.communes)}
        #: INSEE codes of the seats of départements.
        self.capitals = frozenset(self.communes[rank].insee for rank in communes["capitals"])
        #: INSEE codes of communes whose name is made of ordinary words (« Sens »).
        self.common = frozenset(self.communes[rank].insee for rank in communes["common"])
        #: The same where accents are not printed (« VILLE » may be Villé).
        self.common_in_capitals = frozenset(self.communes[rank].insee for rank in communes["common_in_capitals"])
        self.epci_codes: tuple[str, ...] = tuple(tables["epci"])

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────
    def level(self, code: str) -> str:
        """Return "country-group", "country", "region", "departement", "epci" or "commune"; "" for anything else."""
        head, _, rest = code.partition(":")
        if head in {"country", "country-group"}:
            return head
        middle = rest.partition(":")[0]
        return middle if head == "fr" and middle in _LEVELS else ""

    def name(self, code: str) -> str:
        """Return the French name of a GeoZones id or of a zone (`x:`), or the id itself where it is unknown."""
        if code.startswith(PREFIX):
            return self.zones.name(code, lambda word: self._accented.get(word, word.capitalize()))
        short = code.rpartition(":")[2]
        found: str | None = None
        match self.level(code):
            case "commune":
                found = self.communes[self._rank[short]].name if short in self._rank else None
            case "epci":
                found = self._epci_name(short)
            case "departement":
                found = self._tables["departements"].get(short, (None,))[0]
            case "region":
                found = self._tables["regions"].get(short)
            case "country":
                found = "France" if short == "fr" else self._countries.get(short, (None,))[0]
            case "country-group":
                found = "Union européenne" if short == "ue" else None
        return found or code

    @cached_property
    def _accented(self) -> dict[str, str]:
        """Plain word → the word of a commune's name that it stands for, the most frequent: « epinal » → « Épinal »."""
        count = Counter(_WORD.findall(self._tables["communes"]["names"]))
        return {plain(word): word for word, _ in reversed(count.most_common()) if not word.islower()}

    def zone_places(self, code: str) -> tuple[str, ...]:
        """Return the GeoZones ids in which a zone (`x:`) lies, wholly or partly; empty for anything else."""
        return self.zones.places(code)

    def _epci_name(self, code: str) -> str | None:
        if code not in self._tables["epci"]:
            return None
        name: str = self._tables["epci"][code][0]
        for short, long in (("CC ", "communauté de communes "), ("CA ", "communauté d'agglomération ")):
            if name.startswith(short):
                return long + name.removeprefix(short)
        return name

    @cached_property
    def _countries(self) -> dict[str, Sequence[str]]:
        groups = self._names["countries"]
        return {code: names for group in groups.values() for code, names in group.items()}

    @property
    def country_codes(self) -> frozenset[str]:
        """ISO 3166 codes, in lower case, of the countries that it names."""
        return frozenset(self._countries)

    def communes_of(self, codes: Sequence[str]) -> tuple[Commune, ...]:
        """Return the communes of these INSEE codes that exist today."""
        return tuple(self.communes[self._rank[code]] for code in codes if code in self._rank)

    def largest_of(self, epci: int) -> Commune:
        """Return the most populous commune of an EPCI, by its index."""
        return self._largest[epci]

    @cached_property
    def _largest(self) -> dict[int, Commune]:
        found: dict[int, Commune] = {}
        for commune in self.communes:
            if commune.epci >= 0 and commune.population > getattr(found.get(commune.epci), "population", -1):
                found[commune.epci] = commune
        return found

    def commune(self, insee: str) -> str | None:
        """Return the GeoZones id of an INSEE code, or None where no commune of today bears it."""
        return f"fr:commune:{insee}" if insee in self._rank else None

    def departement(self, number: str) -> str | None:
        """Return the GeoZones id of a département number (« 63 », « 2A », « 974 »), or None."""
        return f"fr:departement:{number.upper()}" if number.upper() in self._tables["departements"] else None

    # ── containment ──────────────────────────────────────────────────────────────────────────────────────────────
    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return what contains a territory, nearest first: EPCI, départements, régions, country, country-group."""
        return self._known_ancestors.get(code) or self._find_ancestors(code)

    @cached_property
    def _known_ancestors(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _find_ancestors(self, code: str) -> tuple[str, ...]:
        short = code.rpartition(":")[2]
        found: tuple[str, ...] = ()
        match self.level(code):
            case "commune" if short in self._rank:
                commune = self.communes[self._rank[short]]
                epci = (f"fr:epci:{self.epci_codes[commune.epci]}",) if commune.epci >= 0 else ()
                found = (*epci, *self._departement_up(commune.departement))
            case "epci" if short in self._tables["epci"]:
                found = self._epci_up(short)
            case "departement" if short in self._tables["departements"]:
                found = self._departement_up(short)[1:]
            case "region" if short in self._tables["regions"]:
                found = self._region_up(short)[1:]
            case "country" if short == "fr" or short in self._union:
                found = (EUROPE,)
        self._known_ancestors[code] = found
        return found

    @cached_property
    def _union(self) -> frozenset[str]:
        return frozenset(self._names["countries"]["eu"])

    def _departement_up(self, number: str) -> tuple[str, ...]:
        region = self._tables["departements"].get(number, ("", number))[1]
        return (f"fr:departement:{number}", *self._region_up(region))

    def _region_up(self, region: str) -> tuple[str, ...]:
        union = () if region in _OUTSIDE_UNION else (EUROPE,)
        return (f"fr:region:{region}", FRANCE, *union)

    def _epci_up(self, code: str) -> tuple[str, ...]:
        numbers = self._epci_departements.get(code, ())
        ups = [self._departement_up(number) for number in numbers]
        places = [up[0] for up in ups] + [up[1] for up in ups]
        return (*dict.fromkeys(places), *dict.fromkeys(place for up in ups for place in up[2:]))

    @cached_property
    def _epci_departements(self) -> dict[str, list[str]]:
        """EPCI → its départements, the one with most people first."""
        people: dict[int, dict[str, int]] = {}
        for commune in self.communes:
            if commune.epci >= 0:
                inside = people.setdefault(commune.epci, {})
                inside[commune.departement] = inside.get(commune.departement, 0) + commune.population
        return {
            self.epci_codes[rank]: sorted(inside, key=lambda number: -inside[number]) for rank, inside in people.items()
        }

    def contains(self, whole: str, part: str) -> bool:
        """Return True where `part` is `whole` or lies in it."""
        return whole == part or whole in self.ancestors(part)

    def related(self, a: str, b: str) -> bool:
        """Return True where the two are the same or one contains the other."""
        return self.contains(a, b) or self.contains(b, a)

    def from_nuts(self, nuts: str) -> str | None:
        """Return the GeoZones id of a NUTS code (old regions give the present one), or None."""
        table = self._names["nuts"]
        code = nuts.strip().upper()
        if code[:2] != "FR":
            country = {"EL": "gr", "UK": "gb"}.get(code[:2], code[:2].lower())
            return f"country:{country}" if country in self._countries else None
        while code:
            if code in table:
                return str(table[code])
            code = code[:-1]
        return None

    # ── printed names ────────────────────────────────────────────────────────────────────────────────────────────
    def printed(self) -> Iterator[PrintedName]:
        """Yield every way to print a territory other than communes and EPCI."""
        yield from self._printed_regions()
        for number, (name, _) in self._tables["departements"].items():
            yield PrintedName(name, f"fr:departement:{number}", "official")
        for code, row in self._names["regions"].items():
            for kind in ("names", "former", "adjectives"):
                for pattern in row[kind]:
                    yield from self._spellings(pattern, f"fr:region:{code}", kind)
        for number, patterns in self._names["departements"].items():
            for pattern in patterns:
                yield from self._spellings(pattern, f"fr:departement:{number}", "adjectives")
        for code, names in self._countries.items():
            for name in names:
                yield PrintedName(name, f"country:{code}", "official")

    def _printed_regions(self) -> Iterator[PrintedName]:
        """Yield the names of régions, and their misprints that are no adjective (« occitane »)."""
        for code, name in self._tables["regions"].items():
            yield PrintedName(name, f"fr:region:{code}", "official")
            adjectives = self._names["regions"].get(code, {}).get("adjectives", ())
            known = {fold(said) for pattern in adjectives for said in spelled(pattern)}
            for misprint in misspelt(name):
                if fold(misprint) not in known:
                    yield PrintedName(misprint, f"fr:region:{code}", "other")

    @staticmethod
    def _spellings(pattern: str, code: str, section: str) -> Iterator[PrintedName]:
        kind = {"names": "other", "former": "former", "adjectives": "adjective"}[section]
        for name in spelled(pattern):
            yield PrintedName(name, code, kind)

    def printed_epci(self) -> Iterator[tuple[str, str, str]]:
        """Yield (name, SIREN code, legal form) of every EPCI, and its usual names."""
        for code, (name, form, _) in self._tables["epci"].items():
            yield name, code, form
        for code, names in self._names["epci"].items():
            for name in names:
                yield name, code, self._tables["epci"].get(code, ("", ""))[1]

    def printed_communes(self) -> tuple[str, list[str]]:
        """Return the names of communes, one a line, and their INSEE codes: today's, merged ones, abbreviations."""
        former = self._tables["former"]
        extra = [(name, code) for code, names in self._names["communes"].items() for name in names]
        lines = [self._tables["communes"]["names"], former["names"], *(name for name, _ in extra)]
        codes = [*self._rank, *former["codes"].split("\n"), *(code for _, code in extra)]
        return "\n".join(line for line in lines if line), codes

    @property
    def former_count(self) -> int:
        """How many names of merged communes `printed_communes` gives, after those of today."""
        return len(self._tables["former"]["codes"].split("\n"))

    @cached_property
    def not_places(self) -> tuple[str, ...]:
        """Proper names that hold a place name without meaning the place (« Loire-Bretagne », « gare du Nord »)."""
        return tuple(self._names["not_places"])

    @cached_property
    def common_former(self) -> frozenset[str]:
        """Former commune names made of ordinary words."""
        names = self._tables["former"]["names"].split("\n")
        return frozenset(names[rank] for rank in self._tables["former"]["common"])

    @cached_property
    def former_regions(self) -> dict[str, str]:
        """Name of a region before 2016 → GeoZones id of today's."""
        return {item.name: item.code for item in self.printed() if item.kind == "former"}

    def former(self, printed: str) -> str:
        """Say in French that a printed name is a former region's (« Alsace : aujourd'hui Grand Est »), else ""."""
        wanted = re.sub(r"[\s-]+", " ", printed).strip().casefold()
        for name, code in self.former_regions.items():
            if name.replace("-", " ").casefold() == wanted:
                return f"{name} : ancienne région, aujourd'hui {self.name(code)}"
        return ""


def load_gazetteer(folders: Sequence[Path]) -> Gazetteer:
    """Read the territories from the first folder that has them (the instance's own first)."""
    zones = find(folders, "zones.yaml")
    tables, names = read_tables(find(folders, "france.json.gz")), read_names(find(folders, "names.yaml"))
    gazetteer = Gazetteer(tables, names, load_zones(zones))
    for zone in gazetteer.zones:
        for place in zone.places:
            if not place.startswith("country:") and gazetteer.name(place) == place:
                raise ConfigError(f"zone « {zone.name} » : territoire inconnu « {place} »", file=zones, cure=_PLACE)
    return gazetteer
