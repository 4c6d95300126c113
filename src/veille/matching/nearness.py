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
#: Texts of an item that a line is compared with: its title; its title and its opening.
_TITLE, _BOTH = 0, 1
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
    """Words of texts, by number: the first word of each, then the second of each that has two, longest texts first."""

    columns: Sequence[NDArray[np.intp]]
    #: Which text each place of a column is of, and which texts have no word.
    order: NDArray[np.intp]
    empty: NDArray[np.bool_]

    @classmethod
    def of(cls, each: Sequence[Sequence[int]]) -> "_Texts":
        """Lay texts out."""
        order = np.array(sorted(range(len(each)), key=lambda text: -len(each[text])), np.intp)
        longest = max(map(len, each), default=0)
        columns = [
            np.array([each[text][at] for text in order if len(each[text]) > at], np.intp) for at in range(longest)
        ]
        return cls(columns, order, np.array([not one for one in each], bool))

    def nearest(self, likeness: Floats) -> Floats:
        """Return for each text the most that one of its words is alike; 0 where it has none."""
        found, best = np.zeros((2, len(self.order)), np.float32)
        for at, column in enumerate(self.columns):
            some = likeness.take(column)
            best[: len(column)] = some if at == 0 else np.maximum(best[: len(column)], some)
        found[self.order] = best
        return found


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


@dataclass(frozen=True)
class Nearness:
    """Items by row, ready for any line of any profile."""

    views: Sequence[View]
    _known: dict[str, NDArray[np.float16]] = field(default_factory=dict)
    #: Words of items → their numbers.
    _numbers: dict[str, int] = field(default_factory=dict)
    _printed: dict[tuple[int, int], "_Printed"] = field(default_factory=dict)

    @cached_property
    def _read(self) -> tuple[_Texts, _Texts]:
        titles = [_words(view.item.title) for view in self.views]
        bodies = [_words.__wrapped__(view.item.text[:OPENING]) for view in self.views]  # long, and read once
        both = [tuple(dict.fromkeys((*title, *body))) for title, body in zip(titles, bodies, strict=True)]
        return self._texts(titles), self._texts(both)

    def _texts(self, each: Sequence[Sequence[str]]) -> _Texts:
        return _Texts.of([[self._numbers.setdefault(word, len(self._numbers)) for word in one] for one in each])

    @cached_property
    def _vectors(self) -> Floats:
        """Vectors of the items' words, as long as being near to the word says something; 0 for an unknown one."""
        places = [related().place(word) for word in self._numbers]
        rows, known = np.array([place or 0 for place in places], np.intp), [place is not None for place in places]
        found: Floats = _vectors()[rows] * (_telling()[rows] * np.array(known, np.float32))[:, None]
        return found

    def of(self, lines: Iterable[str]) -> Floats | None:
        """Return how near the nearest of some lines is to each item, (title, opening) × items; None: no known word."""
        found = [line for line in map(self._of_line, map(_words, lines)) if line is not None]
        return np.maximum.reduce(found) if found else None

    def _of_line(self, words: Sequence[str]) -> Floats | None:
        if not words:
            return None
        counts = _counts(words)
        total = sum(count * self._word(word).astype(np.float32) for count, word in zip(counts, words, strict=True))
        line: Floats = np.asarray(total, np.float32) / np.float32(sum(counts))
        return line

    def _word(self, word: str) -> NDArray[np.float16]:
        if word not in self._known:
            titles, openings = self._read
            place, chance = related().place(word), np.zeros(2, np.float32)
            if place is not None:
                likeness, chance = self._vectors @ _vectors()[place], related().usual[place]
            else:  # a word that the table does not know is like itself alone
                likeness = np.zeros(len(self._numbers), np.float32)
                if word in self._numbers:
                    likeness[self._numbers[word]] = 1.0
            near = [texts.nearest(likeness) - usual for texts, usual in zip((titles, openings), chance, strict=True)]
            for one, texts in zip(near, (titles, openings), strict=True):
                one[texts.empty] = 0.0
            self._known[word] = np.array(near, np.float16)
        return self._known[word]

    def nearest(self, lines: Iterable[str], row: int) -> Likeness:
        """Return how near the nearest of some lines is to an item's title or opening, and by which words."""
        found = ((*self._strength(words, row), line) for line in lines if (words := _words(line)))
        strength, text, word, line = max(found, key=lambda one: one[0], default=(0.0, 0, "", ""))
        if strength <= 0:
            return Likeness()
        alike, printed = self._shown(row, text).nearest(word)
        return Likeness(strength, alike, _parts(line)[word], printed) if alike >= _LEAST else Likeness()

    def _strength(self, words: Sequence[str], row: int) -> tuple[float, int, str]:
        """Return how near a line is to an item, to which of its two texts, and by which word."""
        counts, near = _counts(words), [self._word(word)[:, row].tolist() for word in words]
        each = [[count * one[text] for count, one in zip(counts, near, strict=True)] for text in (_TITLE, _BOTH)]
        text = max((_TITLE, _BOTH), key=lambda text: sum(each[text]))
        best = max(range(len(words)), key=lambda place: each[text][place])
        return sum(each[text]) / sum(counts), text, words[best]

    def _shown(self, row: int, text: int) -> "_Printed":
        if (row, text) not in self._printed:
            item = self.views[row].item
            self._printed[row, text] = _Printed.of(item.title, item.text[:OPENING] if text == _BOTH else "")
        return self._printed[row, text]


@lru_cache(maxsize=20_000)
def _counts(words: tuple[str, ...]) -> tuple[float, ...]:
    """Return 0 to 1 a word: how much it counts in a line; one that the table never met is as rare as any."""
    places = map(related().place, words)
    return tuple(1.0 if place is None else float(_weights()[place]) for place in places)


@lru_cache(maxsize=20_000)
def _parts(line: str) -> Mapping[str, str]:
    """Return the words of a profile's line, each with the part of the line that it stands in."""
    own: dict[str, str] = {}
    for part in _PART.split(line):
        own = dict.fromkeys(_words(part), part.strip()) | own
    return dict.fromkeys(_words(line), line) | own


@dataclass(frozen=True, slots=True)
class _Printed:
    """Words of a title, or of a title and an opening, as they are printed there."""

    #: Word as it is compared → as it is first printed.
    shown: Mapping[str, str]
    #: Those that the table knows, and their rows.
    known: tuple[str, ...]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, *texts: str) -> "_Printed":
        """Read them."""
        shown: dict[str, str] = {}
        for printed in _PRINTED.findall(" ".join(texts)):
            for word in _words(printed):
                shown.setdefault(word, printed)
        known = {word: place for word in shown if (place := related().place(word)) is not None}
        return cls(shown, tuple(known), np.array(list(known.values()), np.intp))

    def nearest(self, word: str) -> tuple[float, str]:
        """Return how near the nearest word is to a line's, and it as it is printed."""
        place = related().place(word)
        if place is None or not self.known:
            return float(word in self.shown), self.shown.get(word, "")
        likeness = (_vectors()[self.rows] @ _vectors()[place]) * _telling()[self.rows]
        best = int(likeness.argmax())
        return float(likeness[best]), self.shown[self.known[best]]
