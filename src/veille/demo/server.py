"""A small replay server on loopback: documents by path, with the conditional GET of a well-behaved site."""

import hashlib
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

#: Content type, body, and more header fields if any (a Last-Modified among them is honoured).
Document = tuple[str, bytes] | tuple[str, bytes, Mapping[str, str]]
#: Documents by path (no query), or a function of the path that gives one or None.
Documents = Mapping[str, Document] | Callable[[str], Document | None]

#: Seconds after which a client that opens a connection and says nothing is let go; leaving waits no longer than this.
_PATIENCE = 2.0


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for answers under way, so no socket is left open

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer would ask the DNS for this machine's name
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client may leave; anything else is a bug to show
            super().handle_error(request, client_address)


class ReplayServer:
    """Serves `documents` on a free port of 127.0.0.1 while its `with` block runs."""

    def __init__(self, documents: Documents) -> None:
        #: May be replaced while serving: the next request sees the new ones.
        self.documents = documents
        self._served: list[tuple[str, int]] = []
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Base URL, without trailing slash."""
        if self._server is None:
            raise RuntimeError("the server runs only inside its with block")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def log(self) -> tuple[tuple[str, int], ...]:
        """(path, status) of every request so far, in the order of the answers."""
        return tuple(self._served)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="veille-replay")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, path: str, etag: str | None, since: str | None) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, header and body for one GET (RFC 9110 §13.2.2: the date counts only without an ETag)."""
        found = self.documents(path) if callable(self.documents) else self.documents.get(path)
        if found is None:
            body = b"Cette adresse n'existe pas."
            return 404, {"Content-Type": "text/plain; charset=utf-8"}, body
        content_type, body, *more = found
        fields = {"Content-Type": content_type, "ETag": f'"{hashlib.sha256(body).hexdigest()[:20]}"'}
        for extra in more:
            fields.update(extra)
        unchanged = etag == fields["ETag"] if etag is not None else since == fields.get("Last-Modified", "")
        return (304, fields, b"") if unchanged else (200, fields, body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = _PATIENCE

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                asked = self.headers
                status, fields, body = replay.answer(path, asked["If-None-Match"], asked["If-Modified-Since"])
                replay._served.append((path, status))
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                if status != 304:  # noqa: PLR2004 - RFC 9110 §15.4.5: no body
                    self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")  # no thread outlives its answer
                self.end_headers()
                self.wfile.write(body)

            def version_string(self) -> str:
                return "veille-demo"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
                """Stay quiet: `log` remembers."""

        return Handler
