"""The final bytes of one mail, written by hand and read back before they may leave (pure).

`email.message` is not asked to write headers: it RFC 2047-encodes a long List-Unsubscribe, which kills one-click
unsubscription, and before Python 3.11.10 a title `=?utf-8?q?a=0D=0ABcc:_x@y.z?=` makes it write a Bcc. It is only asked
to read the result: header names must come back exactly as written.
"""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MultipartInvariantViolationDefect, StartBoundaryNotFoundDefect
from email.parser import BytesParser
from email.utils import format_datetime, getaddresses

from veille.addresses import parse_address
from veille.digest.mail.dkim import Signer
from veille.errors import InputError
from veille.model import OutgoingMail
from veille.text import clean

MAX_SUBJECT = 200
#: RFC 2047 §2: an encoded word is at most 75 characters; RFC 5322 §2.1.1: lines of 78, never more than 998.
_WORD_BYTES = 45
_MAX_LINE = 998
#: Separators that some parsers take for a line end.
_SEPARATORS = re.compile("[\u2028\u2029\x85\t\r\n]")
_ATOM_TEXT = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_URL = re.compile(r"https?://[\x21-\x7e]+")
_HEADS = {
    kind: (
        f"\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()
    for kind in ("plain", "html")
}
_READER = BytesParser()
#: What the reader says of a multipart header whose parts it was not given.
_HEADLESS = frozenset({MultipartInvariantViolationDefect, StartBoundaryNotFoundDefect})


@dataclass(frozen=True, slots=True)
class Body:
    """The two parts of a mail, quoted-printable, each ended by one line end."""

    text: bytes
    html: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one mail says and to whom, before it is bytes."""

    sender: str
    sender_name: str
    recipient: str
    recipient_name: str = ""
    reply_to: str = ""
    subject: str
    body: Body
    message_id: str
    date: datetime
    #: « Name <id.domain> », RFC 2919.
    list_name: str
    list_id: str
    unsubscribe_url: str
    unsubscribe_mailto: str
    #: Envelope sender, where returned mails go; empty = `sender`.
    return_path: str = ""
    #: What complaints are counted by: « edition:digest:cluster:veille » (Gmail's Feedback-ID); empty = none.
    feedback_id: str = ""


def build(letter: Letter, signer: Signer | None = None) -> OutgoingMail:
    """Return the mail's bytes, signed if there is a signer; raises InputError for what no header may carry."""
    sender, recipient = parse_address(letter.sender), parse_address(letter.recipient)
    boundary = "=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]
    headers = _headers(letter, sender, recipient, boundary, signed=signer is not None)
    body = _body(letter, boundary)
    signatures = signer.fields(headers, body) if signer else []
    written = [*signatures, *headers]
    raw = "".join(f"{name}: {value}\r\n" for name, value in written).encode("ascii") + b"\r\n" + body
    verify(raw, [name for name, _ in written], letter.recipient)
    envelope = parse_address(letter.return_path) if letter.return_path else sender
    return OutgoingMail(sender=envelope, recipient=recipient, message_id=letter.message_id, raw=raw)


def verify(raw: bytes, names: Sequence[str], recipient: str) -> None:
    """Read the final bytes back and refuse them unless they hold exactly what was written.

    The header is read by the email package. Of the body only the frame is looked at, since the encoder decides the
    rest: CRLF, lines of 76, and never the boundary, whose `=_` it cannot write (RFC 2045 §6.7).
    """
    head, _, body = raw.partition(b"\r\n\r\n")
    parsed = _READER.parsebytes(head + b"\r\n\r\n", headersonly=True)
    single = [name for name in names if name != "DKIM-Signature"]
    mark = b"--" + (parsed.get_boundary() or "").encode()
    faults = {
        "les en-têtes relus ne sont pas ceux écrits": parsed.keys() != list(names),
        "un en-tête est en double": len(set(single)) != len(single),
        "le message relu a des défauts": any(type(one) not in _HEADLESS for one in parsed.defects),
        "il faut deux parties, texte puis HTML": not (
            body.startswith(mark + _HEADS["plain"]) and body.endswith(mark + b"--\r\n") and len(mark) > len(b"--")
        ),
        "le destinataire relu n'est pas celui écrit": [address for _, address in getaddresses(parsed.get_all("To", []))]
        != [parse_address(recipient)],
        "un caractère n'est pas ASCII": not raw.isascii(),
        "une ligne est trop longue": max(map(len, head.split(b"\r\n"))) > _MAX_LINE,
        "une fin de ligne n'est pas CRLF": not head.count(b"\n") == head.count(b"\r") == head.count(b"\r\n"),
    }
    found = [fault for fault, present in faults.items() if present]
    if found:
        raise InputError(f"message pour {recipient} refusé : {' ; '.join(found)}", cure="signalez ce contenu")


def header_text(text: str, limit: int = MAX_SUBJECT) -> str:
    """Return foreign text fit for a header: one line, no controls, no bidi, no `=?`, cut at `limit` characters."""
    flat = " ".join(clean(_SEPARATORS.sub(" ", text)).split())
    safe = "".join(character for character in flat if unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp"})
    while "=?" in safe:
        safe = safe.replace("=?", "= ?")
    return safe if len(safe) <= limit else safe[: limit - 1].rstrip() + "…"


def encode_text(text: str) -> str:
    """Return unstructured header text, as RFC 2047 words where it is not plain ASCII, folded."""
    safe = header_text(text)
    if safe.isascii() and len(safe) <= 60 and safe.isprintable():  # noqa: PLR2004 - fits one line with any name of ours
        return safe
    return "\r\n ".join(_words(safe))


def mailbox(name: str, address: str) -> str:
    """Return `name <address>` with the name as RFC 2047 words or a quoted string: never a second recipient."""
    safe = header_text(name, 80)
    if not safe:
        return address
    if _ATOM_TEXT.fullmatch(safe):
        return f'"{safe}" <{address}>'
    return "\r\n ".join(_words(safe)) + f"\r\n <{address}>"


def make_message_id(cluster: str, digest: str, period: str, subscriber_id: int, domain: str) -> str:
    """Return the Message-ID of one issue for one subscriber: the same at each try, unlike any other."""
    mark = hashlib.sha256(f"{cluster}|{digest}|{period}|{subscriber_id}".encode()).hexdigest()[:12]
    return f"<{digest}.{period}.{subscriber_id}.{mark}@{domain}>"


def _headers(letter: Letter, sender: str, recipient: str, boundary: str, *, signed: bool) -> list[tuple[str, str]]:
    headers = [
        ("Date", format_datetime(letter.date)),
        ("From", mailbox(letter.sender_name, sender)),
        ("To", mailbox(letter.recipient_name, recipient)),
        ("Subject", encode_text(letter.subject)),
        ("Message-ID", _bracketed(letter.message_id)),
        ("List-Id", f"{_phrase(letter.list_name)} <{_host(letter.list_id)}>"),
        ("List-Unsubscribe", _unsubscribe(letter)),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    if signed and letter.unsubscribe_url.startswith("https://"):
        at = next(index for index, (name, _) in enumerate(headers) if name == "Auto-Submitted")
        headers.insert(at, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if letter.feedback_id:
        headers.append(("Feedback-ID", _feedback(letter.feedback_id)))
    if letter.reply_to:
        headers.insert(3, ("Reply-To", parse_address(letter.reply_to)))
    return headers


def _unsubscribe(letter: Letter) -> str:
    """RFC 2369: ASCII URIs in angle brackets. One-click is added beside it where the mail is signed (RFC 8058 §4)."""
    if not _URL.fullmatch(letter.unsubscribe_url) or re.search(r"[<>,]", letter.unsubscribe_url):
        raise InputError(f"lien de désinscription refusé : {letter.unsubscribe_url!r}", cure="corrigez site.url")
    address, _, query = letter.unsubscribe_mailto.partition("?")
    return f"<{letter.unsubscribe_url}>,\r\n <mailto:{parse_address(address)}?{query}>"


def _feedback(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}(?::[A-Za-z0-9._-]{1,60}){0,3}", text):
        raise InputError(f"Feedback-ID refusé : {text!r}", cure="corrigez cluster.id")
    return text


def _bracketed(message_id: str) -> str:
    if not re.fullmatch(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>", message_id):
        raise InputError(f"Message-ID refusé : {message_id!r}", cure="corrigez mail.sender")
    return message_id


def _host(list_id: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", list_id):
        raise InputError(f"List-Id refusé : {list_id!r}", cure="corrigez cluster.id ou mail.sender")
    return list_id


def _phrase(name: str) -> str:
    safe = header_text(name, 80)
    return f'"{safe}"' if _ATOM_TEXT.fullmatch(safe) else "\r\n ".join(_words(safe)) + "\r\n"


def _words(text: str) -> list[str]:
    """Cut text into base64 encoded words, never inside a character."""
    words, chunk = [], b""
    for character in text:
        piece = character.encode("utf-8", "replace")
        if len(chunk) + len(piece) > _WORD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += piece
    return [f"=?utf-8?b?{base64.b64encode(part).decode()}?=" for part in (*words, chunk)]


def _body(letter: Letter, boundary: str) -> bytes:
    mark = f"--{boundary}".encode()
    text, html = letter.body.text, letter.body.html
    return b"".join((mark, _HEADS["plain"], text, mark, _HEADS["html"], html, mark, b"--\r\n"))


def encode_body(text: str, html: str) -> Body:
    """Return both parts encoded."""
    return Body(*(ended(quoted_printable(part)) for part in (text, html)))


def ended(encoded: bytes) -> bytes:
    """Return encoded text with one line end at its end."""
    return encoded.rstrip(b"\r\n") + b"\r\n"


def quoted_printable(text: str) -> bytes:
    """Return text as quoted-printable with CRLF line ends and lines of at most 76; lines encode one by one."""
    lines = clean(text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8").split(b"\n")
    return b"\r\n".join(
        binascii.b2a_qp(line, istext=False, quotetabs=False).replace(b"=\n", b"=\r\n") for line in lines
    )
