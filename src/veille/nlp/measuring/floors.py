"""Floors: figures that no change may lose. They are made of records that the models have not seen, and only rise."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from veille.errors import FloorFallen, InputError
from veille.files import cause, write_atomically
from veille.nlp.fitting.gold import corpus_hash
from veille.nlp.fitting.held_out import Trial, Way
from veille.nlp.measuring.evaluate import measure
from veille.nlp.measuring.scoring import ALL, MEAN, Row, Table
from veille.protocols import Progress

#: How the floors are made: changing it makes the old ones incomparable.
RECIPE = (
    "out of fold: five folds by hash of id, models fitted on the other four, every record of every set through the "
    "pipeline, figures of score_tags.py, rows ALL and MEAN; UNSEEN: the sectors of ilab by models fitted without it"
)
#: The same for sets that no model may learn from.
AS_IS = "as is: the instance's own models, figures of score_tags.py, rows ALL and MEAN"
#: The set whose sectors are also read by models that have not seen it: laureates of a programme.
UNSEEN = "ilab"
#: Figures where more is better, and where less is.
RISING = (
    "sectors_top1", "sectors_top3", "sectors_precision", "types_top1", "territory_recall", "territory_precision",
    "deadline_exact",
)  # fmt: skip
FALLING = ("deadline_wrong",)
_OF_UNSEEN = ("sectors_top1", "sectors_top3", "sectors_precision")
#: What a figure may lose to a change elsewhere without being called a fall.
SLACK = 0.005


@dataclass(frozen=True, slots=True)
class Floors:
    """Pinned figures and what they were measured on."""

    corpus: str
    recipe: str
    floors: Mapping[str, float]


def trial_of_floors(trial: Trial) -> Trial:
    """Return the trial that floors are made of, over the same sets and definitions."""
    known = UNSEEN in {path.stem for path in trial.files}
    return replace(trial, way=Way.FOLDS, without=(UNSEEN,) if known else ())


def measured(trial: Trial, progress: Progress) -> dict[str, float]:
    """Measure what has floors, as `ROW.figure`."""
    table, unseen = measure(trial_of_floors(trial), progress)
    return figures(table, unseen)


def figures(table: Table, unseen: Table) -> dict[str, float]:
    """Return the figures that have floors, as `ROW.figure`; of the unseen set as `UNSEEN.figure`."""
    asked: list[tuple[str, Row, tuple[str, ...]]] = [
        (ALL, table[ALL], (*RISING, *FALLING)),
        (MEAN, table[MEAN], (*RISING, *FALLING)),
        ("UNSEEN", unseen.get(UNSEEN, {}), _OF_UNSEEN),
    ]
    return {f"{name}.{key}": value for name, row, keys in asked for key in keys if (value := row.get(key)) is not None}


def fallen(found: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Return the figures worse than their floors: name → (found, floor)."""
    worse = {}
    for name, floor in floors.items():
        value = found.get(name, 0.0)
        if value > floor + SLACK if name.endswith(FALLING) else value < floor - SLACK:
            worse[name] = (value, floor)
    return worse


def raised(found: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """Return floors that only rise (or fall, where less is better)."""
    best = {name: min if name.endswith(FALLING) else max for name in found}
    return {name: best[name](value, floors.get(name, value)) for name, value in found.items()}


def read_floors(path: Path) -> Floors:
    """Read pinned figures; raises InputError."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Floors(said["corpus"], said["recipe"], {str(name): float(v) for name, v in said["floors"].items()})
    except OSError as error:
        raise InputError(f"{path} : illisible ({cause(error)})", cure="vérifiez le nom et les droits") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} : pas un fichier de planchers", cure="effacez-le : il sera refait") from error


def hold(path: Path, found: Mapping[str, float], trial: Trial, *, recipe: str = RECIPE) -> dict[str, float]:
    """Refuse figures below the floors of a file (raises FloorFallen), then raise them; return the floors as written.

    Floors of other sets or of another recipe are replaced: they compare with nothing.
    """
    corpus = corpus_hash(trial.files)
    floors: Mapping[str, float] = {}
    if path.exists():
        known = read_floors(path)
        floors = known.floors if (known.corpus, known.recipe) == (corpus, recipe) else {}
    refuse_fallen(found, floors)
    higher = raised(found, floors)
    content = {"corpus": corpus, "recipe": recipe, "floors": higher}
    write_atomically(path, f"{json.dumps(content, indent=1)}\n".encode())
    return higher


def refuse_fallen(found: Mapping[str, float], floors: Mapping[str, float]) -> None:
    """Raise FloorFallen where a figure is worse than its floor."""
    if worse := fallen(found, floors):
        told = " ; ".join(f"{name} {value:.3f} (plancher {floor:.3f})" for name, (value, floor) in worse.items())
        raise FloorFallen(
            f"chiffre{'s' if len(worse) > 1 else ''} sous le plancher : {told}",
            cure="rien n'a été remplacé ; cherchez ce qui l'a fait baisser",
        )
