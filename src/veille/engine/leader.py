"""One leader: the lease that keeps a second daemon from starting."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from veille.engine.direct import LEASE, expire_dead
from veille.engine.heartbeat import heartbeat
from veille.engine.owner import this_process
from veille.errors import LeaseLost
from veille.model import Work
from veille.protocols import Ledger

#: The ledger's `stage` of these leases.
STAGE = "leader"

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
