"""One pass after another, with a frozen clock over a table of answers, then over a real loopback site."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.crawl.builders import DAY, item, rss, source
from tests.crawl.site import Page, Site, serve
from veille.config.settings import Fetch
from veille.crawl.runner import FeedCrawler
from veille.engine.direct import DirectEngine
from veille.errors import DiskFull
from veille.model import CrawlReport, Fetched, FetchFailed, FetchFault, FetchOutcome, Source, SourceHealth, Validators
from veille.net.fetcher import GuardedFetcher
from veille.protocols import CrawlOptions, Fetcher
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.site_store import SqlSiteStore
from veille.storage.source_store import SqlSourceStore
from veille.testing import FakeFetcher, FrozenClock, answer

HOURLY = timedelta(hours=1)
FORCE = CrawlOptions(force=True)


class House:
    """A crawler over a real store, a real ledger, a frozen clock."""

    def __init__(self, database: Database, fetcher: Fetcher, *sources: Source) -> None:
        self.clock = FrozenClock()
        self.store = SqlSourceStore(database)
        self.sites = SqlSiteStore(database)
        self.ledger = SqlLedger(database, self.clock)
        self.fetcher = fetcher
        self.sources = sources

    def crawler(
        self, *, store: SqlSourceStore | None = None, host_delay: float = 0, respect: bool = False
    ) -> FeedCrawler:
        return FeedCrawler(
            sources=self.sources,
            store=store or self.store,
            sites=self.sites,
            respect_robots_for_feeds=respect,
            fetcher=self.fetcher,
            engine=DirectEngine(self.ledger, self.clock),
            clock=self.clock,
            host_delay=host_delay,
        )

    def crawl(self, options: CrawlOptions = CrawlOptions()) -> dict[str, CrawlReport]:  # noqa: B008 - frozen
        return {report.id: report for report in self.crawler().crawl(options)}

    def titles(self) -> set[str]:
        return {exported.title for exported in self.store.export()}


Make = Callable[..., House]


@pytest.fixture
def house(sqlite_database: Database) -> Make:
    """Make a house over a table of answers: source id → body or outcome; each source has a host of its own."""

    def make(**answers: bytes | FetchOutcome) -> House:
        sources = [source(name, url=f"https://{name}.exemple/flux", every=HOURLY) for name in answers]
        table = {
            one.url: answer(one.url, given) if isinstance(given, bytes) else replace(given, url=one.url)
            for one, given in zip(sources, answers.values(), strict=True)
        }
        return House(sqlite_database, FakeFetcher(table), *sources)

    return make


DOWN = FetchFailed(url="", fault=FetchFault.TIMEOUT, sentence="le site n'a pas répondu à temps")
GONE = Fetched(url="", final_url="", status=410, headers={})


def asked(house: House) -> list[str]:
    assert isinstance(house.fetcher, FakeFetcher)
    return [url for url, _ in house.fetcher.asked]


def test_three_passes_bring_each_entry_once(house: Make) -> None:
    there = house(a=rss(item("Un")), b=rss(item("Deux", "https://b.exemple/2")))
    assert {report.new for report in there.crawl().values()} == {1}
    there.clock.advance(HOURLY)
    second = there.crawl()
    assert {report.state for report in second.values()} == {SourceHealth.UNCHANGED}
    assert isinstance(there.fetcher, FakeFetcher)
    there.fetcher.answers["https://a.exemple/flux"] = answer(
        "https://a.exemple/flux", rss(item("Un bis", "https://pole.exemple/1"), item("Trois", "https://pole.exemple/3"))
    )
    there.clock.advance(HOURLY)
    third = there.crawl()
    assert (third["a"].new, third["a"].changed) == (1, 1)
    assert there.titles() == {"Un bis", "Deux", "Trois"}


def test_what_is_not_due_is_not_asked(house: Make) -> None:
    there = house(a=rss(item()))
    there.crawl()
    assert there.crawl() == {}
    assert len(asked(there)) == 1


def test_force_asks_what_is_not_due(house: Make) -> None:
    there = house(a=rss(item()))
    there.crawl()
    assert there.crawl(FORCE)["a"].state is SourceHealth.UNCHANGED
    assert there.crawl(FORCE)["a"].state is SourceHealth.UNCHANGED
    assert len(asked(there)) == 3


def test_named_sources_alone_are_asked(house: Make) -> None:
    there = house(a=rss(item()), b=rss(item()))
    assert list(there.crawl(CrawlOptions(only=("b",)))) == ["b"]
    assert asked(there) == ["https://b.exemple/flux"]


def test_a_failing_source_stops_nobody_and_is_no_item(house: Make) -> None:
    there = house(a=DOWN, b=rss(item("Un")), c=b"<html></html>", d=b"", e=rss())
    states = {name: report.state for name, report in there.crawl().items()}
    assert states == {
        "a": SourceHealth.FAILING,
        "b": SourceHealth.OK,
        "c": SourceHealth.INVALID,
        "d": SourceHealth.INVALID,
        "e": SourceHealth.EMPTY,
    }
    assert there.titles() == {"Un"}


def test_an_html_page_after_a_good_feed_deletes_nothing(house: Make) -> None:
    there = house(a=rss(item("Un")))
    there.crawl()
    assert isinstance(there.fetcher, FakeFetcher)
    for body in (b"<html></html>", b"", rss()):
        there.fetcher.answers["https://a.exemple/flux"] = answer("https://a.exemple/flux", body)
        there.crawl(FORCE)
    assert there.titles() == {"Un"}


def test_a_source_gone_for_good_is_asked_no_more(house: Make) -> None:
    there = house(a=GONE)
    assert there.crawl()["a"].state is SourceHealth.STOPPED
    there.clock.advance(400 * DAY)
    assert there.crawl() == {}
    assert there.crawl(FORCE) == {}
    assert there.crawl(CrawlOptions(only=("a",)))["a"].state is SourceHealth.STOPPED


def test_validators_are_sent_back_verbatim(house: Make) -> None:
    there = house(a=rss(item()))
    assert isinstance(there.fetcher, FakeFetcher)
    headers = {"etag": 'W/"é"', "last-modified": "hier"}
    there.fetcher.answers["https://a.exemple/flux"] = answer("https://a.exemple/flux", rss(item()), headers=headers)
    there.crawl()
    there.crawl(FORCE)
    assert there.fetcher.asked[1][1] == Validators('W/"é"', "hier")


def test_retry_after_puts_off_the_whole_host(sqlite_database: Database) -> None:
    urls = [f"https://h.exemple/{name}" for name in "abc"]
    wait = Fetched(url=urls[0], final_url=urls[0], status=503, headers={"retry-after": "7200"})
    fetcher = FakeFetcher({urls[0]: wait, **{url: answer(url, rss(item())) for url in urls[1:]}})
    there = House(sqlite_database, fetcher, *(source(url[-1], url=url, every=HOURLY) for url in urls))
    reports = there.crawl()
    assert [reports[name].sentence for name in "bc"] == ["reportée : son site demande d'attendre"] * 2
    assert asked(there) == urls[:1]
    there.clock.advance(HOURLY)
    assert there.crawl() == {}
    there.clock.advance(HOURLY)
    there.crawl()
    assert len(asked(there)) == 2  # the first one answers 503 again


def test_a_disabled_source_is_not_asked(house: Make) -> None:
    there = house(a=rss(item()))
    there.sources = (replace(there.sources[0], enabled=False),)
    assert there.crawl() == {}


def test_a_renamed_source_keeps_its_entries(house: Make) -> None:
    there = house(a=rss(item()))
    there.crawl()
    there.sources = (replace(there.sources[0], id="b", formerly=("a",)),)
    assert there.crawl(FORCE)["b"].state is SourceHealth.UNCHANGED
    assert {exported.source for exported in there.store.export()} == {"b"}


def test_a_host_in_another_process_s_hands_is_left_to_it(house: Make) -> None:
    there = house(a=rss(item()), b=rss(item()))
    there.ledger.deposit("crawl", "a.exemple")
    there.ledger.claim("crawl", limit=1, lease=timedelta(minutes=1), owner="un autre")
    reports = there.crawl()
    assert reports["a"].sentence == "relevée par un autre processus"
    assert reports["b"].state is SourceHealth.OK
    assert asked(there) == ["https://b.exemple/flux"]


def test_work_left_by_a_dead_process_is_taken_up(house: Make) -> None:
    there = house(a=rss(item("Un")))
    there.ledger.deposit("crawl", "a.exemple")
    there.ledger.deposit("crawl", "disparu.exemple")
    assert there.crawl()["a"].new == 1
    assert there.ledger.claim("crawl", limit=9, lease=DAY, owner="x") == []


def test_a_text_reserved_from_mining_is_not_kept(house: Make) -> None:
    there = house(a=rss(item("Un", description="Texte réservé.")))
    assert isinstance(there.fetcher, FakeFetcher)
    there.fetcher.answers["https://a.exemple/flux"] = answer(
        "https://a.exemple/flux", rss(item("Un", description="Texte réservé.")), headers={"tdm-reservation": "1"}
    )
    there.crawl()
    with there.store._database.read() as session:
        from veille.storage.tables import EntryRow

        assert [(row.title, row.text) for row in session.query(EntryRow)] == [("Un", "")]


class FullDisk(SqlSourceStore):
    """A store whose disk is full."""

    def record_all(self, *_: object) -> Sequence[tuple[int, int]]:
        raise DiskFull("disque plein")


def test_a_full_disk_ends_the_pass_and_gives_the_work_back(house: Make, sqlite_database: Database) -> None:
    there = house(a=rss(item()), b=rss(item()))
    with pytest.raises(DiskFull):
        there.crawler(store=FullDisk(sqlite_database)).crawl()
    assert {report.state for report in there.crawl().values()} == {SourceHealth.OK}


class Mistaken(FakeFetcher):
    """A fetcher with a bug on one URL."""

    async def fetch(self, url: str, validators: Validators = Validators(), *, accept: str = "") -> FetchOutcome:  # noqa: B008 - frozen
        if url == "https://a.exemple/flux":
            raise ZeroDivisionError
        await asyncio.sleep(0.01)
        return await super().fetch(url, validators, accept=accept)


def test_a_bug_over_one_source_is_raised_after_the_others_were_recorded(house: Make) -> None:
    there = house(a=rss(item()), b=rss(item("Deux")))
    assert isinstance(there.fetcher, FakeFetcher)
    there.fetcher = Mistaken(there.fetcher.answers)
    with pytest.raises(ZeroDivisionError):
        there.crawl()
    assert there.titles() == {"Deux"}


def test_ctrl_c_keeps_what_is_recorded_and_gives_the_rest_back(house: Make) -> None:
    there = house(a=rss(item("Un")), b=rss(item("Deux", "https://b.exemple/2")))
    assert isinstance(there.fetcher, FakeFetcher)

    def interrupted(_url: str, _validators: Validators) -> FetchOutcome:
        raise KeyboardInterrupt

    good = there.fetcher.answers["https://b.exemple/flux"]
    there.fetcher.answers["https://b.exemple/flux"] = interrupted
    with pytest.raises(KeyboardInterrupt):
        there.crawl()
    there.fetcher.answers["https://b.exemple/flux"] = good
    there.crawl()
    assert there.titles() == {"Un", "Deux"}


# ── a real site ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        yield found


def over(site: Site, database: Database, *paths: str) -> House:
    clock = FrozenClock()
    fetcher = GuardedFetcher(
        Fetch(allow=("127.0.0.0/8", "::1/128"), deadline=5), contact="test@pole.exemple", clock=clock
    )  # type: ignore[arg-type]  # parsed by pydantic
    return House(database, fetcher, *(source(path.strip("/"), url=site.url(path), every=HOURLY) for path in paths))


def test_three_passes_over_a_real_site(site: Site, sqlite_database: Database) -> None:
    site.pages["/a"] = Page(rss(item("Un")), headers={"ETag": '"1"', "Content-Type": "application/rss+xml"})
    site.pages["/b"] = Page(rss(item("Deux", "/deux")), headers={"Last-Modified": "Mon, 16 Nov 2026 06:00:00 GMT"})
    there = over(site, sqlite_database, "/a", "/b", "/absent")
    first = there.crawl()
    assert (first["a"].new, first["b"].new, first["absent"].http_status) == (1, 1, 404)
    second = there.crawl(FORCE)
    assert (second["a"].http_status, second["a"].state) == (304, SourceHealth.UNCHANGED)
    assert site.asked("/a")[1].headers["if-none-match"] == '"1"'
    assert site.asked("/b")[1].headers["if-modified-since"] == "Mon, 16 Nov 2026 06:00:00 GMT"
    site.pages["/a"] = Page(rss(item("Un"), item("Trois", "/trois")), headers={"ETag": '"2"'})
    there.clock.advance(HOURLY)
    third = there.crawl()
    assert third["a"].new == 1
    assert there.titles() == {"Un", "Deux", "Trois"}
    links = {exported.title: exported.link for exported in there.store.export()}
    assert links["Trois"] == site.url("/trois")


def test_a_permanent_move_is_asked_directly_after_its_second_sighting(site: Site, sqlite_database: Database) -> None:
    site.pages["/vieux"] = Page(status=301, headers={"Location": "/neuf"})
    site.pages["/neuf"] = Page(rss(item("Un")))
    there = over(site, sqlite_database, "/vieux")
    for _ in range(3):
        there.crawl()
        there.clock.advance(HOURLY)
    assert [request.path for request in site.requests] == ["/vieux", "/neuf", "/vieux", "/neuf", "/neuf"]
    assert {exported.feed for exported in there.store.export()} == {site.url("/vieux")}


def test_one_host_is_asked_one_at_a_time_with_a_pause(site: Site, sqlite_database: Database) -> None:
    for path in ("/a", "/b", "/c"):
        site.pages[path] = Page(rss(item()))
    there = over(site, sqlite_database, "/a", "/b", "/c")
    there.fetcher = GuardedFetcher(Fetch(allow=("127.0.0.0/8",)), contact="x", clock=there.clock)  # type: ignore[arg-type]  # parsed by pydantic
    there.crawler(host_delay=0.2).crawl()
    times = [request.at for request in site.everything]
    assert len(times) == 5
    assert all(later - earlier >= 0.19 for earlier, later in pairwise(times))


def test_hosts_are_asked_beside_each_other(site: Site, sqlite_database: Database) -> None:
    for path in ("/a", "/b"):
        site.pages[path] = Page(rss(item()), delay=0.5)
    house = over(site, sqlite_database)
    named = site.url("/b").replace("127.0.0.1", "localhost")
    house.sources = (source("a", url=site.url("/a")), source("b", url=named))
    house.crawl()
    first, second = site.requests
    assert abs(first.at - second.at) < 0.4
