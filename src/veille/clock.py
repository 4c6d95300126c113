"""The wall clock, which `--now` moves, and the monotonic one, which nothing moves."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Real time, shifted so that it started at `start` when one is given, then running on."""

    def __init__(self, start: datetime | None = None) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        #: True where the wall clock was moved by `--now`: only harmless mailers may send then.
        self.moved = start is not None
        self._shift = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the wall time in UTC, always aware."""
        return datetime.now(UTC) + self._shift

    def monotonic(self) -> float:
        """Return seconds from an arbitrary origin; for deadlines, pace and leases' age."""
        return time.monotonic()
