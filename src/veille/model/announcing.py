"""Editions told to channels: what became of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnnouncementState(StrEnum):
    """Life of one announcement."""

    #: Being told: found so after a crash, nobody knows whether it was heard.
    TELLING = "telling"
    TOLD = "told"
    #: To be tried again.
    DEFERRED = "deferred"
    #: Never tried again: refused for good, or tried often enough.
    FAILED = "failed"
    #: The process died while a room that knows no duplicates was told: not told again.
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One edition on one channel."""

    issue_id: int
    channel: str
    state: AnnouncementState
    tries: int = 0
    next_at: datetime | None = None
    #: French: what the channel answered.
    reply: str = ""
    at: datetime
