"""Which label is taken for which: what each record carries against the first label said of it (pure)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from veille.nlp.measuring.label_figures import Case

#: The column of records of which nothing was said.
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Records by (label carried, first label said)."""

    #: Labels carried, the most frequent first.
    rows: tuple[str, ...]
    #: The same order, then labels said that none carries, then NOTHING.
    columns: tuple[str, ...]
    #: A record with several right labels, none of which came first, counts for a part in the row of each.
    cells: dict[tuple[str, str], float]

    def of(self, row: str) -> float:
        """Return how many records the row has."""
        return sum(count for (carried, _), count in self.cells.items() if carried == row)

    def taken_for(self, row: str) -> list[tuple[str, float]]:
        """Return what a label is taken for, the most frequent first; itself left out."""
        found = [(said, count) for (carried, said), count in self.cells.items() if carried == row != said]
        return sorted(found, key=lambda one: (-one[1], one[0]))


def confusion_of(cases: Sequence[Case]) -> Confusion:
    """Count the records."""
    cells: Counter[tuple[str, str]] = Counter()
    for case in cases:
        first = case.terms[0] if case.terms else NOTHING
        rows = [first] if first in case.right else sorted(case.right)
        for row in rows:
            cells[row, first] += 1 / len(rows)  # type: ignore[assignment]  # Counter's stub knows whole numbers only
    sizes: Counter[str] = Counter()
    for (row, _), count in cells.items():
        sizes[row] += count
    rows = sorted(sizes, key=lambda row: (-sizes[row], row))
    others = sorted({said for _, said in cells} - set(rows) - {NOTHING})
    return Confusion(tuple(rows), (*rows, *others, NOTHING), dict(cells))
