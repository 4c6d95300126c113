"""Lists of several pages and lists that were redesigned, pass after pass on a real store."""

from collections.abc import Callable

import pytest

from tests.crawl.builders import source
from tests.crawl.test_pages import RECIPE, URL, line, page
from tests.crawl.test_runner import FORCE, House
from veille.crawl.kinds import KINDS
from veille.model import Expect, FetchOutcome, Recipe, Source, SourceHealth, Validators
from veille.storage.db import Database
from veille.testing import FakeFetcher, answer

Make = Callable[..., House]
ROBOTS = "https://region.exemple/robots.txt"


def listing(**fields: object) -> Source:
    return source("region", kind="page", **{"url": URL, "recipe": RECIPE, **fields})


def lines(first: int, last: int) -> list[str]:
    return [line(f"Appel {n}", f"/aides/{n}") for n in range(first, last + 1)]


class Site(FakeFetcher):
    """The list as it is today, one body a page number."""

    def __init__(self, *pages: bytes) -> None:
        super().__init__({})
        self.publish(*pages)

    def publish(self, *pages: bytes) -> None:
        addresses = [URL, *(f"{URL}?page={n}" for n in range(2, len(pages) + 1))]
        self.answers = {url: answer(url, body) for url, body in zip(addresses, pages, strict=True)}
        self.answers[ROBOTS] = answer(ROBOTS, status=404)
        self.answers["https://region.exemple/.well-known/tdmrep.json"] = answer(ROBOTS, status=404)

    def pages_asked(self) -> list[str]:
        asked = [url for url, _ in self.asked if url.startswith(URL)]
        self.asked.clear()
        return asked


def linked(number: int, items: list[str]) -> bytes:
    return page(*items, head=f"<link rel=next href='?page={number + 1}'>")


@pytest.fixture
def make(sqlite_database: Database) -> Make:
    return lambda fetcher, *sources: House(sqlite_database, fetcher, *sources)


def test_pages_are_followed_until_one_holds_nothing_new(make: Make) -> None:
    site = Site(linked(1, lines(11, 20)), linked(2, lines(1, 10)), page(*lines(1, 2)))
    house = make(site, listing())
    assert house.crawl()["region"].new == 20
    assert len(site.pages_asked()) == 3
    site.publish(linked(1, lines(12, 21)), linked(2, lines(2, 11)), page(*lines(1, 1)))
    assert house.crawl(FORCE)["region"].new == 1
    assert site.pages_asked() == [URL, f"{URL}?page=2"]
    site.publish(linked(1, [*lines(12, 21), "<!-- -->"]), linked(2, lines(2, 11)))
    assert house.crawl(FORCE)["region"].new == 0
    assert site.pages_asked() == [URL]


def test_no_more_pages_are_asked_than_the_cap(make: Make) -> None:
    site = Site(*(linked(n, lines(10 * n, 10 * n + 9)) for n in range(1, 9)))
    assert make(site, listing()).crawl()["region"].new == 10 * KINDS["page"].pages
    assert len(site.pages_asked()) == KINDS["page"].pages


def test_a_next_page_on_another_host_is_not_asked(make: Make) -> None:
    site = Site(page(*lines(1, 3), head="<link rel=next href='https://ailleurs.exemple/2'>"))
    assert make(site, listing()).crawl()["region"].new == 3


def test_a_broken_second_page_is_said_and_asked_again(make: Make) -> None:
    site = Site(linked(1, lines(11, 20)), page(*lines(1, 10)))
    second = site.answers.pop(f"{URL}?page=2")
    site.answers[f"{URL}?page=2"] = answer(URL, status=500)
    house = make(site, listing())
    report = house.crawl()["region"]
    assert report.new == 10
    assert "HTTP 500" in report.sentence
    site.answers[f"{URL}?page=2"] = second
    assert house.crawl(FORCE)["region"].state is SourceHealth.OK


@pytest.mark.parametrize("broken", [page(), page(*lines(1, 9)), b"<html><body>Maintenance</body></html>"])
def test_a_redesign_turns_the_source_red_with_both_counts_and_stores_nothing(make: Make, broken: bytes) -> None:
    site = Site(page(*lines(1, 20)))
    house = make(site, listing())
    assert house.crawl()["region"].state is SourceHealth.OK
    before = house.titles()
    site.publish(broken)
    for _ in range(2):  # the old number stays the usual one
        report = house.crawl(FORCE)["region"]
        assert report.state is SourceHealth.INVALID
        assert "20" in report.sentence
        assert report.sentence.startswith(("0 entrée", "9 entrées"))
    assert house.titles() == before
    site.publish(page(*lines(2, 21)))
    assert house.crawl(FORCE)["region"].new == 1


def test_a_first_pass_that_reads_nothing_is_red(make: Make) -> None:
    report = make(Site(page()), listing()).crawl()["region"]
    assert report.state is SourceHealth.INVALID


def test_fewer_entries_than_expected_are_red(make: Make) -> None:
    report = make(Site(page(*lines(1, 4))), listing(expect=Expect(min_items=5))).crawl()["region"]
    assert report.state is SourceHealth.INVALID
    assert "au moins 5" in report.sentence


def test_a_new_recipe_reads_the_same_bytes_again_and_starts_counting_anew(make: Make) -> None:
    body = page(*lines(1, 20))

    def conditional(url: str, validators: Validators) -> FetchOutcome:
        unchanged = validators.etag == '"1"'
        return answer(url, b"" if unchanged else body, status=304 if unchanged else 200, headers={"etag": '"1"'})

    site = Site(body)
    site.answers[URL] = conditional
    house = make(site, listing())
    house.crawl()
    assert house.crawl(FORCE)["region"].state is SourceHealth.UNCHANGED
    house.sources = (listing(recipe=Recipe(item="li.appel:nth-child(1)", title="h3")),)
    report = house.crawl()["region"]
    assert report.state is SourceHealth.OK
    assert "1 entrée lue" in report.sentence


def test_an_amended_deadline_is_a_change_and_the_earlier_one_is_kept(make: Make) -> None:
    site = Site(page(line(more="<i class=fin>15 mars 2026</i>")))
    house = make(site, listing())
    assert house.crawl()["region"].new == 1
    site.publish(page(line(more="<i class=fin>30 mars 2026</i>")))
    assert house.crawl(FORCE)["region"].changed == 1
