"""Where each stem stands: stem → the items that have it, and whether their title does (numpy)."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from veille.matching.context import LONGEST_TEXT, View
from veille.matching.words import cognate as shared
from veille.matching.words import stems
from veille.text import fold

#: Rows, ascending.
Rows = NDArray[np.int32]
_NONE = np.empty(0, np.int32)


class Postings:
    """An index of views by row; a posting is twice its row, plus one where the stem stands in the title."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._lists: dict[str, list[int]] = {}
        self._english: dict[str, list[int]] = {}
        self._ready: dict[tuple[str, bool], Rows] = {}
        for row, view in enumerate(views):
            title = frozenset(view.stems[: view.title])
            _add(self._lists, view.terms, title, row)
            if view.english:
                _add(self._english, _prefixes(view.terms), _prefixes(title), row)

    def of(self, term: str, *, cognate: bool) -> Rows:
        """Return the postings of a stem; with those of English words that begin as it does where asked."""
        key = (term, cognate)
        if key not in self._ready:
            found = self._lists.get(term, [])
            if cognate:
                found = sorted({*found, *self._english.get(shared(term), ())})
            self._ready[key] = np.array(found, np.int32) if found else _NONE
        return self._ready[key]

    def rows(self, parts: Iterable[str]) -> Rows:
        """Return the rows of what may print a name made of these stems, whatever its language."""
        wanted = list(parts)
        found = [row for row, terms in self._printed.items() if terms.issuperset(wanted)]
        native = set.intersection(*({one >> 1 for one in self._lists.get(part, ())} for part in wanted))
        return np.array(sorted(native.union(found)), np.int32)

    @cached_property
    def _printed(self) -> dict[int, frozenset[str]]:
        """Stems of English items as printed, none brought to French."""
        return {
            row: frozenset(stems(fold(f"{view.item.title} {view.item.text[:LONGEST_TEXT]}")))
            for row, view in enumerate(self._views)
            if view.english
        }


def _prefixes(terms: Iterable[str]) -> frozenset[str]:
    return frozenset(map(shared, terms)) - {""}


def _add(lists: dict[str, list[int]], terms: frozenset[str], title: frozenset[str], row: int) -> None:
    for term in terms:
        lists.setdefault(term, []).append(2 * row + (term in title))
