"""What reading one answer of an API gives: its entries, and the next request if there is one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from veille.crawl.entries import newest, safe_link
from veille.crawl.markup import plain_line
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed, Request, StructuredFacts

T = TypeVar("T")
_CODE_LIMIT, _CODES = 20, 100
#: Characters and number of names; the longest list of financers met has 38, the longest name 150 characters.
_NAME_LIMIT, _NAMES = 200, 60
_CONTACT_LIMIT = 1_000
_WHOLE = 100.0
_CURE = "l'API a sans doute changé ; pour une source à « mapping », comparez-le avec ce qu'elle répond"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, read."""

    feed: ParsedFeed
    #: The next request of the same listing: its address, on the same host, where only that changes.
    next: str | Request | None = None


def page(
    records: Sequence[T],
    read: Callable[[T], ParsedEntry | None],
    *,
    when: Callable[[T], datetime | None],
    following: str | Request | None = None,
    title: str = "",
    language: str = "fr",
) -> Page:
    """Read the newest records of an answer, without those that have no title; raises ParseError where none has one."""
    kept, dropped = newest(records, when)
    entries = tuple(entry for record in kept if (entry := read(record)) is not None)
    if kept and not entries:
        raise ParseError(f"aucun titre dans les {len(kept)} enregistrements lus", cure=_CURE)
    remark = f"{dropped} entrées plus anciennes laissées de côté" if dropped else ""
    return Page(ParsedFeed(title=title, language=language, entries=entries, dropped=dropped, remark=remark), following)


def stating(entry: ParsedEntry, facts: StructuredFacts) -> ParsedEntry:
    """Return an entry with the facts that its source states, bounded and once each."""
    rate = facts.rate
    bounded = replace(
        facts,
        cpv=_codes(facts.cpv),
        naf=_codes(facts.naf),
        nuts=_codes(facts.nuts),
        financer=_name(facts.financer),
        financers=_names(facts.financers),
        audiences=_names(facts.audiences),
        territories=_names(facts.territories),
        contact=_name(facts.contact, _CONTACT_LIMIT),
        reference=_name(facts.reference),
        rate=rate if rate is not None and 0 < rate <= _WHOLE else None,
    )
    return replace(entry, facts=bounded)


def _name(value: str | None, limit: int = _NAME_LIMIT) -> str | None:
    return plain_line(value, limit) or None if value else None


def _names(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for value in values if (name := _name(value))))[:_NAMES]


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
