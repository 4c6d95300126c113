"""What linking reads and writes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from veille.model import Item
from veille.model.linking import ItemLink, LinkDecision, Placed, Stamp


class ItemsByNumber(Protocol):
    """Read access to some tagged items."""

    def some(self, item_ids: Collection[int]) -> Sequence[Item]:
        """Return those of these items that are tagged, in any order."""
        ...


class LinkStore(Protocol):
    """What the machine found: item_sketch, item_mark, item_link. Their sole writer."""

    def waiting(self, method: str) -> list[int]:
        """Return the tagged items not yet compared as they stand now by this method, oldest first."""
        ...

    def stamps(self, item_ids: Collection[int], method: str) -> Mapping[int, Stamp]:
        """Return what each of those that still wait is to be sketched from."""
        ...

    def place(self, placed: Sequence[Placed], method: str, full: int) -> Collection[tuple[int, int]]:
        """Write sketches and marks, a mark that `full` items bear takes no more; return the pairs told before."""
        ...

    def near(self, item_ids: Collection[int], full: int, limit: int) -> Mapping[int, Sequence[int]]:
        """Return for each item those that share marks with it, most marks first, at most `limit`."""
        ...

    def sketches(self, item_ids: Collection[int]) -> Mapping[int, Mapping[str, Any]]:
        """Return what `place` wrote."""
        ...

    def save(
        self, done: Sequence[Placed], links: Sequence[ItemLink], before: Collection[tuple[int, int]], now: datetime
    ) -> None:
        """Write what was found in place of what was told `before`; these items, as they were placed, wait no more."""
        ...

    def links(self, item_ids: Collection[int] | None = None) -> Sequence[ItemLink]:
        """Return what was found of all items, or of these."""
        ...

    def by_origin(self, item_ids: Collection[int]) -> Sequence[int]:
        """Return these items, best to show first: the publisher's own, then who states facts, then the oldest."""
        ...


class LinkDecisions(Protocol):
    """What people said of two items: link_decision, append-only. Its sole writer."""

    def record(self, decision: LinkDecision) -> None:
        """Add a decision; raises InputError for an unknown item."""
        ...

    def standing(self) -> Sequence[LinkDecision]:
        """Return the last decision on each pair, but those withdrawn, oldest first."""
        ...

    def history(self, item_id: int) -> Sequence[LinkDecision]:
        """Return every decision that names an item, oldest first."""
        ...
