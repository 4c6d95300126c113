"""A message's bytes to what its reader would see: headers in words, one HTML or plain body (RFC 5322, MIME; pure)."""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import compat32

from veille.crawl.charset import decode
from veille.crawl.dates import read_date
from veille.crawl.markup import cut, plain_line
from veille.errors import ParseError
from veille.text import clean

#: Real letters hold ten parts in four levels; a thousand is an attack, and each costs two kilobytes of memory.
MAX_PARTS, MAX_DEPTH = 100, 8
#: Lines that could begin a part, and names of part boundaries, before a message is refused unread.
_MAX_DASHES, _MAX_BOUNDARIES = 20_000, 200
#: A body beyond this is cut: Gmail clips letters at 102 kB.
MAX_BODY = 2_000_000
_HEADER_LIMIT = 4_000
#: EML-005: a subject longer than this is an attack or a body in the wrong field.
SUBJECT_LIMIT = 200
#: Seconds that a sender's clock may run ahead, and before which no letter is of use.
_AHEAD, _OLD = 86_400, 5 * 366 * 86_400
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,400})>")
_CURE = "rien à faire : ce message est laissé de côté"


@dataclass(frozen=True, slots=True)
class Body:
    """What there is to read: HTML bytes as labelled, or plain text."""

    html: bytes = b""
    #: Content-Type of the HTML, its character set repaired.
    html_type: str = "text/html"
    plain: str = ""
    #: Messages attached whole (« transférer en pièce jointe »).
    attached: tuple[Message, ...] = ()


def parse_message(raw: bytes) -> Message:
    """Read a message; raises ParseError for one whose structure is an attack."""
    if raw.count(b"\n--") > _MAX_DASHES or raw.lower().count(b"boundary") > _MAX_BOUNDARIES:
        raise ParseError("message d'une structure démesurée", cure=_CURE)
    try:
        return message_from_bytes(raw, policy=compat32)
    except RecursionError as error:
        raise ParseError("message aux parties trop emboîtées", cure=_CURE) from error


def header(message: Message, name: str) -> str:
    """Return the first field of that name as one line of words; empty where there is none."""
    found = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return decoded(found)


def decoded(field: str) -> str:
    """Return a raw header field as one line of words: RFC 2047, or bytes as they came."""
    raw = field[:_HEADER_LIMIT].encode("ascii", "surrogateescape") if _is_escaped(field) else None
    text = decode(raw, "text/plain") if raw is not None else field[:_HEADER_LIMIT]
    return " ".join(clean(_encoded_words(" ".join(text.split()))).split())


def subject_of(message: Message) -> str:
    """Return the subject: one line, markup and bidi controls gone, at most SUBJECT_LIMIT characters."""
    return cut(plain_line(header(message, "subject").replace("<", "‹")), SUBJECT_LIMIT)


def message_id_of(message: Message) -> str:
    """Return the Message-ID without its brackets, or empty where it has none worth the name."""
    found = _MESSAGE_ID.search(header(message, "message-id"))
    return found[1] if found else ""


def date_of(message: Message, arrived: datetime | None) -> datetime | None:
    """Return when it was sent: its Date, unless that is after our server took it in, or years before.

    A mailbox that was moved took all of its messages in on one day: their own dates are the better ones.
    """
    stated = read_date(header(message, "date"), UTC)
    if arrived is None or stated is None:
        return stated or arrived
    return stated if -_OLD <= (stated - arrived).total_seconds() <= _AHEAD else arrived


def body_of(message: Message) -> Body:
    """Return what there is to read: the last HTML of an alternative, else the plain text; attachments are left."""
    html: Message | None = None
    plain: Message | None = None
    attached: list[Message] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            attached += [inner for inner in part.get_payload() if isinstance(inner, Message)]
        elif _is_attachment(part):
            continue
        elif kind == "text/html" and html is None:
            html = part
        elif kind == "text/plain" and plain is None:
            plain = part
    markup = _payload(html) if html is not None else b""
    return Body(
        markup,
        _labelled("text/html", html, markup) if html is not None else "text/html",
        _plain(plain) if plain is not None else "",
        tuple(attached),
    )


def _leaves(message: Message) -> list[Message]:
    """Return the parts that hold something, in order, within the limits; an attached message is one of them."""
    found: list[Message] = []
    waiting = [(message, 0)]
    while waiting and len(found) < MAX_PARTS:
        part, depth = waiting.pop(0)
        inside = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(inside, list):
            found.append(part)
        elif isinstance(inside, list) and depth < MAX_DEPTH:
            waiting[:0] = [(inner, depth + 1) for inner in inside[:MAX_PARTS] if isinstance(inner, Message)]
        elif not isinstance(inside, list):
            found.append(part)
    return found


def _is_attachment(part: Message) -> bool:
    disposition = str(part.get("content-disposition", "")).strip().lower()
    return disposition.startswith("attachment")


def _payload(part: Message) -> bytes:
    if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        return _base64(str(part.get_payload()))[:MAX_BODY]
    payload = part.get_payload(decode=True)
    return payload[:MAX_BODY] if isinstance(payload, bytes) else b""


def _base64(text: str) -> bytes:
    """Decode what there is of a body: the library gives back the letters of one that was cut short."""
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text)
    return base64.b64decode(letters[: len(letters) // 4 * 4])


def _plain(part: Message) -> str:
    raw = _payload(part)
    text = decode(raw, _labelled("text/plain", part, raw)).replace("\r\n", "\n").replace("\r", "\n")
    if "flowed" in str(part.get("content-type", "")).lower():  # RFC 3676 §4.2: a space at the end, the line goes on
        text = re.sub(r"(?<! --) \n(?!\n|>|-- )", " ", text)
    return text


def _labelled(kind: str, part: Message, raw: bytes) -> str:
    """Return a content type whose character set holds: UTF-8 bytes labelled Latin-1 are the commonest mistake."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w:.-]{1,40})", str(part.get("content-type", "")), re.IGNORECASE)
    if not raw.isascii() and _is_utf8(raw):
        return f"{kind}; charset=utf-8"
    return f"{kind}; charset={charset[1]}" if charset else kind


def _is_utf8(raw: bytes) -> bool:
    """Say whether bytes are UTF-8, whatever their label: French in Latin-1 never looks like it."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_escaped(field: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in field)


def _encoded_words(text: str) -> str:
    """Decode « =?utf-8?q?…?= »; text that only looks like it stays as it is."""
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(
        piece if isinstance(piece, str) else decode(piece, f"text/plain; charset={charset or 'utf-8'}")
        for piece, charset in pieces
    )
