"""What items talk of, trades or needs, as columns: whoever the member, its rows and how much each says (numpy)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from veille.matching.context import View
from veille.matching.fields import Told

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
#: Trades of an item that are known in order; few members are of as many.
_FIRST = 3


@dataclass(frozen=True, slots=True)
class Speech:
    """What the items that talk of one thing say of it."""

    rows: NDArray[np.int32]
    strength: Floats


class Spoken:
    """What items talk of, by name."""

    def __init__(self, views: Sequence[View], told: Callable[[View], Mapping[str, Told]]) -> None:
        found: dict[str, list[tuple[int, float]]] = {}
        for row, view in enumerate(views):
            for name, one in told(view).items():
                found.setdefault(name, []).append((row, one.strength))
        self._size = len(views)
        self._speeches = {name: _speech(each) for name, each in found.items()}
        self._numbers = {name: number for number, name in enumerate(found)}

    def most(self, names: Iterable[str]) -> Floats:
        """Return by row the most that is said of one of these; 0 where nothing is."""
        most = np.zeros(self._size)
        for speech in self._of(names):
            most[speech.rows] = np.maximum(most[speech.rows], speech.strength)
        return most

    def about(self, names: Iterable[str]) -> Flags:
        """Tell which items talk of one of these."""
        found = np.zeros(self._size, bool)
        for speech in self._of(names):
            found[speech.rows] = True
        return found

    def beside(self, names: Iterable[str]) -> Floats:
        """Return by row the most that is said of anything else than these, 0 where the first three are among them."""
        known = np.zeros(len(self._numbers) + 1, bool)
        known[[self._numbers[name] for name in names if name in self._numbers]] = True
        most = np.zeros(self._size)
        for numbers, strengths in reversed(self._first):
            most = np.where(known[numbers], most, strengths)
        return most

    @cached_property
    def _first(self) -> list[tuple[Whole, Floats]]:
        """Of what items say most, and next, and next: its number and how much, by row."""
        number = np.repeat(np.arange(len(self._numbers)), [len(one.rows) for one in self._speeches.values()])
        rows = np.concatenate([np.empty(0, np.int64), *(one.rows for one in self._speeches.values())])
        strength = np.concatenate([np.empty(0), *(one.strength for one in self._speeches.values())])
        order = np.lexsort((-strength, rows))
        number, rows, strength = number[order], rows[order], strength[order]
        rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
        return [
            self._placed(rows[rank == place], number[rank == place], strength[rank == place]) for place in range(_FIRST)
        ]

    def _placed(self, rows: Whole, number: Whole, strength: Floats) -> tuple[Whole, Floats]:
        numbers, strengths = np.full(self._size, len(self._numbers)), np.zeros(self._size)
        numbers[rows], strengths[rows] = number, strength
        return numbers, strengths

    def _of(self, names: Iterable[str]) -> list[Speech]:
        return [self._speeches[name] for name in names if name in self._speeches]


def _speech(each: Sequence[tuple[int, float]]) -> Speech:
    return Speech(np.array([row for row, _ in each], np.int32), np.array([strength for _, strength in each]))
