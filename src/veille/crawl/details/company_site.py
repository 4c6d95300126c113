"""What an organisation says of itself: its home page and the few pages of its site that present it, read politely.

robots.txt and text-and-data-mining reservations bind as for any page; nothing is written.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from veille.crawl.courier import Crowd
from veille.crawl.details.adding import web_address
from veille.crawl.details.asking import PAGE_TYPES, Asking
from veille.crawl.details.page import read_page
from veille.crawl.discovery.asking import without_memory
from veille.crawl.entries import safe_link
from veille.crawl.html import attribute, base_of, text_of, tree_of
from veille.crawl.parsing import Body, FeedParsers
from veille.crawl.politeness import Pace
from veille.errors import ParseError
from veille.model import Fetched, FetchFailed
from veille.model.details import PageRead, SitePage, SiteRead
from veille.protocols import Clock, Fetcher
from veille.text import fold

#: Pages of one site beside the home page: a person's patience, and the site's.
MOST_PAGES = 4
#: What a link to a page of presentation is called, folded; the first are worth most.
_WORTH = (
    re.compile(r"\b(activites?|metiers?|savoir faire|expertises?|competences|nos (produits|solutions|gammes))\b"),
    re.compile(r"\b(qui sommes nous|a propos|presentation|entreprise|societe|laboratoire|about)\b"),
    re.compile(r"\b(produits?|services?|solutions?|technologies?|innovation|recherche|certifications?|qualite)\b"),
)
_NOT = re.compile(
    r"\b(contact|mentions|connexion|compte|panier|boutique|cookies?|emploi|carriere|recrut\w*|actualites?)\b"
)
#: Characters of a link's words; more is a teaser.
_LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class _Home:
    """A page with the addresses that it offers, best first."""

    read: PageRead
    links: tuple[str, ...]
    description: str


def read_site(url: str, fetcher: Fetcher, clock: Clock, *, host_delay: float) -> SiteRead:
    """Read a site's home page and at most MOST_PAGES pages that it links to as its presentation.

    What could not be read is a remark; raises InputError for what is no web address.
    """
    return asyncio.run(_read(web_address(url), fetcher, clock, host_delay))


async def _read(url: str, fetcher: Fetcher, clock: Clock, host_delay: float) -> SiteRead:
    crowd = Crowd(1)
    pages: list[SitePage] = []
    remarks: list[str] = []
    with FeedParsers(1) as parsers:
        async with crowd:
            asking = Asking(
                fetcher=fetcher, sites=without_memory(clock), clock=clock, crowd=crowd, pace=Pace(host_delay)
            )
            try:
                waiting = [url]
                while waiting and len(pages) <= MOST_PAGES:
                    one = waiting.pop(0)
                    found = await _page(one, asking, parsers)
                    if isinstance(found, str):
                        remarks.append(f"{one} : {found}")
                        continue
                    home, final = found
                    if not pages:
                        waiting = list(home.links)
                    pages.append(SitePage(url=final, title=home.read.title, text=_whole(home)))
            finally:
                await fetcher.aclose()
    return SiteRead(tuple(pages), tuple(remarks))


async def _page(url: str, asking: Asking, parsers: FeedParsers) -> tuple[_Home, str] | str:
    """Return a page and where it was found, or the French reason why it was not read."""
    answer = await asking.allowed(url, PAGE_TYPES)
    if isinstance(answer, FetchFailed):
        return answer.sentence
    if answer.status != 200:  # noqa: PLR2004 - RFC 9110 §15.3.1
        return f"le site répond HTTP {answer.status}"
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"text/html", "application/xhtml+xml", ""}:
        return f"format non lu : {kind}"
    read = await parsers.run(_presentation, _body(answer))
    if isinstance(read, ParseError):
        return read.message
    if await asking.reserves(answer, read.read.reserved):
        return "le site réserve ses textes (tdm-reservation) : rien n'en est tiré"
    return read, answer.final_url


def _body(answer: Fetched) -> Body:
    return Body(answer.body, answer.headers.get("content-type", ""), answer.final_url)


def _presentation(body: Body) -> _Home:
    """Read a page of presentation, in a worker; raises ParseError."""
    root = tree_of(body.data, body.content_type)
    try:
        links = tuple(_links(root, body.url))
        meta = root.find(".//meta[@name='description']")
        description = attribute(meta, "content").strip() if meta is not None else ""
    except (etree.LxmlError, RecursionError) as error:
        raise ParseError("page trop profonde pour être lue", cure="ouvrez-la dans un navigateur") from error
    return _Home(read_page(body), links, description)


def _links(root: Any, url: str) -> Iterator[str]:
    """Yield the addresses of pages of presentation on the same host, best first, each once."""
    base, host = base_of(root, url), urlsplit(url).netloc
    found: dict[str, int] = {}
    for link in root.iter("a"):
        target = safe_link(attribute(link, "href"), base)
        words = fold(text_of(link))[:_LONGEST_WORDS]
        if target is None or urlsplit(target).netloc != host:
            continue
        target = target.partition("#")[0]
        worth = _worth(words, fold(urlsplit(target).path.replace("-", " ")))
        if worth is not None and target.rstrip("/") != url.rstrip("/"):
            found[target] = min(worth, found.get(target, worth))
    yield from sorted(found, key=lambda target: (found[target], len(target)))


def _worth(words: str, path: str) -> int | None:
    if _NOT.search(words) or _NOT.search(path):
        return None
    return next((rank for rank, said in enumerate(_WORTH) if said.search(words) or said.search(path)), None)


def _whole(home: _Home) -> str:
    """Return what a page says: its summary for search engines, then its text."""
    lines = [home.description] if home.description and home.description not in home.read.text else []
    return "\n".join([*lines, home.read.text]).strip()
