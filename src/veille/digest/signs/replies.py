"""Count who answered an issue: by the Message-ID that an answer names, and nothing of the answer is kept.

What a machine wrote is no answer (RFC 3834): absences, receipts, refusals and lists are passed over. Nothing is ever
sent from here.
"""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from veille.digest.mail.automatic import is_automatic
from veille.protocols import BounceStore, Clock
from veille.protocols.signs import SignStore

#: Message-IDs of one answer that are looked up: the nearest of a long thread.
_MAX_NAMED = 20
#: Bytes of an answer that are read: its header.
HEADER = 65_536
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDesk:
    """What counting answers works with."""

    #: Knows our mails by their Message-ID.
    bounces: BounceStore
    signs: SignStore
    clock: Clock


def count_replies(desk: ReplyDesk, mails: Iterable[bytes]) -> int:
    """Count the answers to our issues among these mails, each once; return how many are new."""
    return sum(_counted(desk, raw) for raw in mails)


def _counted(desk: ReplyDesk, raw: bytes) -> bool:
    head = re.split(rb"\r?\n\r?\n", raw[:HEADER], maxsplit=1)[0]
    message = email.message_from_bytes(head + b"\r\n\r\n", policy=email.policy.compat32)
    if is_automatic(message, _subject(message)):
        return False
    issue_id = next((mail.issue_id for one in _named(message) if (mail := desk.bounces.sent_mail(one))), None)
    if issue_id is None:
        return False
    own = _MESSAGE_ID.search(str(message.get("Message-ID", "")))
    mark = hashlib.sha256(own[0].encode("utf-8", "replace") if own else raw).hexdigest()
    return desk.signs.replied(mark, issue_id, desk.clock.now())


def _named(message: Message) -> list[str]:
    """Return the Message-IDs that an answer names, the one it answers first, then from the nearest on."""
    answered = _MESSAGE_ID.findall(str(message.get("In-Reply-To", "")))
    thread = _MESSAGE_ID.findall(str(message.get("References", "")))
    return list(dict.fromkeys([*answered, *reversed(thread)]))[:_MAX_NAMED]


def _subject(message: Message) -> str:
    told = next((str(value) for name, value in message.raw_items() if name.lower() == "subject"), "")
    raw = told[:1_000].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        return raw  # an unknown charset or broken base64: its plain letters are what there is
