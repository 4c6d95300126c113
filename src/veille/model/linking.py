"""What is said of two items: the same thing, or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLink:
    """What the machine says of two items that it compared and that look like each other."""

    #: The smaller number, then the other.
    one: int
    other: int
    #: They are one thing; False: they look like it and something forbids it.
    same: bool
    #: Likeness, 0–1.
    score: float
    #: In French: what they have in common, or what forbids.
    reason: str


class Sameness(StrEnum):
    """What a person says of two items."""

    SAME = "same"
    DIFFERENT = "different"
    #: No longer said: the machine's own word counts again.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDecision:
    """What was said of two items, the smaller number first; the last one counts."""

    one: int
    other: int
    said: Sameness
    #: Who, as they call themselves.
    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The state of an item that a sketch is made from: an item whose state moved on is compared again."""

    item_version: int
    reading: int
    #: Who tagged it.
    pipeline: str
    #: When a person last said something of its tags, None = never.
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item made ready to be compared."""

    item_id: int
    #: What it was sketched from.
    stamp: Stamp
    sketch: Mapping[str, Any]
    #: What it is looked up by: signed 64-bit numbers, each once.
    marks: tuple[int, ...]
