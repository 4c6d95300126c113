"""Pieces of work and their leases."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A leased piece of work; `token` fences every write that ends it."""

    id: int
    stage: str
    key: str
    token: str
    lease_until: datetime
    attempts: int
