"""Plain and encrypted byte streams on asyncio's own transports, behind httpcore's interface, which tests stand in for.

asyncio alone, without a second library between it and us: a third of the CPU of a 304 went there.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from typing import Any

import httpcore

#: Bytes received and not yet read above which the peer is made to wait.
_ENOUGH = 262_144


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - as above; asyncio sets TCP_NODELAY
    ) -> httpcore.AsyncNetworkStream:
        """Return a stream to an address; raises httpcore's ConnectTimeout and ConnectError."""
        loop, source = asyncio.get_running_loop(), (local_address, 0) if local_address else None
        try:
            async with asyncio.timeout(timeout):
                transport, pipe = await loop.create_connection(_Pipe, host, port, local_addr=source)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(error) from error
        except OSError as error:
            raise httpcore.ConnectError(error) from error
        return _Stream(transport, pipe)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class _Pipe(asyncio.Protocol):
    """What was received and not yet read."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received: deque[bytes] = deque()
        self._size = 0
        self._paused = False
        self._over = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received.append(data)
        self._size += len(data)
        if self._size > _ENOUGH and not self._paused and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def eof_received(self) -> None:
        self._over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._over, self._error = True, exc
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def carried_by(self, transport: asyncio.Transport) -> None:
        """Go on over another transport: that of TLS."""
        self._transport = transport

    async def read(self) -> bytes:
        """Return the next bytes, none at the end; raises ReadError where the connection broke."""
        while not self._received:
            if self._error is not None:
                raise httpcore.ReadError(self._error) from self._error
            if self._over:
                return b""
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        data = self._received.popleft()
        self._size -= len(data)
        if self._paused and self._size < _ENOUGH and self._transport is not None:
            self._transport.resume_reading()
            self._paused = False
        return data


class _Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, transport: asyncio.Transport, pipe: _Pipe) -> None:
        self._transport = transport
        self._pipe = pipe

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - httpcore's signature; the caller has a deadline
        return await self._pipe.read()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - as above
        if self._transport.is_closing():
            raise httpcore.WriteError("connection closed")
        self._transport.write(buffer)

    async def aclose(self) -> None:
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                encrypted = await loop.start_tls(
                    self._transport, self._pipe, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            await self.aclose()
            raise httpcore.ConnectTimeout(error) from error
        except (OSError, ssl.SSLError) as error:
            await self.aclose()
            raise httpcore.ConnectError(error) from error
        assert encrypted is not None
        self._pipe.carried_by(encrypted)
        return _Stream(encrypted, self._pipe)

    def get_extra_info(self, info: str) -> Any:
        return self._transport.get_extra_info(info)
