"""Who really wrote a message: what our own mail server says of it in Authentication-Results (RFC 8601; pure).

Only the topmost field that bears our server's name counts: a forged one came with the message, so it stands below.
ARC is not believed: it would let any forwarder vouch for any author.
"""

import re
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from authres import AuthenticationResultsHeader

from veille.addresses import address_key, address_problem
from veille.auth_results import results_of

#: Characters of a From field that are read.
_FIELD_LIMIT = 8_192
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_ANGLE = re.compile(r"[^<>@,;]*<\s*([^\s<>@]+@[^\s<>@]+)\s*>\s*")
_BARE = re.compile(r"\s*([^\s<>@,;:]+@[^\s<>@,;:]+)\s*")


class Verdict(StrEnum):
    """What becomes of a message."""

    ADMITTED = "admitted"
    UNKNOWN_SENDER = "unknown sender"
    UNAUTHENTICATED = "unauthenticated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Whom a source listens to."""

    #: Addresses, and domains with all below them; lower case.
    senders: frozenset[str]
    #: Our own server's name in Authentication-Results; None = whatever lies in the folder is believed.
    authserv_id: str | None


def judge(message: Message, policy: Policy) -> tuple[Verdict, str]:
    """Return what becomes of a message, and its author's address (empty where it has none, or several)."""
    author = author_of(message)
    if not author or not _listed(author, policy.senders):
        return Verdict.UNKNOWN_SENDER, author
    if policy.authserv_id is None or _vouched(message, policy.authserv_id, author.rpartition("@")[2]):
        return Verdict.ADMITTED, author
    return Verdict.UNAUTHENTICATED, author


def author_of(message: Message) -> str:
    """Return the one address of the one From field, lower case; empty for any form on which readers disagree."""
    fields = [str(value) for name, value in message.raw_items() if name.lower() == "from"]
    return address_in(fields[0]) if len(fields) == 1 else ""


def address_in(field: str) -> str:
    """Return the one address of a field « Nom <adresse> », lower case; empty where it is not plain (CVE-2023-27043)."""
    plain = _COMMENT.sub("", _QUOTED.sub("", field[:_FIELD_LIMIT]))
    found = _ANGLE.fullmatch(plain) or _BARE.fullmatch(plain)
    if found is None or address_problem(found[1]) is not None:
        return ""
    return address_key(found[1])


def _listed(author: str, senders: frozenset[str]) -> bool:
    domain = author.rpartition("@")[2]
    labels = domain.split(".")
    above = {".".join(labels[start:]) for start in range(len(labels) - 1)}
    return author in senders or not senders.isdisjoint(above)


def _vouched(message: Message, authserv_id: str, domain: str) -> bool:
    """Say whether our server found a DMARC pass of this very domain, or a DKIM signature that aligns with it."""
    for result in results_of(message, authserv_id):
        if result.method == "dmarc" and result.result == "pass" and _property(result, "from") == domain:
            return True
        if result.method == "dkim" and result.result == "pass" and _aligned(_signer(result), domain):
            return True
    return False


def _property(result: AuthenticationResultsHeader, name: str) -> str:
    """Return the value of one « header.NAME », lower case; empty where it is missing or stated twice."""
    found = {str(one.value or "").lower() for one in result.properties if (one.type, one.name) == ("header", name)}
    return found.pop() if len(found) == 1 else ""


def _signer(result: AuthenticationResultsHeader) -> str:
    """Return the domain that signed: « header.d », or that of « header.i », which lies in it (RFC 6376 §3.5)."""
    return _property(result, "d") or _property(result, "i").rpartition("@")[2]


def _aligned(signer: str, author: str) -> bool:
    """Say whether a signature speaks for an author's domain: the same, one above, or one below (RFC 7489 §3.1.1).

    Two siblings would need the public suffix list; DMARC, which our server checks with it, covers them.
    """
    if "." not in signer:
        return False
    return signer == author or author.endswith(f".{signer}") or signer.endswith(f".{author}")
