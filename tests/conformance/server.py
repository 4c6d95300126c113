"""A loopback server on many addresses that says exactly what each rule tells it to, and logs what it was asked."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

#: Sends a reply; the connection is closed after it.
Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Fields = Mapping[str, str | bytes]
#: No client needs longer to say what it wants.
_PATIENCE = 60


@dataclass(slots=True)
class Request:
    """One request as it arrived, and how long it lasted."""

    run: int
    host: str
    path: str
    #: Lower-case name → value, the bytes as they came.
    headers: dict[str, bytes]
    #: Monotonic seconds.
    began: float
    ended: float = 0.0
    method: str = "GET"

    def header(self, name: str) -> str | None:
        """Return a field as latin-1 text, so that any byte survives; None where it was not sent."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


Behaviour = Callable[[Request], Reply]


def reply(
    body: str | bytes = b"",
    status: int = 200,
    fields: Fields | None = None,
    *,
    content_type: str | None = "application/rss+xml; charset=utf-8",
    length: int | None = None,
    version: str = "1.1",
) -> Reply:
    """Return an ordinary answer; `length` lies about the body's length, -1 leaves it out."""
    data = body.encode() if isinstance(body, str) else body
    said: dict[str, str | bytes] = {"Connection": "close", **({"Content-Type": content_type} if content_type else {})}
    if length != -1 and status != HTTPStatus.NOT_MODIFIED:
        said["Content-Length"] = str(len(data) if length is None else length)
    whole = head(status, {**said, **(fields or {})}, version) + data

    async def send(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(whole)
        await writer.drain()

    return send


def head(status: int, fields: Fields, version: str = "1.1") -> bytes:
    """Return a status line and header; text values are latin-1."""
    lines = [f"HTTP/{version} {status} {HTTPStatus(status).phrase}".encode()]
    for name, value in fields.items():
        lines.append(name.encode() + b": " + (value.encode("latin-1") if isinstance(value, str) else value))
    return b"\r\n".join([*lines, b"", b""])


def always(answer: Reply) -> Behaviour:
    """Answer the same to everyone."""
    return lambda _: answer


def by_run(*answers: Reply) -> Behaviour:
    """Answer by the number of the run; the last answer holds for all later runs."""
    return lambda request: answers[min(request.run, len(answers)) - 1]


def conditional(body: str | bytes, etag: str | None = None, modified: str | None = None) -> Behaviour:
    """Serve a document with validators, and 304 to whoever shows one of them again."""
    validators = {name: value for name, value in (("ETag", etag), ("Last-Modified", modified)) if value is not None}

    def answer(request: Request) -> Reply:
        known = (etag, request.header("if-none-match")), (modified, request.header("if-modified-since"))
        if any(ours is not None and ours == theirs for ours, theirs in known):
            return reply(status=304, fields=validators, content_type=None)
        return reply(body, fields=validators)

    return answer


class Server:
    """Runs in a thread; `serve` is given (host, path) → behaviour, path « * » for the rest of a host."""

    def __init__(self, behaviours: Mapping[tuple[str, str], Behaviour], port: int) -> None:
        self._behaviours = behaviours
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="conformance", daemon=True)
        self._listening: list[asyncio.Server] = []
        #: The run that requests are counted in.
        self.run = 0
        self.log: list[Request] = []

    def start(self) -> None:
        """Listen on every address named."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        """Cut what is still open."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        for host in sorted({host for host, _ in self._behaviours}):
            self._listening.append(await asyncio.start_server(self._serve, host, self._port, limit=1 << 20))

    async def _close(self) -> None:
        for server in self._listening:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                request = self._read(await reader.readuntil(b"\r\n\r\n"), writer)
                self.log.append(request)
                try:
                    await self._behaviour(request)(request)(reader, writer)
                finally:
                    request.ended = time.monotonic()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # whoever left early has been logged
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _behaviour(self, request: Request) -> Behaviour:
        paths = ((request.host, request.path), (request.host, "*"))
        found = next((self._behaviours[key] for key in paths if key in self._behaviours), None)
        return found or always(reply("introuvable", 404, content_type="text/plain"))

    def _read(self, raw: bytes, writer: asyncio.StreamWriter) -> Request:
        first, *lines = raw[:-4].split(b"\r\n")
        method, path, _ = first.decode("latin-1").split(" ", 2)
        pairs = (line.partition(b":") for line in lines)
        fields = {name.decode("latin-1").lower(): value.strip(b" \t") for name, _, value in pairs}
        host = writer.get_extra_info("sockname")[0]
        return Request(self.run, host, path, fields, time.monotonic(), method=method)


@dataclass(slots=True)
class Addresses:
    """Hands out loopback addresses, one a host."""

    _next: int = 1
    named: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """Return the address of a host by the name that a rule gives it."""
        if name not in self.named:
            self._next += 1
            self.named[name] = f"127.0.{self._next // 250}.{self._next % 250 + 1}"
        return self.named[name]


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
