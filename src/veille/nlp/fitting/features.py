"""What the linear models read in a text: words, pairs of words and pieces of words, hashed into buckets (pure).

Nothing is kept of the vocabulary: a bucket is a number, so a model is one table of weights. All of it is arithmetic on
arrays of a fixed length: a text of one endless word costs what any other does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Characters of the folded title and text that are read: what a notice is about comes first (500 more change nothing).
TITLE_READ, TEXT_READ = 300, 1500
#: Buckets, as powers of two: words and pairs come first, then pieces of words.
WORD_BITS, PIECE_BITS = 17, 17
BUCKETS = (1 << WORD_BITS) + (1 << PIECE_BITS)
#: Characters of a piece of a word, the space before and after it included.
_PIECES = (3, 4, 5)
#: Letters of the shortest word that counts.
_SHORTEST = 2

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

#: Latin-1 byte → 0 for what parts words, 1–26 for letters, 27–36 for digits.
_CODES = np.zeros(256, np.uint64)
_CODES[ord("a") : ord("z") + 1] = np.arange(1, 27)
_CODES[ord("0") : ord("9") + 1] = np.arange(27, 37)
_SYMBOLS = np.uint64(37)
#: Odd multipliers of 64-bit hashing: 2⁶⁴ over the golden ratio (Knuth, TAOCP 6.4), and two primes of xxHash64.
_MIX, _BASE, _PAIR = 0x9E3779B97F4A7C15, 0x9FB21C651E98DF25, 0xC2B2AE3D27D4EB4F
_WORD_SIZE = 1 << 64
_LONGEST = TITLE_READ + TEXT_READ + 4


def _powers(base: int) -> NDArray[np.uint64]:
    power, found = 1, []
    for _ in range(_LONGEST):
        found.append(power)
        power = power * base % _WORD_SIZE
    return np.array(found, np.uint64)


_UP, _DOWN = _powers(_BASE), _powers(pow(_BASE, -1, _WORD_SIZE))
#: Pieces of different sizes are different: their codes are set apart.
_SIZES = {size: np.uint64(size << 40) for size in _PIECES}
_MIX64, _PAIR64 = np.uint64(_MIX), np.uint64(_PAIR)
_WORD_SHIFT, _PIECE_SHIFT = np.uint64(64 - WORD_BITS), np.uint64(64 - PIECE_BITS)
#: How often a bucket comes → its weight; a character fills five at most, twice in a title.
_LOUDNESS = (1.0 + np.log(np.maximum(np.arange(10 * _LONGEST), 1))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Features:
    """The buckets of a text, each once, in order."""

    buckets: Places
    #: 1 + log of how often; what the title says counts twice.
    weights: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the words of a text stand, and which buckets each of them fills."""

    #: Character offsets of each word in the folded title (then `in_title`) or the folded text.
    starts: Places
    ends: Places
    in_title: NDArray[np.bool_]
    #: One bucket an occurrence, and the word it belongs to (a pair: its first).
    buckets: Places
    words: Places


def features(title: str, text: str) -> Features:
    """Return what a text has; `title` and `text` are folded (`text.fold`)."""
    parts, _, end = _read(title, text)
    twice = [part.buckets[: part.places.searchsorted(end, "right")] for part in parts]
    buckets, counts = _counted(np.concatenate([*(part.buckets for part in parts), *twice]))
    return Features(buckets, _LOUDNESS.take(counts))


def _counted(buckets: Places) -> tuple[Places, Places]:
    """Return each bucket once, in order, and how often it came (`np.unique` takes ten times as long)."""
    ordered = np.sort(buckets.astype(np.int32))
    new = np.ones(len(ordered) + 1, np.bool_)  # the last one ends the last bucket
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:-1])
    edges = np.flatnonzero(new)
    return ordered.take(edges[:-1]).astype(np.int64), edges[1:] - edges[:-1]


def lay_out(title: str, text: str) -> Layout:
    """Return the words of a text and their buckets, in order."""
    parts, (starts, ends), end = _read(title, text)
    of_word = np.cumsum(np.bincount(starts, minlength=_LONGEST)) - 1
    in_title = starts <= end
    shift = np.where(in_title, 1, end + 3)
    return Layout(
        starts - shift,
        ends - shift,
        in_title,
        np.concatenate([part.buckets for part in parts]),
        of_word[np.concatenate([part.places for part in parts])],
    )


class _Part(NamedTuple):
    """Words, pairs of words, or pieces of one size, in order."""

    buckets: Places
    #: A character of the (first) word of each: up to the title's length, it is in the title.
    places: Places


def _read(title: str, text: str) -> tuple[list[_Part], tuple[Places, Places], int]:
    """Return what fills buckets, where words start and end in both fields laid out as one, and the title's length."""
    head = title[:TITLE_READ]
    whole = f" {head}  {text[:TEXT_READ]} "
    codes = _CODES.take(np.frombuffer(whole.encode("latin-1", "replace"), np.uint8))
    letter = codes != 0
    edges = np.flatnonzero(letter[1:] != letter[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    return [*_word_parts(codes, starts, ends), *_piece_parts(codes, letter)], (starts, ends), len(head)


def _word_parts(codes: NDArray[np.uint64], starts: Places, ends: Places) -> Iterator[_Part]:
    """Yield the buckets of words, then of pairs of words."""
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * _UP[: len(codes)], out=sums[1:])
    long = np.flatnonzero(ends - starts >= _SHORTEST)
    places = starts.take(long)
    kept = (sums.take(ends.take(long)) - sums.take(places)) * _DOWN.take(places)
    yield _Part((kept * _MIX64 >> _WORD_SHIFT).astype(np.int64), places)
    yield _Part(((kept[:-1] * _PAIR64 + kept[1:]) * _MIX64 >> _WORD_SHIFT).astype(np.int64), places[:-1])


def _piece_parts(codes: NDArray[np.uint64], letter: NDArray[np.bool_]) -> Iterator[_Part]:
    """Yield the buckets of pieces, size by size; the second character of a piece is always a letter."""
    inside = letter
    key = codes[:-1] * _SYMBOLS + codes[1:]
    for size in _PIECES:
        count = len(codes) - size + 1
        key = key[:count] * _SYMBOLS + codes[size - 1 :]
        # All but the first and the last character are letters.
        inside = inside[1 : count + 1] if size == _PIECES[0] else inside[:count] & letter[size - 2 : size - 2 + count]
        kept = np.flatnonzero(inside)
        found = ((key.take(kept) + _SIZES[size]) * _MIX64 >> _PIECE_SHIFT).astype(np.int64)
        yield _Part(found + (1 << WORD_BITS), kept + 1)
