"""An SMTP server that fails on demand and logs each Message-ID before it answers 250, as a relay does."""

import base64
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)

#: What to do at a phase: a reply to send, or a function of the connection.
Act = str | Callable[[socket.socket], None]


def drop(connection: socket.socket) -> None:
    """Hang up."""
    connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Taken:
    """One accepted message."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        found = _MESSAGE_ID.search(self.raw)
        return found[1].decode() if found else ""


@dataclass
class Plan:
    """Faults by phase.

    "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body" (before the dot), "dot" (the answer to it).
    A value is used at each pass; a list gives one value a pass, None = behave.
    """

    faults: Mapping[str, Act | list[Act | None] | None] = field(default_factory=dict)
    #: Seconds before each answer.
    slow: float = 0.0
    _passes: dict[str, int] = field(default_factory=dict)

    def at(self, phase: str) -> Act | None:
        """Return what to do now at that phase."""
        fault = self.faults.get(phase)
        if not isinstance(fault, list):
            return fault
        number = self._passes.get(phase, 0)
        self._passes[phase] = number + 1
        return fault[number] if number < len(fault) else None


class Sink:
    """A threaded server on loopback; use as a context manager."""

    def __init__(
        self,
        plan: Plan | None = None,
        log: Path | None = None,
        delay: float = 0.0,
        tls: ssl.SSLContext | None = None,
        *,
        offers: Sequence[str] = (),
        starttls: ssl.SSLContext | None = None,
        logins: Collection[str] = (),
    ) -> None:
        self.plan = plan or Plan()
        self.taken: list[Taken] = []
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if log else None
        #: Seconds between the final dot and the log line: where a kill hurts most.
        self._delay = delay
        self._tls = tls
        #: What EHLO answers beside its first line; « STARTTLS » stands there by itself until it was used.
        self._offers = tuple(offers)
        self._starttls = starttls
        #: Credentials it takes, as they come: base64 of PLAIN or XOAUTH2, « name password » of LOGIN.
        self._logins = logins
        #: Every line but bodies, in order.
        self.said: list[str] = []
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        """What [mail] url says."""
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._accepting.join(5)
        for thread in self._threads:
            thread.join(5)
        if self._log is not None:
            os.close(self._log)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                with connection.makefile("rb") as lines:
                    encrypt = self._talk(connection, lines)
                if encrypt and self._starttls is not None:
                    self._serve_encrypted(connection, self._starttls)
        except OSError:
            connection.close()  # the client hung up

    def _serve_encrypted(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        with context.wrap_socket(connection, server_side=True) as safe, safe.makefile("rb") as lines:
            self._talk(safe, lines, banner=False)

    def _talk(self, connection: socket.socket, lines: Iterator[bytes], *, banner: bool = True) -> bool:
        """Serve one connection; True where it goes on under TLS."""
        sender: str | None = None
        recipients: list[str] = []
        if banner and not self._answer(connection, "banner", "220 sink ESMTP"):
            return False
        for line in lines:
            command = line.strip().upper()
            self.said.append(line.decode("utf-8", "replace").strip())
            if command.startswith((b"EHLO", b"HELO")):
                going = self._answer(connection, "ehlo", self._hello(clear=banner))
            elif command == b"STARTTLS" and self._starttls is not None:
                return self._answer(connection, "starttls", "220 go")
            elif command.startswith(b"AUTH"):
                going = self._answer(connection, "auth", self._judged(connection, line.decode().split(), lines))
            elif command.startswith(b"MAIL"):
                act = self.plan.at("mail")
                sender, recipients = (_path(line) if act is None else None), []
                going = self._answer(connection, "", "250 ok", act)
            elif command.startswith(b"RCPT"):
                act = self.plan.at("rcpt") or (None if sender is not None else "503 5.5.1 MAIL first")
                recipients += [_path(line)] if act is None else []
                going = self._answer(connection, "", "250 ok", act)
            elif command == b"DATA":
                act = self.plan.at("data") or (None if recipients else "554 5.5.1 no valid recipients")
                going = self._answer(connection, "", "354 go", act)
                if going and act is None:
                    going = self._body(connection, lines, sender or "", recipients)
            elif command == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return False
            else:
                going = self._answer(connection, "", "250 ok")
            if not going:
                return False
        return False

    def _hello(self, *, clear: bool) -> str:
        offers = ["sink", *self._offers, *(["STARTTLS"] if self._starttls and clear else [])]
        return "\r\n".join([*(f"250-{one}" for one in offers[:-1]), f"250 {offers[-1]}"])

    def _judged(self, connection: socket.socket, words: list[str], lines: Iterator[bytes]) -> str:
        """Return the answer to AUTH."""
        if words[1] == "LOGIN":
            given = []
            for prompt in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"):
                connection.sendall(prompt)
                given.append(base64.b64decode(next(lines)).decode())
            return "235 ok" if " ".join(given) in self._logins else "535 5.7.8 no"
        if words[2] in self._logins:
            return "235 ok"
        if words[1] == "XOAUTH2":
            connection.sendall(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
            next(lines)
        return "535 5.7.8 no"

    def _body(self, connection: socket.socket, lines: Iterator[bytes], sender: str, recipients: list[str]) -> bool:
        act = self.plan.at("body")
        if callable(act):
            act(connection)
            return False
        raw = b""
        for line in lines:
            if line == b".\r\n":
                break
            raw += line.removeprefix(b".")
        else:
            return True  # the connection ended before the dot: nothing was taken
        fault = self.plan.at("dot")
        if isinstance(fault, str):
            return self._answer(connection, "", fault)
        time.sleep(self._delay)
        self._take(Taken(sender, recipients, raw))
        return self._answer(connection, "", "250 queued", fault)

    def _take(self, taken: Taken) -> None:
        with self._lock:
            self.taken.append(taken)
            if self._log is not None:
                os.write(self._log, f"cleanup: message-id={taken.message_id}\n".encode())

    def _answer(self, connection: socket.socket, phase: str, reply: str, act: Act | None = None) -> bool:
        act = act if act is not None else self.plan.at(phase)
        time.sleep(self.plan.slow)
        if callable(act):
            act(connection)
            return False
        said = act or reply
        connection.sendall(said.encode() + b"\r\n")
        return not said.startswith("421")


def _path(line: bytes) -> str:
    found = re.search(rb"<([^>]*)>", line)
    return found[1].decode() if found else ""
