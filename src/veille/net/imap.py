"""One connection to an IMAP server, bounded in time and bytes: imaplib over a socket of ours (RFC 3501; blocking).

imaplib reads what a server announces: a literal « {2000000000} » would be allocated at once, and a drip of one byte a
second outlives every timeout. Here each byte is counted, and each wait ends at one deadline.
"""

import base64
import contextlib
import imaplib
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any

from veille.text import clean

#: imaplib's own limit for a line.
_LINE = 1_000_000
_CHUNK = 65_536
#: Seconds that a server may take to say goodbye.
_GOODBYE = 2.0
#: Characters of a server's own words that a sentence may quote.
_QUOTED = 120


class MailServerBusy(Exception):
    """The server answers that it cannot serve now."""


class LoginRefused(Exception):
    """The server refuses who we say we are; the message is its own words."""


class FolderMissing(Exception):
    """The server knows no such folder; the message is its own words."""


class TooMuch(Exception):
    """The server sends more than was asked for."""


class Bounds:
    """How long one visit may last (monotonic seconds) and how much it may read."""

    def __init__(self, seconds: float, most: int) -> None:
        self._until = time.monotonic() + seconds
        self.left = most
        self._socket: socket.socket | None = None

    def hold(self, sock: socket.socket) -> None:
        """Note the socket of the visit, for `abandon`."""
        self._socket = sock

    def abandon(self) -> None:
        """End the visit now, from another thread."""
        self._until = 0.0
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def remaining(self) -> float:
        """Return the seconds left; raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def take(self, count: int) -> None:
        """Count bytes that arrived; raises TooMuch beyond the cap."""
        self.left -= count
        if self.left < 0:
            raise TooMuch


class Connection(imaplib.IMAP4):
    """An IMAP connection over a socket that is already encrypted; reads and never writes to the mailbox."""

    def __init__(self, sock: ssl.SSLSocket, bounds: Bounds) -> None:
        self._given = sock
        self._bounds = bounds
        bounds.hold(sock)
        self._buffer = b""
        super().__init__()

    # ── what imaplib does with its socket ───────────────────────────────────────────────────────────────────────────
    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:  # noqa: ARG002 - imaplib's signature
        """Take the socket that was given."""
        self.sock = self._given

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""
        if size > self._bounds.left + len(self._buffer):
            raise TooMuch
        pieces = [self._buffer[:size]]
        self._buffer = self._buffer[size:]
        missing = size - len(pieces[0])
        while missing > 0:
            piece = self._receive()
            pieces.append(piece[:missing])
            self._buffer += piece[missing:]
            missing -= len(piece)
        return b"".join(pieces)

    def readline(self) -> bytes:
        """Return one line with its end."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LINE:
                raise TooMuch
            self._buffer += self._receive()
        line, self._buffer = self._buffer[: end + 1], self._buffer[end + 1 :]
        return line

    def send(self, data: Any) -> None:
        """Send all of it."""
        self._given.settimeout(self._bounds.remaining())
        self._given.sendall(data)

    def shutdown(self) -> None:
        """Close the socket, whatever state it is in."""
        with contextlib.suppress(OSError):
            self._given.shutdown(socket.SHUT_RDWR)
        self._given.close()

    def _receive(self) -> bytes:
        self._given.settimeout(self._bounds.remaining())
        piece = self._given.recv(_CHUNK)
        if not piece:
            raise self.abort("connection closed")
        self._bounds.take(len(piece))
        return piece

    def leave(self) -> None:
        """Say goodbye, briefly, and close the socket; a server that kept us waiting is left without a word."""
        with contextlib.suppress(OSError, TooMuch, self.error):
            self._bounds = Bounds(min(_GOODBYE, self._bounds.remaining()), _CHUNK)
            self.logout()
        self.shutdown()

    # ── what we do with it ──────────────────────────────────────────────────────────────────────────────────────────
    def enter(self, user: str, *, password: str = "", token: str = "") -> None:
        """Say who we are, by password or access token; raises LoginRefused, MailServerBusy."""
        try:
            if token:
                answer = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
                # refused, the server says why in a challenge, and waits for an empty answer
                answers = iter((answer,))
                self.authenticate("XOAUTH2", lambda _challenge: next(answers, b""))
            elif user.isascii() and password.isascii():
                self._simple_login(user, password)
            else:
                self.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())
        except self.abort:
            raise
        except self.error as error:
            said = spoken(error)
            if _is_passing(said):
                raise MailServerBusy(said) from error
            raise LoginRefused(said) from error

    def _simple_login(self, user: str, password: str) -> None:
        kind, data = self._simple_command("LOGIN", quoted(user), quoted(password))
        if kind != "OK":
            raise self.error(data[-1])
        self.state = "AUTH"

    def examine(self, folder: str) -> tuple[int, int | None, int]:
        """Open a folder for reading only; return (UIDVALIDITY, UIDNEXT if told, messages); raises FolderMissing.

        `folder` is in words, its steps parted by « / » whatever the server parts them by.
        """
        delimiter = self._delimiter()
        name = folder.replace("/", delimiter) if delimiter else folder
        tries = [name] if name.upper().startswith("INBOX") else [name, f"INBOX{delimiter}{name}"]
        said = ""
        for one in tries:
            kind, data = self.select(quoted(utf7(one)), readonly=True)
            if kind == "OK":
                validity, following = self._number("UIDVALIDITY"), self._number("UIDNEXT")
                return validity or 0, following, int(data[0] or 0)
            said = said or spoken(data[0] or b"")
        raise MailServerBusy(said) if _is_passing(said) else FolderMissing(said)

    def _delimiter(self) -> str:
        """Return what this server puts between the steps of a folder's name."""
        _, data = self.list('""', '""')
        line = data[0] if data and isinstance(data[0], bytes) else b""
        found = line.rpartition(b") ")[2][:3]
        return found[1:2].decode("ascii", "replace") if found[:1] == b'"' else ""

    def _number(self, name: str) -> int | None:
        _, data = self.response(name)
        value = data[-1] if data else None
        return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 10 else None  # noqa: PLR2004 - 32 bits

    def found(self, *criteria: str) -> list[int]:
        """Return the UIDs that match, in order, once each."""
        kind, data = self.uid("SEARCH", *criteria)
        if kind != "OK":
            raise self.error(data[-1])
        words = b" ".join(line for line in data if isinstance(line, bytes)).split()
        return sorted({int(word) for word in words if word.isdigit() and len(word) <= 10})  # noqa: PLR2004 - 32 bits

    def fetched(self, uids: Sequence[int], items: str) -> list[tuple[bytes, bytes]]:
        """Return (what the server says of a message, the one literal asked for) for each message that has one."""
        kind, data = self.uid("FETCH", ",".join(map(str, uids)), items)
        if kind != "OK":
            raise self.error(data[-1])
        found = []
        for place, one in enumerate(data):
            if isinstance(one, tuple):
                after = data[place + 1] if place + 1 < len(data) else b""
                found.append((one[0] + (after if isinstance(after, bytes) else b""), one[1]))
        return found


def _is_passing(said: str) -> bool:
    """Say whether a server speaks of its own trouble (RFC 5530 §3), which is nobody's mistake."""
    codes = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]", "TOO MANY")
    return any(code in said.upper() for code in codes)


def spoken(said: object) -> str:
    """Return a server's own words, fit for a sentence."""
    raw = said.args[0] if isinstance(said, Exception) and said.args else said
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return clean(" ".join(text.split()))[:_QUOTED]


def quoted(text: str) -> str:
    """Return a quoted string (RFC 3501 §4.3); raises ValueError for what would end the line."""
    if any(character in text for character in "\r\n\0"):
        raise ValueError("a control character in an IMAP string")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def utf7(name: str) -> str:
    """Return a folder's name in modified UTF-7 (RFC 3501 §5.1.3)."""
    pieces: list[str] = []
    run = ""
    for character in [*name, ""]:
        plain = character and " " <= character <= "~"
        if run and (plain or not character):
            coded = base64.b64encode(run.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
            pieces.append(f"&{coded}-")
            run = ""
        if plain:
            pieces.append("&-" if character == "&" else character)
        else:
            run += character
    return "".join(pieces)
