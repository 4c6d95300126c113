"""A page given as a feed is followed to the feed it declares, and an error page of a known feed is not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.crawl.builders import item, rss
from tests.crawl.site import Page, Site, serve
from veille.clock import SystemClock
from veille.config.settings import Fetch
from veille.crawl.runner import FeedCrawler
from veille.engine.direct import DirectEngine
from veille.model import CrawlReport, Source, SourceState
from veille.net.fetcher import GuardedFetcher
from veille.protocols import CrawlOptions
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.source_store import SqlSourceStore

FEED = Page(rss(item("Un"), item("Deux", "https://pole.exemple/2")), headers={"ETag": '"f1"'})


def declaring(*links: str) -> Page:
    head = "".join(f"<link rel=alternate type=application/rss+xml {link}>" for link in links)
    return Page(f"<!doctype html><html><head>{head}</head><body>Actualités</body></html>".encode())


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        yield found


class Watch:
    """One source in a store of its own."""

    def __init__(self, database: Database, url: str) -> None:
        self.store = SqlSourceStore(database)
        self._database = database
        self._source = Source(id="pole", title="Pôle", kind="feed", url=url)

    def crawl(self) -> CrawlReport:
        clock = SystemClock()
        crawler = FeedCrawler(
            sources=[self._source],
            store=self.store,
            fetcher=GuardedFetcher(Fetch(allow=("127.0.0.0/8", "::1/128")), contact="", clock=clock),
            engine=DirectEngine(SqlLedger(self._database, clock), clock),
            clock=clock,
            host_delay=0,
        )
        (report,) = crawler.crawl(CrawlOptions(only=("pole",)))
        return report

    @property
    def state(self) -> SourceState:
        return self.store.states()["pole"]


@pytest.fixture
def watch(sqlite_database: Database, site: Site) -> Watch:
    return Watch(sqlite_database, site.url("/actus"))


def paths(site: Site) -> list[str]:
    found = [request.path for request in site.requests]
    site.requests.clear()
    return found


def test_the_declared_feed_is_read_in_the_same_pass_and_asked_alone_afterwards(site: Site, watch: Watch) -> None:
    site.pages |= {"/actus": declaring("href=/fil.rss"), "/fil.rss": FEED}
    first = watch.crawl()
    assert (first.state, first.new) == ("ok", 2)
    assert site.url("/fil.rss") in first.sentence
    assert paths(site) == ["/actus", "/fil.rss"]
    assert (watch.state.feed, watch.state.found_feed) == (site.url("/actus"), site.url("/fil.rss"))
    assert watch.crawl().state == "inchangé"
    assert [(one.path, one.headers.get("if-none-match")) for one in site.requests] == [("/fil.rss", '"f1"')]


def test_an_error_page_of_a_feed_that_worked_replaces_nothing(site: Site, watch: Watch) -> None:
    site.pages |= {"/actus": FEED, "/fil.rss": FEED}
    assert watch.crawl().state == "ok"
    site.pages["/actus"] = declaring("href=/fil.rss")
    assert watch.crawl().state == "invalide"
    assert "/fil.rss" not in paths(site)
    assert watch.state.found_feed is None


def test_a_parked_domain_that_declares_a_feed_is_not_believed(site: Site, watch: Watch) -> None:
    with serve("localhost") as parked:
        parked.pages |= {"/": declaring("href=/fil.rss"), "/fil.rss": FEED}
        site.pages["/actus"] = Page(status=301, headers={"Location": parked.url("/")})
        assert watch.crawl().state == "invalide"
        assert paths(parked) == ["/"]


def test_a_page_that_declares_no_feed_or_itself_stays_invalid(site: Site, watch: Watch) -> None:
    for links in ((), ("href=/actus",)):
        site.pages["/actus"] = declaring(*links)
        assert watch.crawl().state == "invalide"
        assert paths(site) == ["/actus"]


@pytest.mark.parametrize(
    ("feed", "said"), [(Page(status=404), "HTTP 404"), (Page(b"<html></html>"), "n'en est pas un")]
)
def test_a_declared_feed_that_is_none_is_said(site: Site, watch: Watch, feed: Page, said: str) -> None:
    site.pages |= {"/actus": declaring("href=/fil.rss"), "/fil.rss": feed}
    report = watch.crawl()
    assert report.state == "invalide"
    assert site.url("/fil.rss") in report.sentence
    assert said in report.sentence


def test_the_patience_that_a_declared_feed_asks_for_is_kept(site: Site, watch: Watch) -> None:
    site.pages |= {"/actus": declaring("href=/fil.rss"), "/fil.rss": Page(status=429, headers={"Retry-After": "7200"})}
    assert watch.crawl().http_status == 429
    assert watch.state.next_check_at is not None
    assert watch.state.checked_at is not None
    assert watch.state.next_check_at - watch.state.checked_at > timedelta(minutes=100)


def test_a_found_feed_that_is_gone_is_looked_for_again_on_its_page(site: Site, watch: Watch) -> None:
    site.pages |= {"/actus": declaring("href=/fil.rss"), "/fil.rss": FEED}
    watch.crawl()
    del site.pages["/fil.rss"]
    for _ in range(3):
        assert watch.crawl().state == "en panne"
    site.pages |= {"/actus": declaring("href=/neuf.rss"), "/neuf.rss": FEED}
    paths(site)
    assert watch.crawl().state == "ok"
    assert paths(site) == ["/actus", "/neuf.rss"]
    assert watch.state.found_feed == site.url("/neuf.rss")


def test_of_several_feeds_that_of_the_pages_own_section_is_taken(site: Site, watch: Watch) -> None:
    site.pages["/actus"] = declaring(
        "href=/comments/feed/ title='Commentaires'", "href=/tout.rss", "href=/actus/fil.rss"
    )
    site.pages["/actus/fil.rss"] = FEED
    watch.crawl()
    assert paths(site) == ["/actus", "/actus/fil.rss"]
