"""Gold records tagged by models that have never seen them: each by its fold's, or by one fitted without its set.

The folds are independent pieces of work: two processes share them, each of which reads the sets and hashes their texts
once for all its folds.
"""

import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from veille.errors import VeilleError
from veille.model import Scheme
from veille.nlp.fitting.corpus import FOLDS, Record, read_names_of_codes, read_records
from veille.nlp.fitting.folds import Trainer
from veille.nlp.fitting.gold import Gold, read_gold
from veille.nlp.fitting.model import MODEL, LinearModel, save_models
from veille.nlp.jsonl import as_json, read_text
from veille.nlp.tagger import SpacyTagger, load_tagger
from veille.protocols import Progress

_Models = Mapping[Scheme, LinearModel]


class Way(StrEnum):
    """Whose models read a record."""

    FOLDS = "folds"
    """Fitted on the four fifths of all records that the record is not in."""
    SETS = "sets"
    """Fitted on the sets that the record is not in."""
    SHIPPED = "shipped"
    """The instance's own: fair only for texts that nobody fitted them on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to tag, with what."""

    files: tuple[Path, ...]
    way: Way = Way.FOLDS
    #: JSON file of the names of CPV codes, which models learn from besides; None = without.
    names: Path | None = None
    #: Definition folders, the instance's own first (`config.instance.definitions`).
    folders: tuple[Path, ...]
    #: Sets read once more, by models fitted on the other sets.
    without: tuple[str, ...] = ()
    #: Sets that models do not learn from, whatever their licence.
    not_learnt: tuple[str, ...] = ()
    #: Tag once more with the most frequent type of the set as the source's own.
    with_default_type: bool = False
    #: Processes; 1 = this one.
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pipeline said of one record."""

    way: Way
    set: str
    id: str
    said: Mapping[str, Any]
    #: The types it said where the source says what it publishes; None where that was not asked.
    types_by_default: tuple[str, ...] | None = None


def read_held_out(trial: Trial, progress: Progress) -> list[Reading]:
    """Tag every record; raises InputError or ConfigError where sets or definitions cannot be read."""
    parts = _parts(trial)
    found: list[Reading] = []
    with progress.task("lecture des textes de référence", total=len(parts)) as advance:
        for readings in _done(trial, parts):
            found += readings
            advance(1)
    return found


def default_types(records: Sequence[Gold]) -> dict[str, str]:
    """Return the most frequent type of each set: what staff would write in sources.yaml."""
    counts: dict[str, Counter[str]] = {}
    for record in records:
        counts.setdefault(record.set, Counter()).update(sorted(record.types))
    return {name: types.most_common(1)[0][0] for name, types in counts.items() if types}


#: A piece of work: whose models, and which fold or set.
_Part = tuple[Way, str]


def _parts(trial: Trial) -> list[_Part]:
    """Return the pieces of work, the longest first."""
    sets = [path.stem for path in trial.files]
    folds = [str(number) for number in range(FOLDS)]
    whole = [(trial.way, name) for name in (folds if trial.way is Way.FOLDS else sets)]
    return [*((Way.SETS, name) for name in trial.without if name in sets), *whole]


def _done(trial: Trial, parts: Sequence[_Part]) -> Iterator[list[Reading]]:
    if trial.workers == 1:
        worker = _Worker(trial)
        yield from map(worker.read, parts)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(trial.workers, context, initializer=_start, initargs=(trial,)) as pool:
        try:
            yield from pool.map(_read, parts)
        except BrokenProcessPool as error:
            cure = "c'est souvent la mémoire : relancez avec --workers 1"
            raise VeilleError("un processus qui lisait les textes est mort", cure=cure) from error


class _Worker:
    """One process' share: the sets as read, and a trainer over them."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._records = read_gold(trial.files)
        self._types = default_types(self._records) if trial.with_default_type else {}

    @cached_property
    def _trainer(self) -> Trainer:
        names = read_names_of_codes(self._trial.names) if self._trial.names else {}
        return Trainer(read_records(self._trial.files), names)

    @cached_property
    def _learnt(self) -> frozenset[str]:
        return frozenset(record.set for record in self._records if record.free)

    @cached_property
    def _shipped(self) -> SpacyTagger:
        return load_tagger(self._trial.folders)

    def read(self, part: _Part) -> list[Reading]:
        """Return what is said of the records of one fold or set."""
        way, name = part
        mine = [one for one in self._records if (str(one.fold) if way is Way.FOLDS else one.set) == name]
        # A set that no model may learn from needs no model of its own.
        if way is Way.SHIPPED or (way is Way.SETS and name not in self._learnt):
            return self._tagged(way, self._shipped, mine)
        with tempfile.TemporaryDirectory() as folder:
            save_models(Path(folder) / MODEL, self._fitted(part))
            return self._tagged(way, load_tagger([Path(folder), *self._trial.folders]), mine)

    def _fitted(self, part: _Part) -> _Models:
        way, name = part

        def outside(record: Record) -> bool:
            kept = record.set not in self._trial.not_learnt
            return kept and (str(record.fold) if way is Way.FOLDS else record.set) != name

        return self._trainer.fit(outside)

    def _tagged(self, way: Way, tagger: SpacyTagger, records: Sequence[Gold]) -> list[Reading]:
        said = [as_json(tagged, tagger.gazetteer) for tagged in tagger.tag(read_text(one.input) for one in records)]
        typed = [one for one in records if one.types and one.set in self._types]
        asked = (read_text({**one.input, "source": {"type": self._types[one.set]}}) for one in typed)
        again = {
            one.id: tuple(tag.term for tag in tagged.of(Scheme.TYPE))
            for one, tagged in zip(typed, tagger.tag(asked), strict=True)
        }
        return [
            Reading(way, one.set, one.id, words, again.get(one.id)) for one, words in zip(records, said, strict=True)
        ]


_worker: list[_Worker] = []


def _start(trial: Trial) -> None:
    _worker.append(_Worker(trial))


def _read(part: _Part) -> list[Reading]:
    return _worker[0].read(part)
