"""What reading one answer of an API gives: its entries, and the next request if there is one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from veille.crawl.entries import newest, safe_link
from veille.model import ParsedEntry, ParsedFeed, StructuredFacts

T = TypeVar("T")
_CODE_LIMIT, _CODES = 20, 100


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
    """Read the newest records of an answer; those that give no entry are left out."""
    kept, dropped = newest(records, when)
    entries = tuple(entry for record in kept if (entry := read(record)) is not None)
    remark = f"{dropped} entrées plus anciennes laissées de côté" if dropped else ""
    return Page(ParsedFeed(title=title, language="fr", entries=entries, dropped=dropped, remark=remark), following)


def stating(entry: ParsedEntry, facts: StructuredFacts) -> ParsedEntry:
    """Return an entry with the facts that its source states, bounded and once each."""
    return replace(
        entry, facts=replace(facts, cpv=_codes(facts.cpv), naf=_codes(facts.naf), nuts=_codes(facts.nuts))
    )


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


def with_query(url: str, changes: Mapping[str, int]) -> str:
    """Return a URL with these parameters set, the others and their order kept."""
    parts = urlsplit(url)
    pairs = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in changes]
    pairs += [(name, str(value)) for name, value in changes.items()]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))


def number_in_query(url: str, name: str, default: int) -> int:
    """Return a whole number of a URL's query, or `default`."""
    values = [value for key, value in parse_qsl(urlsplit(url).query) if key == name]
    digits = values[-1] if values else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else default  # noqa: PLR2004 - nine digits fit 32 bits


def resolved(url: str, link: str) -> str | None:
    """Return a link of an answer as an absolute, safe one."""
    return safe_link(urljoin(url, link) if link and "\\" not in link else link) if _joins(url, link) else None


def _joins(url: str, link: str) -> bool:
    try:
        urljoin(url, link)
    except ValueError:
        return False
    return bool(link)
