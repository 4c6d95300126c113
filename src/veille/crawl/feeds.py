"""A feed's bytes to ParsedFeed: RSS 0.9x, 1.0, 2.0, Atom, RDF through feedparser, JSON Feed by our own reader; no I/O.

Charset, links, dates and text are ours: feedparser's own choices there are dated (text/xml as us-ascii, UTC for naive
dates, a sanitiser that lets `java&#x09;script:` through). It gets bytes in a BytesIO: it would open a str as a path.
"""

import io
import re
import sys
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

import feedparser

from veille.crawl.charset import decode
from veille.crawl.dates import read_date
from veille.crawl.entries import bounded_guid, entry, language_of, newest, safe_link
from veille.crawl.jsonfeed import parse_json_feed
from veille.crawl.markup import plain_line
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed, Source

#: French feeds that print a time without a zone mean their own.
SOURCE_ZONE = ZoneInfo("Europe/Paris")
_CURE = "vérifiez l'adresse dans sources.yaml : ouvrez la page du site et copiez l'adresse de son flux RSS ou Atom"
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)(?=[\s>/:])", re.IGNORECASE)
_START = re.compile(
    r"<(?:\?xml\s|!doctype\s|(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel|html)(?=[\s>/:]))", re.IGNORECASE
)
_DECLARATIONS = re.compile(r"\A(?:\s*<\?xml\s[^>]{0,400}\?>)+\s*", re.IGNORECASE)
_END = re.compile(r"</\s*(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
#: XML 1.0 §2.2 forbids them, as characters and as references; expat would stop at the first one.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:x([\da-f]+)|(\d+));?", re.IGNORECASE)
#: Digits of the largest code point, U+10FFFF, in decimal.
_LONGEST_REFERENCE = 7
#: sy:updatePeriod in seconds (RSS 1.0 module « Syndication »).
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_SKIP_HOURS = re.compile(r"<skipHours\b[^>]*>(.{0,2000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
#: Where the end of a document and its early elements are looked for.
_MARGIN = 65_536

# An id is opaque: resolved like a link, it would change with every redirect.
for _parser in (feedparser.api.StrictFeedParser, feedparser.api.LooseFeedParser):
    _parser.can_be_relative_uri = _parser.can_be_relative_uri - {"id"}


def parse_feed(body: bytes, *, content_type: str = "", url: str = "", zone: tzinfo = SOURCE_ZONE) -> ParsedFeed:
    """Read a feed's bytes; raises ParseError, with a French sentence and cure, for anything that is not a feed."""
    if not body.strip(b"\x00 \t\r\n"):
        raise ParseError("la réponse est vide", cure="réessayez plus tard ; si cela dure, vérifiez l'adresse")
    text = decode(body, content_type).lstrip("\ufeff \t\r\n\x00")
    if text[:1] in {"{", "["}:
        return parse_json_feed(text, url=url, zone=zone)
    return _parse_xml(text, url, zone)


def read_feed(body: bytes, content_type: str, url: str, _source: Source) -> ParsedFeed:
    """Read a feed as the reader of its kind."""
    return parse_feed(body, content_type=content_type, url=url)


def _parse_xml(text: str, url: str, zone: tzinfo) -> ParsedFeed:
    root = _ROOT.search(text)
    if root is None:
        raise _not_a_feed(text)
    start = _START.search(text)
    kept = _REFERENCE.sub(_allowed, _FORBIDDEN.sub("", text[start.start() if start else 0 :]))
    document = _DECLARATIONS.sub("", kept, count=1)
    found = _feedparser(document, url)
    entries = [item for item in found.entries if isinstance(item, Mapping)]
    if not entries and not found.version and _HTML.search(text, 0, root.start()):
        raise _not_a_feed(text)
    return _feed(found, document, entries, url, zone)


def _allowed(reference: re.Match[str]) -> str:
    """Return a character reference, or nothing where it names a character that XML forbids."""
    digits = (reference[1] or reference[2]).lstrip("0")
    if not digits or len(digits) > _LONGEST_REFERENCE:
        return ""
    point = int(digits, 16 if reference[1] else 10)
    return "" if point > sys.maxunicode or _FORBIDDEN.match(chr(point)) else reference[0]


def _feedparser(document: str, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    stream = io.BytesIO(document.encode("utf-8", "replace"))
    try:
        return feedparser.parse(stream, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    except (
        RecursionError,
        ValueError,
        AttributeError,
        LookupError,
        TypeError,
        ArithmeticError,
        AssertionError,
    ) as error:
        # feedparser is tolerant code over hostile bytes: what it did not foresee comes out as one of these.
        raise ParseError(f"flux illisible ({type(error).__name__})", cure=_CURE) from error


def _not_a_feed(text: str) -> ParseError:
    if _HTML.search(text):
        return ParseError("l'adresse sert une page HTML, pas un flux", cure=_CURE)
    return ParseError("la réponse n'est ni RSS, ni Atom, ni RDF, ni JSON Feed", cure=_CURE)


def _feed(found: Any, document: str, entries: list[Any], url: str, zone: tzinfo) -> ParsedFeed:
    kept, dropped = newest(entries, lambda raw: _published(raw, zone) or _updated(raw, zone))
    complete = _END.search(document, max(0, len(document) - _MARGIN)) is not None
    if not entries and not complete:
        raise ParseError("le flux est coupé avant sa première entrée", cure="réessayez plus tard")
    head = found.feed
    language = dict.get(head, "language")
    base = _base(found, url)
    return ParsedFeed(
        title=plain_line(_string(head, "title")),
        language=language_of(language),
        entries=tuple(_entry(raw, base, zone, language) for raw in kept),
        dropped=dropped,
        ttl=_wish(head),
        skip_hours=_skip_hours(document),
        remark=_remark(found, dropped, complete=complete),
        complete=complete,
    )


def _base(found: Any, url: str) -> str:
    """Return what links that are still relative are relative to: the address, else the site's own link."""
    return url or safe_link(_string(found.feed, "link")) or ""


def _remark(found: Any, dropped: int, *, complete: bool) -> str:
    remarks = []
    if not complete:
        remarks.append("flux coupé avant sa fin")
    elif found.bozo and "xml" in type(found.get("bozo_exception")).__module__:
        remarks.append("XML mal formé, lu avec tolérance")
    if dropped:
        remarks.append(f"{dropped} entrées plus anciennes laissées de côté")
    return " ; ".join(remarks)


def _wish(head: Mapping[str, Any]) -> int | None:
    """Return the interval that the feed asks for, in seconds: the longer of ttl (minutes) and sy:updatePeriod."""
    ttl = _number(_string(head, "ttl"))
    period = _PERIODS.get(_string(head, "sy_updateperiod").strip().lower())
    frequency = _number(_string(head, "sy_updatefrequency")) or 1
    wishes = [ttl * 60] if ttl else []
    if period:
        wishes.append(period // frequency)
    return max(wishes, default=None)


def _number(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= 9 else None  # noqa: PLR2004 - nine digits fit 32 bits


def _skip_hours(document: str) -> frozenset[int]:
    """Read skipHours from the text: feedparser keeps only the last <hour>."""
    found = _SKIP_HOURS.search(document, 0, _MARGIN)
    hours = (int(hour) % 24 for hour in _HOUR.findall(found[1])) if found else ()
    return frozenset(hours)


def _string(raw: Mapping[str, Any], key: str) -> str:
    """Return a text field: feedparser gives dicts where an unknown element had attributes."""
    plain = cast("dict[str, Any]", raw)
    value = dict.get(plain, key)  # FeedParserDict.get answers « updated » with « published » and a warning
    return value if isinstance(value, str) else ""


def _published(raw: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    return read_date(_string(raw, "published"), zone) or read_date(_string(raw, "created"), zone)


def _updated(raw: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    return read_date(_string(raw, "updated"), zone)


def _entry(raw: Mapping[str, Any], base: str, zone: tzinfo, language: str | None) -> ParsedEntry:
    contents = [part.get("value") or "" for part in raw.get("content") or () if isinstance(part, Mapping)]
    return entry(
        guid=bounded_guid(_string(raw, "id")),
        title=_string(raw, "title"),
        link=_link(raw, base),
        published=_published(raw, zone),
        updated=_updated(raw, zone),
        markup=max([_string(raw, "summary"), *contents], key=len),
        author=_string(raw, "author"),
        categories=[tag.get("label") or tag.get("term") for tag in raw.get("tags") or () if isinstance(tag, Mapping)],
        language=language,
    )


def _link(raw: Mapping[str, Any], base: str) -> str | None:
    """Return the page that an entry points at: rel=alternate, HTML first; never an enclosure, self or replies link."""
    links = [link for link in raw.get("links") or () if isinstance(link, Mapping)]
    alternates = [link for link in links if link.get("rel", "alternate") == "alternate" and _is_page(link)]
    alternates.sort(key=lambda link: "html" not in str(link.get("type", "html")))
    others = {link.get("href") for link in links if link.get("rel", "alternate") != "alternate"}
    main = _string(raw, "link")
    if raw.get("guidislink"):  # then « link » is the id: a page only where it is an address
        main = main if main.lower().startswith(("http://", "https://")) else ""
    candidates = [*(link.get("href") for link in alternates), main if main not in others else None]
    return next((safe for link in candidates if (safe := safe_link(link, base))), None)


def _is_page(link: Mapping[str, Any]) -> bool:
    return not str(link.get("type", "")).lower().startswith(("audio/", "video/", "image/"))
