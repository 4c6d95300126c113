"""Fitting of related words: latent semantic analysis of passages, in NumPy alone (pure).

Passages × words, weighted and of length one, cut down to their strongest directions by a randomised range finder
(Halko, Martinsson & Tropp 2011, « Finding structure with randomness », algorithm 4.4). Equal texts give equal vectors.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from veille.errors import InputError
from veille.related import INT8, USUAL, Floats, Related, rounded, telling, words_of
from veille.text import fold, singular

#: Words of a passage: two or three sentences (30 and 150 tried).
PASSAGE = 60
#: A word met in fewer passages has no company yet; one in more than that share keeps company with all.
LEAST, MOST = 3, 0.1
#: Directions kept (200 and 300 tried: no better), and those looked for beside them.
DIMENSIONS, _MORE = 100, 10
_ROUNDS = 4
#: How much the strongest directions count more.
_POWER = 0.3
_SEED = 20261122
#: Columns multiplied at once: memory stays under 100 MB.
_BLOCK = 16


@dataclass(frozen=True)
class _Table:
    """A sparse table in row order: `rows[i] : rows[i + 1]` are the cells of row i."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    cells: Floats
    width: int

    def times(self, dense: Floats) -> Floats:
        """Return the table times a dense one; every row has a cell."""
        blocks = range(0, dense.shape[1], _BLOCK)
        return np.hstack([self._times(dense[:, start : start + _BLOCK]) for start in blocks])

    def _times(self, dense: Floats) -> Floats:
        products = dense[self.columns] * self.cells[:, None]
        return np.add.reduceat(products, self.rows[:-1], axis=0)

    def transposed(self) -> "_Table":
        """Return it with rows as columns; every column has a cell."""
        order = np.argsort(self.columns, kind="stable")
        owners = np.repeat(np.arange(len(self.rows) - 1), np.diff(self.rows))
        counts = np.bincount(self.columns, minlength=self.width)
        starts = np.concatenate([[0], np.cumsum(counts)])
        return _Table(starts, owners[order], self.cells[order], len(self.rows) - 1)


def fit(texts: Iterable[str], *, dimensions: int = DIMENSIONS) -> Related:
    """Return the related words of texts (as printed); raises InputError where no word is in company often enough."""
    passages = [part for text in texts for part in _passages(words_of(singular(fold(text))))]
    seen = Counter(word for passage in passages for word in set(passage))
    words = sorted(word for word, count in seen.items() if LEAST <= count <= max(LEAST, MOST * len(passages)))
    if not words:
        raise InputError("trop peu de textes pour en tirer des mots apparentés", cure="donnez-en quelques milliers")
    rarity = np.array([log(len(passages) / seen[word]) + 1e-3 for word in words], np.float32)
    table = _table(passages, words, rarity)
    vectors = _directions(table, min(dimensions, len(words), len(table.rows) - 1))
    kept = rounded(vectors)
    return Related(tuple(words), kept, rarity, usual(kept, rarity))


def usual(vectors: NDArray[np.int8], rarity: Floats) -> Floats:
    """Return how near chance brings a text's nearest word to each word: (words, lengths in `USUAL`).

    A text's words are drawn as often as passages have them; the nearest of n is at most s as often as all n are.
    """
    lengths = np.array(USUAL, np.float64)
    near, counts = vectors.astype(np.float32) / INT8, telling(rarity)
    often = np.exp(-rarity.astype(np.float64))
    often /= often.sum()
    found = np.empty((len(vectors), len(USUAL)), np.float32)
    for word, own in enumerate(near):
        met = (near @ own) * counts
        order = np.argsort(met)
        below = np.cumsum(often[order])[:, None] ** lengths
        found[word] = met[order] @ np.diff(below, axis=0, prepend=0.0)
    return found


def _passages(words: Sequence[str]) -> list[Sequence[str]]:
    return [words[start : start + PASSAGE] for start in range(0, len(words), PASSAGE)]


def _table(passages: Sequence[Sequence[str]], words: Sequence[str], rarity: Floats) -> _Table:
    places = {word: place for place, word in enumerate(words)}
    starts, columns, cells = [0], [], []
    for passage in passages:
        counted = sorted((places[word], count) for word, count in Counter(passage).items() if word in places)
        if not counted:
            continue
        row = np.array([(1 + log(count)) for _, count in counted], np.float32) * rarity[[one for one, _ in counted]]
        columns += [place for place, _ in counted]
        cells.append(row / np.sqrt(row @ row))
        starts.append(len(columns))
    return _Table(np.array(starts), np.array(columns), np.concatenate(cells), len(words))


def _directions(table: _Table, dimensions: int) -> Floats:
    """Return, for each word, its place along the strongest directions."""
    across = table.transposed()
    start = np.random.default_rng(_SEED).standard_normal((table.width, dimensions + _MORE)).astype(np.float32)
    basis, _ = np.linalg.qr(table.times(start))
    for _ in range(_ROUNDS):
        inner, _ = np.linalg.qr(across.times(basis.astype(np.float32)))
        basis, _ = np.linalg.qr(table.times(inner.astype(np.float32)))
    left, strengths, _ = np.linalg.svd(across.times(basis.astype(np.float32)), full_matrices=False)
    kept: Floats = (left[:, :dimensions] * strengths[:dimensions] ** _POWER).astype(np.float32)
    return kept
