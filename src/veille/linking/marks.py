"""Under which marks an item is looked up: items that share none are never compared (pure).

That makes the cost grow with the items and not with their pairs: a mark is made of things rare enough, or joined to
something rare enough, that few unlike items bear it, and a mark that many bear is no longer used (`FULL`).
"""

import hashlib
from collections.abc import Iterator
from itertools import combinations

from veille.linking.sketch import Sketch
from veille.linking.words import weight

#: Items under one mark from which it tells nothing: the hundredth item of one template would be compared with them all.
FULL = 50
#: Rare words whose pairs are marks, and rare words joined to a day.
_PAIRED, _DATED = 5, 7
_RUNS, _NUMBERS, _NAMES, _DAYS = 5, 3, 4, 2


def marks(one: Sketch) -> tuple[int, ...]:
    """Return the marks of an item, as signed 64-bit numbers in order, each once."""
    return tuple(sorted({_number(mark) for mark in _marks(one)}))


def _marks(one: Sketch) -> Iterator[str]:
    if one.link:
        yield f"link {one.link}"
    for code in one.codes:
        yield f"code {code}"
    for run in one.runs[:_RUNS]:
        yield f"run {run}"
    rare = _rarest(one)
    for first, second in combinations(sorted(rare[:_PAIRED]), 2):
        yield f"pair {first} {second}"
    beside = (*rare[:_DATED], *one.names[:_NAMES], *one.numbers[:_NUMBERS])
    for day in [one.deadline[5:]] if one.deadline else one.days[:_DAYS]:
        for thing in beside:
            yield f"day {day} {thing}"


def _rarest(one: Sketch) -> list[str]:
    """Return the rarest stems, those of the title first among equals, then those that come first."""
    titled = frozenset(one.title)
    return sorted(one.lead, key=lambda stem: (-weight(stem), stem not in titled))


def _number(mark: str) -> int:
    return int.from_bytes(hashlib.blake2b(mark.encode(), digest_size=8).digest(), "big", signed=True)
