"""Fitting of the linear models: one logistic regression a label, all labels at once, in NumPy alone (pure).

Stochastic dual coordinate ascent (Yu, Huang & Lin 2011, « Dual coordinate descent methods for logistic regression »):
five rounds over the texts come within 0.01 % of what scikit-learn's liblinear reaches, in a fifth of its time, and the
program needs no other library to learn. Equal examples give equal weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from veille.nlp.fitting.features import BUCKETS, Features, Floats
from veille.nlp.fitting.model import LinearModel, unit

#: Strength of one example of weight 1 against the pull to zero (1, 4 and 12 tried: docs/decisions/modele.md).
STRENGTH = 4.0
#: Rounds over the examples.
ROUNDS = 7
_SEED = 20261122
#: Newton steps on each example, and the least curvature they believe: below it they would jump to and fro.
_STEPS, _CURVATURE = 4, 0.1
_INT8 = 127
#: Weights are cut at this quantile of their size: the rare giant would cost all others their precision.
_CUT = 0.9999


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what it is; weight 1 = one text of an ordinary set."""

    found: Features
    labels: frozenset[str]
    weight: float = 1.0


def fit(examples: Sequence[Example], labels: Sequence[str], *, rounds: int = ROUNDS) -> LinearModel:
    """Return the model of these labels."""
    kept = [example for example in examples if len(example.found.buckets)]
    rarity = _rarity(kept)
    weights, biases = _ascend(kept, labels, rarity, rounds)
    top = np.maximum(np.quantile(np.abs(weights), _CUT, axis=0), 1e-6) if len(labels) else np.ones(0)
    scales = (top / _INT8).astype(np.float32)
    small = np.clip(np.rint(weights / scales), -_INT8, _INT8).astype(np.int8)
    return LinearModel(tuple(labels), small, scales, biases, rarity.astype(np.float16).astype(np.float32))


def _rarity(examples: Sequence[Example]) -> Floats:
    seen = np.zeros(BUCKETS)
    for example in examples:
        seen[example.found.buckets] += 1
    rarity: Floats = (np.log((1 + len(examples)) / (1 + seen)) + 1).astype(np.float32)
    return rarity


def _ascend(examples: Sequence[Example], labels: Sequence[str], rarity: Floats, rounds: int) -> tuple[Floats, Floats]:
    weights = np.zeros((BUCKETS, len(labels)), np.float32)
    biases = np.zeros(len(labels), np.float32)
    duals = np.zeros((len(examples), len(labels)), np.float32)
    signs = np.array([[1 if label in one.labels else -1 for label in labels] for one in examples], np.float32)
    texts = [unit(example.found, rarity) for example in examples]
    squares = [float(text @ text) + 1 for text in texts]
    order = np.random.default_rng(_SEED)
    for _ in range(rounds):
        for place in order.permutation(len(examples)):
            buckets, text, sign, dual = examples[place].found.buckets, texts[place], signs[place], duals[place]
            rows = weights.take(buckets, axis=0)
            margins = sign * (text @ rows + biases)
            wanted = _dual(margins, dual, squares[place], STRENGTH * examples[place].weight)
            step = (wanted - dual) * sign
            duals[place] = wanted
            rows += text[:, None] * step
            weights[buckets] = rows  # each bucket stands once in a text
            biases += step
    return weights, biases


def _dual(margins: Floats, dual: Floats, square: float, most: float) -> Floats:
    """Return the best dual value of one example for each label, all others held still."""
    rest = margins - square * dual
    steep = square * most
    z = np.minimum(np.maximum(-margins, -12), 12)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-z))
        slope = 1 + steep * np.maximum(chance * (1 - chance), _CURVATURE)
        z -= (z + rest + steep * chance) / slope
    best: Floats = (most / (1 + np.exp(-z))).astype(np.float32, copy=False)
    return best
