"""What reading one answer of an API gives: its entries, and the next request if there is one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from veille.crawl.entries import newest, safe_link
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed, StructuredFacts

T = TypeVar("T")
_CODE_LIMIT, _CODES = 20, 100
_CURE = "l'API a sans doute changé ; pour une source à « mapping », comparez-le avec ce qu'elle répond"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, read."""

    feed: ParsedFeed
    #: The next request of the same listing, on the same host.
    next: str | None = None


def page(
    records: Sequence[T],
    read: Callable[[T], ParsedEntry | None],
    *,
    when: Callable[[T], datetime | None],
    following: str | None = None,
    title: str = "",
) -> Page:
    """Read the newest records of an answer, without those that have no title; raises ParseError where none has one."""
    kept, dropped = newest(records, when)
    entries = tuple(entry for record in kept if (entry := read(record)) is not None)
    if kept and not entries:
        raise ParseError(f"aucun titre dans les {len(kept)} enregistrements lus", cure=_CURE)
    remark = f"{dropped} entrées plus anciennes laissées de côté" if dropped else ""
    return Page(ParsedFeed(title=title, language="fr", entries=entries, dropped=dropped, remark=remark), following)


def stating(entry: ParsedEntry, facts: StructuredFacts) -> ParsedEntry:
    """Return an entry with the facts that its source states, bounded and once each."""
    return replace(entry, facts=replace(facts, cpv=_codes(facts.cpv), naf=_codes(facts.naf), nuts=_codes(facts.nuts)))


def _codes(codes: Sequence[str]) -> tuple[str, ...]:
    usable = (code for code in dict.fromkeys(code.strip() for code in codes) if code and code.isascii())
    return tuple(code for code in usable if code.isprintable() and len(code) <= _CODE_LIMIT)[:_CODES]


def follow(url: str, target: str | None) -> str | None:
    """Return the next request that an answer names, if it stays on the host asked; https stays https."""
    link = safe_link(target, url)
    if link is None:
        return None
    asked, told = urlsplit(url), urlsplit(link)
    if told.hostname != asked.hostname:
        return None
    same = urlunsplit((asked.scheme, asked.netloc, told.path, told.query, ""))
    return None if same == url else same
