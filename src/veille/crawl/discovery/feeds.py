"""Feeds of a site: those its page declares or links to, then a few addresses where programs publish them."""

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from veille.crawl.discovery.asking import Scout
from veille.crawl.discovery.findings import PageFindings
from veille.crawl.discovery.offers import Offer
from veille.crawl.normalize import canonical_link
from veille.crawl.parsing import Body, FeedParsers
from veille.crawl.politeness import host_of
from veille.model import Fetched, ParsedFeed, Source

#: Feeds that a page declares or links to and that are asked for; addresses that are tried without being told of.
_DECLARED, _GUESSED = 4, 3
#: Share of a list's entries (or of the feed's, if fewer) from which a feed speaks of that list.
_SAME = 0.3
#: Where programs publish feeds: beside a page, then at the root of its site (their manuals).
_HABITS = {
    "wordpress": ("{page}/feed/", "/feed/"),
    "spip": ("/spip.php?page=backend",),
    "drupal": ("/rss.xml",),
    "typo3": ("{page}?type=9818", "/?type=9818"),
    "joomla": ("{page}?format=feed&type=rss",),
}
_USUAL = ("{page}/feed/", "{page}/rss", "/rss.xml", "/feed")


async def find_feeds(scout: Scout, parsers: FeedParsers, page: Fetched, findings: PageFindings) -> list[Offer]:
    """Return the feeds that answer, best first: those that hold what the page lists before those of the whole site."""
    found: list[Offer] = []
    told = [(feed.url, "déclaré par la page" if feed.declared else "lié par la page") for feed in findings.feeds]
    for url, how in told[:_DECLARED]:
        offer = await read_feed_at(scout, parsers, url, how)
        if offer is not None:
            found.append(offer)
    if not found:
        for url in _habits(page.final_url, findings.generator):
            offer = await read_feed_at(scout, parsers, url, "trouvé à une adresse d'usage")
            if offer is not None:
                found.append(offer)
                break
    return sorted(found, key=lambda offer: -_likeness(offer, findings))


async def read_feed_at(scout: Scout, parsers: FeedParsers, url: str, how: str) -> Offer | None:
    """Return the feed at an address as an offer; None where there is none, or an empty one."""
    answer = await scout.ask("feed", url)
    if not isinstance(answer, Fetched) or answer.status != 200:  # noqa: PLR2004 - RFC 9110 §15.3.1
        return None
    read = await read_as_feed(parsers, answer)
    return Offer(kind="feed", url=url, read=read, found=how) if read is not None and read.entries else None


async def read_as_feed(parsers: FeedParsers, answer: Fetched) -> ParsedFeed | None:
    """Read an answer as a feed; None where it is none."""
    source = Source(id="-", title="-", kind="feed", url=answer.final_url)
    read = await parsers.parse(Body(answer.body, answer.headers.get("content-type", ""), answer.final_url, source))
    return read if isinstance(read, ParsedFeed) else None


def judged(offer: Offer, page: str, findings: PageFindings) -> tuple[Offer, bool]:
    """Say whether a feed is what was asked for: it holds the page's list, is its section's, or a front page was asked.

    A page of calls often declares the feed of its site's news, where no call ever appears.
    """
    listed = _listed(findings)
    if not listed or urlsplit(page).path in {"", "/"} or _is_below(offer.url, page):
        return offer, True
    common = _common(offer, listed)
    if common >= _SAME * min(len(listed), len(offer.read.entries)):
        return offer, True
    counted = f"{common} de ses {len(offer.read.entries)} entrées dans la liste de la page"
    return replace(offer, remark=f"parle d'autre chose : {counted}"), False


def _likeness(offer: Offer, findings: PageFindings) -> float:
    listed = _listed(findings)
    return _common(offer, listed) / min(len(listed), len(offer.read.entries)) if listed else 0.0


def _listed(findings: PageFindings) -> set[str]:
    read = findings.listing.read if findings.listing else findings.stated
    return {canonical_link(entry.link) for entry in read.entries if entry.link}


def _common(offer: Offer, listed: set[str]) -> int:
    return len(listed & {canonical_link(entry.link) for entry in offer.read.entries if entry.link})


def _is_below(feed: str, page: str) -> bool:
    """Say whether a feed stands in the section of a page: « /actus/feed/ » of « /actus/ »."""
    section = urlsplit(page).path.rstrip("/")
    return bool(section) and host_of(feed) == host_of(page) and urlsplit(feed).path.startswith(f"{section}/")


def _habits(page: str, generator: str) -> list[str]:
    """Return the addresses to try: those of the program that made the page, if it says, else the usual ones."""
    shapes = next((shapes for name, shapes in _HABITS.items() if name in generator), _USUAL)
    parts = urlsplit(page)
    whole = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    urls = [urljoin(page, shape.format(page=whole)) for shape in shapes]
    return list(dict.fromkeys(url for url in urls if url != page))[:_GUESSED]
