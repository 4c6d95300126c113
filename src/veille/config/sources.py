"""sources.yaml: what to watch. Errors name file, line, key, cause and cure; the JSON Schema is generated from here."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from veille.config.api_options import EXPERIMENTAL_APIS, MAPPED_APIS, ApiName
from veille.config.problems import refuse
from veille.config.requests import RequestLine, refuse_key_in_address
from veille.config.source_kinds import KIND_HELP, KindName, check_options, check_url
from veille.config.yaml_source import Locate, parse_yaml, read_definition
from veille.errors import ConfigError
from veille.model import Expect, Family, Licence, Recipe, Source
from veille.model.details import MANUAL

_UNITS = {"m": 60, "h": 3600, "d": 86400, "j": 86400, "w": 604800}
#: An interval is how often a server is asked: never under a minute, and a source asked less than monthly is forgotten.
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=31)
#: Pages of one list in one visit: at a request a second more would keep a host for minutes.
MAX_PAGES = 50
_SLUG = r"^[a-z0-9][a-z0-9-]{0,127}$"
#: GeoZones ids, EU and countries included (data.gouv.fr).
_TERRITORY = r"^(fr:(region|departement|epci|commune):[0-9AB]{1,9}|country:[a-z]{2}|country-group:[a-z]+)$"
_EVERY_HELP = "intervalle entre deux relevés : 30m, 6h, 1d… (de 1m à 31d) ; absent = adaptatif, de 1 h à 24 h"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Defaults(_Strict):
    """Values that sources inherit."""

    every: str | None = Field(None, description=_EVERY_HELP)
    language: Literal["fr", "en", "de", "es", "it"] | None = Field(None, description="langue de la source")
    territory: str | None = Field(
        None, pattern=_TERRITORY, description="territoire, identifiant GeoZones : fr:region:84"
    )
    type: str | None = Field(None, pattern=_SLUG, description="type d'opportunité par défaut (taxonomie)")
    sectors: tuple[str, ...] = Field((), description="filières par défaut (taxonomie)")
    licence: Licence | None = Field(
        None, description="public, propre, accord ou presse : ce qui peut être gardé et montré"
    )

    @field_validator("every")
    @classmethod
    def _interval(cls, value: str | None) -> str | None:
        if value is not None:
            parse_interval(value)
        return value


class ExpectLine(_Strict):
    """What a source normally looks like."""

    min_items: int | None = Field(None, ge=0, le=500, description="moins d'entrées que cela = page cassée")
    date_format: str | None = Field(
        None, min_length=2, max_length=60, description="forme de ses dates pour strptime : %d/%m/%Y, %d %B %Y…"
    )


class RecipeLine(_Strict):
    """Where the entries of a page stand: CSS selectors, or XPath 1.0 after « xpath: »."""

    item: str = Field(min_length=1, max_length=500, description="chaque élément trouvé est une entrée")
    title: str | None = Field(
        None, max_length=500, description="son titre ; absent = premier intertitre, sinon le lien"
    )
    link: str | None = Field(None, max_length=500, description="son lien ; absent = premier lien")
    date: str | None = Field(None, max_length=500, description="sa date ; absent = premier élément time")
    deadline: str | None = Field(None, max_length=500, description="sa date limite")
    summary: str | None = Field(None, max_length=500, description="son résumé")
    next: str | None = Field(None, max_length=500, description="lien vers la page suivante ; absent = rel=next")
    expect: ExpectLine = Field(ExpectLine(), description="à quoi la page ressemble d'habitude")


class SourceLine(Defaults):
    """One source."""

    id: str = Field(pattern=_SLUG, description="identifiant : minuscules, chiffres et tirets ; clé de l'historique")
    title: str = Field(min_length=1, max_length=200, description="nom affiché")
    kind: KindName = Field(description=KIND_HELP)
    recipe: RecipeLine | None = Field(
        None, description="pour « kind: page » : où se trouvent ses entrées ; absent = ce qu'elle énonce en JSON-LD"
    )
    api: ApiName | None = Field(None, validate_default=True, description="pour « kind: api » : laquelle")
    mapping: dict[str, Any] | None = Field(
        None,
        validate_default=True,
        description="pour « kind: json » et « api: opendatasoft » : où se trouve chaque champ (JMESPath)",
    )
    request: RequestLine | None = Field(
        None, description="pour « kind: json » : comment l'API est demandée ; absent = par GET, à son adresse"
    )
    options: dict[str, Any] = Field(
        {}, validate_default=True, description="ce que la nature de la source demande en plus"
    )
    pages: int | None = Field(None, ge=1, le=MAX_PAGES, description="pages lues par relève, au plus")
    details: bool | None = Field(
        None, description="lire la page de chaque entrée nouvelle ; absent = oui pour page, sitemap et mailbox"
    )
    documents: bool | None = Field(
        None, description="lire les PDF joints aux entrées ou à leurs pages ; absent = comme « details »"
    )
    url: str = Field(
        max_length=2048,
        description="adresse complète : http(s)://…, ou selon la nature imaps://, maildir:///, file:///",
    )
    family: Family | None = Field(None, description="famille : la part de la veille que cette source sert")
    formerly: tuple[str, ...] = Field((), description="anciens identifiants, pour garder l'historique")
    seen_in: str | None = Field(None, description="où cette adresse a été vue publiée")
    enabled: bool = Field(True, description="false = ne plus relever")
    experimental: bool = Field(False, description="true = jamais vérifiée sur des données réelles")

    @field_validator("api")
    @classmethod
    def _named_api(cls, value: str | None, info: ValidationInfo) -> str | None:
        if (info.data.get("kind") == "api") != (value is not None):
            raise ValueError("« api » va avec « kind: api » : dites laquelle, ou changez de nature")
        return value

    @field_validator("recipe")
    @classmethod
    def _recipe_of_a_page(cls, value: RecipeLine | None, info: ValidationInfo) -> RecipeLine | None:
        if value is not None and info.data.get("kind") != "page":
            raise ValueError("« recipe » va avec « kind: page », et lui seul")
        return value

    @field_validator("options")
    @classmethod
    def _known_options(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        kind = info.data.get("kind")
        return check_options(kind, value, info.data.get("api")) if kind else value

    @field_validator("request")
    @classmethod
    def _request_of_an_api(cls, value: RequestLine | None, info: ValidationInfo) -> RequestLine | None:
        if value is not None and info.data.get("kind") != "json":
            raise ValueError(
                "« request » va avec « kind: json », et lui seul : une API connue sait comment se demander"
            )
        return value

    @field_validator("mapping")
    @classmethod
    def _usable_mapping(cls, value: dict[str, Any] | None, info: ValidationInfo) -> dict[str, Any] | None:
        needed = info.data.get("kind") == "json" or info.data.get("api") in MAPPED_APIS
        if needed != (value is not None):
            raise ValueError("« mapping » va avec « kind: json » et « api: opendatasoft », et eux seuls")
        if value is not None:
            from veille.config.mapping import expressions  # noqa: PLC0415 - few sources need a JMESPath parser

            if "title" not in expressions(value):
                raise ValueError("« title » manque : sans lui une entrée n'a pas de nom")
        return value

    @field_validator("url")
    @classmethod
    def _usable_address(cls, value: str, info: ValidationInfo) -> str:
        refuse_key_in_address(value)
        return check_url(info.data.get("kind", "feed"), value)


class SourcesFile(_Strict):
    """The whole file."""

    version: Literal[1] = Field(description="toujours 1")
    defaults: Defaults = Defaults()
    sources: tuple[SourceLine, ...] = Field(description="les sources")


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of an instance, in file order, ids unique."""

    sources: tuple[Source, ...]

    def named(self, ids: Sequence[str]) -> tuple[Source, ...]:
        """Return the sources with these ids; raises ConfigError naming the nearest id for an unknown one."""
        by_id = {source.id: source for source in self.sources}
        for wanted in ids:
            if wanted not in by_id:
                from veille.config.problems import unknown_key  # noqa: PLC0415 - only on this path

                _, cure = unknown_key(wanted, by_id)
                raise ConfigError(f"source inconnue « {wanted} »", file="sources.yaml", cure=cure)
        return tuple(by_id[wanted] for wanted in ids)


def parse_interval(text: str) -> timedelta:
    """Read `30m`, `6h`, `1d`, `2w`; raises ValueError in French."""
    match = re.fullmatch(r"\s*([1-9][0-9]{0,5})\s*(m|h|d|j|w)\s*", text)
    value = timedelta(seconds=int(match[1]) * _UNITS[match[2]]) if match else timedelta()
    if not _SHORTEST <= value <= _LONGEST:
        raise ValueError(_EVERY_HELP)
    return value


def load_sources(path: Path) -> Sources:
    """Read and check a sources.yaml; raises ConfigError. A file that did not change is not checked twice in a row."""
    return _checked(read_definition(path), path)


@lru_cache(maxsize=1)
def _checked(raw: bytes, path: Path) -> Sources:
    return parse_sources(raw, path)


def parse_sources(raw: bytes, path: Path) -> Sources:
    """Read and check the bytes of a sources.yaml that is about to be written at `path`; raises ConfigError."""
    return _read(*parse_yaml(raw, path), path)


def _read(data: Any, locate: Locate, path: Path) -> Sources:
    if not isinstance(data, dict):
        raise ConfigError(
            "ce fichier ne contient pas de sources", file=path, cure="commencez par « version: 1 » puis « sources: »"
        )
    try:
        parsed = SourcesFile.model_validate(data)
    except ValidationError as error:
        raise refuse(error, SourcesFile, path, locate) from error
    _refuse_duplicates(parsed, path, locate)
    return Sources(
        tuple(
            _to_source(line, parsed.defaults, path, locate(("sources", index)))
            for index, line in enumerate(parsed.sources)
        )
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of sources.yaml, for editors."""
    return SourcesFile.model_json_schema()


def _refuse_duplicates(parsed: SourcesFile, path: Path, locate: Locate) -> None:
    ids: dict[str, int] = {}
    asked: dict[tuple[str, str], int] = {}
    for index, line in enumerate(parsed.sources):
        here = locate(("sources", index, "id")) or locate(("sources", index))
        for name in (line.id, *line.formerly):
            if name == MANUAL:
                cure = "prenez un autre identifiant : celui-ci est la source de « veille items add »"
                raise ConfigError(f"identifiant réservé « {name} »", file=path, line=here, key="id", cure=cure)
            if name in ids:
                raise ConfigError(
                    f"identifiant « {name} » déjà pris ligne {ids[name]}",
                    file=path,
                    line=here,
                    key="id",
                    cure="changez-en un",
                )
            ids[name] = here
        place = question(line.url, _options(line))
        if place in asked:
            raise ConfigError(
                f"adresse déjà donnée ligne {asked[place]}",
                file=path,
                line=here,
                key="url",
                cure="gardez une seule source",
            )
        asked[place] = here


def question(url: str, options: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a source asks: its address with its options, for two searches of one API are two sources."""
    sent = {key: value for key, value in options.items() if key != "mapping"}
    return url, json.dumps(sent, sort_keys=True, default=str)


def _options(line: SourceLine) -> dict[str, Any]:
    """Return what the kind of a source needs besides its URL."""
    request = line.request.model_dump(exclude_unset=True) if line.request else None
    named = {"api": line.api, "mapping": line.mapping, "request": request}
    return {**line.options, **{key: value for key, value in named.items() if value is not None}}


def _to_source(line: SourceLine, defaults: Defaults, path: Path, number: int) -> Source:
    every, recipe = line.every or defaults.every, line.recipe
    return Source(
        id=line.id,
        title=line.title,
        kind=line.kind,
        url=line.url,
        every=parse_interval(every) if every else None,
        language=line.language or defaults.language,
        territory=line.territory or defaults.territory,
        type=line.type or defaults.type,
        sectors=line.sectors or defaults.sectors,
        licence=line.licence or defaults.licence or Licence.PRESS,
        family=line.family,
        formerly=line.formerly,
        seen_in=line.seen_in,
        enabled=line.enabled,
        experimental=line.experimental or line.api in EXPERIMENTAL_APIS,
        options=_options(line),
        pages=line.pages,
        details=line.details,
        documents=line.documents,
        recipe=Recipe(**recipe.model_dump(exclude={"expect"})) if recipe else None,
        expect=Expect(**recipe.expect.model_dump()) if recipe else Expect(),
        line=number,
        file=str(path),
    )
