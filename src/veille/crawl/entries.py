"""What every kind of feed shares: safe links, bounded titles, the newest entries (pure)."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from veille.crawl.markup import TITLE_LIMIT, cut, plain_line, plain_text
from veille.model import ParsedEntry
from veille.text import clean

T = TypeVar("T")
#: Entries kept of one fetch; the longest honest feeds hold a few hundred.
MAX_ENTRIES = 500
#: RFC 9110 §4.1 asks for 8,000 octets; no browser link that people share is longer than this, and an index can hold it.
LINK_LIMIT = 2_048
#: A longer id is stored as its hash.
GUID_LIMIT = 512
#: A whole address in which nothing is left to check or to mend: most of them.
_PLAIN_LINK = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*(?::\d{1,4})?"
    r"(?:/[A-Za-z0-9/._~!$&'()*+,=:@%-]*(?:\?[A-Za-z0-9/._~!$&'()*+,=:@%?-]+)?(?:#[A-Za-z0-9/._~!$&'()*+,=:@%?-]+)?)?"
)
_CATEGORIES, _CATEGORY_LIMIT = 50, 100
#: Length of a title made from the text where the feed gives none.
_HEADLINE = 90
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
_UNTITLED = "(sans titre)"
_NEVER = datetime.min.replace(tzinfo=UTC)


def safe_link(link: str | None, base: str = "") -> str | None:
    """Return an absolute http(s) URL with no control character, space, backslash or credentials, else None."""
    if not link:
        return None
    if len(link) <= LINK_LIMIT and _PLAIN_LINK.fullmatch(link):
        return link
    stripped = re.sub(r"[\t\r\n]", "", link.strip())
    if len(stripped) > LINK_LIMIT or re.search(r"[\x00-\x1f\x7f-\x9f\\]", stripped):
        return None
    try:
        whole = urljoin(base, stripped.replace(" ", "%20"))
        parts = urlsplit(whole)
        usable = parts.scheme.lower() in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        _ = parts.port  # raises on a port that is none
    except ValueError:
        return None
    return clean(whole) if usable and len(whole) <= LINK_LIMIT else None


def bounded_guid(guid: str | None) -> str | None:
    """Return an id fit for the store: itself, or its hash where it is absurdly long."""
    if not guid or not guid.strip():
        return None
    tidy = clean(guid.strip())
    if len(tidy) <= GUID_LIMIT:
        return tidy
    return "sha256:" + hashlib.sha256(tidy.encode()).hexdigest()


def language_of(tag: str | None) -> str | None:
    """Return the primary subtag of a language tag: « fr-FR » → « fr »."""
    found = _LANGUAGE.match((tag or "").strip().lower())
    return found[0] if found else None


def entry(
    *,
    guid: str | None,
    title: str,
    link: str | None,
    published: datetime | None,
    updated: datetime | None,
    markup: str,
    author: str | None = None,
    categories: Iterable[str | None] = (),
    language: str | None = None,
) -> ParsedEntry:
    """Build an entry from what a feed wrote: titles and text may hold markup, the link is already safe."""
    text = plain_text(markup)
    return ParsedEntry(
        guid=bounded_guid(guid),
        title=plain_line(title) or _headline(text) or link or _UNTITLED,
        link=link,
        published=published,
        updated=updated,
        text=text,
        author=plain_line(author or "", _CATEGORY_LIMIT) or None,
        categories=_categories(categories),
        language=language_of(language),
    )


def _headline(text: str) -> str:
    """Return the beginning of a text, cut between two words."""
    line = cut(text.split("\n", 1)[0], TITLE_LIMIT)
    if len(line) <= _HEADLINE:
        return line
    return line[:_HEADLINE].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _categories(terms: Iterable[str | None]) -> tuple[str, ...]:
    """Return the categories once each, in order; the first fifty."""
    seen: dict[str, None] = {}
    for term in terms:
        name = plain_line(term or "", _CATEGORY_LIMIT)
        if name:
            seen.setdefault(name)
        if len(seen) == _CATEGORIES:
            break
    return tuple(seen)


def newest(things: Sequence[T], when: Callable[[T], datetime | None]) -> tuple[list[T], int]:
    """Return the MAX_ENTRIES newest, in the feed's own order, and how many fell; undated ones count as oldest."""
    if len(things) <= MAX_ENTRIES:
        return list(things), 0
    ranked = sorted(range(len(things)), key=lambda place: when(things[place]) or _NEVER, reverse=True)
    kept = sorted(ranked[:MAX_ENTRIES])
    return [things[place] for place in kept], len(things) - MAX_ENTRIES
