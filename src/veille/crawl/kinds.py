"""The kinds of source: how each is asked and which reader makes entries of its answer.

A reader is `read(body, content_type, url, source) -> ParsedFeed`: pure, run in a worker, raising ParseError for what it
cannot read. It is named, not imported: the process that fetches never loads a parser. Where a list goes on, the reader
says so in `ParsedFeed.next`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast

from veille.crawl.apis.asking import API_PAGES, API_TYPES, first_request
from veille.crawl.apis.custom import custom_request
from veille.crawl.newsletters.asking import mailbox_request
from veille.errors import ParseError
from veille.model import Expect, ParsedFeed, Request, Source
from veille.net.headers import FEED_TYPES

PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"
SITEMAP_TYPES = "application/xml, text/xml, */*;q=0.5"
#: Below this share of the usual number a list has not become shorter: it is read wrongly.
_SHRUNK = 0.5
_ANYTHING = Expect()


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What a reader may be told besides the answer."""

    #: What was asked.
    request: Request | None = None
    #: What the last reading of this source asked to remember, with the definition of then; None at the first.
    memory: Mapping[str, Any] | None = None
    now: datetime | None = None
    #: Addresses of all sources, for a reader that meets the addresses of others.
    urls: frozenset[str] = frozenset()


#: What a reader is told that is asked out of the blue.
ALONE = Background()


class Reader(Protocol):
    """Makes entries of an answer."""

    def __call__(self, body: bytes, content_type: str, url: str, source: Source) -> ParsedFeed:
        """Read a body that came from `url`; raises ParseError."""
        ...


def _get(_source: Source, url: str) -> Request:
    return Request(url=url)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source."""

    #: `module:function`.
    reader: str
    accept: str
    #: Requests of one visit at most, where sources.yaml does not say.
    pages: int = 1
    #: The first request, of a source and the address it is asked at.
    request: Callable[[Source, str], Request] = _get
    #: Zero entries, or less than half of the usual number, is a redesign and not news.
    shaped: bool = False
    #: Bound by robots.txt (RFC 9309): what nobody offers to programs.
    robots: bool = False
    #: The own pages of its entries are read, unless a source says otherwise.
    details: bool = False
    #: Its entries have titles; those of a site map are the last words of an address.
    titles: bool = True
    #: Offered to programs: robots.txt is read and shown, and binds only where `fetch.respect_robots_for_feeds` says so.
    noted: bool = False
    #: Its reader takes a fifth argument, a `Background`.
    told: bool = False
    #: It follows one page: its reader goes by what it read before (`ParsedFeed.memory`), its entries share their link,
    #: and its silence means nothing.
    remembers: bool = False
    #: Its files may list other sources: its reader is told which there are.
    lists: bool = False


KINDS: dict[str, Kind] = {
    "feed": Kind("veille.crawl.feeds:read_feed", FEED_TYPES, noted=True),
    "page": Kind("veille.crawl.pages:read_page", PAGE_TYPES, pages=5, shaped=True, robots=True, details=True),
    "sitemap": Kind(
        "veille.crawl.sitemaps:read_sitemap",
        SITEMAP_TYPES,
        pages=10,
        shaped=True,
        robots=True,
        details=True,
        titles=False,
    ),
    "api": Kind("veille.crawl.apis.readers:read_api", API_TYPES, API_PAGES, first_request, told=True),
    "json": Kind("veille.crawl.apis.readers:read_json_api", API_TYPES, API_PAGES, custom_request, told=True),
    "mailbox": Kind("veille.crawl.newsletters.reader:read_mailbox", PAGE_TYPES, request=mailbox_request, details=True),
    "file": Kind("veille.crawl.files.reader:read_folder", "*/*", told=True, lists=True),
    "watch": Kind("veille.crawl.watch.reader:read_watch", PAGE_TYPES, robots=True, told=True, remembers=True),
}


def reader_of(kind: str) -> Reader:
    """Load the reader of a kind (in a worker)."""
    module, _, name = KINDS[kind].reader.partition(":")
    return cast("Reader", getattr(import_module(module), name))


def read_with(
    kind: str, body: bytes, content_type: str, url: str, source: Source, background: Background
) -> ParsedFeed:
    """Read a body with the reader of a kind (in a worker); raises ParseError."""
    reader: Any = reader_of(kind)
    more = (background,) if KINDS[kind].told else ()
    read: ParsedFeed = reader(body, content_type, url, source, *more)
    return read


def page_cap(source: Source) -> int:
    """Return how many requests one visit may take."""
    return source.pages or KINDS[source.kind].pages


def definition(source: Source) -> str:
    """Return the hash of how a source is read; empty for a feed, which nothing but its URL defines."""
    if source.recipe is None and not source.options and source.expect == _ANYTHING:
        return ""
    options = sorted(source.options.items())
    return hashlib.sha256(repr((source.kind, source.recipe, source.expect, options)).encode()).hexdigest()


def unlike(source: Source, feed: ParsedFeed, usual: int) -> ParseError | None:
    """Say that a first page does not look as it should, with both counts; None if it does."""
    found = len(feed.entries) + feed.dropped + len(feed.parts)
    least = source.expect.min_items
    if least is not None and found < least:
        return _redesigned(found, f"au moins {least} attendues (expect.min_items)")
    if KINDS[source.kind].shaped and found < max(1 if least is None else least, _SHRUNK * usual):
        return _redesigned(found, f"contre {usual} d'habitude" if usual else "rien qui ressemble à une liste")
    return None


def _redesigned(found: int, instead: str) -> ParseError:
    plural = "s" if found > 1 else ""
    return ParseError(
        f"{found} entrée{plural} lue{plural}, {instead} : le site a sans doute changé",
        cure="corrigez sa recette dans sources.yaml ; si la liste a vraiment raccourci, changez « expect.min_items »",
    )
