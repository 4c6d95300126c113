"""Time, the way out, progress."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from veille.model import FetchOutcome, Request, Validators


class Clock(Protocol):
    """Wall time, which `--now` moves, and monotonic time, which nothing moves."""

    def now(self) -> datetime:
        """Return the wall time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary origin."""
        ...


class Fetcher(Protocol):
    """The only way out: one guarded GET. Expected failures are values (`FetchFailed`), bugs raise."""

    async def fetch(self, url: str, validators: Validators = ..., *, accept: str = ...) -> FetchOutcome:
        """GET `url`, following at most five vetted redirects, within one total deadline and the caps."""
        ...

    async def send(self, request: Request, validators: Validators = ..., *, accept: str = ...) -> FetchOutcome:
        """Send a request that has fields of its own or a body, as `fetch` does; no redirect of a body is followed."""
        ...

    async def aclose(self) -> None:
        """Leave the event loop with nothing open; a later fetch may run in another one."""
        ...


class Progress(Protocol):
    """Where long work says how far it is: a bar on a terminal, a quiet log elsewhere."""

    def task(self, label: str, total: int | None = None) -> AbstractContextManager[Callable[[int], None]]:
        """Open a task; call the value with the number of units just done."""
        ...
