"""Serve a folder of captured feeds from many loopback addresses, as so many hosts, with ETag and 304.

    python benchmarks/feed_server.py FOLDER [--addresses 50] [--port N]

Prints one JSON line when ready: {"feeds": [{"file", "kind", "url"}, …], "counts": URL of /__counts}. Bodies and both
answers of every feed are built beforehand: the server shares the machine's cores with the client it measures.
"""

import argparse
import asyncio
import contextlib
import csv
import hashlib
import json
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# Without charset, as most real servers say it: the bytes must speak for themselves.
CONTENT_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}
LAST_MODIFIED = "Mon, 16 Nov 2026 06:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Feed:
    """One captured file and its two ready answers."""

    file: str
    kind: str
    etag: bytes
    whole: bytes
    unchanged: bytes


def load(folder: Path) -> list[Feed]:
    """Read the feeds that manifest.csv names, or every file of a folder without one."""
    manifest = folder / "manifest.csv"
    if manifest.exists():
        with manifest.open(encoding="utf-8", newline="") as lines:
            rows = [(row["file"], row["kind"]) for row in csv.DictReader(lines)]
    else:
        rows = [(path.name, "") for path in sorted(folder.iterdir()) if path.is_file()]
    return [feed(folder / name, kind) for name, kind in rows]


def feed(path: Path, kind: str) -> Feed:
    """Build both answers of one file."""
    body = path.read_bytes()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    content_type = CONTENT_TYPES.get(kind, "application/xml")
    validators = f"ETag: {etag}\r\nLast-Modified: {LAST_MODIFIED}\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{validators}\r\n"
    unchanged = f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n"
    return Feed(path.name, kind, etag.encode(), head.encode() + body, unchanged.encode())


class Site(asyncio.Protocol):
    """One connection: GET requests without body, answered in order, kept alive."""

    def __init__(self, feeds: dict[bytes, Feed], counts: Counter[int]) -> None:
        self._feeds = feeds
        self._counts = counts
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every complete request."""
        *requests, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for request in requests:
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        path = request.split(b" ", 2)[1]
        found = self._feeds.get(path)
        if found is None:
            return self._counted(path)
        unchanged = b"\r\nif-none-match: " + found.etag.lower() in request.lower()
        self._counts[304 if unchanged else 200] += 1
        return found.unchanged if unchanged else found.whole

    def _counted(self, path: bytes) -> bytes:
        if path == b"/__counts":
            body = json.dumps({str(status): count for status, count in sorted(self._counts.items())}).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        self._counts[404] += 1
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


async def serve(folder: Path, addresses: int, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    feeds = load(folder)
    counts: Counter[int] = Counter()
    by_path = {f"/{feed.file}".encode(): feed for feed in feeds}
    loop = asyncio.get_running_loop()
    servers = []
    for last in range(1, addresses + 1):
        server = await loop.create_server(lambda: Site(by_path, counts), f"127.0.0.{last}", port, backlog=1024)
        port = server.sockets[0].getsockname()[1]  # the first may have chosen it; the others follow
        servers.append(server)
    lines = [
        {"file": feed.file, "kind": feed.kind, "url": f"http://127.0.0.{index % addresses + 1}:{port}/{feed.file}"}
        for index, feed in enumerate(feeds)
    ]
    print(json.dumps({"feeds": lines, "counts": f"http://127.0.0.1:{port}/__counts"}), flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    for server in servers:
        server.close()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Serve a folder of feeds from many loopback addresses.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--addresses", type=int, default=50, help="how many hosts, 1 to 254")
    parser.add_argument("--port", type=int, default=0, help="0 = any free one")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.folder, options.addresses, options.port))


if __name__ == "__main__":
    main()
