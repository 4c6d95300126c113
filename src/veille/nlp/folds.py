"""The figures that floors are made of: each record tagged by models that have never seen it, nor (asked so) its set."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from veille.config.instance import shipped
from veille.config.taxonomy import Taxonomy, load_taxonomy
from veille.model import Scheme
from veille.nlp.corpus import FOLDS, Record, examples, fold_of, short_examples
from veille.nlp.files import lines_of
from veille.nlp.jsonl import tag_lines
from veille.nlp.model import FITTED, MODEL, LinearModel, save_models
from veille.nlp.tagger import load_tagger
from veille.nlp.training import Example, fit

Kept = Callable[[Record], bool]


class Trainer:
    """Fits the models of the shipped taxonomy on what is kept of the records."""

    def __init__(self, records: Sequence[Record], names_of_codes: Mapping[str, str]) -> None:
        self._records = records
        self._taxonomy: Taxonomy = load_taxonomy([shipped()])
        self._short: dict[Scheme, list[Example]] = {
            scheme: short_examples(self._taxonomy, scheme, names_of_codes) for scheme in FITTED
        }

    def fit(self, kept: Kept) -> Mapping[Scheme, LinearModel]:
        """Return the model of each scheme; that of sectors with what definitions alone teach."""
        models = {
            scheme: fit([*examples(self._records, scheme, kept), *self._short[scheme]], list(self._taxonomy.of(scheme)))
            for scheme in FITTED
        }
        return models | {Scheme.SECTOR: replace(models[Scheme.SECTOR], defined=self._defined)}

    @cached_property
    def _defined(self) -> LinearModel:
        """The model of sectors that no record has taught: the same whatever is kept."""
        return fit(self._short[Scheme.SECTOR], list(self._taxonomy.of(Scheme.SECTOR)))


def out_of_fold(trainer: Trainer, files: Sequence[Path], folder: Path) -> Iterator[str]:
    """Yield each record as tagged by models fitted on the other four fifths; `folder` gets the models."""
    for number in range(FOLDS):
        models = trainer.fit(partial(_outside_fold, number))
        yield from _tagged(models, folder / str(number), files, partial(_in_fold, number))


def leave_one_set_out(trainer: Trainer, files: Sequence[Path], folder: Path) -> Iterator[str]:
    """Yield each record as tagged by models fitted on the other sets."""
    for path in files:
        models = trainer.fit(partial(_outside_set, path.stem))
        yield from _tagged(models, folder / path.stem, [path], bool)


def _outside_fold(number: int, record: Record) -> bool:
    return record.fold != number


def _in_fold(number: int, name: str) -> bool:
    return fold_of(name) == number


def _outside_set(name: str, record: Record) -> bool:
    return record.set != name


def _tagged(
    models: Mapping[Scheme, LinearModel], folder: Path, files: Sequence[Path], kept: Callable[[str], bool]
) -> Iterator[str]:
    save_models(folder / MODEL, models)
    tagger = load_tagger([folder, shipped()])
    problems: list[tuple[int, str]] = []
    for path in files:
        with lines_of(path) as lines:
            mine = (line for line in lines if kept(str(json.loads(line)["id"])))
            yield from tag_lines(mine, tagger, tagger.gazetteer, problems)
    sys.stderr.write(f"{folder.name} ")
