"""Figures of each label: precision, recall and F1, each with how far chance may move it (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from veille.nlp.measuring.scoring import interval

#: Samples of the records drawn for the interval of F1, and the seed that makes them the same each time.
_SAMPLES, _SEED = 500, 20261122
#: Percentiles of a two-sided 95 % interval.
_ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled record and what was said of it."""

    set: str
    title: str
    right: frozenset[str]
    #: As `veille tag --jsonl` gives them, best first: `term`, `score`, `origin`, `evidence`.
    said: tuple[Mapping[str, Any], ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """The labels said, best first."""
        return tuple(str(one["term"]) for one in self.said)


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label; a share is None where nothing was counted."""

    label: str
    #: Records that carry it, records where it was said, and both.
    gold: int
    said: int
    right: int
    #: 95 %: of precision and recall, Wilson's; of F1, a bootstrap over records.
    precision_interval: tuple[float, float]
    recall_interval: tuple[float, float]
    f1_interval: tuple[float, float]

    @property
    def precision(self) -> float | None:
        """Of the records where it was said, the share that carries it."""
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """Of the records that carry it, the share where it was said, whatever else is right of them."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where the label was never right."""
        return 2 * self.right / (self.gold + self.said) if self.gold + self.said else 0.0


def figures_of(cases: Sequence[Case]) -> list[LabelFigures]:
    """Return the figures of every label carried or said, the most frequent first."""
    labels = sorted({label for case in cases for label in (*case.right, *case.terms)})
    if not labels:
        return []
    gold, said = _table(labels, [case.right for case in cases]), _table(labels, [frozenset(c.terms) for c in cases])
    counts = [one.sum(axis=0) for one in (gold, said, gold & said)]
    ends = _f1_ends(gold, said)
    found = [_figures(label, [int(count[rank]) for count in counts], ends[rank]) for rank, label in enumerate(labels)]
    return sorted(found, key=lambda one: (-one.gold, -one.said, one.label))


def _figures(label: str, counts: Sequence[int], f1_ends: tuple[float, float]) -> LabelFigures:
    gold, said, right = counts
    return LabelFigures(label, gold, said, right, interval(right, said), interval(right, gold), f1_ends)


def _table(labels: Sequence[str], of: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
    return np.array([[label in one for label in labels] for one in of], np.bool_)


def _f1_ends(gold: NDArray[np.bool_], said: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Return the bootstrap interval of each label's F1: the records drawn again with replacement."""
    rows = len(gold)
    drawn = np.random.default_rng(_SEED).multinomial(rows, np.full(rows, 1 / rows), size=_SAMPLES).astype(np.float32)
    right, whole = drawn @ (gold & said).astype(np.float32), drawn @ (gold.astype(np.float32) + said)
    shares = np.divide(2 * right, whole, out=np.zeros_like(right), where=whole > 0)
    low, high = np.percentile(shares, _ENDS, axis=0)
    return [(round(float(a), 3), round(float(b), 3)) for a, b in zip(low, high, strict=True)]
