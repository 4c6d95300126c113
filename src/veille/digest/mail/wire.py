"""One TCP connection to a relay on asyncio's own transport: bytes out, whole replies in, every wait bounded."""

import asyncio
import ssl
from collections import deque

from veille.digest.mail.replies import Reply, ReplyReader, Unreadable


class Lost(Exception):
    """The connection is over; the message is the French cause."""


class Wire(asyncio.Protocol):
    """What carries an SMTP dialogue."""

    def __init__(self) -> None:
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._transport: asyncio.Transport | None = None
        self._over: str | None = None
        self._full = False
        self._waiter: asyncio.Future[None] | None = None

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
            raise Lost(self._over)

    async def reply(self, seconds: float) -> Reply:
        """Wait for the next reply; raises Lost."""
        while not self._replies:
            if self._over is not None:
                raise Lost(self._over)
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
        self._transport.set_write_buffer_limits(high=0)

    def close(self) -> None:
        """Hang up at once: nothing that was not sent will be."""
        self._end("connexion fermée")
        if self._transport is not None:
            self._transport.abort()

    # ── what asyncio tells ──────────────────────────────────────────────────────────────────────────────────────────
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; `flush` means « nothing is kept here »."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """Keep the replies that are whole."""
        try:
            self._replies.extend(self._reader.feed(data))
        except Unreadable as error:
            self._end(f"réponse illisible : « {error} »")
        self._wake()

    def eof_received(self) -> bool:
        """Tell asyncio to close: a server that has nothing more to say takes nothing more."""
        self._end("le relais a coupé la connexion")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep the cause."""
        self._end(f"le relais a coupé la connexion{f' ({exc})' if exc else ''}")

    def pause_writing(self) -> None:
        """Note that some of what was written is still here."""
        self._full = True

    def resume_writing(self) -> None:
        """Note that all of it has left."""
        self._full = False
        self._wake()

    async def _wait(self, seconds: float) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._waiter
        except TimeoutError as error:
            self.close()
            raise Lost("pas de réponse à temps") from error
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self, cause: str) -> None:
        if self._over is None:
            self._over = cause
        self._wake()
