"""One leader: the lease that keeps a second daemon from starting, or a second sender from using the same relay."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from veille.engine.direct import LEASE, expire_dead
from veille.engine.heartbeat import heartbeat
from veille.engine.owner import this_process
from veille.errors import LeaseLost
from veille.model import Work
from veille.protocols import Clock, Ledger

#: The ledger's `stage` of these leases.
STAGE = "leader"
#: Times in a lease that one's turn is looked at again: a process that slept goes on for that long at most.
_LOOKS = 6

_log = logging.getLogger(__name__)


@contextmanager
def leader(ledger: Ledger, name: str, *, owner: str | None = None, lease: timedelta = LEASE) -> Iterator[Work]:
    """Be the only one named `name` while the block runs; raises LeaseHeld « déjà en cours (pid, hôte) » otherwise.

    A process that outlived its lease (suspended, clock moved) learns it from `ledger.renew(work)`, which raises
    LeaseLost: ask at each tick.
    """
    expire_dead(ledger)
    work = ledger.hold(STAGE, name, lease=lease, owner=owner or str(this_process()))
    try:
        with heartbeat(ledger, [work], lease):
            yield work
    finally:
        try:
            ledger.finish(work)
        except LeaseLost:
            _log.warning("un autre processus avait pris la suite", extra={"leader": name})


@contextmanager
def turn(ledger: Ledger, name: str, clock: Clock) -> Iterator[Callable[[], bool]]:
    """Be the only one named `name`, as above; the value says whether we still are: ask it before each step."""
    with leader(ledger, name) as work:
        asked = clock.now()

        def ours() -> bool:
            nonlocal asked
            if abs(clock.now() - asked) >= LEASE / _LOOKS:  # backwards too: a clock that was set back says nothing
                try:
                    ledger.renew(work, lease=LEASE)
                except LeaseLost:
                    return False
                asked = clock.now()
            return True

        yield ours
