"""The entries of several letters put together (pure; imported by the process that fetches, so no parser here)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from veille.crawl.normalize import identifying_link
from veille.model import ParsedEntry, ParsedFeed, Source

_LAST = datetime.max.replace(tzinfo=UTC)


def distinct(entries: Iterable[ParsedEntry]) -> list[ParsedEntry]:
    """Return one entry a link: what the last letter says of it, dated and named by the first.

    An article that two letters announce is one thing, and the second announcement may move its deadline.
    """
    kept: dict[str, ParsedEntry] = {}
    for entry in sorted(entries, key=_when):
        key = identifying_link(entry.link) or entry.wrapped or entry.guid or entry.title
        known = kept.get(key)
        if known is None:
            kept[key] = entry
        elif len(entry.text) >= len(known.text):
            kept[key] = replace(known, title=entry.title, text=entry.text)
    return list(kept.values())


def _when(entry: ParsedEntry) -> datetime:
    return entry.published or _LAST


def has_opaque(feed: ParsedFeed) -> bool:
    """Say whether a reading has links that only a click server can translate."""
    return any(entry.wrapped for entry in (*feed.entries, *(one.entry for one in feed.suggestions)))


def readers_of(source: Source) -> frozenset[str]:
    """Return whom the letters of a mailbox are sent to, as far as its address says."""
    user = unquote(urlsplit(source.url).username or "").lower()
    return frozenset({user}) if "@" in user else frozenset()
