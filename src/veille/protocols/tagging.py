"""What the nlp stage consumes and offers, and who reads items."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from veille.model import Item, Tagged, TextToTag


class Tagger(Protocol):
    """The NLP stage's engine."""

    #: `name@version`, stored with every tag.
    @property
    def pipeline(self) -> str:
        """Identify the model and definitions that speak."""
        ...

    def tag(self, texts: Iterable[TextToTag]) -> Iterator[Tagged]:
        """Tag each text, in order."""
        ...


class TagStore(Protocol):
    """What nlp reads and writes: item_tag, item_fact. Their sole writer."""

    def waiting(self, pipeline: str) -> list[int]:
        """Return the items not yet tagged by that pipeline at their present version, newest first."""
        ...

    def untagged(self) -> int:
        """Return how many items no pipeline has tagged at their present version."""
        ...

    def texts(self, pipeline: str, item_ids: Sequence[int]) -> list[tuple[int, int, TextToTag]]:
        """Return (item id, item version, text) of those that still wait, in any order."""
        ...

    def save(self, pipeline: str, results: Sequence[tuple[int, int, Tagged]], now: datetime) -> None:
        """Replace the machine tags and facts of these items."""
        ...


class ItemStore(Protocol):
    """Read access to items with their effective tags."""

    def items(self, *, since: datetime | None = None) -> Sequence[Item]:
        """Return tagged items, newest first; `since` limits to those first seen or changed after it."""
        ...

    def item(self, item_id: int) -> Item | None:
        """Return one item."""
        ...
