"""Fit what each part of a score weighs and write it: python scripts/train.py SET… [--out FILE] [--leave-out].

A SET is a folder of judged items (the form is tests/data/judgements/network2's). Pairs that a hard gate refuses are
left out: gates decide these. `--leave-out` writes nothing: each set is ranked by weights learnt from the others.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from tests.matching.network import CALLS, Network  # noqa: E402 - beside this file, not installed

from veille.matching.case import Case  # noqa: E402
from veille.matching.gates import first_refusal  # noqa: E402
from veille.matching.relevance import BAR  # noqa: E402
from veille.matching.usefulness import JUDGED, RECIPE, UNCODED, WEIGHTS, Usefulness  # noqa: E402
from veille.matching.usefulness import judged as judged_parts  # noqa: E402

Floats = NDArray[np.float64]
#: Grade 0 to 3 → what is expected of it (`veille.matching.usefulness`).
EXPECTED = np.array([0.0, 0.25, 0.8, 1.0])
#: Doubt before the first pair: among 5, 15, 40 and 100, sets left out were ranked best with it.
RIDGE = 40.0
#: Parts set by hand: an axis in common, which no judged set shows, as much as a need word for word; what closes soon,
#: a little before what does not, which judged sets say by chance only (their traps close soon).
BY_HAND = {"axis": 2.0, "urgent": 0.2}
_ROUNDS = 40
#: A step, and a spread, that are none.
_STEADY, _FLAT = 1e-6, 1e-9
#: Lines of a bulletin.
_LINES = 12


@dataclass(frozen=True)
class Pairs:
    """Members before items that no hard gate refuses: parts by column, grades; and all that was graded."""

    parts: Floats
    grades: NDArray[np.int64]
    calls: NDArray[np.bool_]
    #: Member of each pair, and grades ≥ 1 of all its items, refused or not; and how many calls of them are ≥ 2.
    member: NDArray[np.int64]
    ideal: Sequence[Sequence[int]]
    wanted: Sequence[int]


def read(folder: Path, *, coded: bool = True) -> tuple[list[str], Pairs]:
    """Return the names of the parts, and the pairs of a set, their members' codes hidden where asked."""
    network = Network(folder)
    useful = Usefulness(network.context)
    names: list[str] = []
    parts, grades, calls, member, ideal, wanted = [], [], [], [], [], []
    for number, judged in enumerate(network.members()):
        profile = network.context.profile(judged.member if coded else replace(judged.member, naf=None))
        columns = dict(useful.parts(profile))
        names = [*(name for name in columns if name not in BY_HAND), *JUDGED]
        told = np.column_stack([columns[name] for name in names if name in columns])
        for item in network.items:
            case = Case(network.context.view(item), profile, network.context)
            if first_refusal(case) is None:
                parts.append([*told[useful.row(case.view)], *judged_parts(case).values()])
                grades.append(judged.of(item.id).grade)
                calls.append(network.rows[item.id]["kind"] in CALLS)
                member.append(number)
        every = {item.id: judged.of(item.id).grade for item in network.items}
        ideal.append(sorted(every.values(), reverse=True))
        wanted.append(sum(grade > 1 and network.rows[one]["kind"] in CALLS for one, grade in every.items()))
    return names, Pairs(np.array(parts), np.array(grades), np.array(calls), np.array(member), ideal, wanted)


def fit(parts: Floats, grades: NDArray[np.int64], ridge: float = RIDGE) -> tuple[Floats, float]:
    """Return a weight a part and where it starts: logistic regression, parts brought to equal spread (Newton)."""
    spread = parts.std(axis=0)
    spread[spread < _FLAT] = np.inf
    columns = np.column_stack([(parts - parts.mean(axis=0)) / spread, np.ones(len(parts))])
    wanted, doubt = EXPECTED[grades], np.diag([*([ridge] * parts.shape[1]), 1e-6])
    weights = np.zeros(columns.shape[1])
    for _ in range(_ROUNDS):
        expected = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (wanted - expected) - doubt @ weights
        step = np.linalg.solve((columns.T * (expected * (1 - expected) + 1e-6)) @ columns + doubt, slope)
        weights += step
        if np.abs(step).max() < _STEADY:
            break
    found = weights[:-1] / spread
    return found, float(weights[-1] - found @ parts.mean(axis=0))


def unknown_code(sets: Sequence[Pairs], weights: Floats, start: float) -> float:
    """Return what a member without a known code is owed: the constant that fits best where codes are hidden."""
    odds = np.concatenate([one.parts for one in sets]) @ weights + start
    wanted, owed = EXPECTED[np.concatenate([one.grades for one in sets])], 0.0
    for _ in range(_ROUNDS):
        expected = 1 / (1 + np.exp(-(odds + owed)))
        owed += float((wanted - expected).sum() / (expected * (1 - expected)).sum())
    return owed


def figures(pairs: Pairs, expected: Floats) -> dict[str, float]:
    """Return the figures of twelve lines a member, by what was expected alone."""
    gain, first, zero, shown, met = [], [], 0, 0, 0
    for number, ideal in enumerate(pairs.ideal):
        own = np.flatnonzero((pairs.member == number) & (expected >= BAR))
        order = own[np.argsort(-expected[own], kind="stable")][:_LINES]
        grades = pairs.grades[order].tolist()
        gain.append(_gain(grades) / _gain(ideal))
        first.append(sum(grade > 1 for grade in grades[:3]) / 3)
        zero, shown = zero + sum(not grade for grade in grades), shown + len(grades)
        met += int(((pairs.grades[order] > 1) & pairs.calls[order]).sum())
    wanted = sum(pairs.wanted)
    return {"p3": float(np.mean(first)), "ndcg10": float(np.mean(gain)), "embarrassing": zero, "shown": shown,
            "missed": wanted - met, "wanted": wanted}  # fmt: skip


def _gain(grades: Sequence[int]) -> float:
    return float(sum((2**grade - 1) / np.log2(place + 2) for place, grade in enumerate(grades[:10])))


def left_out(sets: dict[str, Pairs]) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each set's figures by weights that never saw it."""
    for name, pairs in sets.items():
        others = [other for found, other in sets.items() if found != name]
        weights, start = fit(
            np.concatenate([one.parts for one in others]), np.concatenate([one.grades for one in others])
        )
        yield name, figures(pairs, 1 / (1 + np.exp(-(pairs.parts @ weights + start))))


def main() -> None:
    """Fit and write, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / WEIGHTS)
    parser.add_argument("--leave-out", action="store_true")
    args = parser.parse_args()
    names: list[str] = []
    sets: dict[str, Pairs] = {}
    for folder in args.sets:
        names, sets[folder.name] = read(folder)
    if args.leave_out:
        measured = dict(left_out(sets))
        for name, found in measured.items():
            sys.stdout.write(f"{name} {' '.join(f'{key} {value:.3f}' for key, value in found.items())}\n")
        keys = next(iter(measured.values()))
        mean = {key: round(float(np.mean([found[key] for found in measured.values()])), 4) for key in keys}
        sys.stdout.write(json.dumps(mean) + "\n")
        return
    weights, start = fit(
        np.concatenate([one.parts for one in sets.values()]), np.concatenate([one.grades for one in sets.values()])
    )
    hidden = [read(folder, coded=False)[1] for folder in args.sets]
    weights[names.index(UNCODED)] = unknown_code(hidden, weights, start)
    told: dict[str, Any] = dict(zip(names, (round(float(one), 4) for one in weights), strict=True))
    found = {"recipe": RECIPE, "sets": sorted(sets), "start": round(start, 4), "parts": told | BY_HAND}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
