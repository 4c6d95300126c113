"""The taxonomy: terms of each scheme with their cues, layered from the instance's files over the package's.

A cue is folded French words; a final `*` on a word makes it a prefix. Nothing else is special: a cue is never a regular
expression, so no cue of a cluster can make the tagger slow.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from veille.config.problems import nearest, refuse
from veille.config.yaml_source import Locate, load_yaml
from veille.errors import ConfigError
from veille.model import Scheme
from veille.text import fold, singular

#: Below a definitions folder.
FOLDER = Path("pipelines") / "taxonomy"
#: Characters; the longest cue shipped has 58.
LONGEST_CUE = 100
#: The axis of what is none of the cluster's business; every file of axes may add to it.
OFF_TOPIC = "hors-sujet"
#: Letters before a `*`: two would match a tenth of the dictionary.
SHORTEST_PREFIX = 3
_STARS = re.compile(r"\*(?=\w)|(?<![\w])\*|\*{2,}")
_METACHARACTERS = re.compile(r"[\\^$?+|()\[\]{}<>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One label of one scheme, and how texts speak of it."""

    scheme: Scheme
    id: str
    #: French, as shown.
    label: str
    #: One French sentence that says what belongs here.
    sentence: str = ""
    cues: tuple[str, ...] = ()
    #: Words so frequent that they only confirm.
    weak_cues: tuple[str, ...] = ()
    #: Looked for in the title only.
    title_cues: tuple[str, ...] = ()
    #: Looked for at the very start of the title only.
    start_cues: tuple[str, ...] = ()
    #: Looked for in English text only.
    cues_en: tuple[str, ...] = ()
    #: Compared before folding: case and accents count.
    acronyms: tuple[str, ...] = ()
    #: Phrases hidden from this term's cues.
    negatives: tuple[str, ...] = ()
    #: Prefixes of CPV 2008 codes.
    cpv: tuple[str, ...] = ()
    #: Prefixes of NAF rév. 2 codes.
    naf: tuple[str, ...] = ()
    #: The wider term of the same scheme; of an axis: its sector, or a wider axis.
    broader: str | None = None
    #: Types: words of the title prove nothing unless another cue, the source or a code backs them.
    guarded: bool = False
    #: Types: breaks ties, the smallest wins.
    priority: int = 50
    #: Types: calls for an action of the member.
    actionable: bool = False
    #: Types: whether a deadline is expected.
    deadline: Literal["required", "possible", "rare"] = "rare"
    #: Types: days after which news of that kind is worth half.
    half_life_days: int = 30
    #: Types: slug of the horizon.
    horizon: str | None = None
    #: Audiences: EU thresholds (recommendation 2003/361/EC), persons and M€.
    staff_max: int | None = None
    turnover_max_meur: float | None = None
    #: Where it is defined.
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Every term by scheme and id, in the order of the files."""

    terms: Mapping[Scheme, Mapping[str, Term]]
    #: Changes whenever any definition does.
    digest: str = ""

    def of(self, scheme: Scheme) -> Mapping[str, Term]:
        """Return the terms of one scheme."""
        return self.terms.get(scheme, {})

    def label(self, scheme: Scheme, term: str) -> str:
        """Return the French label of a term, or its id where it is unknown."""
        known = self.of(scheme).get(term)
        return known.label if known else term

    def __iter__(self) -> Iterator[Term]:
        for terms in self.terms.values():
            yield from terms.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A title with the tags it must and must not get."""

    title: str
    types: tuple[str, ...] = ()
    not_types: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    not_sectors: tuple[str, ...] = ()


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _TermEntry(_Table):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="minuscules, chiffres et tirets")
    label: str = Field("", max_length=120, description="libellé français")
    sentence: str = Field("", max_length=500, description="une phrase")
    cues: tuple[str, ...] = Field((), description="liste d'indices")
    weak_cues: tuple[str, ...] = Field((), description="liste d'indices faibles")
    title_cues: tuple[str, ...] = Field((), description="liste d'indices de titre")
    start_cues: tuple[str, ...] = Field((), description="liste d'indices de début de titre")
    cues_en: tuple[str, ...] = Field((), description="liste d'indices anglais")
    acronyms: tuple[str, ...] = Field((), description="liste d'acronymes")
    negatives: tuple[str, ...] = Field((), description="liste d'expressions à masquer")
    cpv: tuple[str, ...] = Field((), description="liste de préfixes CPV entre guillemets")
    naf: tuple[str, ...] = Field((), description="liste de préfixes NAF entre guillemets")
    broader: str | None = Field(None, description="id d'un terme du même fichier ; d'un axe : sa filière")
    guarded: bool = Field(False, description="true ou false")
    priority: int = Field(50, ge=1, le=99, description="de 1 à 99")
    actionable: bool = Field(False, description="true ou false")
    deadline: Literal["required", "possible", "rare"] = "rare"
    half_life_days: int = Field(30, ge=1, le=3650, description="jours")
    horizon: str | None = Field(None, description="id d'un horizon")
    staff_max: int | None = Field(None, ge=1, description="personnes")
    turnover_max_meur: float | None = Field(None, gt=0, description="M€")


class _TermFile(_Table):
    version: Literal[1]
    scheme: Scheme
    terms: tuple[_TermEntry, ...] = Field(description="liste de termes")


class _TrapEntry(_Table):
    title: str = Field(min_length=1)
    types: tuple[str, ...] = ()
    not_types: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    not_sectors: tuple[str, ...] = ()


class _TrapFile(_Table):
    version: Literal[1]
    traps: tuple[_TrapEntry, ...]


@dataclass
class _Layered:
    """A term while its layers are read: package first, instance over it, key by key."""

    values: dict[str, Any] = field(default_factory=dict)
    file: Path = Path()
    locate: Locate = lambda _key: 0
    place: tuple[Any, ...] = ()
    #: Where each key was last given, and how many values of it came before.
    keys: dict[str, list[tuple[Path, Locate, tuple[Any, ...], int]]] = field(default_factory=dict)

    def take(self, given: Mapping[str, Any], *, whole: bool) -> None:
        """Take the keys that a file gives; its lists replace those of other files, or (`whole` false) follow them."""
        for key, value in given.items():
            before = () if whole or not isinstance(value, tuple) else self.values.get(key, ())
            self.keys[key] = [*(self.keys[key] if before else ()), (self.file, self.locate, self.place, len(before))]
            self.values[key] = (*before, *value) if before else value

    def error(self, message: str, key: str, cure: str, index: int | None = None) -> ConfigError:
        """Return the error at the file and line that gave that key."""
        given = [one for one in self.keys.get(key, ()) if one[3] <= (index or 0)]
        file, locate, place, before = given[-1] if given else (self.file, self.locate, self.place, 0)
        index = None if index is None else index - before
        path = (*place, key) if index is None else (*place, key, index)
        return ConfigError(message, file=file, line=locate(path), key=key, cure=cure)


def load_taxonomy(folders: Sequence[Path], *, extra: Sequence[Path] = ()) -> Taxonomy:
    """Read `pipelines/taxonomy/*.yaml` of each folder, first folder over the next; raises ConfigError with its line.

    `extra` are files that are not in a folder yet, read last.
    """
    layered: dict[tuple[Scheme, str], _Layered] = {}
    seal = hashlib.sha256()
    for path in (*_files(folders), *extra):
        seal.update(path.read_bytes())
        data, locate = load_yaml(path)
        if not (isinstance(data, dict) and "traps" in data):
            _read_terms(path, data, locate, layered)
    _check(layered)
    terms: dict[Scheme, dict[str, Term]] = {}
    for (scheme, term), layer in layered.items():
        terms.setdefault(scheme, {})[term] = _term(scheme, layer)
    return Taxonomy(terms, seal.hexdigest()[:12])


def load_traps(folders: Sequence[Path]) -> tuple[Trap, ...]:
    """Read the traps of every taxonomy file that lists some."""
    found: list[Trap] = []
    for path in _files(folders):
        data, locate = load_yaml(path)
        if isinstance(data, dict) and "traps" in data:
            try:
                entries = _TrapFile.model_validate(data).traps
            except ValidationError as error:
                raise refuse(error, _TrapFile, path, locate) from error
            found += [Trap(**entry.model_dump()) for entry in entries]
    return tuple(found)


def _files(folders: Sequence[Path]) -> list[Path]:
    """Return the taxonomy files, package first so that the instance has the last word."""
    found = [path for folder in reversed(folders) for path in sorted((folder / FOLDER).glob("*.yaml"))]
    if not found:
        where = folders[0] / FOLDER if folders else FOLDER
        raise ConfigError("aucune taxonomie", file=where, cure="lancez « veille init DOSSIER » ou vérifiez --home")
    return found


def _read_terms(path: Path, data: Any, locate: Locate, layered: dict[tuple[Scheme, str], _Layered]) -> None:
    try:
        content = _TermFile.model_validate(data)
    except ValidationError as error:
        raise refuse(error, _TermFile, path, locate) from error
    seen: set[str] = set()
    for index, entry in enumerate(content.terms):
        place = ("terms", index)
        if entry.id in seen:
            raise ConfigError(
                f"terme « {entry.id} » en double", file=path, line=locate((*place, "id")), cure="gardez-en un seul"
            )
        seen.add(entry.id)
        layer = layered.setdefault((content.scheme, entry.id), _Layered())
        layer.file, layer.locate, layer.place = path, locate, place
        # Several packs in one instance each say what is off topic: none must undo what another says.
        layer.take(entry.model_dump(exclude_unset=True), whole=(content.scheme, entry.id) != _GATHERED)


def _term(scheme: Scheme, layer: _Layered) -> Term:
    return Term(scheme=scheme, file=str(layer.file), line=layer.locate((*layer.place, "id")), **layer.values)


#: The one term whose lists add up over the files.
_GATHERED = (Scheme.AXIS, OFF_TOPIC)
#: Keys whose values are cues; those of one scheme may not share one.
_CUE_KEYS = ("cues", "weak_cues", "cues_en")


def _check(layered: Mapping[tuple[Scheme, str], _Layered]) -> None:
    owners: _Owners = {}
    for (scheme, term), layer in layered.items():
        if not layer.values.get("label"):
            raise layer.error(f"terme « {term} » sans libellé", "id", "ajoutez « label »")
        family = _check_links(layered, scheme, term, layer)
        for key in (*_CUE_KEYS, "title_cues", "start_cues", "negatives"):
            for index, cue in enumerate(layer.values.get(key, ())):
                _check_cue(cue, layer, key, index)
                if key in _CUE_KEYS:
                    language = "en" if key == "cues_en" else "fr"
                    _check_unique(owners, (scheme, family, language, cue_key(cue)), term, layer, key, index)
        for index, acronym in enumerate(layer.values.get("acronyms", ())):
            if not 2 <= len(acronym) <= 20:  # noqa: PLR2004 - « R&D » to « Euratom »; one letter is everywhere
                raise layer.error(f"acronyme « {acronym} » trop court ou trop long", "acronyms", "2 à 20 signes", index)
            _check_unique(owners, (scheme, family, "acronym", acronym), term, layer, "acronyms", index)


#: (scheme, family, language, cue) → the term that has it. Axes compete under one sector: two packs may share words.
_Owners = dict[tuple[Scheme, str, str, str], str]


def _check_unique(
    owners: _Owners,
    place: tuple[Scheme, str, str, str],
    term: str,
    layer: _Layered,
    key: str,
    index: int,
) -> None:
    owner = owners.setdefault(place, term)
    if owner != term:
        cue = layer.values[key][index]
        raise layer.error(
            f"indice « {cue} » déjà donné au terme « {owner} »", key, "gardez-le dans un seul des deux", index
        )


def _check_cue(cue: str, layer: _Layered, key: str, index: int) -> None:
    if len(cue) > LONGEST_CUE:
        raise layer.error(f"indice de {len(cue)} signes", key, f"{LONGEST_CUE} signes au plus", index)
    if _METACHARACTERS.search(cue) or _STARS.search(cue):
        raise layer.error(
            f"indice « {cue} » refusé : ce n'est pas une expression régulière",
            key,
            "écrivez des mots ; seul « * » en fin de mot est admis",
            index,
        )
    short = [word for word in cue.split() if word.endswith("*") and len(fold(word[:-1])) < SHORTEST_PREFIX]
    if short or len(cue_key(cue).replace("*", "")) < 2:  # noqa: PLR2004 - one letter would match everything
        raise layer.error(
            f"indice « {cue} » trop court", key, f"au moins {SHORTEST_PREFIX} lettres avant « * », 2 sinon", index
        )


def _check_links(layered: Mapping[tuple[Scheme, str], _Layered], scheme: Scheme, term: str, layer: _Layered) -> str:
    """Follow what a term refers to; return the sector of an axis, "" for a term of any other scheme."""
    horizon = layer.values.get("horizon")
    horizons = [name for kind, name in layered if kind is Scheme.HORIZON]
    if horizon is not None and horizon not in horizons:
        near = nearest(horizon, horizons)
        raise layer.error(f"horizon inconnu « {horizon} »", "horizon", f"vouliez-vous « {near} » ?")
    path = [term]
    while (broader := layered[scheme, path[-1]].values.get("broader")) is not None:
        if scheme is Scheme.AXIS and (Scheme.SECTOR, broader) in layered:
            return str(broader)
        if (scheme, broader) not in layered:
            admitted = {scheme, Scheme.SECTOR} if scheme is Scheme.AXIS else {scheme}
            near = nearest(broader, [name for kind, name in layered if kind in admitted])
            cure = f"vouliez-vous « {near} » ?" if near else "donnez l'id d'un terme de ce fichier"
            raise layered[scheme, path[-1]].error(f"terme inconnu « {broader} »", "broader", cure)
        if broader in path:
            loop = " → ".join([*path, broader])
            raise layer.error(f"boucle de termes : {loop}", "broader", "retirez un de ces « broader »")
        path.append(broader)
    if scheme is Scheme.AXIS and path[-1] != OFF_TOPIC:
        raise layered[scheme, path[-1]].error(
            f"axe « {path[-1]} » sans filière", "id", "ajoutez « broader » : l'identifiant d'une filière"
        )
    return ""


def cue_key(cue: str) -> str:
    """Return a cue as texts are compared: folded, without plural, `*` kept at the end of its word.

    >>> cue_key("Appels à projets"), cue_key("créateur* d’entreprise")
    ('appel a projet', 'createur* d entreprise')
    """
    words = (word for part in cue.split() for word in _fold_word(part))
    return " ".join(words)


def _fold_word(word: str) -> list[str]:
    star = word.endswith("*")
    parts = fold(word.rstrip("*")).split()
    if star and parts:
        return [*(singular(part) for part in parts[:-1]), parts[-1] + "*"]
    return [singular(part) for part in parts]
