"""Pick what is good and unlike what was picked already: maximal marginal relevance (pure).

Carbonell and Goldstein, 1998: the next one has the most of λ · score - (1 - λ) · likeness to the nearest one picked.
Here scores are shares of the best one's, and likeness is that of titles, by the words that they share.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from veille.model import Item
from veille.text import fold

#: Shorter words are grammar.
_WORD = re.compile(r"[a-z0-9]{3,}")
#: What « now or never » is worth, as a share of the best score; in « L'essentiel », what changed since it was sent.
NOW_OR_NEVER = 0.25
#: Titles of that many items are remembered between readers.
_REMEMBERED = 8_192


class Scored(Protocol):
    """What can be picked."""

    @property
    def item(self) -> Item:
        """The item."""
        ...

    @property
    def score(self) -> float:
        """How good it is."""
        ...

    @property
    def last(self) -> bool:
        """Whether it is now or never."""
        ...


One = TypeVar("One", bound=Scored)


def varied(ranked: Sequence[One], relevance: float, fits: Callable[[One], bool]) -> Iterator[One]:
    """Yield what fits, best first, each as unlike those yielded as `relevance` (λ, 0 to 1) lets it be; ties by rank.

    `fits` is asked right before one is yielded: taking one may leave no room for another.
    """
    best = max((one.score for one in ranked), default=0.0)
    left = [(relevance * ((one.score / best if best > 0 else 0.0) + NOW_OR_NEVER * one.last), one) for one in ranked]
    like = [0.0] * len(left)
    while left:
        place = max(range(len(left)), key=lambda at: (left[at][0] - (1.0 - relevance) * like[at], -at))
        _, one = left.pop(place)
        del like[place]
        if not fits(one):
            continue
        yield one
        like = [
            max(known, likeness(one.item.title, other.item.title)) for known, (_, other) in zip(like, left, strict=True)
        ]


def likeness(one: str, other: str) -> float:
    """Return 0 for titles without a word in common to 1 for titles of the same words (Dice)."""
    mine, theirs = _words(one), _words(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


@lru_cache(_REMEMBERED)
def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(title)))
