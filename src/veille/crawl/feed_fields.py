"""What a feed's mappings say, as feedparser shapes them, to an entry of ours (pure)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from html import escape
from typing import Any, cast

from veille.crawl.dates import read_date
from veille.crawl.entries import bounded_guid, entry, safe_link
from veille.crawl.markup import plain_line
from veille.french import french_day
from veille.model import ParsedEntry

#: sy:updatePeriod in seconds (RSS 1.0 module « Syndication »).
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


def string(raw: Mapping[str, Any], key: str) -> str:
    """Return a text field: feedparser gives dicts where an unknown element had attributes."""
    plain = cast("dict[str, Any]", raw)
    value = dict.get(plain, key)  # FeedParserDict.get answers « updated » with « published » and a warning
    return value if isinstance(value, str) else ""


def wish(head: Mapping[str, Any]) -> int | None:
    """Return the interval that the feed asks for, in seconds: the longer of ttl (minutes) and sy:updatePeriod."""
    ttl = _number(string(head, "ttl"))
    period = _PERIODS.get(string(head, "sy_updateperiod").strip().lower())
    frequency = _number(string(head, "sy_updatefrequency")) or 1
    wishes = [ttl * 60] if ttl else []
    if period:
        wishes.append(period // frequency)
    return max(wishes, default=None)


def _number(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= 9 else None  # noqa: PLR2004 - nine digits fit 32 bits


def dated(raw: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    """Return when an entry appeared, else when it was changed."""
    return _published(raw, zone) or _updated(raw, zone)


def _published(raw: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    return read_date(string(raw, "published"), zone) or read_date(string(raw, "created"), zone)


def _updated(raw: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    return read_date(string(raw, "updated"), zone)


def entry_of(raw: Mapping[str, Any], base: str, zone: tzinfo, language: str | None) -> ParsedEntry:
    """Return an entry; links that are still relative are relative to `base`, times without a zone are of `zone`."""
    read = entry(
        guid=bounded_guid(string(raw, "id")),
        title=string(raw, "title"),
        link=_link(raw, base),
        published=_published(raw, zone),
        updated=_updated(raw, zone),
        markup=_text(raw) + _event(raw, zone),
        author=string(raw, "author"),
        categories=[tag.get("label") or tag.get("term") for tag in raw.get("tags") or () if isinstance(tag, Mapping)],
        language=language,
    )
    enclosures = _enclosed(raw, base)
    return replace(read, enclosures=enclosures) if enclosures else read


def _enclosed(raw: Mapping[str, Any], base: str) -> tuple[str, ...]:
    """Return the PDFs that an entry carries with it."""
    carried = [link for link in raw.get("links") or () if isinstance(link, Mapping) and link.get("rel") == "enclosure"]
    found = [safe_link(link.get("href"), base) for link in carried if is_document(link.get("href"), link.get("type"))]
    return tuple(dict.fromkeys(link for link in found if link))


def is_document(href: str | None, kind: str | None) -> bool:
    """Say whether what an entry carries is a PDF, by its type or its address."""
    return (kind or "").lower().startswith("application/pdf") or (href or "").lower().partition("?")[0].endswith(".pdf")


def _text(raw: Mapping[str, Any]) -> str:
    contents = [part.get("value") or "" for part in raw.get("content") or () if isinstance(part, Mapping)]
    return max([string(raw, "summary"), *contents], key=len)


def _event(raw: Mapping[str, Any], zone: tzinfo) -> str:
    """Say in the text what the modules « Event » and GeoRSS state of when and where something takes place."""
    days = [
        french_day(moment.astimezone(zone).date())
        for name in ("ev_startdate", "ev_enddate")
        if (moment := read_date(string(raw, name), zone))
    ]
    place = plain_line(string(raw, "ev_location") or string(raw, "georss_featurename"))
    lines = [f"Date : du {days[0]} au {days[1]}" if len(set(days)) > 1 else f"Date : {days[0]}"] if days else []
    if place:
        lines.append(f"Lieu : {escape(place)}")
    return "".join(f"<p>{line}</p>" for line in lines)


def _link(raw: Mapping[str, Any], base: str) -> str | None:
    """Return the page that an entry points at: rel=alternate, HTML first; never an enclosure, self or replies link."""
    links = [link for link in raw.get("links") or () if isinstance(link, Mapping)]
    alternates = [link for link in links if link.get("rel", "alternate") == "alternate" and _is_page(link)]
    alternates.sort(key=lambda link: "html" not in str(link.get("type", "html")))
    others = {link.get("href") for link in links if link.get("rel", "alternate") != "alternate"}
    main = string(raw, "link")
    if raw.get("guidislink"):  # then « link » is the id: a page only where it is an address
        main = main if main.lower().startswith(("http://", "https://")) else ""
    candidates = [*(link.get("href") for link in alternates), main if main not in others else None]
    return next((safe for link in candidates if (safe := safe_link(link, base))), None)


def _is_page(link: Mapping[str, Any]) -> bool:
    return not str(link.get("type", "")).lower().startswith(("audio/", "video/", "image/"))
