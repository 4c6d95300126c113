"""An SMTP server that fails on demand and logs each Message-ID before it answers 250, as a relay does."""

import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
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
    """Faults by phase: "banner", "ehlo", "mail", "rcpt", "data", "body" (before the dot), "dot" (the answer to it).

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
        self, plan: Plan | None = None, log: Path | None = None, delay: float = 0.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.plan = plan or Plan()
        self.taken: list[Taken] = []
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if log else None
        #: Seconds between the final dot and the log line: where a kill hurts most.
        self._delay = delay
        self._tls = tls
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
            with connection, connection.makefile("rb") as lines:
                self._talk(connection, lines)
        except OSError:
            connection.close()  # the client hung up

    def _talk(self, connection: socket.socket, lines: Iterable[bytes]) -> None:
        sender, recipients = "", []
        if not self._answer(connection, "banner", "220 sink ESMTP"):
            return
        for line in lines:
            command = line.strip().upper()
            if command.startswith((b"EHLO", b"HELO")):
                going = self._answer(connection, "ehlo", "250 sink")
            elif command.startswith(b"MAIL"):
                sender, recipients = _path(line), []
                going = self._answer(connection, "mail", "250 ok")
            elif command.startswith(b"RCPT"):
                recipients.append(_path(line))
                going = self._answer(connection, "rcpt", "250 ok")
            elif command == b"DATA":
                act = self.plan.at("data")
                going = self._answer(connection, "", "354 go", act)
                if going and act is None:
                    going = self._body(connection, lines, sender, recipients)
            elif command == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                going = self._answer(connection, "", "250 ok")
            if not going:
                return

    def _body(self, connection: socket.socket, lines: Iterable[bytes], sender: str, recipients: list[str]) -> bool:
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
