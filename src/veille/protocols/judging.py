"""What choosing needs of whoever judges items for members."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from veille.model import Item, Match, Member


class Candidate(NamedTuple):
    """An item that may pass for a member."""

    item_id: int
    #: No exact score is above it.
    at_most: float


class Judge(Protocol):
    """Judges the items it was made for: one for one member exactly, or all for one member at a first look."""

    def __call__(self, item: Item, member: Member) -> Match:
        """Judge one item for one member."""
        ...

    def candidates(self, member: Member) -> Sequence[Candidate]:
        """Return every item that may pass for a member, the highest promise first; the others are refused for sure."""
        ...


#: Makes the judge of these items as of a day: rarity of words, gates on deadlines and recency need both.
JudgeFor = Callable[[Sequence[Item], date], Judge]
