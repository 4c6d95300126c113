"""Writes the ledger from the event loop: in one thread, many mails to a commit.

While one commit is under way what comes up waits for the next: under load ten connections share one sync of the disk,
a lone mail waits for nobody. First in, first written: a mail that begins after another ended on the same connection is
never durable before that end.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from veille.errors import LeaseLost
from veille.model import Delivery, SendOutcome
from veille.model.sending import RateState
from veille.protocols import Clock, MailLedger

T = TypeVar("T")

#: Seconds that a commit waits for the connections that are about to ask for one too: a third of what it costs.
GATHER = 0.002
#: Seconds between two writings of the paces: what a crash may forget of them.
_PACES = 1.0


class Clerk:
    """The ledger's writer within one event loop; finish it."""

    def __init__(
        self,
        ledger: MailLedger,
        clock: Clock,
        *,
        rates: Callable[[], Sequence[RateState]],
        expected: Callable[[], int],
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._rates = rates
        self._rates_at = float("-inf")
        #: How many connections have a mail in hand.
        self._expected = expected
        self._full = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "mail-ledger")
        self._begun: list[tuple[Delivery, asyncio.Future[None]]] = []
        self._settled: list[tuple[Delivery, SendOutcome]] = []
        self._writing: asyncio.Task[None] | None = None

    def begin(self, delivery: Delivery) -> asyncio.Future[None]:
        """Ask to write that a mail is about to leave; done once durable, LeaseLost where it may not leave."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._begun.append((delivery, future))
        if 2 * len(self._begun) >= self._expected():
            self._full.set()
        self._write_soon()
        return future

    def settle(self, delivery: Delivery, outcome: SendOutcome) -> None:
        """Ask to write what became of a mail."""
        self._settled.append((delivery, outcome))
        self._write_soon()

    async def call(self, function: Callable[[], T]) -> T:
        """Do something else with the ledger, in the same thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def finish(self) -> None:
        """Wait until all is written, the last paces too; raises what stopped it."""
        try:
            if self._writing is not None:
                await self._writing
        finally:
            try:
                await self._last()
            finally:
                self._thread.shutdown()

    async def _last(self) -> None:
        """Write the paces, and once more what could not be written before: an answer lost is a doubt."""
        settled, rates = self._settled, self._rates()
        if settled or rates:
            await self.call(partial(self._ledger.record, settled=settled, rates=rates, now=self._clock.now()))

    def _write_soon(self) -> None:
        if self._writing is None or (self._writing.done() and self._writing.exception() is None):
            self._writing = asyncio.create_task(self._write())
        elif self._writing.done():
            self._fail(self._writing.exception())

    async def _write(self) -> None:
        while self._begun or self._settled:
            await self._gather()
            begun, self._begun = self._begun, []
            settled, self._settled = self._settled, []
            # An outcome that is no longer ours to write is one of a mail that had not begun: another sender has it.
            record = partial(
                self._ledger.record,
                begun=[delivery for delivery, _ in begun],
                settled=settled,
                rates=self._paces_due(),
                now=self._clock.now(),
            )
            try:
                lost = await self.call(record)
            except BaseException as error:
                self._begun, self._settled = begun + self._begun, settled + self._settled
                self._fail(error)
                raise
            for delivery, future in begun:
                _answer(future, _lost(delivery) if delivery.message_id in lost else None)

    async def _gather(self) -> None:
        """Wait a moment for the connections that will ask for a commit too."""
        self._full.clear()
        if 2 * len(self._begun) < self._expected():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GATHER):
                    await self._full.wait()

    def _paces_due(self) -> Sequence[RateState]:
        now = self._clock.monotonic()
        if now - self._rates_at < _PACES:
            return ()
        self._rates_at = now
        return self._rates()

    def _fail(self, error: BaseException | None) -> None:
        """Let nothing leave any more: nobody would know of it."""
        for _, future in self._begun:
            _answer(future, error)
        self._begun.clear()


def _answer(future: asyncio.Future[None], error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
        future.exception()  # its connection may be gone: then nobody asks


def _lost(delivery: Delivery) -> LeaseLost:
    return LeaseLost(
        f"le mail pour {delivery.email} a été repris par un autre envoi", cure="rien à faire : il s'en occupe"
    )
