"""Send an issue: resolve what a dead sender left, send what is due, then lift doubts. Killed anywhere, it is resumed.

A doubt is lifted by the relay's log or stays, by name.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime

from veille.digest.mail.families import Families
from veille.digest.mail.pace import Limits, Taps
from veille.digest.mail.shift import LEASE, Compose, Shift
from veille.model import Delivery, DeliveryState
from veille.protocols import AcceptLog, Clock, Mailer, MailLedger

#: A mail that the relay's log never shows is tried that many times in all.
_TRIES = 5


class Sender:
    """Drives one issue's mails through a mailer."""

    def __init__(
        self,
        ledger: MailLedger,
        mailer: Mailer,
        compose: Compose,
        clock: Clock,
        *,
        accept_log: AcceptLog | None = None,
        relay: str = "",
        limits: Limits | None = None,
        paces: Mapping[str, float] | None = None,
        families: Callable[[str], str] | None = None,
        since: datetime | None = None,
        wait: Callable[[float], None] = time.sleep,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger = ledger
        self._mailer = mailer
        self._compose = compose
        self._clock = clock
        self._log = accept_log
        self._relay, self._limits, self._paces = relay, limits or Limits(), paces or {}
        self._families = families or Families()
        #: When somebody last let the issue go: older complaints were known to them.
        self._since = since or datetime.min.replace(tzinfo=UTC)
        self._wait = wait
        self._pause = pause
        self._stopping = stopping
        #: The relay's log may still tell of a mail in doubt at the next look: one of this very run.
        self.liftable = False

    def send(self, issue_id: int, *, alone: bool) -> str:
        """Send what is due and lift what doubts can be lifted; return why to pause the issue, in French, or nothing.

        Raises RelayUnavailable with everything still queued. `alone`: the caller holds this machine's lock and the
        store is not shared with other machines.
        """
        self._ledger.recover(issue_id, now=self._clock.now(), alone=alone, lease=LEASE)
        self._ledger.place(issue_id, self._families)
        # A reply lost in this very run may still be on its way: its doubt is for the next run to lift.
        old = {one.message_id for one in self._in(issue_id, DeliveryState.UNCERTAIN)}
        reason = self._drain(issue_id)
        if not reason and self._lift_doubts(issue_id, old):
            reason = self._drain(issue_id)
        doubts = {one.message_id for one in self._in(issue_id, DeliveryState.UNCERTAIN)}
        self.liftable = self._log is not None and not doubts <= old
        return reason

    def _drain(self, issue_id: int) -> str:
        taps = Taps(self._relay, self._limits, self._paces, self._ledger.rates(), self._clock.now())
        shift = Shift(
            self._ledger,
            self._mailer,
            self._compose,
            self._clock,
            taps,
            since=self._since,
            stopping=self._stopping,
            pause=self._pause,
        )
        asyncio.run(shift.work(issue_id))
        return shift.reason

    def _lift_doubts(self, issue_id: int, old: Collection[str]) -> bool:
        """Settle what the log shows; queue again what it proves absent. Return whether anything waits again."""
        doubts = {one.message_id: one for one in self._in(issue_id, DeliveryState.UNCERTAIN)}
        left = {mark for mark, one in doubts.items() if mark in old and one.tries < _TRIES}
        left -= self._settle_taken(issue_id, set(doubts))
        if not left or self._log is None:
            return False
        since = self._reach(issue_id, self._log)
        left = {mark for mark in left if since is not None and (doubts[mark].begun_at or since) >= since}
        absent = self._log.absent(left) if left else set()
        if not absent:
            return False
        self._wait(self._log.grace)
        absent -= self._settle_taken(issue_id, absent)
        absent = self._log.absent(absent)
        return self._ledger.reconcile(issue_id, accepted=(), absent=absent, now=self._clock.now()) > 0

    def _settle_taken(self, issue_id: int, marks: Collection[str]) -> set[str]:
        """Settle those that the log shows, and return them."""
        taken = (self._log.accepted(marks) if self._log is not None else None) or set()
        if taken:
            self._ledger.reconcile(issue_id, accepted=taken, absent=(), now=self._clock.now())
        return taken

    def _reach(self, issue_id: int, log: AcceptLog) -> datetime | None:
        """Return since when absence proves something: the first beginning of a mail of this issue that the log names.

        Of a log that names none nobody knows whether it is the right file; of one that was turned since, the older part
        is gone, and the mails that it named with it.
        """
        if log.certain:
            return datetime.min.replace(tzinfo=UTC)
        sent = {one.message_id: one.begun_at for one in self._in(issue_id, DeliveryState.SENT)}
        named = [sent[mark] for mark in log.accepted(sent) or ()]
        return min((begun for begun in named if begun is not None), default=None)

    def _in(self, issue_id: int, state: DeliveryState) -> list[Delivery]:
        if not self._ledger.counts(issue_id).get(state):
            return []
        return [one for one in self._ledger.deliveries(issue_id) if one.state is state]
