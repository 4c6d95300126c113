"""What comes back: refusals (RFC 3464), complaints (RFC 5965), and what is only an answering machine (pure).

Type by the enhanced status code, never by the three digits: a 550 5.7.1 is a policy of the day, a 550 5.1.1 an address
that does not exist (listmonk#2623). Whoever writes to the return address proves nothing; the seal in that address does.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

#: Bytes of a returned mail that are read; the reports stand before the copy of what was sent.
MAX_BYTES = 1_000_000
_MAX_PARTS = 50
#: RFC 3463: the address or its domain does not exist, has moved, is closed, or refuses all mail.
_FINAL = re.compile(r"5\.1\.[0-46-9]\d*|5\.1\.10|5\.2\.1|5\.4\.4")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_SEALED = re.compile(r"\+(\d{1,12})-([a-z2-7]{16})@", re.IGNORECASE)
#: Where the address that a mail was really delivered to is written.
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})


class ReturnKind(StrEnum):
    """What a returned mail says."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    #: An answering machine, or a delay that will be tried again: nothing to keep.
    NOTHING = "nothing"
    #: For a person to read.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One mail that came back."""

    kind: ReturnKind
    #: (subscriber id, seal) as the return address says, not verified here.
    sealed: tuple[int, str] | None = None
    #: Message-ID of what we had sent, with its brackets, where the report holds it.
    message_id: str | None = None
    #: RFC 3463, or empty.
    status: str = ""
    #: The server's own words, one line.
    detail: str = ""


def read_return(raw: bytes) -> Returned:
    """Read a returned mail; never raises, what cannot be read is « unknown »."""
    message = email.message_from_bytes(raw[:MAX_BYTES], policy=email.policy.compat32)
    parts = [part for part, _ in zip(message.walk(), range(_MAX_PARTS), strict=False)]
    report = str(message.get_param("report-type") or "").lower()
    sealed, ours = _sealed(message), _original_id(parts)
    if report == "feedback-report":
        kind = _complaint(parts)
        return Returned(kind=kind, sealed=sealed, message_id=ours)
    for block in _status_blocks(parts):
        found = _verdict(block)
        if found is not None:
            kind, status, detail = found
            return Returned(kind=kind, sealed=sealed, message_id=ours, status=status, detail=detail)
    automatic = _header(message, "Auto-Submitted").lower().startswith("auto-") or _header(message, "X-Autoreply")
    kind = ReturnKind.NOTHING if automatic and report != "delivery-status" else ReturnKind.UNKNOWN
    return Returned(kind=kind, sealed=sealed, message_id=ours, detail=_line(_header(message, "Subject")))


def _sealed(message: Message) -> tuple[int, str] | None:
    for name in _DELIVERED:
        for value in message.get_all(name, []):
            match = _SEALED.search(str(value))
            if match:
                return int(match[1]), match[2].lower()
    return None


def _complaint(parts: list[Message]) -> ReturnKind:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            said = _inner_headers(part).get("feedback-type", "").lower()
            return ReturnKind.COMPLAINT if said in _COMPLAINTS else ReturnKind.NOTHING
    return ReturnKind.UNKNOWN


def _status_blocks(parts: list[Message]) -> Iterator[dict[str, str]]:
    """Yield the fields of each recipient's block of a delivery report."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                if isinstance(block, Message):
                    yield {name.lower(): str(value) for name, value in block.items()}


def _verdict(block: dict[str, str]) -> tuple[ReturnKind, str, str] | None:
    if "action" not in block:
        return None  # the block about the message as a whole
    match = _STATUS.search(block.get("status", "")) or _STATUS.search(block.get("diagnostic-code", ""))
    status = match[0] if match else ""
    detail = _line(block.get("diagnostic-code", ""))
    action = block["action"].strip().lower()
    if action in {"delivered", "relayed", "expanded", "delayed"}:
        return ReturnKind.NOTHING, status, detail
    return (ReturnKind.HARD if _FINAL.fullmatch(status) else ReturnKind.SOFT), status, detail


def _original_id(parts: list[Message]) -> str | None:
    """Return the Message-ID of the mail that is quoted in a report, whole or headers only."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            found = _header(inner, "Message-ID") if isinstance(inner, Message) else ""
        elif kind == "text/rfc822-headers":
            found = _inner_headers(part).get("message-id", "")
        else:
            continue
        match = re.search(r"<[^<>\s]{3,250}>", found)
        if match:
            return match[0]
    return None


def _inner_headers(part: Message) -> dict[str, str]:
    """Return the fields that a part's body holds as header lines."""
    payload = part.get_payload(decode=True)
    if part.is_multipart():
        inner = part.get_payload(0)
        return {name.lower(): str(value) for name, value in inner.items()} if isinstance(inner, Message) else {}
    raw = payload if isinstance(payload, bytes) else b""
    return {name.lower(): str(value) for name, value in email.message_from_bytes(raw).items()}


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))


def _line(text: str) -> str:
    """Return foreign text as one short line without controls."""
    flat = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(flat.split())[:200]
