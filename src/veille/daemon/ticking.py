"""`veille daemon`: APScheduler as a clock only; the database knows what is due and forbids doing it twice.

Jobs live in the memory store: a shared APScheduler store doubles every run, and its pickles are code execution
(docs/decisions). Missed ticks are harmless because each tick asks anew what is due.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from veille.errors import LeaseLost, VeilleError

log = logging.getLogger("veille.daemon")
# It warns, in English, of each tick that it leaves out while a longer one lasts, which is as it should be.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

#: Seconds between two ticks: the finest period of `every` is one minute.
TICK = 60


class Daemon:
    """Calls `run_due` at once and then at each tick, never twice at a time, until told to stop."""

    def __init__(self, run_due: Callable[[], None], *, tick: float = TICK) -> None:
        self._run_due = run_due
        self._tick = tick
        self._stop = threading.Event()
        self._end: VeilleError | None = None

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask for the end; safe in a signal handler. The tick under way is finished first."""
        self._stop.set()

    def serve(self) -> None:
        """Tick until stopped; raises LeaseLost where another daemon has taken our place."""
        scheduler = BackgroundScheduler(timezone="UTC")
        # One job, the first tick too: `max_instances` counts by job, and a first round may outlast many ticks.
        scheduler.add_job(
            self._one,
            "interval",
            seconds=self._tick,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        scheduler.start()
        try:
            self._stop.wait()
        finally:
            scheduler.shutdown(wait=True)
        if self._end is not None:
            raise self._end

    def _one(self) -> None:
        """One tick: a known failure is logged and the next tick comes; a bug shows its traceback in the log."""
        if self.stopping:
            return
        try:
            self._run_due()
        except LeaseLost as error:
            self._end = error
            self.stop()
        except VeilleError as error:
            log.error("%s", error)  # noqa: TRY400 - the French sentence says it all; a traceback would hide it


@contextmanager
def on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on the first SIGTERM or SIGINT; a second one interrupts at once."""
    asked = threading.Event()
    previous = {}

    def ask(number: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        log.warning("arrêt demandé : le tour en cours se termine", extra={"signal": signal.Signals(number).name})
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        previous[number] = signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
