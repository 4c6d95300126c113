"""Sitemaps: the newest pages of a site that publishes nothing else."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.crawl.builders import source
from tests.crawl.test_runner import FORCE, House
from veille.crawl.entries import MAX_ENTRIES
from veille.crawl.sitemaps import read_sitemap
from veille.errors import ParseError
from veille.model import ParsedFeed, Source, SourceHealth
from veille.storage.db import Database
from veille.testing import FakeFetcher, answer

Make = Callable[..., House]
SITE = "https://cci.exemple"
URL = f"{SITE}/sitemap.xml"
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def site(**fields: object) -> Source:
    return source("cci", **{"kind": "sitemap", "url": URL, **fields})


def urlset(*rows: str) -> bytes:
    return f'<?xml version="1.0"?><urlset xmlns="{XMLNS}">{"".join(rows)}</urlset>'.encode()


def row(path: str, day: str = "2026-03-01", more: str = "") -> str:
    lastmod = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{SITE}{path}</loc>{lastmod}{more}</url>"


def index(*parts: tuple[str, str]) -> bytes:
    rows = "".join(
        f"<sitemap><loc>{SITE}{path}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for path, day in parts
    )
    return f'<sitemapindex xmlns="{XMLNS}">{rows}</sitemapindex>'.encode()


def read(body: bytes, **options: str) -> ParsedFeed:
    return read_sitemap(body, "application/xml", URL, site(options=options))


def test_an_address_gives_title_link_and_date() -> None:
    (entry,) = read(urlset(row("/aides/appel-%C3%A0-projets_2026.html"))).entries
    assert entry.title == "Appel à projets 2026"
    assert entry.link == f"{SITE}/aides/appel-%C3%A0-projets_2026.html"
    assert entry.updated == datetime(2026, 2, 28, 23, tzinfo=UTC)


def test_a_news_sitemap_gives_its_titles() -> None:
    news = "<n:news xmlns:n='x'><n:publication_date>2026-03-02</n:publication_date><n:title>Un titre</n:title></n:news>"
    (entry,) = read(urlset(row("/1", more=news))).entries
    assert entry.title == "Un titre"
    assert entry.published is not None


def test_only_the_newest_pages_are_kept() -> None:
    rows = [row(f"/{n}", f"{2000 + n // 300}-01-01") for n in range(3_000)]
    found = read(urlset(*rows))
    assert len(found.entries) == MAX_ENTRIES
    assert found.dropped == 2_500
    assert all(entry.updated is not None and entry.updated.year >= 2007 for entry in found.entries)


def test_one_part_of_a_site_can_be_chosen() -> None:
    (entry,) = read(urlset(row("/aides/1"), row("/equipe")), contains="/aides/").entries
    assert entry.link == f"{SITE}/aides/1"


def test_gzip_is_read_and_bounded() -> None:
    assert len(read(gzip.compress(urlset(row("/1")))).entries) == 1
    with pytest.raises(ParseError, match="décompressé"):
        read(gzip.compress(b" " * 60_000_000))
    with pytest.raises(ParseError, match="compressé"):
        read(b"\x1f\x8boops")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>404</body></html>",
        b"<rss><channel/></rss>",
        b"<!DOCTYPE html><html></html>",
        b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>',
    ],
)
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        read(body)


def test_a_cut_sitemap_gives_what_was_whole() -> None:
    assert len(read(urlset(row("/1"), row("/2"))[:-40]).entries) >= 1


def test_parts_are_newest_first_and_on_the_same_host() -> None:
    body = index(("/a.xml", "2025-01-01"), ("/b.xml", "2026-01-01")).replace(
        b"</sitemapindex>", b"<sitemap><loc>https://ailleurs.exemple/c.xml</loc></sitemap></sitemapindex>"
    )
    assert [part.url for part in read(body).parts] == [f"{SITE}/b.xml", f"{SITE}/a.xml"]


class Web(FakeFetcher):
    """A site of documents; everything else is missing."""

    def __init__(self, **documents: bytes) -> None:
        missing = {f"{SITE}{path}": answer(URL, status=404) for path in ("/robots.txt", "/.well-known/tdmrep.json")}
        super().__init__(missing)
        self.publish(**documents)

    def publish(self, **documents: bytes) -> None:
        self.answers.update(
            {f"{SITE}/{name}.xml": answer(f"{SITE}/{name}.xml", doc) for name, doc in documents.items()}
        )
        self.asked.clear()

    def documents_asked(self) -> list[str]:
        return [url.removeprefix(f"{SITE}/") for url, _ in self.asked if url.endswith(".xml")]


@pytest.fixture
def make(sqlite_database: Database) -> Make:
    return lambda fetcher, *sources: House(sqlite_database, fetcher, *sources)


def test_an_index_is_followed_to_the_first_part_that_is_known(make: Make) -> None:
    parts = index(("/old.xml", "2025-01-01"), ("/new.xml", "2026-01-01"))
    web = Web(sitemap=parts, old=urlset(row("/1"), row("/2")), new=urlset(row("/3")))
    house = make(web, site())
    report = house.crawl()["cci"]
    assert (report.state, report.new) == (SourceHealth.OK, 3)
    web.publish(sitemap=index(("/old.xml", "2025-01-01"), ("/new.xml", "2026-02-01")), new=urlset(row("/3")))
    assert house.crawl(FORCE)["cci"].new == 0
    assert web.documents_asked() == ["sitemap.xml", "new.xml"]


def test_an_undated_index_is_read_whole_each_time(make: Make) -> None:
    web = Web(sitemap=index(("/a.xml", ""), ("/b.xml", "")), a=urlset(row("/1")), b=urlset(row("/2")))
    house = make(web, site())
    assert house.crawl()["cci"].new == 2
    web.publish(b=urlset(row("/2"), row("/3")))
    assert house.crawl(FORCE)["cci"].new == 1


def test_an_index_that_lost_its_parts_is_red(make: Make) -> None:
    web = Web(sitemap=index(("/a.xml", "2026-01-01")), a=urlset(row("/1")))
    house = make(web, site())
    house.crawl()
    web.publish(sitemap=index())
    assert house.crawl(FORCE)["cci"].state is SourceHealth.INVALID


def test_a_later_lastmod_is_no_news(make: Make) -> None:
    web = Web(sitemap=urlset(row("/1")))
    house = make(web, site())
    assert house.crawl()["cci"].new == 1
    web.publish(sitemap=urlset(row("/1", "2026-03-09")))
    report = house.crawl(FORCE)["cci"]
    assert (report.new, report.changed) == (0, 0)


def test_a_prefix_that_nobody_declared_hides_nothing() -> None:
    body = "<urlset><url><loc>https://a.exemple/1</loc><news:title>Un titre</news:title></url></urlset>"
    (entry,) = read_sitemap(body.encode(), "application/xml", "https://a.exemple/plan.xml", source()).entries
    assert entry.title == "Un titre"
