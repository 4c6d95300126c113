"""Lines as a feed: RSS 2.0 (rssboard.org), JSON Feed 1.1 (jsonfeed.org), iCalendar (pure)."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from veille.ical import Deadline, feed
from veille.text import clean

#: No characters at all, which XML 1.0 forbids (Unicode D14).
_NONE = re.compile("[\ufffe\uffff]")
RSS, JSON_FEED, CALENDAR = "application/rss+xml", "application/feed+json", "text/calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a feed."""

    item_id: int
    #: How often its day moved.
    moves: int
    title: str
    url: str | None
    #: Paragraphs of plain text: facts, why, an extract.
    told: tuple[str, ...]
    #: What reader programs filter by: type, territory.
    categories: tuple[str, ...] = ()
    #: When it was first shown there.
    at: datetime
    closes: date | None = None
    #: True where that day closes it, False where it takes place.
    ends: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a feed says of itself."""

    title: str
    about: str
    #: The page that it accompanies, and its own address.
    home: str
    address: str
    #: The cluster's domain: entries keep their ids when addresses change (RFC 4151).
    domain: str
    entries: Sequence[Entry]

    def id_of(self, entry: Entry) -> str:
        """Return an id that stays: the item's."""
        return f"tag:{self.domain},2026:item-{entry.item_id}"


def rss(channel: Channel) -> bytes:
    """Return the feed as RSS 2.0 with its own address."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>',
        _element("title", channel.title),
        _element("link", channel.home),
        _element("description", channel.about),
        "<language>fr</language><ttl>180</ttl>",
        f"<atom:link rel='self' type='{RSS}' href={quoteattr(_plain(channel.address))}/>",
    ]
    for one in channel.entries:
        lines += [
            "<item>",
            _element("title", one.title),
            _element("link", one.url) if one.url else "",
            f"<guid isPermaLink='false'>{escape(channel.id_of(one))}</guid>",
            f"<pubDate>{format_datetime(one.at)}</pubDate>",
            *(_element("category", category) for category in one.categories),
            _element("description", "".join(f"<p>{escape(_plain(said))}</p>" for said in one.told)),
            "</item>",
        ]
    return "\n".join([*(line for line in lines if line), "</channel></rss>", ""]).encode()


def json_feed(channel: Channel) -> bytes:
    """Return the feed as JSON Feed 1.1."""
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _plain(channel.title),
        "home_page_url": channel.home,
        "feed_url": channel.address,
        "description": _plain(channel.about),
        "language": "fr",
        "items": [
            {
                "id": channel.id_of(one),
                **({"url": one.url} if one.url else {}),
                "title": _plain(one.title),
                "content_text": "\n".join(_plain(said) for said in one.told),
                "date_published": one.at.isoformat(timespec="seconds"),
                "tags": [_plain(category) for category in one.categories],
                "_veille": {"item": one.item_id, "closes": one.closes.isoformat() if one.closes else None},
            }
            for one in channel.entries
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def calendar(channel: Channel) -> bytes:
    """Return what closes or takes place as a calendar."""
    deadlines = (
        Deadline(
            uid=f"echeance-{one.item_id}",
            day=one.closes,
            title=one.title,
            url=one.url,
            sequence=one.moves,
            changed=one.at,
            closes=one.ends,
        )
        for one in channel.entries
        if one.closes is not None
    )
    return feed(deadlines, name=channel.title, domain=channel.domain).encode()


#: The end of an address → how it is written and what it is.
FORMATS = {"xml": (rss, RSS), "json": (json_feed, JSON_FEED), "ics": (calendar, CALENDAR)}


def newest_first(entries: Iterable[Entry], limit: int) -> list[Entry]:
    """Return each item once, as it was first shown, with its last words and all moves of its day; newest first."""
    first: dict[int, datetime] = {}
    last: dict[int, Entry] = {}
    for one in sorted(entries, key=lambda entry: entry.at):
        first.setdefault(one.item_id, one.at)
        before = last.get(one.item_id)
        moved = 0 if before is None else before.moves + (before.closes != one.closes)
        last[one.item_id] = replace(one, moves=max(one.moves, moved))
    kept = sorted(last.values(), key=lambda one: (first[one.item_id], one.item_id), reverse=True)
    return kept[:limit]


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_plain(text))}</{name}>"


def _plain(text: str) -> str:
    """Return text that XML 1.0 and JSON readers take: no control characters, one line."""
    return " ".join(_NONE.sub("", clean(text)).split())
