"""Zones outside the official code: massifs, basins, parks, sea fronts, zonings, regions of the world (`x:KIND:NAME`).

They come from `pipelines/territories/zones.yaml`. Some are known by how they are printed alone: a PETR or a GAL, whose
lists change with every programme, and the communes under a number of inhabitants.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from veille.config.problems import refuse
from veille.config.yaml_source import load_yaml

PREFIX = "x:"
#: Communes under a number of inhabitants: « x:communes:moins-de-3500 ».
UNDER = "x:communes:moins-de-"
_UNDER = re.compile(rf"{UNDER}([0-9]+)")
#: Kinds without a list, with what is printed before their name.
NAMED = {"petr": "PETR ", "gal": "GAL ", "pays": ""}
_ARTICLE = re.compile(r"^(?:de la |de l'|des |du |de |d')")
_ELIDED = re.compile(r"\b([dl]) ")
_NARROW_SPACE = "\u202f"
_SMALL = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "sur", "sous", "a", "au", "aux"})


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone of the list."""

    #: "x:pnr:morvan"
    code: str
    #: As a person reads it, in French.
    name: str
    #: How it is printed; « (s) » is optional.
    printed: tuple[str, ...]
    #: GeoZones ids of the territories in which it lies, wholly or partly; empty where it lies everywhere.
    places: tuple[str, ...]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    called: str = ""
    printed: list[str] = []
    places: list[str] = []


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    heads: list[str] = []
    zones: dict[str, _Row] = {}


class _File(BaseModel):
    """The keys of zones.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1]
    kinds: dict[str, _Kind] = {}


class Zones:
    """The zones by id."""

    def __init__(self, zones: Sequence[Zone] = ()) -> None:
        self._zones: Mapping[str, Zone] = {zone.code: zone for zone in zones}

    def __iter__(self) -> Iterator[Zone]:
        return iter(self._zones.values())

    def name(self, code: str, accents: Callable[[str], str] = str.capitalize) -> str:
        """Return the French name of a zone, or the id itself.

        A PETR or a GAL is named from its id; `accents` spells a plain word of it (« epinal », « Épinal »).
        """
        if code in self._zones:
            return self._zones[code].name
        if under := _UNDER.fullmatch(code):
            return f"communes de moins de {int(under[1]):,} habitants".replace(",", _NARROW_SPACE)
        _, _, rest = code.partition(":")
        kind, _, slug = rest.partition(":")
        if kind not in NAMED or not slug:
            return code
        words = " ".join(word if word in _SMALL else accents(word) for word in slug.split("-"))
        return NAMED[kind] + _ELIDED.sub(r"\1’", words)

    def places(self, code: str) -> tuple[str, ...]:
        """Return the GeoZones ids in which a zone lies, wholly or partly; empty where nothing is known of it."""
        return self._zones[code].places if code in self._zones else ()


def load_zones(path: Path) -> Zones:
    """Read a zones.yaml; raises ConfigError with the line that is wrong."""
    raw, locate = load_yaml(path)
    try:
        file = _File.model_validate(raw)
    except ValidationError as error:
        raise refuse(error, _File, path, locate) from error
    return Zones([zone for kind, rows in file.kinds.items() for zone in _zones(kind, rows)])


def _zones(kind: str, rows: _Kind) -> Iterator[Zone]:
    for slug, row in rows.zones.items():
        bare = _ARTICLE.sub("", row.called)
        called = [f"{head} {name}" for head in rows.heads for name in dict.fromkeys((row.called, bare)) if name]
        yield Zone(f"{PREFIX}{kind}:{slug}", row.name, (*called, *row.printed), tuple(map(_place, row.places)))


def _place(place: str) -> str:
    """Return a GeoZones id; a bare number is a département's."""
    return place if ":" in place else f"fr:departement:{place}"
