"""What telling channels needs."""

from collections.abc import Callable, Sequence
from typing import Protocol

from veille.model import FetchOutcome, Request
from veille.model.announcing import Announcement

#: Asks another program's address once.
Post = Callable[[Request], FetchOutcome]

#: Tells a room: (address, title, text) → "" when it was heard, else what is wrong, in French.
Say = Callable[[str, str, str], str]


class AnnouncementStore(Protocol):
    """Editions told to channels. Its sole writer."""

    def of(self, issue_id: int) -> Sequence[Announcement]:
        """Return what became of an edition on each channel."""
        ...

    def claim(self, telling: Announcement, *, before: Announcement | None) -> bool:
        """Write that an edition is being told; False, and nothing written, where it no longer stands as `before`."""
        ...

    def record(self, announcement: Announcement) -> None:
        """Write where an announcement stands, durably."""
        ...
