"""Test doubles that implement the real protocols; mypy refuses one that drifts."""

from datetime import UTC, datetime, timedelta

from veille.protocols import Clock


class FrozenClock:
    """A clock that moves only when told: a week of daemon life in a loop, no sleep."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the frozen wall time."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds advanced so far."""
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        """Move both times forward."""
        self._now += by
        self._monotonic += by.total_seconds()


_clock: Clock = FrozenClock()
