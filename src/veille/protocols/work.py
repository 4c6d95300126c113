"""The ledger, stages and engines."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from veille.model import Work


class Ledger(Protocol):
    """The truth about work: leases with fencing tokens in our database."""

    def deposit(self, stage: str, key: str, *, not_before: datetime | None = None) -> bool:
        """Add a piece of work unless one with that stage and key waits or runs; True if added."""
        ...

    def deposit_all(self, stage: str, keys: Iterable[str], *, not_before: datetime | None = None) -> int:
        """Add many pieces in one transaction; return how many were not already there."""
        ...

    def claim(
        self, stage: str, *, limit: int, lease: timedelta, owner: str, keys: Sequence[str] | None = None
    ) -> list[Work]:
        """Lease up to `limit` waiting pieces whose time has come (or whose lease has expired)."""
        ...

    def renew(self, work: Work, *, lease: timedelta) -> Work:
        """Extend a lease; raises LeaseLost if somebody else holds it."""
        ...

    def finish(self, work: Work) -> None:
        """End a piece of work; raises LeaseLost if our token is no longer the one in the row."""
        ...

    def retry(self, work: Work, *, not_before: datetime, error: str) -> None:
        """Give a piece back for later; after five attempts it is set aside in quarantine."""
        ...

    def release(self, work: Work) -> None:
        """Give a piece back untouched (graceful stop)."""
        ...

    def hold(self, stage: str, key: str, *, lease: timedelta, owner: str) -> Work:
        """Take a lease that is not work (a leader's); raises LeaseHeld naming who has it."""
        ...

    def owners(self) -> list[str]:
        """Return everybody who holds a lease, expired or not."""
        ...

    def expire(self, owner: str) -> int:
        """End the leases of an owner known to be dead; return how many."""
        ...


class Stage(Protocol):
    """A stage is a synchronous function of (context, batch); its effects are idempotent by (stage, key)."""

    @property
    def name(self) -> str:
        """The ledger's `stage`."""
        ...

    @property
    def batch(self) -> int:
        """How many pieces of work it wants at once."""
        ...

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        """Do the work; call `finish` for each piece once its effects are in the store.

        A piece left unfinished at return, or by an exception, is retried with back-off.
        """
        ...


class Engine(Protocol):
    """Drives stages over the ledger."""

    def deposit(self, stage: str, keys: Iterable[str]) -> int:
        """Add work; return how many pieces were not already there."""
        ...

    def run(self, stage: Stage) -> int:
        """Claim and execute until nothing claimable is left; return pieces finished."""
        ...
