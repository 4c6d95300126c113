"""Look at one HTML page for all that a watch could follow (pure; runs in a worker)."""

import re
from typing import Any

from veille.crawl.discovery.declared import declared_feeds
from veille.crawl.discovery.findings import PageFindings
from veille.crawl.discovery.listing import Page, find_listing
from veille.crawl.discovery.regions import live_elements
from veille.crawl.entries import language_of
from veille.crawl.html import attribute, base_of, text_of, tree_of
from veille.crawl.markup import plain_line
from veille.crawl.pages import read_page
from veille.crawl.parsing import Body
from veille.errors import ParseError
from veille.model import ParsedFeed, Source

#: Fewer words than this in a page full of scripts are « chargement… ».
_FEW_WORDS = 60
_APPLICATION = re.compile(r"^(?:root|app|__next|__nuxt|q-app|svelte|main-app|react-root)$")
_BROWSER = re.compile(r"javascript", re.IGNORECASE)


def inspect_page(body: Body) -> PageFindings:
    """Return what a page offers; raises ParseError where it is no HTML page."""
    root = tree_of(body.data, body.content_type)
    base = base_of(root, body.url)
    words = _words(root)
    return PageFindings(
        title=_text(root, ".//title"),
        heading=_text(root, ".//h1"),
        site=_meta(root, "og:site_name"),
        description=_meta(root, "description") or _meta(root, "og:description"),
        language=language_of(attribute(root, "lang") or attribute(root, "xml:lang")),
        generator=_meta(root, "generator").lower(),
        feeds=tuple(declared_feeds(root, base)),
        stated=_stated(body),
        listing=find_listing(Page(root, body.data, body.content_type, body.url, base)),
        words=words,
        needs_browser=words < _FEW_WORDS and _is_application(root),
    )


def _stated(body: Body) -> ParsedFeed:
    """Read what the page states of its entries, as the crawl does without a recipe."""
    try:
        return read_page(body.data, body.content_type, body.url, Source(id="-", title="-", kind="page", url=body.url))
    except ParseError:
        return ParsedFeed()


def _text(root: Any, path: str) -> str:
    found = root.find(path)
    return "" if found is None else plain_line(text_of(found).replace("<", "&lt;"), 200)


def _meta(root: Any, name: str) -> str:
    for element in root.iterfind(".//meta[@content]"):
        if name in {attribute(element, "name").lower(), attribute(element, "property").lower()}:
            return plain_line(attribute(element, "content").replace("<", "&lt;"), 300)
    return ""


def _words(root: Any) -> int:
    """Count the words outside menus; a few thousand are enough to know."""
    count = 0
    for element in live_elements(root):
        count += len((element.text or "").split()) + len((element.tail or "").split())
        if count > 100 * _FEW_WORDS:
            break
    return count


def _is_application(root: Any) -> bool:
    """Say whether scripts make the page: an application's root, or a notice that a browser is needed."""
    scripts = sum(1 for _ in root.iter("script"))
    shell = any(_APPLICATION.match(attribute(one, "id")) for one in root.iter("div"))
    notice = any(_BROWSER.search(" ".join(one.itertext())[:500]) for one in root.iter("noscript"))
    return bool(scripts) and (shell or notice)
