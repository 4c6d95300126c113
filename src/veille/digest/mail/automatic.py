"""Is a mail written by a machine? (pure) What a machine wrote is no answer, and is never answered (RFC 3834 §2)."""

import re
from email.message import Message

#: RFC 3834 §5 and what answering machines write beside or instead of it.
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-AutoReply-From", "X-Mail-Autoreply")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_LISTS = ("List-Id", "List-Unsubscribe", "List-Post", "X-Loop", "Feedback-ID")
#: Machines that mark nothing; only at the start, where their programs put it.
_SUBJECT = re.compile(
    r"(?:réponse|reponse) automatique|automatic reply|automatische antwort|out of (?:the )?office|"
    r"absence du bureau|absent du bureau|message d.absence|auto(?:matic)?[ -]?(?:reply|response)|"
    r"accusé de (?:réception|lecture)|read ?:|lu ?:|undeliverable|non remis|delivery status notification|"
    r"undelivered mail",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|ne-?pas-?repondre|noreply)\b", re.IGNORECASE)


def is_automatic(message: Message, subject: str) -> bool:
    """Say whether nobody wrote this mail by hand; `subject` is decoded."""
    submitted = _value(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in {"", "no"}
        or any(_value(message, name) for name in (*_MARKS, *_LISTS))
        or _value(message, "Precedence").strip().lower() in _BULK
        or _value(message, "Return-Path").strip() == "<>"
        or _value(message, "X-Auto-Response-Suppress").strip().lower() not in {"", "none"}
        or message.get_content_type() == "multipart/report"
        or _DAEMON.search(_value(message, "From")) is not None
        or _SUBJECT.match(subject.strip()) is not None
    )


def _value(message: Message, name: str) -> str:
    return str(message.get(name, ""))
