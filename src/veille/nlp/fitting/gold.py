"""Gold sets: texts that somebody has labelled, one JSON object a line, to measure what the pipeline says of them."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from veille.errors import InputError
from veille.nlp.files import lines_of
from veille.nlp.fitting.corpus import fold_of, may_teach
from veille.nlp.jsonl import LineError, read_text

_CURE = 'chaque ligne : {"id", "title", "text", "gold": {"sectors": […], "types": […], "territories": […], "deadline"}}'


@dataclass(frozen=True, slots=True)
class Gold:
    """One labelled text."""

    id: str
    #: Name of its file, without the ending.
    set: str
    title: str
    #: Every label that counts as right; empty = not labelled.
    sectors: frozenset[str]
    types: frozenset[str]
    #: Ids of the places whose names are printed.
    territories: frozenset[str]
    #: ISO day, and whether the text prints it.
    deadline: str | None
    printed: bool
    #: Whether its licence lets a model be learnt from it.
    free: bool
    #: What `veille tag --jsonl` reads.
    input: Mapping[str, Any]

    @property
    def fold(self) -> int:
        """Which fifth it belongs to."""
        return fold_of(self.id)


def gold_files(folder: Path) -> list[Path]:
    """Return the gold sets of a folder, by name; raises InputError where there is none."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise InputError(f"{folder} : aucun jeu *.jsonl", cure="nommez le dossier des jeux de référence")
    return files


def read_gold(files: Sequence[Path]) -> list[Gold]:
    """Return the records of sets, in order; raises InputError with file and line."""
    records = [record for path in files for record in _records(path)]
    if not records:
        raise InputError(f"{files[0].parent} : aucun texte", cure=_CURE)
    return records


def corpus_hash(files: Sequence[Path]) -> str:
    """Return a short hash of the sets, names included."""
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def _records(path: Path) -> Iterator[Gold]:
    with lines_of(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield _record(path.stem, json.loads(line))
                except LineError as error:
                    raise InputError(f"{path}, ligne {number} : {error.message}", cure=_CURE) from error
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    raise InputError(f"{path}, ligne {number} : ni JSON ni texte étiqueté", cure=_CURE) from error


def _record(name: str, said: Mapping[str, Any]) -> Gold:
    gold = said["gold"]
    read_text(said)
    return Gold(
        id=str(said["id"]),
        set=name,
        title=str(said["title"]),
        sectors=_labels(gold, "sectors"),
        types=_labels(gold, "types"),
        territories=_labels(gold, "territories"),
        deadline=gold.get("deadline") or None,
        printed=bool(gold.get("deadline_printed")),
        free=may_teach(str(said.get("licence", ""))),
        input={key: value for key, value in said.items() if key != "gold"},
    )


def _labels(gold: Mapping[str, Any], key: str) -> frozenset[str]:
    labels = gold.get(key) or []
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise TypeError(key)
    return frozenset(labels)
