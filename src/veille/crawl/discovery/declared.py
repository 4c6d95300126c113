"""The feeds that a page declares or links to (pure): `link rel=alternate` first, then links that look like a feed."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from veille.crawl.entries import safe_link
from veille.crawl.html import attribute, base_of, text_of, tree_of
from veille.crawl.normalize import canonical_link
from veille.crawl.parsing import Body
from veille.text import fold

#: https://www.rssboard.org/rss-autodiscovery, RFC 4287 §7, https://www.jsonfeed.org/version/1.1: « application/json »
#: is also what WordPress gives its REST API and oEmbed.
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
_VAGUE_TYPES = frozenset({"application/json", "text/xml", "application/xml", "text/rss", "text/atom"})
_NO_FEED = re.compile(r"wp-json|oembed|xmlrpc|osd\.xml|opensearch|sitemap|[?&]_format=|manifest", re.IGNORECASE)
#: Addresses under which feeds are published: /feed, /rss.xml, flux-rss, spip.php?page=backend, ?type=9818 (TYPO3 news)…
_ADDRESS = re.compile(
    r"(?:^|[/._?&=-])(?:rss2?|atom|feeds?|flux(?:[_-]?rss)?|rdf|backend(?:\.php)?|syndication|jsonfeed)(?:$|[/._?&=-])"
    r"|[?&]type=(?:100|9818)\b|\.(?:rss|rdf|atom)$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\b(?:flux|fil) rss\b|\brss\b|\batom\b|\bs abonner au flux\b")
#: The feed of what readers answered, and other feeds that are not of the page's own news.
_ASIDE = re.compile(r"\bcomment(?:s|aires?)?\b|\breponses?\b|\bforum\b")
_ASIDE_PATH = re.compile(r"/comments?/|/commentaires?/|[?&]withcomments=", re.IGNORECASE)
#: More declarations than that are a language or a category menu.
_MANY = 20


@dataclass(frozen=True, slots=True)
class DeclaredFeed:
    """A feed as a page names it."""

    url: str
    title: str
    #: True for a `link` element, which is there for programs; False for a link that merely looks like a feed.
    declared: bool


def declared_feeds(root: Any, base: str) -> list[DeclaredFeed]:
    """Return the feeds of a page: declared ones in its order, then linked ones; comment feeds are left out."""
    found: dict[str, DeclaredFeed] = {}
    for feed in (*_links(root, base), *_anchors(root, base)):
        if not _is_aside(feed):
            found.setdefault(canonical_link(feed.url), feed)
    return list(found.values())[:_MANY]


def announced_feed(body: Body) -> str:
    """Return the feed that an HTML page declares for programs, the one of its own section first; empty if none."""
    root = tree_of(body.data, body.content_type)
    declared = [feed.url for feed in declared_feeds(root, base_of(root, body.url)) if feed.declared]
    return max(declared, key=lambda url: _shared_path(url, body.url), default="")


def looks_like_a_feed(url: str) -> bool:
    """Say whether an address is one under which feeds are published."""
    parts = urlsplit(url)
    where = parts.path + (f"?{parts.query}" if parts.query else "")
    return bool(_ADDRESS.search(where)) and not _NO_FEED.search(where)


def _links(root: Any, base: str) -> list[DeclaredFeed]:
    found = []
    for element in root.iterfind(".//link[@href]"):
        relations = attribute(element, "rel").lower().split()
        kind = attribute(element, "type").partition(";")[0].strip().lower()
        url = safe_link(element.get("href"), base)
        if url is None or not ({"alternate", "feed"} & set(relations)) or "stylesheet" in relations:
            continue
        vague = kind in _VAGUE_TYPES or (not kind and "feed" in relations)
        if (kind in _TYPES and not _NO_FEED.search(url)) or (vague and looks_like_a_feed(url)):
            found.append(DeclaredFeed(url, attribute(element, "title").strip()[:200], declared=True))
    return found


def _anchors(root: Any, base: str) -> list[DeclaredFeed]:
    found = []
    for element in root.iterfind(".//a[@href]"):
        url = safe_link(element.get("href"), base)
        if url is None or not looks_like_a_feed(url):
            continue
        words = " ".join([text_of(element), attribute(element, "title"), attribute(element, "class")])[:300]
        kind = attribute(element, "type").lower()
        last = urlsplit(url).path.rstrip("/").rpartition("/")[2].lower()
        if kind in _TYPES or _WORDS.search(fold(words)) or last in {"feed", "rss", "rss.xml", "atom.xml"}:
            found.append(DeclaredFeed(url, " ".join(words.split())[:200], declared=False))
    return found


def _is_aside(feed: DeclaredFeed) -> bool:
    return bool(_ASIDE_PATH.search(feed.url) or _ASIDE.search(fold(feed.title)))


def _shared_path(url: str, page: str) -> int:
    """Return how many beginning parts of their paths two addresses share, their host counting as one."""
    first, second = urlsplit(url), urlsplit(page)
    if first.hostname != second.hostname:
        return 0
    count = 1
    for one, other in zip(first.path.strip("/").split("/"), second.path.strip("/").split("/"), strict=False):
        if not one or one != other:
            break
        count += 1
    return count
