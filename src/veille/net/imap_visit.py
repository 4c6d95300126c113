"""What one visit to an IMAP folder reads: new messages, headers first, bodies of those we listen to (blocking).

Nothing is marked as read, moved or deleted: the folder is opened with EXAMINE and read with BODY.PEEK.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from veille.net.imap import Connection, TooMuch
from veille.net.mailpack import Delivered, Mailbox

#: Messages whose headers, and whose bodies, one visit asks for, and bytes of all these bodies: reading a megabyte of
#: letters takes half a second, and the worker that reads them all has ten.
MAX_LISTED, MAX_BODIES, MAX_BYTES = 1_000, 50, 5_000_000
#: Bytes of one message: what comes after is attachments. Gmail clips letters at 102 kB.
MAX_MESSAGE = 1_500_000
#: The senders of a mailbox of our own, in which every message counts: a refusal may name nobody.
EVERYBODY = ("*",)
_AT_ONCE = 100
_FIELDS = "FROM SUBJECT DATE MESSAGE-ID AUTHENTICATION-RESULTS"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FROM = re.compile(r"^from[ \t]*:((?:.|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_ARRIVED = re.compile(rb'INTERNALDATE "\s?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"')


@dataclass(frozen=True, slots=True)
class Position:
    """How far a folder has been read: its UIDs mean something under one UIDVALIDITY only."""

    validity: int
    #: The first UID that was not read.
    following: int

    def __str__(self) -> str:
        return f"{self.validity}.{self.following}"


def position(text: str | None) -> Position | None:
    """Return what `str` of a position gave, None for anything else."""
    found = re.fullmatch(r"(\d{1,10})\.(\d{1,10})", text or "")
    return Position(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of a folder."""

    folder: str
    #: Addresses and domains whose bodies are asked for; nobody else's.
    senders: tuple[str, ...]
    #: How old a message may be that is read at the first visit, or after UIDVALIDITY changed.
    since: date
    after: Position | None


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit brought; None where there is nothing new."""

    mailbox: Mailbox | None
    reached: Position


def visit(connection: Connection, wish: Wish) -> Visited:
    """Read what is new in a folder, oldest first, as far as the caps allow."""
    validity, told, listed = connection.examine(wish.folder)
    after = wish.after if wish.after is not None and wish.after.validity == validity else None
    if after is not None and told is not None and told <= after.following:
        return Visited(None, after)
    uids = _new(connection, wish, after)
    reached = Position(validity, max(told or 1, uids[-1] + 1 if uids else 1, after.following if after else 1))
    if not uids and after is not None:
        return Visited(None, reached)
    messages, stopped = _messages(connection, uids[:MAX_LISTED], wish.senders)
    if stopped is None and len(uids) > MAX_LISTED:
        stopped = uids[MAX_LISTED]
    left = sum(uid >= stopped for uid in uids) if stopped is not None else 0
    if stopped is not None:
        reached = Position(validity, stopped)
    return Visited(Mailbox(messages=tuple(messages), listed=listed, left=left), reached)


def _new(connection: Connection, wish: Wish, after: Position | None) -> list[int]:
    if after is None:
        day = f"{wish.since.day}-{_MONTHS[wish.since.month - 1]}-{wish.since.year}"
        return connection.found("SINCE", day)
    # « n:* » names the last message even where its UID is below n (RFC 3501 §6.4.8)
    return [uid for uid in connection.found("UID", f"{after.following}:*") if uid >= after.following]


def _messages(
    connection: Connection, uids: Sequence[int], senders: tuple[str, ...]
) -> tuple[list[Delivered], int | None]:
    """Return what could be read, and the UID at which reading stopped before its end, if it did.

    A server that hangs up, or time that runs out, loses nothing that was read: the next visit goes on from there.
    """
    found: list[Delivered] = []
    bodies, left, at = 0, MAX_BYTES, uids[0] if uids else 0
    try:
        for uid, header in _headers(connection, uids):
            at = uid
            if not is_from(header.raw, senders):
                found.append(header)
                continue
            if bodies >= MAX_BODIES or left <= 0:
                return found, uid
            body = _body(connection, uid)
            found += body
            bodies += 1
            left -= sum(len(one.raw) for one in body)
    except (TimeoutError, TooMuch, imaplib.IMAP4.abort, ssl.SSLError, OSError):
        if not bodies:
            raise
        return found, at
    return found, None


def _headers(connection: Connection, uids: Sequence[int]) -> Iterator[tuple[int, Delivered]]:
    """Yield the header of each message that still is there, in order."""
    for start in range(0, len(uids), _AT_ONCE):
        some = uids[start : start + _AT_ONCE]
        told = connection.fetched(some, f"(INTERNALDATE BODY.PEEK[HEADER.FIELDS ({_FIELDS})])")
        by_uid = {
            uid: Delivered(raw=raw, arrived=_arrived(line), body=False) for line, raw in told if (uid := _uid(line))
        }
        yield from ((uid, by_uid[uid]) for uid in some if uid in by_uid)


def _body(connection: Connection, uid: int) -> list[Delivered]:
    """Return one message, or none if it went away meanwhile."""
    told = connection.fetched([uid], f"(INTERNALDATE BODY.PEEK[]<0.{MAX_MESSAGE}>)")
    return [Delivered(raw=raw[:MAX_MESSAGE], arrived=_arrived(line)) for line, raw in told if _uid(line) == uid][:1]


def is_from(header: bytes, senders: tuple[str, ...]) -> bool:
    """Say whether a header may be of somebody we listen to; the reader of the message judges properly."""
    if senders == EVERYBODY:
        return True
    authors = " ".join(_FROM.findall(header.decode("latin-1"))).lower()
    return any(sender in authors for sender in senders)


def _uid(line: bytes) -> int:
    found = _UID.search(line)
    return int(found[1]) if found else 0


def _arrived(line: bytes) -> datetime | None:
    """Return when the server took a message in, UTC."""
    found = _ARRIVED.search(line)
    if found is None or (month := found[2].decode("latin-1").title()) not in _MONTHS:
        return None
    day, year, hour, minute, second, hours, minutes = (int(found[place]) for place in (1, 3, 4, 5, 6, 8, 9))
    ahead = timedelta(hours=hours, minutes=minutes) * (-1 if found[7] == b"-" else 1)
    try:
        local = datetime(year, _MONTHS.index(month) + 1, day, hour, minute, second, tzinfo=timezone(ahead))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
