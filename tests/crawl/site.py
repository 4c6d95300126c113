"""A small real site on loopback: what each path answers is set by the test, and every request is kept."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ABOUT_PROGRAMS = ("/robots.txt", "/.well-known/tdmrep.json")


@dataclass(slots=True)
class Page:
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(slots=True)
class Request:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    at: float
    #: What came along with a POST.
    body: bytes = b""


@dataclass(slots=True)
class Site:
    """Paths → pages, or functions of the request."""

    base: str
    pages: dict[str, Page | Callable[[Request], Page]] = field(default_factory=dict)
    #: What was asked for a source.
    requests: list[Request] = field(default_factory=list)
    #: With what every site is asked besides: robots.txt and tdmrep.json.
    everything: list[Request] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.base + path

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


@contextmanager
def serve(address: str = "127.0.0.1") -> Iterator[Site]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic(), sent)
            site.everything.append(request)
            if self.path not in ABOUT_PROGRAMS or self.path in site.pages:
                site.requests.append(request)
            found = site.pages.get(self.path, Page(status=404))
            page = found(request) if callable(found) else found
            time.sleep(page.delay)
            known = page.headers.get("ETag")
            unchanged = known is not None and request.headers.get("if-none-match") == known
            self.send_response(304 if unchanged else page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0" if unchanged else str(len(page.body)))
            self.end_headers()
            self.wfile.write(b"" if unchanged else page.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://{address}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
