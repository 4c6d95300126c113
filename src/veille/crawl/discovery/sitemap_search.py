"""The map of a site, reduced to the section of a page: robots.txt names it, else it stands where it usually does."""

from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from veille.crawl.discovery.asking import Scout
from veille.crawl.discovery.offers import Offer
from veille.crawl.parsing import Body, FeedParsers
from veille.crawl.politeness import host_of
from veille.model import Fetched, ParsedFeed, Request, Source

#: Site maps asked for, and parts of an index that are looked into.
_MAPS, _PARTS = 2, 3
#: Fewer pages than this are no section.
_FEWEST = 3
_USUAL = ("/sitemap.xml", "/sitemap_index.xml")


@dataclass(frozen=True, slots=True)
class _Map:
    url: str
    body: Body
    read: ParsedFeed


async def find_sitemap(scout: Scout, parsers: FeedParsers, page: str) -> Offer | None:
    """Return the site map that lists pages below a page's path, if there is one."""
    rules = await scout.rules(page)
    named = [url for url in (rules.robots.sitemaps if rules.robots else ()) if host_of(url) == host_of(page)]
    for url in (named or [urljoin(page, path) for path in _USUAL])[:_MAPS]:
        found = await _read(scout, parsers, url)
        if found is None:
            continue
        offer = _section(found, page)
        if offer is not None:
            return offer
        for part in _likely(found.read.parts, page)[:_PARTS]:
            inner = await _read(scout, parsers, part.url)
            offer = _section(inner, page) if inner else None
            if offer is not None:
                return offer
    return None


async def _read(scout: Scout, parsers: FeedParsers, url: str) -> _Map | None:
    answer = await scout.ask("sitemap", url)
    if not isinstance(answer, Fetched) or answer.status != 200:  # noqa: PLR2004 - RFC 9110 §15.3.1
        return None
    source = Source(id="-", title="-", kind="sitemap", url=url)
    body = Body(answer.body, answer.headers.get("content-type", ""), answer.final_url, source)
    read = await parsers.parse(body)
    return _Map(url, body, read) if isinstance(read, ParsedFeed) else None


def _section(found: _Map, page: str) -> Offer | None:
    """Return the pages of a map that stand below a page; all of them where a front page was asked for."""
    path = urlsplit(page).path.rstrip("/")
    section = f"{path}/" if path else ""
    below = tuple(entry for entry in found.read.entries if section in (entry.link or "") and entry.link != page)
    if len(below) < _FEWEST:
        return None
    read = ParsedFeed(entries=below)
    options = {"contains": section} if section else {}
    return Offer(
        kind="sitemap",
        url=found.url,
        read=read,
        found="plan du site, réduit à la rubrique de la page" if section else "plan du site",
        remark="des adresses et des dates seulement : les titres viennent de la page de chaque entrée",
        options=options,
    )


def _likely(parts: tuple[Request, ...], page: str) -> list[Request]:
    """Return the parts of an index, those first whose name has words of the page's path."""
    words = {word for word in unquote(urlsplit(page).path).lower().replace("-", "/").split("/") if len(word) > 3}  # noqa: PLR2004 - not « les »
    return sorted(parts, key=lambda part: -sum(word in part.url.lower() for word in words))
