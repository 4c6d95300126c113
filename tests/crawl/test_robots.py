"""What sites ask of programs binds pages, never a feed that a person configured."""

import asyncio
from collections.abc import Callable

import pytest

from tests.crawl.builders import item, rss, source
from tests.crawl.test_listing import listing
from tests.crawl.test_pages import URL, line, page
from tests.crawl.test_runner import FORCE, House
from veille.crawl.robots import MAX_DELAY, Rules, Sites
from veille.crawl.visiting import _reserved
from veille.model import (
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    ParsedFeed,
    Redirect,
    Request,
    SourceHealth,
    Validators,
)
from veille.storage.db import Database
from veille.testing import FakeFetcher, answer

Make = Callable[..., House]
SITE = "https://region.exemple"
ROBOTS, TDM = f"{SITE}/robots.txt", f"{SITE}/.well-known/tdmrep.json"
LISTED = page(line(more="<p>Un résumé.</p>"))


def rules(robots: FetchOutcome, tdm: FetchOutcome | None = None) -> Rules:
    """Return the rules of a site that answers so."""
    answers = {ROBOTS: robots, TDM: tdm or answer(TDM, status=404)}

    async def ask(request: Request, _: Validators) -> FetchOutcome:
        return answers[request.url]

    return asyncio.run(Sites().rules(URL, ask))


def written(text: str) -> Rules:
    return rules(answer(ROBOTS, text.encode()))


def allows(text: str, path: str) -> bool:
    return written(text).refusal(SITE + path) is None


def delay_is_clamped_and_said(text: str) -> None:
    asked = written(text)
    assert asked.delay == MAX_DELAY
    assert "ramenée à 60 s" in asked.remark


def wildcards_are_obeyed(text: str) -> None:
    assert not allows(text, "/a.pdf")
    assert not allows(text, "/private/x")
    assert allows(text, "/a.pdf?x=1")
    assert allows(text, "/public")


def test_a_pause_beyond_a_minute_is_clamped_and_said() -> None:
    delay_is_clamped_and_said("User-agent: *\nCrawl-delay: 1e308\n")


@pytest.mark.parametrize("wish", ["-5", "nan", "abc", ""])
def test_a_pause_that_is_none_is_no_pause(wish: str) -> None:
    asked = written(f"User-agent: *\nCrawl-delay: {wish}\n")
    assert (asked.delay, asked.remark) == (0, "")


def test_wildcards_are_obeyed() -> None:
    wildcards_are_obeyed("User-agent: *\nDisallow: /*.pdf$\nDisallow: /private*\n")


def test_the_longest_match_wins_and_allow_wins_a_tie() -> None:
    text = "User-agent: *\nDisallow: /aides\nAllow: /aides/ouvertes\nDisallow: /x\nAllow: /x\n"
    assert not allows(text, "/aides/closes")
    assert allows(text, "/aides/ouvertes/1")
    assert allows(text, "/x")


def test_a_group_that_names_us_stands_alone() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: veille\nDisallow: /prive\n"
    assert allows(text, "/aides")
    assert not allows(text, "/prive")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_txt_allows_everything(status: int) -> None:
    assert rules(answer(ROBOTS, status=status)).refusal(URL) is None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_fails_stops_us(status: int) -> None:
    refused = rules(answer(ROBOTS, status=status)).refusal(URL)
    assert refused is not None
    assert str(status) in refused.sentence


def test_a_site_that_does_not_answer_stops_us() -> None:
    silent = FetchFailed(url=ROBOTS, fault=FetchFault.TIMEOUT, sentence="délai dépassé")
    assert rules(silent).refusal(URL) is not None
    lost = FetchFailed(url=ROBOTS, fault=FetchFault.REDIRECTS, sentence="plus de 5 redirections")
    assert rules(lost).refusal(URL) is None


def test_only_half_a_megabyte_is_read() -> None:
    assert allows("#" * 600_000 + "\nUser-agent: *\nDisallow: /\n", "/aides")


def a_header_reserves() -> None:
    """Played without a store: what the visitor decides on."""
    assert _reserved(answer(URL, headers={"tdm-reservation": "1"}), ParsedFeed(), Rules())
    assert not _reserved(answer(URL), ParsedFeed(), Rules())


def a_file_or_page_reserves_and_a_header_overrides_the_file() -> None:
    file = rules(answer(ROBOTS), answer(TDM, b'[{"location": "/", "tdm-reservation": 1}]'))
    assert _reserved(answer(URL), ParsedFeed(), file)
    assert _reserved(answer(URL), ParsedFeed(reserved=True), Rules())
    assert not _reserved(answer(URL, headers={"tdm-reservation": "0"}), ParsedFeed(), file)


class Web(FakeFetcher):
    """A site with a page, its robots.txt and tdmrep.json."""

    def __init__(self, robots: str = "", tdm: str | None = None, **headers: str) -> None:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        file = answer(TDM, status=404) if tdm is None else answer(TDM, tdm.encode())
        super().__init__({URL: answer(URL, LISTED, headers=names), ROBOTS: answer(ROBOTS, robots.encode()), TDM: file})

    def paths(self) -> list[str]:
        return [url.removeprefix(SITE) for url, _ in self.asked]


@pytest.fixture
def make(sqlite_database: Database) -> Make:
    return lambda fetcher, *sources: House(sqlite_database, fetcher, *sources)


def test_a_forbidden_page_is_not_asked_and_its_state_says_why(make: Make) -> None:
    web = Web("User-agent: *\nDisallow: /aides/")
    report = make(web, listing()).crawl()["region"]
    assert report.state is SourceHealth.BLOCKED
    assert "robots.txt" in report.sentence
    assert URL.removeprefix(SITE) not in web.paths()


def test_robots_txt_is_read_once_per_site_and_pass(make: Make) -> None:
    web = Web()
    other = listing(url=f"{SITE}/autre")
    web.answers[other.url] = answer(other.url, LISTED)
    house = make(web, listing(), source("autre", kind="page", url=other.url, recipe=other.recipe))
    house.crawl()
    assert web.paths().count("/robots.txt") == 1
    house.crawl(FORCE)
    assert web.paths().count("/robots.txt") == 2


def test_a_forbidden_next_page_ends_the_list(make: Make) -> None:
    web = Web("User-agent: *\nDisallow: /*?page=")
    web.answers[URL] = answer(URL, page(line(), head="<link rel=next href='?page=2'>"))
    report = make(web, listing()).crawl()["region"]
    assert report.new == 1
    assert "robots.txt" in report.sentence


def test_a_redirect_into_a_forbidden_place_gives_nothing(make: Make) -> None:
    web = Web("User-agent: *\nDisallow: /prive")
    hop = Redirect(302, URL, f"{SITE}/prive")
    web.answers[URL] = Fetched(url=URL, final_url=hop.target, status=200, headers={}, body=LISTED, redirects=(hop,))
    report = make(web, listing()).crawl()["region"]
    assert (report.state, report.new) == (SourceHealth.BLOCKED, 0)


def test_a_feed_is_fetched_whatever_robots_txt_says(make: Make) -> None:
    url = f"{SITE}/flux.xml"
    web = FakeFetcher({url: answer(url, rss(item()))})
    assert make(web, source(url=url)).crawl()["pole"].new == 1


def test_reserved_text_is_not_kept(make: Make, sqlite_database: Database) -> None:
    web = Web(tdm_reservation="1")
    make(web, listing()).crawl()
    assert texts(sqlite_database) == [""]


@pytest.mark.parametrize(
    ("file", "header", "meta", "kept"),
    [
        ("/", None, None, False),
        ("/aides/*", None, None, False),
        ("/autre", None, None, True),
        ("/", "0", None, True),
        (None, None, "1", False),
        ("/", "1", "0", True),
    ],
)
def test_reservations_stand_in_file_header_or_page_and_the_nearer_wins(
    make: Make, sqlite_database: Database, file: str | None, header: str | None, meta: str | None, *, kept: bool
) -> None:
    tdm = f'[{{"location": "{file}", "tdm-reservation": 1}}]' if file else None
    web = Web(tdm=tdm, **({"tdm_reservation": header} if header else {}))
    if meta:
        head = f"<meta name='tdm-reservation' content='{meta}'>"
        body = page(line(more="<p>Un résumé.</p>"), head=head)
        web.answers[URL] = answer(URL, body, headers={"tdm-reservation": header} if header else {})
    make(web, listing()).crawl()
    assert texts(sqlite_database) == (["Un résumé."] if kept else [""])


@pytest.mark.parametrize("tdm", ["<html>", "[[[[", '{"a": 1}', '[{"location": 5}]', '[{"location": "/\\nAllow: /"}]'])
def test_a_tdmrep_that_is_none_reserves_nothing(tdm: str) -> None:
    assert not rules(answer(ROBOTS), answer(TDM, tdm.encode())).reserves(URL)


def texts(database: Database) -> list[str]:
    from sqlalchemy import select

    from veille.storage.tables import EntryRow

    with database.read() as session:
        return list(session.scalars(select(EntryRow.text)))
