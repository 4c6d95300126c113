"""What the components know, read once per set of definitions and shared by them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.config.taxonomy import OFF_TOPIC, Taxonomy, load_taxonomy
from veille.errors import ConfigError
from veille.files import cause
from veille.model import Scheme
from veille.nlp.cues import CueAutomaton
from veille.nlp.fitting.learning import find_learned, load_learned
from veille.nlp.fitting.model import LinearModel, find_model, load_models
from veille.nlp.labels.awarded import AwardReader
from veille.nlp.labels.axes import AxisReader
from veille.nlp.labels.zero_shot import ZeroShot
from veille.nlp.places.territory import TerritoryReader
from veille.related import find_related, load_related

#: Below a definitions folder: what changes the answers.
_PARTS = (
    "pipelines/taxonomy",
    "pipelines/territories",
    "pipelines/veille",
    "pipelines/model/fitted",
    "pipelines/related/fitted",
    "var/learned",
)


@dataclass(frozen=True)
class Knowledge:
    """Definitions in the shape that reading wants."""

    taxonomy: Taxonomy
    automaton: CueAutomaton
    gazetteer: Gazetteer
    territories: TerritoryReader
    awards: AwardReader
    #: Sectors and types, as fitted.
    models: Mapping[Scheme, LinearModel]
    axes: AxisReader


@lru_cache(maxsize=2)
def load_knowledge(folders: tuple[str, ...], digest: str) -> Knowledge:  # noqa: ARG001 - the seal makes a changed file another key
    """Read the definitions; raises ConfigError with file and line."""
    paths = [Path(folder) for folder in folders]
    taxonomy = load_taxonomy(paths)
    gazetteer = load_gazetteer(paths)
    models = load_models(find_model(paths))
    return Knowledge(
        taxonomy,
        CueAutomaton(taxonomy),
        gazetteer,
        TerritoryReader(gazetteer),
        AwardReader(gazetteer),
        models,
        _axis_reader(taxonomy, models, paths),
    )


def _axis_reader(taxonomy: Taxonomy, models: Mapping[Scheme, LinearModel], paths: Sequence[Path]) -> AxisReader:
    """Return what reads axes; an instance without any pays for no related words."""
    axes = [term for term in taxonomy.of(Scheme.AXIS).values() if term.id != OFF_TOPIC]
    if not axes:
        return AxisReader(taxonomy)
    related = load_related(find_related(paths))
    taught = find_learned(paths)
    learned = load_learned(taught, related.vectors.shape[1]) if taught is not None else None
    return AxisReader(taxonomy, ZeroShot(axes, models[Scheme.SECTOR].rarity, related), learned)


def seal(folders: Sequence[Path]) -> str:
    """Return a short hash of every definition file the pipeline reads, of all layers; raises ConfigError."""
    whole = hashlib.sha256()
    for path in _files(folders):
        whole.update(path.name.encode())
        try:
            whole.update(path.read_bytes())
        except OSError as error:
            raise ConfigError(
                f"illisible ({cause(error)})", file=path, cure="vérifiez les droits, le disque"
            ) from error
    return whole.hexdigest()[:10]


def traces(folders: Sequence[Path]) -> tuple[tuple[str, int, int], ...]:
    """Return what changes whenever a definition file does, without reading any: name, time of change, size."""
    found = ((str(path), path.stat()) for path in _files(folders))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for part in _PARTS:
            # A name with a dot in front is a file being written: it is gone before it could be read.
            yield from sorted(p for p in (folder / part).rglob("*") if p.is_file() and not p.name.startswith("."))
