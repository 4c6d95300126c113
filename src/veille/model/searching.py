"""Looking for items by words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from veille.model.sources import Licence
from veille.model.tags import Scheme

T = TypeVar("T")


class FoundIn(StrEnum):
    """Where the words of a search stand, as staff read it."""

    LIST = "annonce"
    PAGE = "page"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """What items are looked for among; empty = all."""

    #: First seen from then on.
    since: datetime | None = None
    #: Published by any of these.
    source_ids: tuple[str, ...] = ()
    #: Tagged with all of these.
    tags: tuple[tuple[Scheme, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """One item that a search found."""

    id: int
    title: str
    url: str | None
    #: The source that shows it.
    source_id: str
    source_title: str
    licence: Licence
    published: datetime | None
    first_seen: datetime
    #: Where its best match stands.
    where: FoundIn
    #: Higher is better; comparable within one search only.
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of what was found, best first."""

    found: Sequence[T]
    #: How many there are in all.
    total: int
    #: What to ask for the next page with; None = this is the last one.
    cursor: str | None = None
