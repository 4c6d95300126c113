"""What mail needs of the store: a memory of asked links, and a queue of suggestions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from veille.model.letters import FollowedLink, LinkState, Suggested, Suggestion


class FollowedLinks(Protocol):
    """What became of opaque links: followed_link. Its sole writer."""

    def known(self, links: Collection[str]) -> Mapping[str, FollowedLink]:
        """Return what is known of these links, given and found by hash."""
        ...

    def claim(self, link: str, now: datetime) -> bool:
        """Write that a link is being asked; False where it was asked before, by anyone."""
        ...

    def settle(self, link: str, state: LinkState, target: str | None) -> None:
        """Write what came of a claimed link."""
        ...


class SuggestionStore(Protocol):
    """What people forwarded: suggestion. Its sole writer."""

    def add(self, source_id: str, suggested: Sequence[Suggested], now: datetime) -> int:
        """Add those not seen before; return how many."""
        ...

    def waiting(self) -> Sequence[Suggestion]:
        """Return those that wait for a decision, oldest first."""
        ...

    def get(self, suggestion_id: int) -> Suggestion | None:
        """Return one, whatever its state."""
        ...

    def accept(self, suggestion_id: int, item_id: int, now: datetime) -> bool:
        """Note that one became an item; False where it had been decided before."""
        ...

    def refuse(self, suggestion_id: int, now: datetime) -> bool:
        """Note that one is refused; False where it had been decided before."""
        ...


@dataclass(frozen=True, slots=True)
class LetterStores:
    """The two of them, for a crawl that reads mailboxes."""

    links: FollowedLinks
    suggestions: SuggestionStore
