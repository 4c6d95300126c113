"""Fitting the models anew on gold sets and what staff decided: compared before installed, and refused where it loses.

Both recipes are measured in the same folds: models that learnt from the gold sets alone, and models that learnt from
the decisions too, each record read by a model that has seen neither it nor the decisions of its fold.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from veille.errors import InputError
from veille.files import cause, write_atomically
from veille.nlp.fitting.corpus import read_names_of_codes, read_records
from veille.nlp.fitting.folds import Trainer
from veille.nlp.fitting.gold import read_gold
from veille.nlp.fitting.held_out import Reading, Trial, Way, read_held_out
from veille.nlp.fitting.lessons import SET, Verdict
from veille.nlp.fitting.model import MODEL, save_models
from veille.nlp.measuring.evaluate import counted
from veille.nlp.measuring.floors import figures
from veille.nlp.measuring.scoring import table_of, terms
from veille.protocols import Progress

#: The share of decisions that the models follow by themselves: labels added are said, labels rejected are not.
FOLLOWED = "DECISIONS.followed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures of records and decisions that the models have not seen, as `ROW.figure` and FOLLOWED."""

    #: Learnt from the gold sets alone.
    before: Mapping[str, float]
    #: Learnt from the decisions too.
    after: Mapping[str, float]


def compare(trial: Trial, decided: Sequence[Verdict], progress: Progress) -> Comparison:
    """Measure both recipes; `trial.files` hold the gold sets and the set of decisions."""
    asked = replace(trial, way=Way.FOLDS, without=())
    before = _measured(replace(asked, not_learnt=(SET,)), decided, progress)
    return Comparison(before, _measured(asked, decided, progress))


def _measured(trial: Trial, decided: Sequence[Verdict], progress: Progress) -> dict[str, float]:
    readings = read_held_out(trial, progress)
    sets = counted(trial, read_gold(trial.files), readings)
    table = table_of({name: counts for name, counts in sets.items() if name != SET})
    return {**figures(table, {}), FOLLOWED: _followed(readings, decided)}


def _followed(readings: Sequence[Reading], decided: Sequence[Verdict]) -> float:
    said = {one.id: one.said for one in readings if one.set == SET}
    asked = [one for one in decided if one.id in said]
    right = sum((one.term in terms(said[one.id], one.key)) == one.wanted for one in asked)
    return round(right / len(asked), 3) if asked else 0.0


def install(home: Path, files: Sequence[Path], names: Path | None) -> Path:
    """Fit on all of it and put the models into the instance in one move; return where. Raises InputError.

    The seal of tags changes with the file: every item is tagged again by the new models, and decisions stay over them.
    """
    trainer = Trainer(read_records(files), read_names_of_codes(names) if names else {})
    target = home / MODEL
    with tempfile.TemporaryDirectory() as folder:
        fitted = Path(folder) / MODEL
        save_models(fitted, trainer.fit(lambda _record: True))
        try:
            write_atomically(target, fitted.read_bytes())
        except OSError as error:
            where = f"{target} : impossible d'écrire ({cause(error)})"
            raise InputError(where, cure="vérifiez le dossier, les droits, la place") from error
    return target
