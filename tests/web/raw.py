"""A server of the pages as it really runs, and requests written byte by byte: no client tidies them first."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

#: Seconds that an answer may take.
PATIENCE = 10.0


@dataclass(frozen=True)
class Answer:
    """What came back, as bytes."""

    raw: bytes

    @property
    def status(self) -> int:
        """The first answer's status; 0 where the connection was closed without one."""
        return int(self.raw[9:12]) if self.raw.startswith(b"HTTP/1.1 ") else 0

    @property
    def headers(self) -> list[tuple[str, str]]:
        lines = self.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        return [(name.decode("latin-1").lower(), value.decode("latin-1").strip())
                for name, _, value in (line.partition(b":") for line in lines)]  # fmt: skip

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """Serve with the options of `veille serve`; gives the port."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, access_log=False, server_header=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def ask(
    port: int,
    target: str | bytes,
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str | bytes], ...] = (),
    body: bytes = b"",
    host: str | None = "veille.example.fr",
) -> Answer:
    """Send one request exactly as given and read until the server closes."""
    line = target if isinstance(target, bytes) else target.encode()
    head = [method.encode() + b" " + line + b" HTTP/1.1"]
    named = {name.lower() for name, _ in headers}
    if host is not None:
        head.append(b"Host: " + host.encode())
    for name, value in headers:
        head.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    if body and not named & {"content-length", "transfer-encoding"}:
        head.append(b"Content-Length: %d" % len(body))
    head.append(b"Connection: close")
    return send(port, b"\r\n".join(head) + b"\r\n\r\n" + body)


def send(port: int, raw: bytes) -> Answer:
    """Send bytes and read until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as link:
        try:
            link.sendall(raw)
        except ConnectionError:
            return Answer(b"")
        found = bytearray()
        while True:
            try:
                some = link.recv(65_536)
            except ConnectionError:
                break
            if not some:
                break
            found += some
    return Answer(bytes(found))
