"""Keeps leases alive while their work is done, in a thread of its own."""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from veille.errors import LeaseLost, StoreBusy, StoreError
from veille.model import Work
from veille.protocols import Ledger

#: Beats in a lease: two may be missed.
_BEATS = 3

_log = logging.getLogger(__name__)


@contextmanager
def heartbeat(ledger: Ledger, held: Iterable[Work], lease: timedelta) -> Iterator[None]:
    """Renew each lease of `held` a third of `lease` apart, in real seconds, until the block ends."""
    stop = threading.Event()
    beats = threading.Thread(target=_beat, args=(ledger, list(held), lease, stop), name="heartbeat", daemon=True)
    beats.start()
    try:
        yield
    finally:
        stop.set()
        beats.join()


def _beat(ledger: Ledger, held: list[Work], lease: timedelta, stop: threading.Event) -> None:
    while held and not stop.wait(lease.total_seconds() / _BEATS):
        held = [work for work in held if not stop.is_set() and _renewed(ledger, work, lease)]


def _renewed(ledger: Ledger, work: Work, lease: timedelta) -> bool:
    """Say whether this lease is worth renewing again: not once it was finished or taken over."""
    try:
        ledger.renew(work, lease=lease)
    except LeaseLost:
        return False
    except (StoreBusy, StoreError) as error:
        _log.warning("bail non prolongé : %s", error, extra={"stage": work.stage, "key": work.key})
    return True
