"""One pass over what waits of an issue, on several connections at once, in one event loop.

A mail is claimed, composed, handed to a connection that is free; before its final dot the ledger says durably that it
begins, and that what ended before it on that connection has ended. So at each instant at most one mail a connection is
begun and unsettled: those, and no others, a crash leaves in doubt.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from veille.digest.mail.clerk import Clerk
from veille.digest.mail.pace import Taps
from veille.digest.mail.watch import Watch
from veille.errors import InputError, LeaseLost, RelayUnavailable, TemplateError
from veille.model import Delivery, DeliveryState, OutgoingMail, SendOutcome
from veille.protocols import Clock, Lane, Mailer, MailLedger

#: Mails claimed in one commit, which costs as much as sending ten, and how few may be left when the next are claimed.
GROUP, LOW = 100, 20
#: Claims are renewed four times in a lease, whatever the mails in hand wait for.
LEASE = timedelta(minutes=2)
#: Seconds: what must wait longer is left for another run.
PATIENCE = 30.0
#: Seconds between two looks at complaints.
_COMPLAINTS = 20.0
#: Seconds that a claimed mail waits for its turn at most before it is asked again whether it may leave: at 300 an hour
#: the last of a group would wait twenty minutes, and who unsubscribed meanwhile would still be written to.
_FRESH = 20.0
#: Seconds that open transactions may take when we are asked to stop.
_LAST = 30.0

Compose = Callable[[Delivery], OutgoingMail]


class Shift:
    """The mails of one issue, until none is due; use once."""

    def __init__(
        self,
        ledger: MailLedger,
        mailer: Mailer,
        compose: Compose,
        clock: Clock,
        taps: Taps,
        *,
        since: datetime,
        stopping: Callable[[], bool] = lambda: False,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._mailer = mailer
        self._compose = compose
        self._clock = clock
        self._taps = taps
        self._since = since
        self._stopping = stopping
        self._pause = pause
        self._watch = Watch()
        self._clerk = Clerk(ledger, clock, rates=taps.changed, expected=lambda: self._busy)
        #: Claimed, waiting for a connection.
        self._waiting: deque[Delivery] = deque()
        #: Claimed and not settled, by Message-ID; of these, what is untouched can be given back.
        self._held: dict[str, Delivery] = {}
        self._begun: set[str] = set()
        self._claiming: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        #: Families left out when a claim found nothing more: without them there is no more.
        self._dry: frozenset[str] | None = None
        self._issue = 0
        self._asked = float("-inf")
        #: When all that waits here was last claimed anew.
        self._renewed = clock.monotonic()
        #: Connections that are open, and those of them that have a mail in hand.
        self._lanes = self._busy = 0
        self._failed = False

    @property
    def reason(self) -> str:
        """Why the issue is to pause, in French, or empty."""
        return self._watch.reason

    async def work(self, issue_id: int) -> None:
        """Send what is due; raises what stopped it, with everything untouched queued again."""
        self._issue = issue_id
        self._beating = asyncio.create_task(self._beat())
        lanes = [asyncio.create_task(self._lane()) for _ in range(self._mailer.connections)]
        try:
            await asyncio.wait(lanes)
        except asyncio.CancelledError:
            self._failed = True  # what is in hand ends, nothing else begins
            await asyncio.wait(lanes, timeout=_LAST)
            raise
        finally:
            self._beating.cancel()
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(self._beating, *lanes, *self._claims(), return_exceptions=True)
            await self._hand_back()
        for ended in (*lanes, *self._claims()):
            ended.result()

    def _claims(self) -> list[asyncio.Task[None]]:
        return [self._claiming] if self._claiming is not None else []

    async def _hand_back(self) -> None:
        untouched = [one for mark, one in self._held.items() if mark not in self._begun]
        try:
            if untouched:
                await self._clerk.call(lambda: self._ledger.release(untouched))
        finally:
            await self._clerk.finish()

    async def _lane(self) -> None:
        """Send one mail after another over one connection; one the relay does not grant is done without."""
        self._lanes += 1
        try:
            lane = self._mailer.lane()
            try:
                while (delivery := await self._next()) is not None:
                    self._busy += 1
                    try:
                        await self._send(lane, delivery)
                    finally:
                        self._busy -= 1
            finally:
                await lane.close()
        except BaseException as error:
            if isinstance(error, RelayUnavailable) and self._lanes > 1:
                return
            self._failed = True
            raise
        finally:
            self._lanes -= 1

    async def _send(self, lane: Lane, delivery: Delivery) -> None:
        outcome = self._composed(delivery)
        if isinstance(outcome, OutgoingMail):

            def begin() -> Awaitable[None]:
                self._begun.add(delivery.message_id)
                return self._clerk.begin(delivery)

            try:
                outcome = await lane.send(outcome, begin)
            except RelayUnavailable:  # raised before any byte of it left
                self._taps.give_back(delivery.family, self._clock.now())
                self._waiting.appendleft(delivery)
                raise
            except LeaseLost:  # it did not begin: if we hold it by a later claim, that one is given back
                self._begun.discard(delivery.message_id)
                raise
            self._taps.note(delivery.family, outcome, self._clock.now())
        self._watch.note(outcome)
        self._held.pop(delivery.message_id, None)
        self._begun.discard(delivery.message_id)
        self._clerk.settle(delivery, outcome)

    def _composed(self, delivery: Delivery) -> OutgoingMail | SendOutcome:
        """Return the mail, or why this one, alone, cannot be written; a template error stops everything."""
        try:
            return self._compose(delivery)
        except TemplateError:
            raise
        except InputError as error:
            return SendOutcome(state=DeliveryState.REJECTED, reply=str(error)[:200])

    # ── what comes next ─────────────────────────────────────────────────────────────────────────────────────────────
    async def _next(self) -> Delivery | None:
        """Return a mail that may leave now; None where there is none, or none soon."""
        while not (self._failed or self.reason or self._stopping()):
            if self._claiming is not None and self._claiming.done():
                self._claiming.result()
                self._claiming = None
            if self._beating is not None and self._beating.done():
                self._beating.result()  # leases that are not renewed are soon another sender's
            waits = self._waits()
            blocked = frozenset(family for family, seconds in waits.items() if seconds)
            free = [one for one in self._waiting if one.family not in blocked] if blocked else self._waiting
            more = self._dry is None or not self._dry <= blocked
            old = bool(self._waiting) and self._clock.monotonic() - self._renewed >= _FRESH
            if self._claiming is None and (old or (len(free) <= LOW and more)):
                self._claiming = asyncio.create_task(self._claim_anew(waits) if old else self._claim(blocked))
            if free:
                one = free[0]
                self._waiting.remove(one)
                self._taps.take(one.family, self._clock.now())
                return one
            if self._claiming is not None:
                await asyncio.wait([self._claiming])
            elif not waits or min(waits.values()) > PATIENCE:
                return None
            else:
                await self._pause(min(*waits.values(), 1.0))
        return None

    def _waits(self) -> dict[str, float]:
        """Return family → seconds to wait, of the families that wait here."""
        return self._taps.waits({one.family for one in self._waiting}, self._clock.now())

    async def _claim(self, without: frozenset[str]) -> None:
        if self._clock.monotonic() - self._asked >= _COMPLAINTS:
            self._asked = self._clock.monotonic()
            complaints, sent = await self._clerk.call(self._complaints)
            self._watch.complained(complaints, sent)
        if self.reason:
            return
        claimed = await self._clerk.call(
            lambda: self._ledger.claim(self._issue, limit=GROUP, now=self._clock.now(), lease=LEASE, without=without)
        )
        self._dry = None if claimed else without
        self._waiting.extend(claimed)
        self._held |= {one.message_id: one for one in claimed}

    async def _claim_anew(self, waits: Mapping[str, float]) -> None:
        """Give back what waits here and claim again: what left the list meanwhile steps aside."""
        self._renewed = self._clock.monotonic()
        given = list(self._waiting)
        self._waiting.clear()
        await self._clerk.call(lambda: self._ledger.release(given))
        for one in given:
            self._held.pop(one.message_id, None)
        await self._claim(frozenset(family for family, seconds in waits.items() if seconds > PATIENCE))

    def _complaints(self) -> tuple[int, int]:
        """Return how many complained since somebody last let the issue go on, and how many mails were taken."""
        complaints = self._ledger.complaints(self._issue, since=self._since)
        return complaints, self._ledger.counts(self._issue).get(DeliveryState.SENT, 0) if complaints else 0

    async def _beat(self) -> None:
        """Renew the leases of all that is held."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            held = list(self._held.values())
            if held:
                await self._clerk.call(lambda h=held: self._ledger.renew(h, now=self._clock.now(), lease=LEASE))  # type: ignore[misc]
