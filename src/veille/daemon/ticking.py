"""`veille daemon`: APScheduler as a clock only; the database knows what is due and forbids doing it twice.

Jobs live in the memory store: a shared APScheduler store doubles every run, and its pickles are code execution
(measured; see docs/decisions). Missed ticks are harmless because each tick asks anew what is due.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger("veille.daemon")

#: Seconds between two ticks: the finest period of `every` is one minute.
TICK = 60


def serve(run_due: Callable[[], None], stop: threading.Event, *, tick: float = TICK) -> None:
    """Call `run_due` now and at each tick until `stop` is set; the tick under way ends before this returns."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        _careful(run_due), "interval", seconds=tick, coalesce=True, max_instances=1, misfire_grace_time=None
    )
    scheduler.add_job(_careful(run_due))
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Set an event on SIGTERM and SIGINT; a second signal interrupts at once."""
    stop = threading.Event()
    previous = {}

    def ask(number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        log.warning("arrêt demandé : le tour en cours se termine", extra={"signal": signal.Signals(number).name})
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        previous[number] = signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _careful(run_due: Callable[[], None]) -> Callable[[], None]:
    """Let one tick's known failure be logged and the next tick come; bugs are logged by the scheduler with traceback."""
    from veille.errors import VeilleError  # noqa: PLC0415 - keeps the module's imports to the clock

    def tick() -> None:
        try:
            run_due()
        except VeilleError as error:
            log.error("%s", error)  # noqa: TRY400 - the French sentence is the message; no traceback for an expected failure

    return tick
