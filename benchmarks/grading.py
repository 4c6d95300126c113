"""Figures of a list shown to a judged member: P@3, nDCG@10, wrong lines, calls missed, first reasons."""

import math
import random
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.matching.network import CALLS, Judged

#: A bulletin holds twelve items.
SHOWN = 12
_DRAWS = 2000


@dataclass(frozen=True)
class Shown:
    """One item of a list, with the kinds of its reasons, best first."""

    item: int
    reasons: tuple[str, ...] = ()


def right(judged: Judged, shown: Shown) -> bool:
    """Tell whether the first reason given, « pour tous » apart, is one that the judge would give."""
    own = [kind for kind in shown.reasons if kind not in {"common", "deadline", "source", "eligible"}]
    first = own[0] if own else next(iter(shown.reasons), "")
    return first in judged.of(shown.item).kinds


def figures(whole: Sequence[Shown], judged: Judged) -> dict[str, float]:
    """Measure one list of one member."""
    shown = whole[:SHOWN]
    grades = [judged.of(one.item).grade for one in shown]
    ideal = sorted((line.grade for line in judged.lines.values()), reverse=True)
    fit = [one for one in shown if judged.of(one.item).grade]
    calls = wanted(judged)
    return {
        "p3": sum(grade >= 2 for grade in grades[:3]) / 3,
        "ndcg10": _dcg(grades[:10]) / _dcg(ideal[:10]),
        "shown": len(shown),
        "embarrassing": grades.count(0),
        "calls": len(calls),
        "missed": len(calls - {one.item for one in shown}),
        "fit": len(fit),
        "right": sum(right(judged, one) for one in fit),
    }


def wanted(judged: Judged) -> set[int]:
    """Return the open calls that suit a member (grade 2 and more)."""
    rows = judged.network.rows
    return {item for item, line in judged.lines.items() if line.grade >= 2 and rows[item]["kind"] in CALLS}


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def summed(table: Sequence[dict[str, float]]) -> dict[str, float | None]:
    """Average P@3 and nDCG over members; shares are of all their lines together."""
    total = {key: sum(row[key] for row in table) for key in table[0]}
    return {
        "p3": round(statistics.mean(row["p3"] for row in table), 3),
        "ndcg10": round(statistics.mean(row["ndcg10"] for row in table), 3),
        "shown": total["shown"],
        "embarrassing": total["embarrassing"],
        "calls": total["calls"],
        "missed_share": round(total["missed"] / total["calls"], 3) if total["calls"] else None,
        "reason_right": round(total["right"] / total["fit"], 3) if total["right"] else None,
    }


def causes(by: Callable[[Judged], list[Shown]], chosen: Sequence[Judged]) -> dict[str, int]:
    """Count why lines would embarrass."""
    shown = [judged.of(one.item) for judged in chosen for one in by(judged)[:SHOWN]]
    return dict(Counter(kind for one in shown if not one.grade for kind in one.kinds))


def ahead(mine: Sequence[dict[str, float]], base: Sequence[dict[str, float]]) -> list[float]:
    """Return where 95 % of the mean leads in nDCG lie when members are drawn again 2,000 times (paired bootstrap)."""
    leads = [one["ndcg10"] - other["ndcg10"] for one, other in zip(mine, base, strict=True)]
    draw = random.Random(20261127)
    means = sorted(statistics.mean(draw.choices(leads, k=len(leads))) for _ in range(_DRAWS))
    return [round(means[50], 3), round(means[-51], 3)]
