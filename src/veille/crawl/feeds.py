"""A feed's bytes to ParsedFeed: RSS 0.9x, 1.0, 2.0, Atom, RDF and JSON Feed; no I/O.

Ordinary feeds are read by `fast_feeds`, all others by feedparser, on bytes in a BytesIO: it would open a str as a path.
Charset, links, dates and text are ours: feedparser's own choices there are dated (text/xml as us-ascii, UTC for naive
dates, a sanitiser that lets `java&#x09;script:` through).
"""

import io
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from veille.crawl.charset import decode
from veille.crawl.entries import language_of, newest, safe_link
from veille.crawl.fast_feeds import read_ordinary
from veille.crawl.feed_fields import dated, entry_of, string, wish
from veille.crawl.jsonfeed import parse_json_feed
from veille.crawl.markup import plain_line
from veille.errors import ParseError
from veille.model import ParsedFeed, Source

#: French feeds that print a time without a zone mean their own.
SOURCE_ZONE = ZoneInfo("Europe/Paris")
_CURE = "vérifiez l'adresse dans sources.yaml : ouvrez la page du site et copiez l'adresse de son flux RSS ou Atom"
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)(?=[\s>/:])", re.IGNORECASE)
_START = re.compile(
    r"<(?:\?xml\s|!doctype\s|(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel|html)(?=[\s>/:]))", re.IGNORECASE
)
_DECLARATIONS = re.compile(r"\A(?:\s*<\?xml\s[^>]{0,400}\?>)+\s*", re.IGNORECASE)
_END = re.compile(r"</\s*(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ITEM_END = re.compile(r"</\s*(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_TITLE_END = re.compile(r"</\s*(?:[\w.-]{1,40}:)?title\s*>", re.IGNORECASE)
_LINK_END = re.compile(r"</\s*(?:[\w.-]{1,40}:)?link\s*>|<(?:[\w.-]{1,40}:)?link\b[^<>]*/>", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
#: XML 1.0 §2.2 forbids them, as characters and as references; expat would stop at the first one.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:x([\da-f]+)|(\d+));?", re.IGNORECASE)
#: Digits of the largest code point, U+10FFFF, in decimal.
_LONGEST_REFERENCE = 7
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


@dataclass(frozen=True, slots=True)
class _Found:
    """A document's feed and its entries, in feedparser's shape."""

    head: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]
    skip_hours: frozenset[int]
    #: False where the document stops before its end.
    complete: bool = True
    #: It is not XML, and was read all the same.
    broken: bool = False


def _parse_xml(text: str, url: str, zone: tzinfo) -> ParsedFeed:
    root = _ROOT.search(text)
    if root is None:
        raise _not_a_feed(text)
    start = _START.search(text)
    document = text[start.start() if start else 0 :]
    ordinary = read_ordinary(_DECLARATIONS.sub("", document, count=1), url)
    if ordinary is not None:
        return _feed(_Found(ordinary.head, ordinary.entries, ordinary.skip_hours), url, zone)
    kept = _REFERENCE.sub(_allowed, _FORBIDDEN.sub("", document))
    return _feed(_tolerant(_DECLARATIONS.sub("", kept, count=1), url, text[: root.start()]), url, zone)


def _tolerant(document: str, url: str, before: str) -> _Found:
    """Read with feedparser; of a document cut short what stands before the cut is kept, whole entries only."""
    complete = _END.search(document, max(0, len(document) - _MARGIN)) is not None
    found = _feedparser(document if complete else _whole_items(document), url)
    entries = [item for item in found.entries if isinstance(item, Mapping)]
    if not entries and not found.version and _HTML.search(before):
        raise _not_a_feed(document)
    if not complete:
        entries = [item for item in entries if _says_something(item)]
        if not entries:
            raise ParseError("le flux est coupé avant la fin de sa première entrée", cure="réessayez plus tard")
    broken = found.bozo and "xml" in type(found.get("bozo_exception")).__module__
    return _Found(found.feed, entries, _skip_hours(document), complete=complete, broken=broken)


def _whole_items(document: str) -> str:
    """Return a document up to the end of its last item, or of the one after it where its title and link are whole.

    Half a link would name another entry.
    """
    ends = [found.end() for found in _ITEM_END.finditer(document)]
    last = ends[-1] if ends else 0
    if not ends or (_TITLE_END.search(document, last) and _LINK_END.search(document, last)):
        return document
    return document[:last]


def _says_something(raw: Mapping[str, Any]) -> bool:
    return any(string(raw, name).strip() for name in ("title", "summary")) or bool(raw.get("content"))


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


def _feed(found: _Found, url: str, zone: tzinfo) -> ParsedFeed:
    kept, dropped = newest(found.entries, lambda raw: dated(raw, zone))
    language = string(found.head, "language")
    base = url or safe_link(string(found.head, "link")) or ""
    return ParsedFeed(
        title=plain_line(string(found.head, "title")),
        language=language_of(language),
        entries=tuple(entry_of(raw, base, zone, language) for raw in kept),
        dropped=dropped,
        ttl=wish(found.head),
        skip_hours=found.skip_hours,
        remark=_remark(found, dropped),
        complete=found.complete,
        cut=not found.complete,
    )


def _remark(found: _Found, dropped: int) -> str:
    remarks = []
    if not found.complete:
        remarks.append("flux coupé avant sa fin")
    elif found.broken:
        remarks.append("XML mal formé, lu avec tolérance")
    if dropped:
        remarks.append(f"{dropped} entrées plus anciennes laissées de côté")
    return " ; ".join(remarks)


def _skip_hours(document: str) -> frozenset[int]:
    """Read skipHours from the text: feedparser keeps only the last <hour>."""
    found = _SKIP_HOURS.search(document, 0, _MARGIN)
    hours = (int(hour) % 24 for hour in _HOUR.findall(found[1])) if found else ()
    return frozenset(hours)
