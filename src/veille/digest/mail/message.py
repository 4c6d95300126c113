"""The final bytes of one mail, written by hand and read back before they may leave (pure)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from veille.addresses import parse_address
from veille.digest.mail.dkim import Signer
from veille.digest.mail.encoding import Body
from veille.digest.mail.header_text import encode_text, mailbox, phrase
from veille.digest.mail.reading_back import read_back
from veille.errors import InputError
from veille.model import OutgoingMail

Fields = tuple[tuple[str, str], ...]
_URL = re.compile(r"https?://[\x21-\x7e]+")
_HEADS = {
    kind: (
        f"\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()
    for kind in ("plain", "html")
}
_RELATED = b'\r\nContent-Type: multipart/related; type="text/html";\r\n boundary="'


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
    #: A whole MIME part that the HTML shows (`encoding.image_part`), or empty.
    image: bytes = b""
    message_id: str
    date: datetime
    #: To one person and of no list: the four below stay empty.
    notice: bool = False
    #: « Name <id.domain> », RFC 2919.
    list_name: str = ""
    list_id: str = ""
    unsubscribe_url: str = ""
    unsubscribe_mailto: str = ""
    #: Envelope sender, where returned mails go; empty = `sender`.
    return_path: str = ""
    #: What complaints are counted by: « edition:digest:cluster:veille » (Gmail's Feedback-ID); empty = none.
    feedback_id: str = ""
    #: Message-ID of the mail that this one corrects, or empty.
    in_reply_to: str = ""
    #: Fields for the relay alone: what it repeats in its events, what it must not do.
    for_relay: Fields = ()


def build(letter: Letter, signer: Signer | None = None) -> OutgoingMail:
    """Return the mail's bytes, signed if there is a signer; raises InputError for what no header may carry."""
    recipient = parse_address(letter.recipient)
    mark = hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]
    headers = _headers(letter, recipient, f"=_{mark}", signed=signer is not None)
    body = _body(letter, mark.encode())
    digest = hashlib.sha256(body)
    written = [*(signer.fields(headers, digest.digest()) if signer else ()), *headers]
    head = "".join([f"{name}: {value}\r\n" for name, value in written]).encode("ascii")
    read_back(head, tuple([name for name, _ in written]), recipient)
    return OutgoingMail(
        sender=parse_address(letter.return_path or letter.sender),
        recipient=recipient,
        message_id=letter.message_id,
        raw=b"\r\n".join((head, body)),
        body_sha256=digest.hexdigest(),
    )


def _body(letter: Letter, mark: bytes) -> bytes:
    """Return both parts between their boundaries, the HTML with the image that it shows (RFC 2387) if there is one."""
    outer, inner, parts = b"--=_" + mark, b"--=_r" + mark, letter.body
    html: tuple[bytes, ...] = (_HEADS["html"], *parts.html)
    if letter.image:
        html = (_RELATED, inner[2:], b'"\r\n\r\n', inner, *html, inner, letter.image, inner, b"--\r\n")
    return b"".join((outer, _HEADS["plain"], *parts.text, outer, *html, outer, b"--\r\n"))


def make_message_id(cluster: str, digest: str, period: str, subscriber_id: int, domain: str) -> str:
    """Return the Message-ID of one issue for one subscriber: the same at each try, unlike any other."""
    mark = hashlib.sha256(f"{cluster}|{digest}|{period}|{subscriber_id}".encode()).hexdigest()[:12]
    return f"<{digest}.{period}.{subscriber_id}.{mark}@{domain}>"


def _headers(letter: Letter, recipient: str, boundary: str, *, signed: bool) -> Fields:
    before, between, after, end = _letterhead(
        letter.sender,
        letter.sender_name,
        letter.reply_to,
        letter.date,
        letter.list_name,
        letter.list_id,
        letter.feedback_id,
        notice=letter.notice,
        one_click=signed and letter.unsubscribe_url.startswith("https://"),
    )
    return (
        *before,
        ("To", mailbox(letter.recipient_name, recipient)),
        *between,
        ("Subject", encode_text(letter.subject)),
        ("Message-ID", bracketed(letter.message_id)),
        *_answering(letter.in_reply_to),
        *(() if letter.notice else (("List-Unsubscribe", _unsubscribe(letter)),)),
        *after,
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
        *end,
        *letter.for_relay,
    )


def _answering(message_id: str) -> Fields:
    """Say which mail this one follows, so that mail clients show them together."""
    if not message_id:
        return ()
    return (("In-Reply-To", bracketed(message_id)), ("References", bracketed(message_id)))


@lru_cache(maxsize=16)
def _letterhead(
    sender: str,
    sender_name: str,
    reply_to: str,
    date: datetime,
    list_name: str,
    list_id: str,
    feedback_id: str,
    *,
    notice: bool,
    one_click: bool,
) -> tuple[Fields, Fields, Fields, Fields]:
    """Return what all mails of an issue share: the fields around those of each mail."""
    return (
        (("Date", format_datetime(date)), ("From", mailbox(sender_name, parse_address(sender)))),
        (("Reply-To", parse_address(reply_to)),) if reply_to else (),
        (
            # RFC 8058 §4: one-click unsubscription is offered where the mail is signed.
            *((("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),) if one_click else ()),
            *(() if notice else (("List-Id", f"{phrase(list_name)} <{_host(list_id)}>"),)),
            ("Auto-Submitted", "auto-generated"),
            *(() if notice else (("Precedence", "bulk"),)),
            ("MIME-Version", "1.0"),
        ),
        (("Feedback-ID", _feedback(feedback_id)),) if feedback_id else (),
    )


def _unsubscribe(letter: Letter) -> str:
    """RFC 2369: ASCII URIs in angle brackets."""
    if not _URL.fullmatch(letter.unsubscribe_url) or re.search(r"[<>,]", letter.unsubscribe_url):
        raise InputError(f"lien de désinscription refusé : {letter.unsubscribe_url!r}", cure="corrigez site.url")
    address, _, query = letter.unsubscribe_mailto.partition("?")
    return f"<{letter.unsubscribe_url}>,\r\n <mailto:{_known_address(address)}?{query}>"


@lru_cache(maxsize=16)
def _known_address(address: str) -> str:
    return parse_address(address)


def _feedback(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}(?::[A-Za-z0-9._-]{1,60}){0,3}", text):
        raise InputError(f"Feedback-ID refusé : {text!r}", cure="corrigez cluster.id")
    return text


def bracketed(message_id: str) -> str:
    """Return a Message-ID that a header may hold; raises InputError."""
    if not re.fullmatch(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>", message_id):
        raise InputError(f"Message-ID refusé : {message_id!r}", cure="corrigez mail.sender")
    return message_id


def _host(list_id: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", list_id):
        raise InputError(f"List-Id refusé : {list_id!r}", cure="corrigez cluster.id ou mail.sender")
    return list_id
