"""Weigh what two items have in common: refit the weights of `veille.linking.comparing` on tests/data/pairs.

`.venv/bin/python -m benchmarks.fit_links` prints them, with the pairwise F1 of six folds by family, links only (no
groups). Beside the labelled pairs it learns from pairs of two families whose dates, sums and names were made the same:
closing on one day for one sum is not being one call.
"""

import random
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.linking.pairs import collected, sketches, written
from tests.shared import _FOLDER

from veille.linking.comparing import BIAS, WEIGHTS, compare
from veille.linking.features import features
from veille.linking.sketch import Sketch
from veille.nlp.tagger import load_tagger

ROOT = Path(__file__).resolve().parents[1]
#: What a hand would give before looking: the fit is drawn towards it, so that rare features keep their sense.
PRIOR = {
    "title": 1.0, "title_part": 2.0, "text": 4.0, "text_part": 3.0, "thin": -1.0, "day": 1.0, "backed": 2.0,
    "no_day": -0.5, "numbers": 1.6, "no_number": -1.0, "translated": 5.0, "no_name": -1.0, "code": 5.0,
    "other_code": -4.0, "link": 3.0, "site": -4.0, "slot_title": -2.5, "slot_number": -3.0, "slot_name": -2.5,
    "far": -2.0,
}  # fmt: skip
PRIOR_BIAS, PULL, STEPS, RATE, FOLDS = -5.0, 0.4, 6000, 0.01, 6
MADE_ALIKE = 0.12
Numbers = NDArray[np.float64]


def examples(
    known: Mapping[str, Sketch], labels: Mapping[frozenset[str], bool]
) -> tuple[Numbers, Numbers, Numbers, list[str]]:
    """Return features, labels, weights and family of the pairs to learn from; what a veto settles teaches nothing."""
    chance, rows = random.Random(5), []
    for one, other in combinations(known, 2):
        label, mine, theirs = labels.get(frozenset((one, other))), known[one], known[other]
        family, apart = one.partition("/")[0], one.partition("/")[0] != other.partition("/")[0]
        if label is None and apart and mine.deadline and chance.random() < MADE_ALIKE:
            alike = replace(
                theirs, deadline=mine.deadline, days=mine.days, day=mine.day, family=mine.family,
                numbers=mine.numbers if chance.random() < 0.6 else theirs.numbers,
                names=mine.names if chance.random() < 0.4 else theirs.names,
            )  # fmt: skip
            rows.append((features(mine, alike), 0.0, 0.3, family))
        found = compare(mine, theirs)
        if (found.veto and not label) or (label is None and (not apart or found.score < 0.005)):
            continue
        rows.append((features(mine, theirs), float(bool(label)), 0.5 if label is None else 1.0, family))
    table = np.array([[row[name] for name in PRIOR] for row, *_ in rows])
    return table, np.array([row[1] for row in rows]), np.array([row[2] for row in rows]), [row[3] for row in rows]


def fit(table: Numbers, labels: Numbers, weights: Numbers) -> tuple[Numbers, float]:
    """Return logistic weights drawn towards the prior, none of which changes sign."""
    prior = np.array(list(PRIOR.values()))
    found, bias = prior.copy(), PRIOR_BIAS
    for _ in range(STEPS):
        error = (1 / (1 + np.exp(-np.clip(table @ found + bias, -30, 30))) - labels) * weights
        found -= RATE * (table.T @ error + PULL * (found - prior))
        bias -= RATE * float(error.sum() + PULL * 0.3 * (bias - PRIOR_BIAS))
        found = np.where(np.sign(found) * np.sign(prior) < 0, 0, found)
    return found, bias


def main() -> None:
    """Fit on everything, then fold by fold."""
    records, pairs = written(("opened", "closed"))
    more, others = collected(_FOLDER / "gold")
    known = sketches(load_tagger([ROOT]), {**records, **more})
    table, labels, weights, families = examples(
        known, {frozenset((one.one, one.other)): one.same for one in (*pairs, *others)}
    )
    found, bias = fit(table, labels, weights)
    print(f"BIAS = {bias:.1f} (now {BIAS})")
    print({name: (round(float(value), 1), WEIGHTS[name]) for name, value in zip(PRIOR, found, strict=True)})
    names = sorted(set(families))
    right = wrong = missed = 0
    for fold in range(FOLDS):
        held = np.array([names.index(family) % FOLDS == fold for family in families])
        fitted, drawn = fit(table[~held], labels[~held], weights[~held])
        said = table[held] @ fitted + drawn >= 0
        right += int((said & (labels[held] > 0)).sum())
        wrong += int((said & (labels[held] == 0)).sum())
        missed += int((~said & (labels[held] > 0)).sum())
    f1 = 2 * right / (2 * right + wrong + missed)
    print(f"six folds by family: F1 {f1:.3f} ({right} right, {wrong} wrong, {missed} missed)")


if __name__ == "__main__":
    main()
