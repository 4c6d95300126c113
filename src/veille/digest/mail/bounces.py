"""What comes back: refusals (RFC 3464), complaints (RFC 5965), and what is only an answering machine (pure).

Type by the enhanced status code, never by the three digits: a 550 5.7.1 is a policy of the day, a 550 5.1.1 an address
that does not exist (listmonk#2623). Whoever writes to the return address proves nothing; the seal in that address does.
"""

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import BytesParser

from veille.digest.mail.automatic import is_automatic
from veille.links import PATHS, UNSUBSCRIBE
from veille.model.returns import Returned, ReturnKind

#: Bytes of a returned mail that are read; the reports stand before the copy of what was sent.
MAX_BYTES = 1_000_000
_MAX_PARTS = 50
#: RFC 3463, RFC 7505: the address or its domain does not exist, has moved, is closed, or refuses all mail. 5.1.7 and
#: 5.1.8 speak of the sender's address: that is our mistake, not a dead reader.
_FINAL = re.compile(r"5\.1\.(?:[0-46]|10)|5\.2\.1|5\.4\.4")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_SEALED = re.compile(r"\+(\d{1,12})-([a-z2-7]{16})@", re.IGNORECASE)
#: Where the address that a mail was really delivered to is written.
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
#: Our own unsubscribe link, as a report quotes it: its token proves whom the mail was sent to.
_TOKEN = re.compile(re.escape(PATHS[UNSUBSCRIBE]) + r"([A-Za-z0-9._-]{10,300})")
#: Who writes refusals in words, without a report (qmail, some French hosts); characters of them that are read.
_DAEMON = re.compile(r"mailer-daemon|postmaster", re.IGNORECASE)
_WORDS = 8_000


def read_return(raw: bytes) -> Returned:
    """Read a returned mail; never raises, what cannot be read is « unknown »."""
    message = parse_mail(raw)
    parts = [part for part, _ in zip(message.walk(), range(_MAX_PARTS), strict=False)]
    quoted = _quoted(parts)
    kind, status, detail = _said(message, parts)
    return Returned(
        kind=kind,
        sealed=_sealed(message, _DELIVERED) or _proof_inside(parts, quoted),
        message_id=_message_id(quoted),
        status=status,
        detail=detail,
        tokens=tuple(found for value in quoted.get_all("List-Unsubscribe", []) for found in _TOKEN.findall(str(value))),
    )


def parse_mail(raw: bytes) -> Message:
    """Read a foreign mail; of one nested so deeply that the reader gives up, its header alone."""
    raw = raw[:MAX_BYTES]
    try:
        return email.message_from_bytes(raw, policy=email.policy.compat32)
    except RecursionError:
        return _header_alone(raw)


def _header_alone(raw: bytes) -> Message:
    return BytesParser(policy=email.policy.compat32).parsebytes(raw, headersonly=True)


def judge_status(status: str, *, otherwise: ReturnKind) -> ReturnKind:
    """Say what a refusal is by its enhanced status code; `otherwise` where there is none."""
    if not status:
        return otherwise
    return ReturnKind.HARD if _FINAL.fullmatch(status) else ReturnKind.SOFT


def status_in(text: str) -> str:
    """Return the first enhanced status code of a refusal in a server's words, or empty."""
    found = re.search(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])", text[:_WORDS])
    return found[0] if found else ""


def _said(message: Message, parts: Sequence[Message]) -> tuple[ReturnKind, str, str]:
    """Return kind, status and words of a returned mail."""
    report = str(message.get_param("report-type") or "").lower()
    if report == "feedback-report":
        return _complaint(parts), "", ""
    for block in _status_blocks(parts):
        found = _verdict(block)
        if found is not None:
            return found
    subject = _line(_header(message, "Subject"))
    if report != "delivery-status" and _DAEMON.search(_header(message, "From")):
        words = _words(parts)
        if status := status_in(words):
            return judge_status(status, otherwise=ReturnKind.SOFT), status, _line(words[words.find(status) :])
        return ReturnKind.UNKNOWN, "", subject
    silent = report != "delivery-status" and is_automatic(message, subject)
    return (ReturnKind.NOTHING if silent else ReturnKind.UNKNOWN), "", subject


def _words(parts: Sequence[Message]) -> str:
    """Return the beginning of the first text of a mail."""
    for part in parts:
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            return payload[:_WORDS].decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return ""


def _sealed(message: Message, names: Sequence[str]) -> tuple[int, str] | None:
    for name in names:
        for value in message.get_all(name, []):
            match = _SEALED.search(str(value))
            if match:
                return int(match[1]), match[2].lower()
    return None


def _proof_inside(parts: Sequence[Message], quoted: Message) -> tuple[int, str] | None:
    """Return our sealed address as a report quotes it: RFC 5965 §3.2 names the envelope, servers the Return-Path."""
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            match = _SEALED.search(_inner_headers(part).get("original-mail-from", ""))
            if match:
                return int(match[1]), match[2].lower()
    return _sealed(quoted, ("Return-Path",))


def _complaint(parts: Sequence[Message]) -> ReturnKind:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            said = _inner_headers(part).get("feedback-type", "").lower()
            return ReturnKind.COMPLAINT if said in _COMPLAINTS else ReturnKind.NOTHING
    return ReturnKind.UNKNOWN


def _status_blocks(parts: Sequence[Message]) -> Iterator[dict[str, str]]:
    """Yield the fields of each recipient's block of a delivery report."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                if isinstance(block, Message):
                    yield {name.lower(): str(value) for name, value in block.items()}


def _verdict(block: dict[str, str]) -> tuple[ReturnKind, str, str] | None:
    if "action" not in block:
        return None  # the block about the message as a whole
    match = _STATUS.search(block.get("status", ""))
    status = match[0] if match else status_in(block.get("diagnostic-code", ""))
    detail = _line(block.get("diagnostic-code", ""))
    action = block["action"].strip().lower()
    if action in {"delivered", "relayed", "expanded", "delayed"}:
        return ReturnKind.NOTHING, status, detail
    return judge_status(status, otherwise=ReturnKind.SOFT), status, detail


def _quoted(parts: Sequence[Message]) -> Message:
    """Return the mail that a report quotes, whole or headers only; an empty one where it quotes none."""
    for part in parts:
        kind = part.get_content_type()
        if kind in {"message/rfc822", "message/global"} and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, Message):
                return inner
        if kind in {"text/rfc822-headers", "message/global-headers"}:
            payload = part.get_payload(decode=True)
            return _header_alone(payload if isinstance(payload, bytes) else b"")
    return Message()


def _message_id(quoted: Message) -> str | None:
    match = re.search(r"<[^<>\s]{3,250}>", _header(quoted, "Message-ID"))
    return match[0] if match else None


def _inner_headers(part: Message) -> dict[str, str]:
    """Return the fields that a part's body holds as header lines."""
    payload = part.get_payload(decode=True)
    if part.is_multipart():
        inner = part.get_payload(0)
        return {name.lower(): str(value) for name, value in inner.items()} if isinstance(inner, Message) else {}
    raw = payload if isinstance(payload, bytes) else b""
    return {name.lower(): str(value) for name, value in _header_alone(raw).items()}


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))


def _line(text: str) -> str:
    """Return foreign text as one short line without controls."""
    flat = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(flat.split())[:200]
