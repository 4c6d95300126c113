"""What sending keeps of relays and receivers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RateState:
    """What one relay, or one family of receivers, was given lately."""

    #: « relay:smtp://host:25 » or « family:gmail ».
    key: str
    #: Mails that may leave at once, as of `at`.
    tokens: float
    at: datetime
    #: Slot of time → mails.
    given: Mapping[str, int] = field(default_factory=dict)
    #: Nothing before this, after it said « later ».
    held_until: datetime | None = None
    #: How often in a row it said so.
    strikes: int = 0
    #: Days on which mails left, and the last of them, ISO.
    days: int = 0
    day: str = ""
