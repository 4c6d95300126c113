"""One TCP connection to a relay on asyncio's own transport: bytes out, whole replies in, every wait bounded.

A wait only notes when it must end; one alarm a connection looks at that, and is set anew where it came too early. A
timer for each wait took as long as the waits themselves: a mail has four.
"""

import asyncio
import ssl
from collections import deque

from veille.digest.mail.replies import Reply, ReplyReader, Unreadable


class Lost(Exception):
    """The connection is over; the message is the French cause."""


class Late(Lost):
    """It is over because nothing came in time."""


class Wire(asyncio.Protocol):
    """What carries an SMTP dialogue."""

    def __init__(self) -> None:
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._transport: asyncio.Transport | None = None
        self._over: Lost | None = None
        self._full = False
        self._waiter: asyncio.Future[None] | None = None
        #: The event loop's time at which the wait under way is over.
        self._patience_ends = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    # ── what the dialogue asks ──────────────────────────────────────────────────────────────────────────────────────
    def write(self, data: bytes) -> None:
        """Send; what cannot leave is noticed by the next wait."""
        if self._transport is not None and self._over is None:
            self._transport.write(data)

    async def flush(self, seconds: float) -> None:
        """Wait until all that was written has left this process; raises Lost."""
        while self._full and self._over is None:
            await self._wait(seconds)
        if self._over is not None:
            raise self._over

    async def reply(self, seconds: float) -> Reply:
        """Wait for the next reply; raises Lost."""
        while not self._replies:
            if self._over is not None:
                raise self._over
            await self._wait(seconds)
        return self._replies.popleft()

    @property
    def quiet(self) -> bool:
        """Tell whether the connection holds and the server has said nothing that was not asked for."""
        return self._over is None and not self._replies and self._reader.idle

    @property
    def over(self) -> bool:
        """Tell whether the connection has ended."""
        return self._over is not None

    @property
    def own_address(self) -> str:
        """Our end's IP address."""
        name = self._transport.get_extra_info("sockname") if self._transport is not None else None
        return str(name[0]) if name else "127.0.0.1"

    async def encrypt(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Go on under TLS; what the server said before it is a stranger's (CVE-2011-0411). Raises ssl.SSLError."""
        if not self.quiet or self._transport is None:
            raise Lost("le relais parle avant le chiffrement")
        self._transport = await asyncio.get_running_loop().start_tls(
            self._transport, self, context, server_hostname=host, ssl_handshake_timeout=seconds
        )
        if self._transport is None:
            raise Lost("le relais a coupé pendant le chiffrement")
        _keep_nothing(self._transport)

    def close(self) -> None:
        """Hang up at once: nothing that was not sent will be."""
        self._end(Lost("connexion fermée"))
        self._abort()

    # ── what asyncio tells ──────────────────────────────────────────────────────────────────────────────────────────
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; `flush` means « nothing is kept here »."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        _keep_nothing(transport)

    def data_received(self, data: bytes) -> None:
        """Keep the replies that are whole."""
        try:
            self._replies.extend(self._reader.feed(data))
        except Unreadable as error:
            self._end(Lost(f"réponse illisible : « {error} »"))
            self._abort()
        self._wake()

    def eof_received(self) -> bool:
        """Tell asyncio to close: a server that has nothing more to say takes nothing more."""
        self._end(Lost("le relais a coupé la connexion"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep the cause."""
        self._end(Lost(f"le relais a coupé la connexion{f' ({exc})' if exc else ''}"))

    def pause_writing(self) -> None:
        """Note that some of what was written is still here."""
        self._full = True

    def resume_writing(self) -> None:
        """Note that all of it has left."""
        self._full = False
        self._wake()

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._patience_ends = loop.time() + seconds
        if self._alarm is None or self._alarm.when() > self._patience_ends:
            self._set_alarm(loop)
        self._waiter = loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = loop.call_at(self._patience_ends, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hang up if what is waited for has not come in time."""
        self._alarm = None
        if self._waiter is None:
            return  # the next wait sets it
        if loop.time() < self._patience_ends:
            self._set_alarm(loop)
        else:
            self._end(Late("pas de réponse à temps"))
            self._abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _end(self, cause: Lost) -> None:
        if self._over is None:
            self._over = cause
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._wake()


def _keep_nothing(transport: asyncio.WriteTransport) -> None:
    """Have `pause_writing` called while anything that was written is still here.

    asyncio's TLS pauses from its limit on, not beyond it as TCP does: at zero it would pause with nothing to send, and
    go on only at the next read or write that happens to come.
    """
    encrypted = transport.get_extra_info("ssl_object") is not None
    transport.set_write_buffer_limits(high=1 if encrypted else 0, low=0)
