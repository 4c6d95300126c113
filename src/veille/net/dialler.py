"""Connections that can only go to a vetted address: the check and the connect use the same answer of the DNS."""

import asyncio
import errno
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from veille.files import cause
from veille.model import FetchFault
from veille.net.addresses import Address, Guard
from veille.net.faults import Stopped, chain
from veille.net.resolver import Resolver
from veille.net.urls import literal

#: Seconds for one TCP connection, and for one TLS handshake: three SYNs on Linux (0, 1, 3 s) and a slow answer.
CONNECT_SECONDS = 8.0
#: Addresses tried in turn, within the same CONNECT_SECONDS each and the fetch's own deadline.
MAX_ADDRESSES = 3

_CAUSES = {
    errno.ECONNREFUSED: "connexion refusée par le serveur",
    errno.ECONNRESET: "connexion coupée par le serveur",
    errno.ENETUNREACH: "réseau injoignable depuis cette machine",
    errno.EHOSTUNREACH: "serveur injoignable",
    errno.ETIMEDOUT: "le serveur ne répond pas",
}


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolve, vet every answer, connect to a vetted address; Host, SNI and certificate keep the name."""

    def __init__(self, guard: Guard, resolve: Resolver, dial: httpcore.AsyncNetworkBackend) -> None:
        self._guard = guard
        self._resolve = resolve
        self._dial = dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a stream to the first vetted address that answers; raises Stopped."""
        addresses = await self._vetted(host, port)
        problem: Exception | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                stream = await self._dial.connect_tcp(str(address), port, timeout, local_address, socket_options)
                return _Stream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = problem or error
        raise Stopped(FetchFault.CONNECT, f"{host} : {_cause(problem)}") from problem

    async def sleep(self, seconds: float) -> None:
        """Wait (httpcore asks for it between retries, of which we make none)."""
        await asyncio.sleep(seconds)

    async def _vetted(self, host: str, port: int) -> tuple[Address, ...]:
        address = literal(host)
        if address is None:
            self._guard.before_lookup(host, port)
        addresses = await self._resolve(host) if address is None else (address,)
        return self._guard.vet(host, port, addresses)


class _Stream(httpcore.AsyncNetworkStream):
    """httpcore's own, closed also where our deadline cancels the handshake: httpcore 1.0.9 closes it on errors only."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except asyncio.CancelledError:
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _cause(problem: BaseException | None) -> str:
    if isinstance(problem, httpcore.ConnectTimeout):
        return f"pas de connexion en {CONNECT_SECONDS:g} s"
    for error in chain(problem):
        if isinstance(error, OSError) and error.errno:
            return _CAUSES.get(error.errno, f"connexion impossible ({cause(error)})")
    return "connexion impossible"
