"""Where each stem stands in all items at once: one line of places, item after item (numpy).

A place is a number; two words are as far apart as their places say, and words of two items, or of a title and the text
under it, are never near.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from veille.matching.context import LONGEST_TEXT, View
from veille.matching.similarity import GAP, LEAD
from veille.matching.words import Words
from veille.matching.words import cognate as shared
from veille.text import fold

#: Rows or places, ascending.
Rows = NDArray[np.int64]
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows of items where a stem stands, each once: in the title, in it or the first lines, anywhere."""

    title: Rows
    lead: Rows
    text: Rows


class Postings:
    """An index of views by row."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views, self.size = views, len(views)
        sizes = np.array([len(view.stems) for view in views], np.int64)
        titles = np.array([view.title for view in views], np.int64)
        spaced = sizes + 2 * GAP
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(spaced)])
        #: By place: its row; whether it is in the title; whether it is in the title or the first lines.
        self._row_of = np.repeat(np.arange(len(views), dtype=np.int32), spaced)
        within = np.arange(starts[-1]) - starts[self._row_of]
        self._in_title = within < titles[self._row_of]
        self._in_lead = within < titles[self._row_of] + LEAD + GAP
        self._starts, self._titles = starts, titles
        self._numbers: dict[str, int] = {}
        self._order, self._bounds = self._sorted(sizes)
        self._ready: dict[str, Rows] = {}
        self._standing: dict[tuple[str, bool], Standing] = {}

    def _sorted(self, sizes: Rows) -> tuple[Rows, Rows]:
        """Return the places of all stems, stem by stem, and where each stem's begin."""
        numbers = self._numbers
        every = chain.from_iterable(view.stems for view in self._views)
        known = np.fromiter((numbers.setdefault(term, len(numbers)) for term in every), np.int64, int(sizes.sum()))
        rows = np.repeat(np.arange(len(sizes)), sizes)
        place = np.arange(len(known)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = self._starts[rows] + place + GAP * (place > self._titles[rows])
        order = np.argsort(known, kind="stable")
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(known, minlength=len(numbers)))])
        return places[order], bounds

    def where(self, term: str, *, cognate: bool) -> Standing:
        """Return where a stem stands; and English words that begin as it does where asked."""
        known = self._standing.get((term, cognate))
        if known is None:
            places = self.of(term, cognate=cognate)
            each = (places[self._in_title[places]], places[self._in_lead[places]], places)
            known = self._standing[term, cognate] = Standing(*(np.unique(self._row_of[some]) for some in each))
        return known

    def of(self, term: str, *, cognate: bool) -> Rows:
        """Return the places of a stem; with those of English words that begin as it does where asked."""
        if not cognate or shared(term) not in self._english:
            return self._exactly(term)
        if term not in self._ready:
            alike = (self._in_english(other) for other in self._english[shared(term)])
            self._ready[term] = np.unique(np.concatenate([self._exactly(term), *alike]))
        return self._ready[term]

    def _exactly(self, term: str) -> Rows:
        number = self._numbers.get(term)
        return _NONE if number is None else self._order[self._bounds[number] : self._bounds[number + 1]]

    def _in_english(self, term: str) -> Rows:
        places = self._exactly(term)
        return places[self._is_english[self._row_of[places]]]

    @cached_property
    def _is_english(self) -> NDArray[np.bool_]:
        return np.fromiter((view.english for view in self._views), bool, len(self._views))

    @cached_property
    def _english(self) -> dict[str, list[str]]:
        """First letters that a learned word shares with its form in French → stems of English items with them."""
        found: dict[str, list[str]] = {}
        for term in frozenset[str]().union(*(view.terms for view in self._views if view.english)):
            if shared(term):
                found.setdefault(shared(term), []).append(term)
        return found

    def naming(self, name: str) -> Sequence[int]:
        """Return the rows of what may print a name, whatever its language; all where it is of grammar alone."""
        parts, printed = Words(name).stems, _printed(name)
        if not parts:
            return range(self.size)
        found = [row for row, words in self._as_printed.items() if words.issuperset(printed)]
        native = set.intersection(*(set(self._row_of[self._exactly(part)].tolist()) for part in parts))
        return sorted(native.union(found))

    @cached_property
    def _as_printed(self) -> dict[int, frozenset[str]]:
        """Words of English items, none of them brought to French nor to an expression."""
        views = ((row, view) for row, view in enumerate(self._views) if view.english)
        return {row: _printed(f"{view.item.title} {view.item.text[:LONGEST_TEXT]}") for row, view in views}


def _printed(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", fold(text)))
