"""Whether a score means what it says: of labels said with a score near 0.7, seven in ten should be right (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from veille.nlp.measuring.label_figures import Case
from veille.nlp.measuring.scoring import interval

#: Bins of equal width between 0 and 1.
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The labels said with a score from `low` (included) to `high` (excluded; the last one includes 1)."""

    low: float
    high: float
    said: int
    right: int
    mean_score: float

    @property
    def share(self) -> float:
        """Of those labels, the share that is right."""
        return self.right / self.said

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % Wilson interval."""
        return interval(self.right, self.said)


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins that hold any label, and the mean distance between score and share, weighed by labels."""

    bins: tuple[Bin, ...]
    error: float


def reliability_of(cases: Sequence[Case]) -> Reliability:
    """Sort every label said into bins of its score."""
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for case in cases:
        for one in case.said:
            score = float(one["score"])
            sorted_in[min(int(score * BINS), BINS - 1)].append((score, str(one["term"]) in case.right))
    bins = tuple(_bin(rank, found) for rank, found in enumerate(sorted_in) if found)
    whole = sum(one.said for one in bins)
    error = sum(one.said * abs(one.mean_score - one.share) for one in bins) / whole if whole else 0.0
    return Reliability(bins, error)


def _bin(rank: int, found: Sequence[tuple[float, bool]]) -> Bin:
    mean = sum(score for score, _ in found) / len(found)
    return Bin(rank / BINS, (rank + 1) / BINS, len(found), sum(right for _, right in found), mean)
