"""Canonical links, titles, keys and hashes: what makes two entries the same thing (pure)."""

import hashlib
import re
import unicodedata
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from veille.model.tags import NO_FACTS, StructuredFacts

#: Parameters that say where a click came from, never what is shown. Beginnings of names, then whole names.
_TRACKING = re.compile(
    r"(?:utm_|at_|mc_|pk_|mtm_|matomo_|piwik_|hsa_|oly_|vero_|wt_|xtor|xts$|xtref|fbclid$|gclid$|gclsrc$|dclid$|gbraid$|wbraid$"
    r"|msclkid$|yclid$|twclid$|ttclid$|igshid$|igsh$|mkt_tok$|_hsenc$|_hsmi$|hsctatracking$|_ga$|_gl$|cmpid$|ocid$|__twitter)"
)
_SESSION = re.compile(r"(?:phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id|oscsid|zenid|cfid|cftoken)$")
#: « sid » is a session when long and random, and the number of a story when short.
_LONG_SID = re.compile(r"[A-Za-z0-9]{16,}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?]*", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
#: A link in which nothing is left out, but that it may say http: host in lower-case, path, no query.
_PLAIN = re.compile(r"https?://([a-z0-9][a-z0-9.-]*[a-z0-9]/[A-Za-z0-9/._~!$&'()*+,=:@-]*)")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
#: RFC 3986 §2.3: these mean the same with and without percent-encoding.
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
#: The facts that the first version knew.
_FIRST_FACTS = frozenset({"cpv", "naf", "nuts", "deadline", "amount", "financer", "call"})


def canonical_link(url: str) -> str:
    """Return the form of a link by which the same page is known; never fetched, only compared.

    Scheme and host lower-case, http as https, no default port, fragment (but `#!`), tracking or session parameter; the
    order of the others is kept, for it may matter.
    """
    plain = _PLAIN.fullmatch(url)
    return f"https://{plain[1]}" if plain else _canonical(url)


@lru_cache(maxsize=4_096)
def _canonical(url: str) -> str:
    """Return the canonical form of a link that is not plainly so; an entry's link is asked for several times."""
    try:
        parts = urlsplit(url)
        host = _host(parts)
    except ValueError:
        return url
    path = _PATH_SESSION.sub("", _PERCENT.sub(_plain_percent, parts.path)) or "/"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not is_noise(pair))
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    return f"https://{host}{path}{f'?{query}' if query else ''}{fragment}"


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    bracketed = f"[{host}]" if ":" in host else host
    port = parts.port
    return bracketed if port is None or port == _PORTS.get(parts.scheme.lower()) else f"{bracketed}:{port}"


def _plain_percent(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def is_noise(pair: str) -> bool:
    """Say whether a query's « name=value » tells where a click came from, or a session, and never what is shown."""
    name, _, value = pair.partition("=")
    low = name.lower()
    if low == "sid":
        return _LONG_SID.fullmatch(value) is not None
    return bool(_TRACKING.match(low) or _SESSION.match(low))


def identifying_link(url: str | None) -> str | None:
    """Return the canonical link if it can name one entry: a home page is the link of many."""
    if not url:
        return None
    canonical = canonical_link(url)
    return None if canonical.count("/") == 3 and canonical.endswith("/") else canonical  # noqa: PLR2004 - https://host/


def normal_title(title: str) -> str:
    """Return the form by which two titles are equal: NFC, one space between words, case kept."""
    return " ".join((title if title.isascii() else unicodedata.normalize("NFC", title)).split())


def canonical_guid(guid: str | None) -> str | None:
    """Return an id fit for comparison: tracking leaves ids that are links, their fragment stays."""
    if guid is None or not guid.lower().startswith(("http://", "https://")):
        return guid
    bare, hash_sign, fragment = guid.partition("#")
    return canonical_link(bare) + hash_sign + fragment


def key(*parts: str) -> str:
    """Return a stable identity for these parts, whatever their length (64 hexadecimal digits)."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def content_hash(
    title: str, link: str | None, published: datetime | None, text: str, facts: StructuredFacts = NO_FACTS
) -> str:
    """Return the hash by which an edit is seen: blind to spacing, tracking and « updated », which moves by itself."""
    return key(
        *([] if facts == NO_FACTS else [_facts_mark(facts)]),
        normal_title(title),
        canonical_link(link) if link else "",
        published.isoformat() if published else "",
        normal_title(text),
    )


def _facts_mark(facts: StructuredFacts) -> str:
    """Return facts as text; a field that a later version added counts only where it says something.

    Entries stored before it existed would otherwise all look edited after an upgrade.
    """
    said = [
        f"{field.name}={getattr(facts, field.name)!r}"
        for field in fields(facts)
        if field.name in _FIRST_FACTS or getattr(facts, field.name) != field.default
    ]
    return f"StructuredFacts({', '.join(said)})"
