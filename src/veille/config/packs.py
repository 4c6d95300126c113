"""Packs: one profession's sources, axes and digest in a folder that anyone can write.

    pack.yaml       title, sentence, sectors, and the sources of the shipped catalogue that it switches on
    sources.yaml    its own sources, each line complete: the instance's `defaults` must not change what a pack means
    axes.yaml       terms of the scheme `axis`, « hors sujet » among them
    digests/        digest.yaml and templates, over those that ship

`config/packing.py` puts one into an instance.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from veille.config.catalogue import check_source
from veille.config.digests import digest_names, load_digest
from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.config.instance import SOURCES, shipped
from veille.config.problems import nearest, refuse
from veille.config.sources import load_sources, question
from veille.config.taxonomy import OFF_TOPIC, Taxonomy, Term, load_taxonomy
from veille.config.yaml_source import Locate, load_yaml
from veille.errors import ConfigError, InputError
from veille.model import Family, Scheme, Source

PACK, AXES, DIGESTS = "pack.yaml", "axes.yaml", "digests"
#: Below the shipped definitions.
FOLDER = "packs"
#: What every line of a pack says itself, besides what any source must say.
_EXPLICIT = ("language", "territory", "licence", "family", "seen_in")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
#: An axis with fewer words of its own is found by chance.
_CUES = 10
#: What a profession's watch asks for (design): axes, sources and families.
_AXES, _SOURCES, _FAMILIES = range(6, 11), 25, 5


class _PackFile(BaseModel):
    """The keys of pack.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = Field(description="toujours 1")
    title: str = Field(min_length=1, max_length=80, description="nom de la profession, affiché")
    sentence: str = Field(min_length=1, max_length=300, description="une phrase : pour qui, et ce qu'on y suit")
    sectors: tuple[str, ...] = Field((), description="filières du pack (taxonomie)")
    catalogue: tuple[str, ...] = Field((), description="identifiants de sources du catalogue livré, à allumer")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was read whole and found sound."""

    name: str
    folder: Path
    title: str
    sentence: str
    sectors: tuple[str, ...]
    #: Its own sources, in file order.
    own: tuple[Source, ...]
    #: Sources of the shipped catalogue that it switches on.
    references: tuple[Source, ...]
    #: « hors sujet » left out.
    axes: tuple[Term, ...]
    #: Names of the digests it changes or adds.
    digests: tuple[str, ...]

    @property
    def usable(self) -> tuple[Source, ...]:
        """The sources that are on once the pack is in."""
        return (*(source for source in self.own if source.enabled), *self.references)

    @property
    def families(self) -> dict[Family, int]:
        """How many usable sources serve each part of the watch."""
        served = [source.family for source in self.usable]
        return {family: count for family in Family if (count := served.count(family))}


def pack_names() -> list[str]:
    """Return the names of the packs that ship, sorted."""
    return sorted(path.parent.name for path in (shipped() / FOLDER).glob(f"*/{PACK}"))


def find_pack(wanted: str) -> Path:
    """Return the folder of a shipped pack, or the folder that `wanted` names; raises InputError with the nearest."""
    if wanted in pack_names():
        return shipped() / FOLDER / wanted
    folder = Path(wanted)
    if (folder / PACK).is_file():
        return folder.resolve()
    if folder.is_dir():
        raise InputError(f"{wanted} n'est pas un pack", cure=f"il y manque {PACK} ; voir docs/how-to/ecrire-un-pack.md")
    near = nearest(wanted, pack_names())
    cure = f"vouliez-vous « {near} » ?" if near else f"packs livrés : {', '.join(pack_names())}"
    raise InputError(f"pack inconnu « {wanted} »", cure=cure)


def load_pack(folder: Path) -> Pack:
    """Read and check everything that a pack holds; raises ConfigError with file, line, key and cure."""
    if not _NAME.fullmatch(folder.name):
        raise InputError(f"nom de pack refusé « {folder.name} »", cure="minuscules, chiffres et tirets")
    said, locate = _read_pack_file(folder / PACK)
    taxonomy = load_taxonomy([shipped()], extra=_axes_file(folder))
    for index, sector in enumerate(said.sectors):
        if sector not in taxonomy.of(Scheme.SECTOR):
            near = nearest(sector, taxonomy.of(Scheme.SECTOR))
            raise _wrong(folder, locate, ("sectors", index), f"filière inconnue « {sector} »", near)
    known, gazetteer = _shipped(shipped())
    return Pack(
        name=folder.name,
        folder=folder,
        title=said.title,
        sentence=said.sentence,
        sectors=said.sectors,
        own=_own_sources(folder, taxonomy, gazetteer, known),
        references=tuple(_references(folder, said.catalogue, known, locate)),
        axes=_axes(folder, taxonomy),
        digests=_digests(folder),
    )


def remarks(pack: Pack) -> list[str]:
    """Say in French what a pack lacks to be a whole watch; none of it is an error."""
    said = []
    if len(pack.usable) < _SOURCES:
        said.append(f"{len(pack.usable)} sources utilisables : visez-en {_SOURCES}")
    if len(set(pack.families) - {Family.INSTITUTION}) < _FAMILIES:
        said.append(f"familles servies : {', '.join(pack.families) or 'aucune'} ; visez-en {_FAMILIES}")
    if len(pack.axes) not in _AXES:
        said.append(f"{len(pack.axes)} axes : de {_AXES.start} à {_AXES.stop - 1} se lisent d'un coup d'œil")
    if off := [source.id for source in pack.own if not source.enabled]:
        said.append(f"éteintes, non comptées : {', '.join(off)}")
    if trials := [source.id for source in pack.usable if source.experimental]:
        said.append(f"expérimentales, à éprouver : {', '.join(trials)}")
    return said


# ── parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _read_pack_file(path: Path) -> tuple[_PackFile, Locate]:
    data, locate = load_yaml(path)
    try:
        return _PackFile.model_validate(data), locate
    except ValidationError as error:
        raise refuse(error, _PackFile, path, locate) from error


@lru_cache(maxsize=1)
def _shipped(folder: Path) -> tuple[dict[str, Source], Gazetteer]:
    """Return the catalogue's sources by id, and the places: a quarter of a second, the same for every pack."""
    return {source.id: source for source in load_sources(folder / SOURCES).sources}, load_gazetteer([folder])


def _wrong(folder: Path, locate: Locate, place: tuple[Any, ...], cause: str, near: str) -> ConfigError:
    cure = f"vouliez-vous « {near} » ?" if near else "retirez-le"
    return ConfigError(cause, file=folder / PACK, line=locate(place), key=str(place[0]), cure=cure)


def _own_sources(
    folder: Path, taxonomy: Taxonomy, gazetteer: Gazetteer, known: Mapping[str, Source]
) -> tuple[Source, ...]:
    path = folder / SOURCES
    if not path.is_file():
        return ()
    data, locate = load_yaml(path)
    found = load_sources(path).sources
    if data.get("defaults"):
        cure = "écrivez ces clés dans chaque source : l'instance a ses propres défauts"
        raise ConfigError(
            "un pack n'a pas de défauts", file=path, line=locate(("defaults",)), key="defaults", cure=cure
        )
    addresses = {question(source.url, source.options): source.id for source in known.values()}
    for index, source in enumerate(found):
        missing = [key for key in _EXPLICIT if key not in data["sources"][index]]
        if missing:
            raise _source_error(source, missing[0], "clé attendue dans un pack", f"ajoutez « {missing[0]} »")
        if there := addresses.get(question(source.url, source.options)):
            cure = f"retirez cette source et nommez « {there} » sous « catalogue » de {PACK}"
            raise _source_error(source, "url", "cette adresse est déjà dans le catalogue livré", cure)
        if source.id in known:
            raise _source_error(source, "id", "cet identifiant est déjà pris dans le catalogue livré", "changez-le")
        check_source(source, taxonomy, gazetteer)
    return found


def _source_error(source: Source, key: str, cause: str, cure: str) -> ConfigError:
    return ConfigError(cause, file=source.file, line=source.line, key=f"{source.id}.{key}", cure=cure)


def _references(folder: Path, wanted: tuple[str, ...], known: Mapping[str, Source], locate: Locate) -> list[Source]:
    found: dict[str, Source] = {}
    for index, name in enumerate(wanted):
        if name not in known or name in found:
            cause = f"source « {name} » nommée deux fois" if name in found else f"source inconnue « {name} »"
            raise _wrong(folder, locate, ("catalogue", index), cause, "" if name in found else nearest(name, known))
        found[name] = known[name]
    return list(found.values())


def _axes_file(folder: Path) -> list[Path]:
    path = folder / AXES
    if not path.is_file():
        return []
    data, locate = load_yaml(path)
    if isinstance(data, dict) and data.get("scheme") != Scheme.AXIS:
        cure = "écrivez « scheme: axis » : un pack n'a pas d'autres termes"
        raise ConfigError("ce ne sont pas des axes", file=path, line=locate(("scheme",)), key="scheme", cure=cure)
    return [path]


def _axes(folder: Path, taxonomy: Taxonomy) -> tuple[Term, ...]:
    """Return the axes; only the file of the pack defines some, for the program ships none."""
    axes = dict(taxonomy.of(Scheme.AXIS))
    if not axes:
        return ()
    if axes.pop(OFF_TOPIC, None) is None:
        cure = f"ajoutez un terme « id: {OFF_TOPIC} », avec les mots de ce qui ne vous regarde pas"
        raise ConfigError("« hors sujet » manque aux axes", file=folder / AXES, line=1, key="terms", cure=cure)
    for axis in axes.values():
        words = {*axis.cues, *axis.weak_cues, *axis.cues_en, *axis.acronyms}
        if not axis.sentence or len(words) < _CUES:
            cure = f"une phrase, et {_CUES} indices ou plus (il y en a {len(words)})"
            raise ConfigError(f"axe « {axis.id} » trop maigre", file=axis.file, line=axis.line, key="cues", cure=cure)
    return tuple(axes.values())


def _digests(folder: Path) -> tuple[str, ...]:
    own = folder / DIGESTS
    names = digest_names([own])
    for name in names:
        load_digest([own, shipped() / DIGESTS], name)
        if folders := [path for path in (own / name).iterdir() if not path.is_file()]:
            raise InputError(f"{folders[0]} : un bulletin n'a que des fichiers", cure="retirez ce dossier")
    return tuple(names)
