"""A sitemap's bytes to entries: the newest pages by lastmod; the parts of an index are read newest first (pure).

A sitemap gives addresses and dates, no titles: an entry is named by the last words of its address.
"""

import io
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from veille.crawl.dates import read_date
from veille.crawl.entries import entry, newest, safe_link
from veille.crawl.politeness import host_of
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed, Request, Source

_ZONE = ZoneInfo("Europe/Paris")
#: https://www.sitemaps.org/protocol.html: 50 MB and 50,000 addresses a file.
_BYTES, _URLS = 52_428_800, 50_000
_GZIP = b"\x1f\x8b"
_CURE = "vérifiez l'adresse du plan de site : elle est d'habitude dans le robots.txt du site"
_SEPARATORS = re.compile(r"[-_+\s]+")
_SUFFIX = re.compile(r"\.(?:html?|php|aspx?)$", re.IGNORECASE)
#: Where a doctype stands.
_HEAD = 4_096
_NEVER = datetime.min.replace(tzinfo=UTC)
_FIELDS = frozenset({"loc", "lastmod", "title", "publication_date"})

Row = Mapping[str, str]


def read_sitemap(body: bytes, _content_type: str, url: str, source: Source) -> ParsedFeed:
    """Read a urlset, or the parts that an index names; raises ParseError."""
    index, rows = _rows(_inflated(body))
    if index:
        kept, _ = newest(rows, _when)
        # undated parts may change under an index that does not: such an index is read again each time
        return ParsedFeed(parts=_parts(kept, url), complete=all(_when(row) for row in kept))
    wanted = str(source.options.get("contains", ""))
    kept, dropped = newest([row for row in rows if wanted in row.get("loc", "")], _when)
    return ParsedFeed(entries=tuple(found for row in kept if (found := _entry(row, url))), dropped=dropped)


def _inflated(body: bytes) -> bytes:
    """Return the document of a .xml.gz, never more than a sitemap may hold."""
    if not body.startswith(_GZIP):
        return body
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        document = inflater.decompress(body, _BYTES)
    except zlib.error as error:
        raise ParseError("plan de site compressé illisible", cure=_CURE) from error
    if inflater.unconsumed_tail:
        raise ParseError(f"plan de site de plus de {_BYTES // 2**20} Mo une fois décompressé", cure=_CURE)
    return document


def _rows(document: bytes) -> tuple[bool, list[Row]]:
    """Return whether this is an index, and its addresses with their dates; no DTD, no entity, no network."""
    if b"<!DOCTYPE" in document[:_HEAD] and b"<html" not in document[:_HEAD].lower():
        raise ParseError("un plan de site n'a pas de DTD : celui-ci est refusé", cure=_CURE)
    steps = etree.iterparse(
        io.BytesIO(document), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
    )
    rows: list[Row] = []
    row: dict[str, str] = {}
    roots: list[str] = []
    try:
        for event, element in steps:
            name = _name(element)
            if not roots:
                roots.append(name)
                _check_root(name)
            elif event == "end":
                if name in _FIELDS and element.text:
                    row.setdefault(name, element.text.strip())
                elif name in {"url", "sitemap"}:
                    rows.append(row)
                    row = {}
                    element.clear()
            if len(rows) >= _URLS:
                break
    except etree.XMLSyntaxError as error:
        if not rows:
            raise ParseError(f"plan de site illisible (ligne {error.lineno or 1})", cure=_CURE) from error
    return roots == ["sitemapindex"], rows


def _name(element: Any) -> str:
    """Return a name without its namespace, or without a prefix that nobody declared."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _check_root(name: str) -> None:
    if name not in {"urlset", "sitemapindex"}:
        raise ParseError("la réponse n'est pas un plan de site (urlset ou sitemapindex)", cure=_CURE)


def _when(row: Row) -> datetime | None:
    return read_date(row.get("lastmod") or row.get("publication_date"), _ZONE)


def _parts(rows: list[Row], url: str) -> tuple[Request, ...]:
    """Return the parts of an index on its own host, newest first."""
    ranked = sorted(rows, key=lambda row: _when(row) or _NEVER, reverse=True)
    links = (safe_link(row.get("loc"), url) for row in ranked)
    return tuple(Request(url=link) for link in links if link and host_of(link) == host_of(url))


def _entry(row: Row, url: str) -> ParsedEntry | None:
    link = safe_link(row.get("loc"), url)
    if link is None:
        return None
    return entry(
        guid=None,
        title=(row.get("title") or _words(link)).replace("<", "&lt;"),
        link=link,
        published=read_date(row.get("publication_date"), _ZONE),
        updated=read_date(row.get("lastmod"), _ZONE),
        markup="",
    )


def _words(link: str) -> str:
    """Return the last words of an address: « /aides/appel-a-projets-2026.html » → « Appel a projets 2026 »."""
    parts = urlsplit(link)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2] or parts.netloc
    words = _SEPARATORS.sub(" ", _SUFFIX.sub("", last)).strip()
    return words[:1].upper() + words[1:]
