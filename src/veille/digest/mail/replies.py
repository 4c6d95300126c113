"""What an SMTP server says, read from bytes that may be anything (pure).

RFC 5321 §4.2: three digits, then « - » on every line but the last. A server that never ends a line, never ends a reply
or changes its code midway is not believed: `Unreadable`, and the connection is over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: RFC 5321 §4.5.3.1.5 allows 512 octets a line; real servers go past it in explanations.
MAX_LINE = 4_096
#: Octets of one reply, all its lines: the longest EHLO answers stay under 2,000.
MAX_REPLY = 65_536
#: Characters of a reply that are kept and shown.
SHOWN = 200
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
#: RFC 3463 §2, at the start of the text (RFC 2034 §4).
_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?![\w.])")


class Unreadable(Exception):
    """What came is no SMTP reply; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, whole."""

    #: 200–599.
    code: int
    #: Its lines without code.
    lines: tuple[str, ...]

    @property
    def kind(self) -> int:
        """2 done, 3 go on, 4 not now, 5 no (RFC 5321 §4.2.1)."""
        return self.code // 100

    @property
    def text(self) -> str:
        """Its words on one line, as far as they are shown."""
        return " ".join(" ".join(self.lines).split())[:SHOWN]

    @property
    def enhanced(self) -> str:
        """RFC 3463 « 5.1.1 », or empty; one of another class than the code is the server's mistake, and left out."""
        found = _ENHANCED.match(self.lines[0])
        return found[0] if found and int(found[1]) == self.kind else ""


class ReplyReader:
    """Cuts what arrives into replies."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._lines: list[str] = []
        self._code = 0
        self._size = 0

    @property
    def idle(self) -> bool:
        """Tell whether nothing of a further reply has come."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Yield the replies that `data` completes; raises Unreadable."""
        self._rest += data
        while (end := self._rest.find(b"\n")) >= 0:
            line = bytes(self._rest[:end]).removesuffix(b"\r")
            del self._rest[: end + 1]
            reply = self._take(line)
            if reply is not None:
                yield reply
        if len(self._rest) > MAX_LINE:
            raise Unreadable(_quoted(self._rest))

    def _take(self, line: bytes) -> Reply | None:
        found = _LINE.fullmatch(line)
        self._size += len(line)
        if found is None or len(line) > MAX_LINE or self._size > MAX_REPLY:
            raise Unreadable(_quoted(line))
        code = int(found[1])
        if self._lines and code != self._code:
            raise Unreadable(_quoted(line))
        self._code = code
        self._lines.append((found[3] or b"").decode("utf-8", "replace"))
        if found[2] == b"-":
            return None
        reply = Reply(code, tuple(self._lines))
        self._lines, self._size = [], 0
        return reply


def _quoted(raw: bytes | bytearray) -> str:
    text = bytes(raw[:SHOWN]).decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
