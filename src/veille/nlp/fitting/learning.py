"""Learning axes from what staff decided: a small model beside the definitions, of one instance (pure but for its file).

Each lesson is a text whose axes somebody settled. What the definitions say of it is where the model starts from, and
it learns only what they miss: with no lesson it adds nothing, and a label that no lesson has keeps what its definition
says. A logistic regression over labels, in kernel form: texts are near by the words and pieces of words they share and
by what their words keep company with, so a lesson speaks for texts that repeat none of its words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from veille.errors import ConfigError
from veille.nlp.fitting.features import Floats, Places

#: Below an instance: learnt there, so never shipped; part of the seal of every tag.
LEARNED = Path("var") / "learned" / "axes.npz"
#: Changes with `features`, with related words and with the arrays of the file.
RECIPE = 1
#: Pull to what the definitions say (0.1, 0.3 and 1 tried on tests/data/axes with 100 lessons: 0.1 does best).
_PULL = 0.1
_STEPS = 200
_POWERS = 20
#: Lessons under which nothing is learnt; the newest that are: beyond, fitting would take minutes.
FEWEST, MOST = 20, 3000
_FOLDS = 5
_CURE = "lancez « veille pipeline learn --forget », puis « veille pipeline learn »"


@dataclass(frozen=True)
class Traits:
    """What a text is compared by."""

    #: Buckets of its words and pieces, in order, and their weights, of length one each.
    buckets: Places
    weights: Floats
    #: What its words keep company with, of length one.
    company: Floats


@dataclass(frozen=True)
class Lesson:
    """A text whose axes are settled."""

    traits: Traits
    #: What the definitions say of each label, « hors sujet » included: log-odds but for a constant.
    prior: Mapping[str, float]
    labels: frozenset[str]
    #: 1 where somebody corrected it, less where it was only let pass.
    weight: float = 1.0


@dataclass(frozen=True)
class Learned:
    """What lessons add to what definitions say."""

    labels: tuple[str, ...]
    buckets: Places
    #: (buckets, labels)
    shared: Floats
    #: (dimensions, labels)
    company: Floats
    biases: Floats

    def adds(self, traits: Traits) -> dict[str, float]:
        """Return what is to be added for each label."""
        places = np.minimum(np.searchsorted(self.buckets, traits.buckets), len(self.buckets) - 1)
        inside = np.flatnonzero(self.buckets[places] == traits.buckets)
        added = traits.weights[inside] @ self.shared[places[inside]] + traits.company @ self.company + self.biases
        return dict(zip(self.labels, added.tolist(), strict=True))


@dataclass(frozen=True)
class Trial:
    """Macro-F1 of lessons read without them: by definitions alone, then by what the others taught too."""

    lessons: int
    before: float
    after: float

    @property
    def gains(self) -> bool:
        """Whether what was learnt reads unseen lessons no worse."""
        return self.lessons >= FEWEST and self.after >= self.before


def fit(lessons: Sequence[Lesson], labels: Sequence[str]) -> Learned:
    """Return what lessons teach; equal lessons give equal weights. Needs one at least."""
    table, buckets = _table(lessons)
    company = np.array([one.traits.company for one in lessons], np.float32)
    priors, wanted = _priors(lessons, labels), _wanted(lessons, labels)
    weights = np.array([one.weight for one in lessons], np.float32)
    duals, biases = _descend(table @ table.T + company @ company.T, wanted, priors, weights)
    return Learned(
        tuple(labels),
        buckets,
        (table.T @ duals).astype(np.float32),
        (company.T @ duals).astype(np.float32),
        biases.astype(np.float32),
    )


def trial(lessons: Sequence[Lesson], labels: Sequence[str]) -> Trial:
    """Read each fifth of the lessons by what the other four teach."""
    if len(lessons) < FEWEST:
        return Trial(len(lessons), 0.0, 0.0)
    before, after = [], []
    for fold in range(_FOLDS):
        held = [one for place, one in enumerate(lessons) if place % _FOLDS == fold]
        learned = fit([one for place, one in enumerate(lessons) if place % _FOLDS != fold], labels)
        before += [(one.labels, _best(one, {}, labels)) for one in held]
        after += [(one.labels, _best(one, learned.adds(one.traits), labels)) for one in held]
    return Trial(len(lessons), macro_f1(before), macro_f1(after))


def macro_f1(read: Sequence[tuple[frozenset[str], str]]) -> float:
    """Return the mean over labels of F1, from (right labels, the one said): a rare label counts as much as any."""
    values = []
    for label in sorted({label for right, _ in read for label in right}):
        said = sum(best == label for _, best in read)
        wanted = sum(label in right for right, _ in read)
        values.append(2 * sum(label in right and best == label for right, best in read) / (said + wanted))
    return round(sum(values) / len(values), 3) if values else 0.0


def _best(lesson: Lesson, added: Mapping[str, float], labels: Sequence[str]) -> str:
    return max(labels, key=lambda label: lesson.prior[label] + added.get(label, 0.0))


def _table(lessons: Sequence[Lesson]) -> tuple[Floats, Places]:
    buckets = np.unique(np.concatenate([one.traits.buckets for one in lessons]))
    table = np.zeros((len(lessons), len(buckets)), np.float32)
    for row, one in enumerate(lessons):
        table[row, np.searchsorted(buckets, one.traits.buckets)] = one.traits.weights
    return table, buckets


def _priors(lessons: Sequence[Lesson], labels: Sequence[str]) -> Floats:
    return np.array([[one.prior[label] for label in labels] for one in lessons], np.float32)


def _wanted(lessons: Sequence[Lesson], labels: Sequence[str]) -> Floats:
    rows = [[float(label in one.labels) for label in labels] for one in lessons]
    wanted = np.array(rows, np.float32)
    wanted /= np.maximum(wanted.sum(axis=1, keepdims=True), 1.0)
    return wanted


def _descend(kernel: Floats, wanted: Floats, priors: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return duals (lessons, labels) and biases: accelerated gradient descent, from nothing learnt."""
    taught = (wanted.sum(axis=0) > 0).astype(np.float32)
    rate, slow = 1 / (0.5 * _largest(kernel) + _PULL), 1 / (0.55 * len(kernel))
    duals = former = np.zeros_like(wanted)
    biases = former_biases = np.zeros(wanted.shape[1], np.float32)
    for step in range(_STEPS):
        ahead = step / (step + 3)
        point, level = duals + ahead * (duals - former), biases + ahead * (biases - former_biases)
        missed = (_softmax(priors + kernel @ point + level) - wanted) * weights[:, None] * taught
        former, former_biases = duals, biases
        duals = point - rate * (missed + _PULL * point)
        biases = level - slow * (missed.sum(axis=0) + _PULL * len(kernel) / 2 * level)
    return duals, biases


def _largest(kernel: Floats) -> float:
    """Return the largest eigenvalue, a little above: the power method closes in from below."""
    vector = np.ones(len(kernel), np.float32)
    for _ in range(_POWERS):
        vector = kernel @ (vector / np.float32(max(float(np.linalg.norm(vector)), 1e-9)))
    return 1.1 * float(np.linalg.norm(vector))


def _softmax(strengths: Floats) -> Floats:
    raised: Floats = np.exp(strengths - strengths.max(axis=1, keepdims=True))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised


def find_learned(folders: Sequence[Path]) -> Path | None:
    """Return what an instance has learnt, if anything."""
    return next((folder / LEARNED for folder in folders[:1] if (folder / LEARNED).is_file()), None)


def load_learned(path: Path, dimensions: int) -> Learned:
    """Read a file; raises ConfigError where it is damaged, of another version, or learnt with other related words.

    `dimensions` are those of `Traits.company`.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            recipe = int(arrays["recipe"])
            floats = {name: arrays[name].astype(np.float32) for name in ("shared", "company", "biases")}
            labels = tuple(str(label) for label in arrays["labels"])
            learned = Learned(labels, arrays["buckets"].astype(np.int64), **floats)
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise ConfigError("ce qui a été appris des axes est illisible", file=path, cure=_CURE) from error
    shapes = (learned.shared.shape, learned.company.shape, learned.biases.shape)
    if recipe != RECIPE or shapes != ((len(learned.buckets), len(labels)), (dimensions, len(labels)), (len(labels),)):
        raise ConfigError("ce qui a été appris des axes l'a été par une autre version", file=path, cure=_CURE)
    return learned


def arrays_of(learned: Learned) -> dict[str, NDArray[np.generic]]:
    """Return a file's arrays."""
    return {
        "recipe": np.array(RECIPE),
        "labels": np.array(learned.labels),
        "buckets": learned.buckets.astype(np.int32),
        "shared": learned.shared.astype(np.float16),
        "company": learned.company,
        "biases": learned.biases,
    }
