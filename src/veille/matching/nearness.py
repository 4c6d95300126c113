"""How near in meaning the lines of a profile are to items, whatever words each uses (numpy).

Each word of a line looks for the nearest word of a title, and of the first lines; what chance would bring as near is
taken away. A line counts its words by how rare they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from veille.config.instance import shipped
from veille.matching.context import View
from veille.matching.words import generic_stems, is_grammar, stem
from veille.related import INT8, Related, find_related, load_related, telling, weights, words_of
from veille.text import fold, singular

Floats = NDArray[np.float32]
#: Characters below the title in which an item says what it is about (500 and 1,200 tried: less told apart).
OPENING = 300
_PRINTED = re.compile(r"\w+")
#: A line names several things when it enumerates.
_PART = re.compile(r"[,;:/()]")
#: Words less alike than this are not quoted for one another: chance brings many as near (`Related.usual`).
_LEAST = 0.3


@cache
def related() -> Related:
    """Return the related words that ship with the program; raises ConfigError where they are missing."""
    return load_related(find_related([shipped()]))


@cache
def _vectors() -> Floats:
    return related().vectors.astype(np.float32) / np.float32(INT8)


@cache
def _telling() -> Floats:
    return telling(related().rarity).astype(np.float32)


@cache
def _weights() -> Floats:
    return weights(related().rarity).astype(np.float32)


@lru_cache(maxsize=50_000)
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are compared, each once: those of the table, and others of the trade."""
    # « plus » and « dans » are grammar before they lose their « s ».
    printed = (singular(word) for word in words_of(fold(text)) if not is_grammar(word))
    return tuple(word for word in dict.fromkeys(printed) if related().has(word) or stem(word) not in generic_stems())


@dataclass(frozen=True, slots=True)
class _Texts:
    """Known words of texts, one after the other."""

    words: NDArray[np.int32]
    starts: NDArray[np.int64]
    empty: NDArray[np.bool_]

    def nearest(self, likeness: Floats) -> Floats:
        """Return for each text the most that one of its words is alike; 0 where it has none."""
        found: Floats = np.maximum.reduceat(likeness[self.words], self.starts)
        found[self.empty] = 0.0
        return found


@dataclass(frozen=True)
class Nearness:
    """Items by row, ready for any line of any profile."""

    views: Sequence[View]
    _known: dict[str, NDArray[np.float16]] = field(default_factory=dict)
    #: Words that the table does not know → their rows below it: each is like itself alone.
    _others: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _read(self) -> tuple[_Texts, _Texts]:
        titles = [_words(view.item.title) for view in self.views]
        bodies = [_words.__wrapped__(view.item.text[:OPENING]) for view in self.views]  # long, and read once
        both = [tuple(dict.fromkeys((*title, *body))) for title, body in zip(titles, bodies, strict=True)]
        return self._texts(titles), self._texts(both)

    def _texts(self, each: Sequence[Sequence[str]]) -> _Texts:
        rows = [[self._row(word) for word in one] for one in each]
        sizes = np.array([max(1, len(one)) for one in rows], np.int64)
        words = np.array([word for one in rows for word in (one or (0,))], np.int32)
        return _Texts(words, np.cumsum(sizes) - sizes, np.array([not one for one in rows], bool))

    def _row(self, word: str) -> int:
        known = related().place(word)
        return known if known is not None else self._others.setdefault(word, len(related().words) + len(self._others))

    def of(self, lines: Iterable[str]) -> Floats | None:
        """Return how near the nearest of some lines is to each item, (title, opening) × items; None: no known word."""
        found = [line for line in map(self._of_line, map(_words, lines)) if line is not None]
        return np.maximum.reduce(found) if found else None

    def _of_line(self, words: Sequence[str]) -> Floats | None:
        if not words:
            return None
        counts = list(map(_count, words))
        total = sum(count * self._word(word).astype(np.float32) for count, word in zip(counts, words, strict=True))
        line: Floats = np.asarray(total, np.float32) / np.float32(sum(counts))
        return line

    def _word(self, word: str) -> NDArray[np.float16]:
        if word not in self._known:
            titles, openings = self._read
            likeness = np.zeros(len(related().words) + len(self._others), np.float32)
            place, chance = related().place(word), np.zeros(2, np.float32)
            if place is not None:
                likeness[: len(related().words)] = (_vectors() @ _vectors()[place]) * _telling()
                chance = related().usual[place]
            elif word in self._others:
                likeness[self._others[word]] = 1.0
            near = [texts.nearest(likeness) - usual for texts, usual in zip((titles, openings), chance, strict=True)]
            for one, texts in zip(near, (titles, openings), strict=True):
                one[texts.empty] = 0.0
            self._known[word] = np.array(near, np.float16)
        return self._known[word]


def _count(word: str) -> float:
    """Return 0 to 1: how much a word of a line counts; one that the table never met is as rare as any."""
    place = related().place(word)
    return 1.0 if place is None else float(_weights()[place])


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a line is to an item, and the two words that are nearest: what is quoted."""

    #: Of the line, 0 where no more than chance would bring, to about 1.
    strength: float = 0.0
    #: Of the two words, 0 to 1.
    alike: float = 0.0
    #: The part of the line that is near, as the profile says it, and the item's word as it prints it.
    said: str = ""
    printed: str = ""


def nearest_words(line: str, view: View) -> Likeness:
    """Return how near a line is to an item's title or opening, whichever is nearer, and by which words."""
    own = _line(line)
    if not own.words:
        return Likeness()
    texts = (view.item.title, f"{view.item.title} {view.item.text[:OPENING]}")
    return max((_likeness(own, _text(text), number) for number, text in enumerate(texts)), key=lambda one: one.strength)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Words that are compared, each with what it stands for where it is quoted."""

    words: tuple[str, ...]
    quoted: tuple[str, ...]
    #: Rows of the table, 0 for a word that it does not know; whether it knows it.
    rows: NDArray[np.intp]
    known: NDArray[np.bool_]

    @property
    def others(self) -> Mapping[str, int]:
        """Words that the table does not know, and where they stand here."""
        return {self.words[place]: place for place in np.flatnonzero(~self.known).tolist()}


def _of(pairs: Sequence[tuple[str, str]]) -> _Compared:
    places = [related().place(word) for word, _ in pairs]
    return _Compared(
        words=tuple(word for word, _ in pairs),
        quoted=tuple(quoted for _, quoted in pairs),
        rows=np.array([place or 0 for place in places], np.intp),
        known=np.array([place is not None for place in places], bool),
    )


@lru_cache(maxsize=20_000)
def _line(line: str) -> _Compared:
    """Return the words of a profile's line, each with the part of the line that it stands in."""
    own: dict[str, str] = {}
    for part in _PART.split(line):
        own = dict.fromkeys(_words(part), part.strip()) | own
    return _of(list(own.items()))


@lru_cache(maxsize=20_000)
def _text(text: str) -> _Compared:
    """Return the words of a title or an opening, each as it is printed."""
    return _of([(word, shown) for shown in _PRINTED.findall(text) for word in _words(shown)])


def _likeness(own: _Compared, text: _Compared, number: int) -> Likeness:
    if not text.words:
        return Likeness()
    counts = np.where(own.known, _weights()[own.rows], np.float32(1.0))
    chance = np.where(own.known, related().usual[own.rows, number], np.float32(0.0))
    alike = _alike(own, text)
    strength = float(counts @ (alike.max(axis=1) - chance) / counts.sum())
    mine, theirs = np.unravel_index(int((counts[:, None] * (alike - chance[:, None])).argmax()), alike.shape)
    if strength <= 0 or alike[mine, theirs] < _LEAST:
        return Likeness()
    return Likeness(strength, float(alike[mine, theirs]), own.quoted[mine], text.quoted[theirs])


def _alike(own: _Compared, text: _Compared) -> Floats:
    """Return how near each word of an item is to each of a line, as far as it says something: own × item."""
    near: Floats = (_vectors()[own.rows] @ _vectors()[text.rows].T) * _telling()[text.rows]
    near[~own.known, :] = 0.0
    near[:, ~text.known] = 0.0
    for word, mine in own.others.items():
        for theirs in np.flatnonzero(~text.known).tolist():
            near[mine, theirs] = float(text.words[theirs] == word)
    return near
