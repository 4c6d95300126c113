"""What curation reads and writes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from veille.model import Review, TagDecision


class ReviewStore(Protocol):
    """What people decided: review, tag_decision. Their sole writer."""

    def record(self, review: Review) -> None:
        """Add a judgement of an item as it stands now; raises InputError for an unknown item."""
        ...

    def decide(self, decisions: Sequence[TagDecision]) -> None:
        """Write what was said of tags over what was said before; all or nothing, InputError for an unknown item."""
        ...

    def standing(self) -> Mapping[int, Review]:
        """Return the last judgement of each item that still is as it was judged."""
        ...

    def history(self, item_id: int) -> Sequence[Review]:
        """Return every judgement of an item, oldest first."""
        ...

    def rejections(self, item_ids: Collection[int]) -> Mapping[int, int]:
        """Return item → how often it was set aside, for those of these that ever were."""
        ...

    def decisions(self, item_id: int | None = None) -> Sequence[TagDecision]:
        """Return what stands of one item or of all, oldest first; nothing that was withdrawn."""
        ...
