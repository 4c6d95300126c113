"""What people decide of items and of their tags."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veille.model.tags import Scheme


class Judgement(StrEnum):
    """What somebody of the cluster says of an item."""

    ACCEPTED = "accepted"
    #: It goes into no bulletin.
    REJECTED = "rejected"
    #: Back to the queue.
    REOPENED = "reopened"


class Decision(StrEnum):
    """What a person says of one tag of an item."""

    ADDED = "added"
    REJECTED = "rejected"
    #: No longer said: the machine's own tag counts again.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One judgement of one item."""

    item_id: int
    judgement: Judgement
    #: Who, as they call themselves.
    by: str
    at: datetime
    #: Free words, or none.
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDecision:
    """What was said of one tag of one item; there is one for each item, scheme and term."""

    item_id: int
    scheme: Scheme
    term: str
    decision: Decision
    by: str
    at: datetime
    why: str = ""
