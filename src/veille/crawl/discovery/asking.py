"""Asking a site a few questions about itself: at its pace, by its rules, and never more than a few."""

from veille.config.settings import Fetch
from veille.crawl.courier import Courier, Crowd, Errand
from veille.crawl.politeness import Pace, host_of
from veille.crawl.robots import Rules, Sites
from veille.model import FetchFailed, FetchFault, FetchOutcome, Request, Site, Source, SourceState, Validators
from veille.protocols import Clock, Fetcher

#: Requests of one search, robots.txt and redirects not counted: at a second each, a person can wait for them.
MOST_REQUESTS = 14


class Scout:
    """Asks for pages, feeds and site maps of one search; nothing is asked twice."""

    def __init__(self, fetcher: Fetcher, clock: Clock, manners: Fetch) -> None:
        self._courier = Courier(
            fetcher=fetcher,
            sites=without_memory(clock),
            clock=clock,
            crowd=Crowd(1),
            respect_robots_for_feeds=manners.respect_robots_for_feeds,
        )
        self._delay = manners.host_delay
        self._paces: dict[str, Pace] = {}
        self._answers: dict[tuple[str, str], FetchOutcome] = {}

    @property
    def requests(self) -> int:
        """How many addresses were asked for."""
        return len(self._answers)

    async def ask(self, kind: str, url: str) -> FetchOutcome:
        """Ask for an address as a source of this kind is asked: robots.txt binds pages and site maps, not feeds."""
        if (kind, url) not in self._answers:
            if self.requests >= MOST_REQUESTS:
                sentence = f"pas demandée : {MOST_REQUESTS} demandes au plus par recherche"
                return FetchFailed(url=url, fault=FetchFault.REFUSED_URL, sentence=sentence)
            self._answers[kind, url] = await self._courier.allowed(
                self._errand(kind, url), Request(url=url), Validators()
            )
        return self._answers[kind, url]

    async def rules(self, url: str) -> Rules:
        """Return what the site of a page asks of programs."""
        return await self._courier.rules(self._errand("page", url), url)

    def _errand(self, kind: str, url: str) -> Errand:
        pace = self._paces.setdefault(host_of(url), Pace(self._delay))
        source = Source(id="-", title="-", kind=kind, url=url)
        return Errand(source, SourceState(source_id="-", feed=url), pace)


def without_memory(clock: Clock) -> Sites:
    """Return the rules of sites as they are read now, remembered nowhere."""
    return Sites(_nothing_known, _forget, clock.now)


async def _nothing_known(_site: str) -> Site | None:
    return None


async def _forget(_site: Site) -> None:
    """Keep nothing: a search is over in a minute."""
