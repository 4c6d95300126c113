"""The direct engine: claims, executes and finishes in the calling thread. Commands, tests and the daemon use it."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial

from veille.engine.heartbeat import heartbeat
from veille.engine.owner import is_dead, this_process
from veille.errors import LeaseLost, StoreBusy, StoreError, VeilleError
from veille.model import Work
from veille.protocols import Clock, Ledger, Stage

#: How long work stays ours without a sign of life; a dead process of this machine is noticed at once.
LEASE = timedelta(seconds=60)

#: First wait after a failure; each further one is four times as long (1, 4, 16, 64 min), then quarantine.
FIRST_RETRY = timedelta(minutes=1)
_GROWTH = 4

_UNFINISHED = "laissé inachevé"

_log = logging.getLogger(__name__)


class DirectEngine:
    """Drives stages over the ledger; any number may run at once on one database and share the work."""

    def __init__(self, ledger: Ledger, clock: Clock, *, owner: str | None = None, lease: timedelta = LEASE) -> None:
        self._ledger = ledger
        self._clock = clock
        self._owner = owner or str(this_process())
        self._lease = lease
        self._stopping = threading.Event()

    def deposit(self, stage: str, keys: Iterable[str]) -> int:
        """Add work; return how many pieces were not already there."""
        return self._ledger.deposit_all(stage, keys)

    def run(self, stage: Stage) -> int:
        """Claim and execute until nothing claimable is left, or until `stop`; return pieces finished.

        A failure a person can act on sends its piece back for later and the run goes on; what is wrong with the
        database itself, and bugs, end the run once the work was given back.
        """
        expire_dead(self._ledger)
        finished = 0
        while not self._stopping.is_set() and (batch := self._claim(stage)):
            finished += self._batch(stage, batch)
        return finished

    def stop(self) -> None:
        """Claim nothing more; the batch under way is finished. Safe in a signal handler."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping.is_set()

    def _claim(self, stage: Stage) -> list[Work]:
        return self._ledger.claim(stage.name, limit=stage.batch, lease=self._lease, owner=self._owner)

    def _batch(self, stage: Stage, batch: Sequence[Work]) -> int:
        """Execute a batch; where it fails, execute what is left piece by piece, so that one cannot spoil the others."""
        held = _Held(self._ledger, batch)
        with heartbeat(self._ledger, batch, self._lease):
            failed = self._attempt(stage, held, batch)
            if failed is not None and len(held.left) > 1:
                for work in held.left:
                    cause = self._attempt(stage, held, [work])
                    self._retry(held, [work], _UNFINISHED if cause is None else str(cause))
            self._retry(held, held.left, _UNFINISHED if failed is None else str(failed))
        return held.finished

    def _attempt(self, stage: Stage, held: "_Held", works: Sequence[Work]) -> VeilleError | None:
        """Execute; return an error of the work itself, raise any other after giving back everything held."""
        try:
            stage.execute(works, held.finish)
        except (StoreError, StoreBusy):
            self._give_back(held, ())
            raise
        except VeilleError as error:
            return error
        except Exception as bug:
            self._give_back(held, works, f"{type(bug).__name__} : {bug}")
            raise
        except BaseException:
            self._give_back(held, ())
            raise
        return None

    def _retry(self, held: "_Held", works: Sequence[Work], cause: str) -> None:
        """Send what is left of `works` back for later; this attempt counts."""
        for work in works:
            if work in held.left:
                _log.warning("remis à plus tard : %s", cause, extra={"stage": work.stage, "key": work.key})
                later = self._clock.now() + FIRST_RETRY * _GROWTH ** (work.attempts - 1)
                held.let_go(work, partial(self._ledger.retry, not_before=later, error=cause))

    def _give_back(self, held: "_Held", failed: Sequence[Work], cause: str = "") -> None:
        """Give everything back, untouched but for `failed`; a database that refuses leaves it to the leases' end."""
        try:
            self._retry(held, failed, cause)
            for work in held.left:
                held.let_go(work, self._ledger.release)
        except (StoreError, StoreBusy) as error:
            _log.warning("travail non rendu, il sera repris à l'expiration du bail : %s", error)


class _Held:
    """The pieces of one batch that are still ours."""

    def __init__(self, ledger: Ledger, batch: Sequence[Work]) -> None:
        self._ledger = ledger
        self._left = {work.id: work for work in batch}
        self.finished = 0

    @property
    def left(self) -> list[Work]:
        return list(self._left.values())

    def finish(self, work: Work) -> None:
        """End a piece once; one that was taken over meanwhile is dropped, its effects being idempotent."""
        self.finished += self.let_go(work, self._ledger.finish)

    def let_go(self, work: Work, how: Callable[[Work], None]) -> bool:
        """End or give back a piece; False where it was no longer ours."""
        if work.id not in self._left:
            return False
        try:
            how(work)
        except LeaseLost as error:
            _log.warning("%s", error, extra={"stage": work.stage, "key": work.key})
            ours = False
        else:
            ours = True
        del self._left[work.id]
        return ours


def expire_dead(ledger: Ledger) -> None:
    """Free at once what processes of this machine held when they died."""
    for owner in ledger.owners():
        if is_dead(owner):
            _log.info("travail repris d'un processus mort", extra={"owner": owner, "pieces": ledger.expire(owner)})
