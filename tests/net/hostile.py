"""A loopback server that says exactly what a test tells it to, byte by byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import httpcore

from veille.clock import SystemClock
from veille.config.settings import Fetch
from veille.model import FetchOutcome, Validators
from veille.net.addresses import Address
from veille.net.fetcher import UNCONDITIONAL, GuardedFetcher
from veille.net.sockets import AsyncioBackend

T = TypeVar("T")
CERTIFICATES = Path(__file__).parent / "certificates"
LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    raw: bytes

    @property
    def path(self) -> str:
        return self.raw.split(b" ", 2)[1].decode("ascii")

    @property
    def headers(self) -> dict[str, bytes]:
        lines = self.raw.split(b"\r\n")[1:]
        return {
            name.decode("ascii").lower(): value for name, _, value in (line.partition(b": ") for line in lines if line)
        }


Behaviour = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Hostile:
    """What the server saw."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    names: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def hostile(routes: Mapping[str, Behaviour] | Behaviour, certificate: str = "") -> AsyncIterator[Hostile]:
    """Serve behaviours by path (or one for all paths), over TLS where a certificate is named."""
    seen = Hostile()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        seen.connections += 1
        try:
            while True:
                request = Request(await reader.readuntil(b"\r\n\r\n"))
                seen.requests.append(request)
                behaviour = routes if callable(routes) else routes[request.path]
                await behaviour(request, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()  # the client left, or the test is over
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=_tls(certificate, seen) if certificate else None)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        await asyncio.sleep(
            0.001
        )  # a connection accepted just now cannot be attached to a closed server (CPython 3.11)
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # let transports close, so that no socket is left to the garbage collector


def _tls(certificate: str, seen: Hostile) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
    context.sni_callback = lambda _socket, name, _context: seen.names.append(name)
    return context


def reply(
    body: bytes = b"", *, status: str = "200 OK", headers: tuple[str, ...] = (), length: bool = True
) -> Behaviour:
    """Answer at once; `length=False` leaves Content-Length out."""
    lines = [f"HTTP/1.1 {status}", *headers, *([f"Content-Length: {len(body)}"] if length else []), "", ""]
    return say("\r\n".join(lines).encode("latin-1") + body)


def say(*pieces: bytes, close: bool = False, pause: float = 0.0) -> Behaviour:
    """Write raw pieces."""

    async def behave(_request: Request, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if close:
            writer.close()
            raise ConnectionResetError

    return behave


def drip(head: bytes, drop: bytes, every: float = 0.05) -> Behaviour:
    """Write `head`, then `drop` again and again."""

    async def behave(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            await writer.drain()
            await asyncio.sleep(every)
            writer.write(drop)

    return behave


def flood(head: bytes, drop: bytes) -> Behaviour:
    """Write `head`, then `drop` for ever, as fast as the client reads."""
    return drip(head, drop, every=0)


async def silence(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.sleep(3600)


def moved(location: str, status: str = "302 Found") -> Behaviour:
    """Redirect."""
    return reply(status=status, headers=(f"Location: {location}",))


class Names:
    """A resolver of fixed answers that counts its calls; several lists are given in turn."""

    def __init__(self, answers: Mapping[str, list[list[str]]]) -> None:
        self.answers = {name: list(lists) for name, lists in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str) -> tuple[Address, ...]:
        self.asked.append(host)
        lists = self.answers[host]
        return tuple(ip_address(text) for text in (lists.pop(0) if len(lists) > 1 else lists[0]))


class ToLoopback(AsyncioBackend):
    """Connects to the loopback server whatever the address, and remembers which was asked for."""

    def __init__(self, port: int = 1) -> None:
        self._port = port
        self.dialled: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *rest: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        return await super().connect_tcp("127.0.0.1", self._port, *rest, **options)


def fetcher(
    *,
    allow: tuple[str, ...] = LOOPBACK,
    names: Names | None = None,
    dial: ToLoopback | None = None,
    contact: str = "veille@pole.example",
    **settings: Any,
) -> GuardedFetcher:
    """The real fetcher, told to trust only the tests' authority."""
    tls = ssl.create_default_context(cafile=CERTIFICATES / "authority.pem")
    options = Fetch.model_validate({"allow": allow, **settings})
    return GuardedFetcher(options, contact=contact, clock=SystemClock(), resolver=names, dial=dial, tls=tls)


def run(scenario: Coroutine[Any, Any, T]) -> T:
    """Run one scenario, bounded: a hang is a failure."""

    async def bounded() -> T:
        async with asyncio.timeout(30):
            return await scenario

    return asyncio.run(bounded())


def ask(
    routes: Mapping[str, Behaviour] | Behaviour,
    path: str = "/",
    validators: Validators = UNCONDITIONAL,
    **settings: Any,
) -> tuple[FetchOutcome, Hostile]:
    """Fetch one path of a hostile server."""

    async def scenario() -> tuple[FetchOutcome, Hostile]:
        async with hostile(routes) as server, fetcher(**settings) as client:
            return await client.fetch(server.url + path, validators), server

    return run(scenario())


def ask_public(
    routes: Mapping[str, Behaviour] | Behaviour,
    url: str,
    answers: Mapping[str, list[list[str]]],
    certificate: str = "",
    **settings: Any,
) -> tuple[FetchOutcome, Hostile, ToLoopback]:
    """Fetch as from the public web: the names lead to `answers`, and every dialled address to a hostile server."""

    async def scenario() -> tuple[FetchOutcome, Hostile, ToLoopback]:
        async with hostile(routes, certificate) as server:
            dial = ToLoopback(server.port)
            async with fetcher(allow=(), names=Names(answers), dial=dial, **settings) as client:
                return await client.fetch(url), server, dial

    return run(scenario())


def ask_nobody(url: str) -> FetchOutcome:
    """Fetch where no server of ours listens."""

    async def scenario() -> FetchOutcome:
        async with fetcher() as client:
            return await client.fetch(url)

    return run(scenario())
