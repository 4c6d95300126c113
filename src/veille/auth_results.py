"""What our own mail server found out about a message: Authentication-Results (RFC 8601; pure).

Only the topmost field that bears our server's name counts: a forged one came with the message, so it stands below.
"""

import re
from email.message import Message

from authres import AuthenticationResultsHeader, AuthResError

#: Value of `authserv_id` for hosts that do not name themselves: Microsoft 365 writes « spf=pass … » at once.
UNNAMED = "aucun"
#: Real fields hold under 2,000 characters; the reader recurses on nested comments.
_FIELD_LIMIT = 8_192
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_NAME = re.compile(r"\s*([^\s;()=]+)\s*(?:\d+\s*)?(?:;|$)")
_RESULT = re.compile(r"\s*[a-z-]+\s*=", re.IGNORECASE)
#: Microsoft's « action=none » is no property of RFC 8601, and the strict reader stops at it.
_ACTION = re.compile(r"\s(?:action|reason)=[\w.]+(?=[\s;]|$)")


def results_of(message: Message, authserv_id: str) -> list[AuthenticationResultsHeader]:
    """Return the results of the topmost field that is our server's; none where it cannot be read."""
    for name, value in message.raw_items():
        if name.lower() != "authentication-results":
            continue
        text = " ".join(str(value)[:_FIELD_LIMIT].split())
        if authserv_id == UNNAMED:
            return _parsed(f"{UNNAMED}; {_ACTION.sub('', text)}") if _RESULT.match(text) else []
        named = _NAME.match(_COMMENT.sub("", text))
        if named is not None and named[1].lower() == authserv_id.lower():
            return _parsed(text)
    return []


def _parsed(text: str) -> list[AuthenticationResultsHeader]:
    try:
        parsed = AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    except (AuthResError, RecursionError):
        return []
    return [result for result in parsed.results if hasattr(result, "properties")]
