"""Send an issue: claim a group, send one mail, settle it, next; then lift doubts. Killed anywhere, it is resumed.

Order matters and the ledger relies on it: a mail is settled, durably, before the next one of its group is started, so
that after a crash only one mail of a group is in doubt. A doubt is lifted by the relay's log or stays, by name.
"""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from veille.errors import InputError, RelayUnavailable, TemplateError
from veille.model import Delivery, DeliveryState, OutgoingMail, SendOutcome
from veille.protocols import AcceptLog, Clock, Mailer, MailLedger

#: Mails claimed in one commit (design: 20–50).
GROUP = 20
#: Longer than the longest wait for one mail: ten minutes after the final dot, RFC 5321 §4.5.3.2.6.
LEASE = timedelta(minutes=15)
#: A mail that the relay's log never shows is tried that many times in all.
_TRIES = 5

Compose = Callable[[Delivery], OutgoingMail]


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
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ledger = ledger
        self._mailer = mailer
        self._compose = compose
        self._clock = clock
        self._log = accept_log
        self._wait = wait

    def send(self, issue_id: int, *, alone: bool) -> None:
        """Send what waits and lift what doubts can be lifted; raises RelayUnavailable with everything still queued.

        `alone`: the caller holds this machine's lock and the store is not shared with other machines.
        """
        self._ledger.recover(issue_id, now=self._clock.now(), alone=alone)
        # A reply lost in this very run may still be on its way: its doubt is for the next run to lift.
        old = {one.message_id for one in self._in(issue_id, DeliveryState.UNCERTAIN)}
        self._drain(issue_id)
        if self._lift_doubts(issue_id, old):
            self._drain(issue_id)

    def _drain(self, issue_id: int) -> None:
        while claimed := self._ledger.claim(issue_id, limit=GROUP, now=self._clock.now(), lease=LEASE):
            self._send_group(claimed)

    def _send_group(self, claimed: Sequence[Delivery]) -> None:
        waiting = list(claimed)
        renewed = self._clock.now()
        try:
            while waiting:
                if self._clock.now() - renewed > LEASE / 3:
                    renewed = self._clock.now()
                    self._ledger.renew(waiting, now=renewed, lease=LEASE)
                self._send_first(waiting)
        except (RelayUnavailable, InputError):
            # Raised before any byte of a mail left: whatever is unsettled is exactly as it was.
            self._ledger.release(waiting)
            raise

    def _send_first(self, waiting: list[Delivery]) -> None:
        """Send and settle the first mail, taking it off the list between the two: it can no longer be released."""
        delivery = waiting[0]
        mail = self._composed(delivery)
        if isinstance(mail, SendOutcome):
            self._ledger.settle(waiting.pop(0), mail, self._clock.now())
            return
        outcomes = self._mailer.send([mail])
        _, outcome = next(outcomes)
        self._ledger.settle(waiting.pop(0), outcome, self._clock.now())
        for _ in outcomes:
            raise RuntimeError("a mailer answered twice for one mail")

    def _composed(self, delivery: Delivery) -> OutgoingMail | SendOutcome:
        """Return the mail, or why this one, alone, cannot be written; a template error stops everything."""
        try:
            return self._compose(delivery)
        except TemplateError:
            raise
        except InputError as error:
            return SendOutcome(state=DeliveryState.REJECTED, reply=str(error)[:200])

    def _lift_doubts(self, issue_id: int, old: Collection[str]) -> bool:
        """Settle what the log shows; queue again what it proves absent. Return whether anything waits again."""
        doubts = {one.message_id: one for one in self._in(issue_id, DeliveryState.UNCERTAIN)}
        left = {mark for mark, one in doubts.items() if mark in old and one.tries < _TRIES}
        left -= self._settle_taken(issue_id, set(doubts))
        if not left or self._log is None or not self._trusted(issue_id, self._log):
            return False
        self._wait(self._log.grace)
        left -= self._settle_taken(issue_id, left)
        return self._ledger.reconcile(issue_id, accepted=(), absent=left, now=self._clock.now()) > 0

    def _settle_taken(self, issue_id: int, marks: Collection[str]) -> set[str]:
        """Settle those that the log shows, and return them."""
        taken = (self._log.accepted(marks) if self._log is not None else None) or set()
        if taken:
            self._ledger.reconcile(issue_id, accepted=taken, absent=(), now=self._clock.now())
        return taken

    def _trusted(self, issue_id: int, log: AcceptLog) -> bool:
        """Tell whether absence proves anything: a log that never named a mail of this issue may be the wrong file."""
        sent = {one.message_id for one in self._in(issue_id, DeliveryState.SENT)}
        return log.certain or bool(log.accepted(sent))

    def _in(self, issue_id: int, state: DeliveryState) -> list[Delivery]:
        return [one for one in self._ledger.deliveries(issue_id) if one.state is state]
