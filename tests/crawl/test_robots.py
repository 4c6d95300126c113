"""What sites ask of programs binds pages; for a feed that a person configured it is read, kept and shown."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.crawl.builders import DAY, NOW, item, rss, source
from tests.crawl.test_listing import listing
from tests.crawl.test_pages import URL, line, page
from tests.crawl.test_runner import FORCE, House
from veille.crawl.robots import MAX_DELAY, Rules, Sites, is_fresh, learnt, reservations, rules_of
from veille.crawl.visiting import _reservation
from veille.model import (
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    ParsedFeed,
    Redirect,
    Request,
    Reservation,
    RobotsVerdict,
    Site,
    SourceHealth,
    Validators,
)
from veille.storage.db import Database
from veille.storage.site_store import SqlSiteStore
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

    async def nothing(_: str) -> None:
        return None

    async def forgotten(_: Site) -> None:
        return None

    return asyncio.run(Sites(nothing, forgotten, lambda: NOW).rules(URL, ask))


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
    said = _reservation(answer(URL, headers={"tdm-reservation": "1"}), ParsedFeed(), Rules())
    assert said is Reservation.HEADER
    assert _reservation(answer(URL), ParsedFeed(), Rules()) is Reservation.NONE


def a_file_or_page_reserves_and_a_header_overrides_the_file() -> None:
    file = rules(answer(ROBOTS), answer(TDM, b'[{"location": "/", "tdm-reservation": 1}]'))
    assert _reservation(answer(URL), ParsedFeed(), file) is Reservation.FILE
    assert _reservation(answer(URL), ParsedFeed(reserved=True), Rules()) is Reservation.PAGE
    withdrawn = answer(URL, headers={"tdm-reservation": "0"})
    assert _reservation(withdrawn, ParsedFeed(), file) is Reservation.NONE


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


def test_robots_txt_is_read_once_per_site_and_day(make: Make) -> None:
    web = Web()
    other = listing(url=f"{SITE}/autre")
    web.answers[other.url] = answer(other.url, LISTED)
    house = make(web, listing(), source("autre", kind="page", url=other.url, recipe=other.recipe))
    house.crawl()
    house.clock.advance(timedelta(hours=23))
    house.crawl(FORCE)
    assert web.paths().count("/robots.txt") == 1
    house.clock.advance(timedelta(hours=2))
    house.crawl(FORCE)
    assert web.paths().count("/robots.txt") == 2


def test_a_site_whose_robots_txt_fails_is_asked_again_after_an_hour(make: Make) -> None:
    web = Web()
    web.answers[ROBOTS] = answer(ROBOTS, status=503)
    house = make(web, listing())
    assert house.crawl()["region"].state is SourceHealth.FAILING
    web.answers[ROBOTS] = answer(ROBOTS, status=404)
    house.clock.advance(timedelta(minutes=59))
    assert "robots.txt" in house.crawl(FORCE)["region"].sentence
    house.clock.advance(timedelta(minutes=1))
    assert house.crawl(FORCE)["region"].state is SourceHealth.OK


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


# ── feeds ───────────────────────────────────────────────────────────────────────────────────────────────────────────
FEED = f"{SITE}/flux.xml"


def feeding(robots: str, tdm: str | None = None) -> Web:
    web = Web(robots, tdm)
    web.answers[FEED] = answer(FEED, rss(item(description="Un résumé.")), headers={"etag": '"1"'})
    return web


def status(house: House) -> tuple[SourceHealth, RobotsVerdict, Reservation]:
    (found,) = house.store.statuses()
    return found.health, found.robots, found.reserved


def test_a_feed_is_fetched_whatever_robots_txt_says_and_what_it_says_is_kept(make: Make) -> None:
    house = make(feeding("User-agent: *\nDisallow: /"), source(url=FEED))
    assert house.crawl()["pole"].new == 1
    assert status(house) == (SourceHealth.OK, RobotsVerdict.FORBIDDEN, Reservation.NONE)


def test_where_the_operator_says_so_robots_txt_binds_feeds_too(make: Make) -> None:
    web = feeding("User-agent: *\nDisallow: /")
    house = make(web, source(url=FEED))
    (report,) = house.crawler(respect=True).crawl()
    assert (report.state, report.new) == (SourceHealth.BLOCKED, 0)
    assert web.paths() == ["/robots.txt", "/.well-known/tdmrep.json"]
    assert status(house)[1] is RobotsVerdict.FORBIDDEN


def test_a_feed_host_is_asked_for_its_rules_after_the_feed_and_once_a_day(make: Make) -> None:
    web = feeding("User-agent: *\nDisallow: /prive")
    house = make(web, source(url=FEED), source("autre", url=f"{SITE}/autre.xml"))
    web.answers[f"{SITE}/autre.xml"] = answer(f"{SITE}/autre.xml", rss(item("Deux", "https://a.exemple/2")))
    house.crawl()
    assert web.paths() == ["/autre.xml", "/robots.txt", "/.well-known/tdmrep.json", "/flux.xml"]
    web.asked.clear()
    house.clock.advance(timedelta(hours=23))
    web.answers[FEED] = answer(FEED, rss(item("Trois", "https://a.exemple/3")))
    house.crawl(FORCE)
    assert web.paths() == ["/autre.xml", "/flux.xml"]


def test_a_feed_that_brings_nothing_new_costs_one_request_whatever_the_age_of_the_rules(make: Make) -> None:
    web = feeding("User-agent: *\nDisallow: /prive")
    house = make(web, source(url=FEED))
    house.crawl()
    web.asked.clear()
    house.clock.advance(40 * DAY)
    assert house.crawl(FORCE)["pole"].state in {SourceHealth.UNCHANGED, SourceHealth.SILENT}
    assert web.paths() == ["/flux.xml"]
    assert status(house)[1] is RobotsVerdict.ALLOWED


@pytest.mark.parametrize("status", [404, 429, 500])
def test_a_feed_that_fails_brings_no_second_request(make: Make, status: int) -> None:
    web = feeding("")
    web.answers[FEED] = answer(FEED, status=status)
    make(web, source(url=FEED)).crawl()
    assert web.paths() == ["/flux.xml"]


def test_the_site_s_file_reserves_the_text_of_a_feed(make: Make, sqlite_database: Database) -> None:
    house = make(feeding("", '[{"location": "/", "tdm-reservation": 1}]'), source(url=FEED))
    assert "texte réservé" in house.crawl()["pole"].sentence
    assert texts(sqlite_database) == [""]
    assert status(house)[2] is Reservation.FILE


def test_a_robots_txt_that_cannot_be_had_stops_no_feed(make: Make) -> None:
    web = feeding("")
    web.answers[ROBOTS] = answer(ROBOTS, status=500)
    house = make(web, source(url=FEED))
    assert house.crawl()["pole"].new == 1
    assert status(house)[1] is RobotsVerdict.UNREACHABLE


# ── what is remembered ──────────────────────────────────────────────────────────────────────────────────────────────
def had(answer_: FetchOutcome, before: Site | None = None, days: float = 0) -> Site:
    return learnt(before, SITE, answer_, NOW + timedelta(days=days))


FORBIDS = answer(ROBOTS, b"User-agent: *\nDisallow: /")
FAILS = answer(ROBOTS, status=503)


def test_an_unreachable_robots_txt_shuts_its_site_for_thirty_days_then_the_last_copy_stands() -> None:
    site = had(FAILS, had(FORBIDS), days=1)
    site = had(FAILS, site, days=30.5)
    assert rules_of(site, NOW + 30.9 * DAY).verdict(URL) is RobotsVerdict.UNREACHABLE
    assert rules_of(site, NOW + 31 * DAY).verdict(URL) is RobotsVerdict.FORBIDDEN
    never = had(FAILS)
    assert rules_of(never, NOW + 29 * DAY).refusal(URL) is not None
    assert rules_of(never, NOW + 30 * DAY).refusal(URL) is None


def test_a_robots_txt_that_is_back_counts_its_next_failure_anew() -> None:
    site = had(FAILS, had(FORBIDS, had(FAILS), days=20), days=40)
    assert rules_of(site, NOW + 41 * DAY).down


def test_what_is_remembered_serves_a_day_and_a_failure_an_hour_where_it_binds() -> None:
    assert is_fresh(had(FORBIDS), NOW + timedelta(hours=23))
    assert not is_fresh(had(FORBIDS), NOW + DAY)
    assert not is_fresh(had(FORBIDS), NOW - timedelta(seconds=1))  # a clock that went back
    assert not is_fresh(had(FAILS), NOW + timedelta(hours=1))
    assert is_fresh(had(FAILS), NOW + timedelta(hours=1), binding=False)


def test_a_robots_txt_survives_the_store(database: Database) -> None:
    store = SqlSiteStore(database)
    assert store.site(SITE) is None
    site = had(answer(ROBOTS, "\ufeffUser-agent: *\nDisallow: /\x00é".encode()))
    store.remember(site)
    store.remember(had(FAILS, site, days=1))
    found = store.site(SITE)
    assert found == had(FAILS, site, days=1)
    assert found.robots == "User-agent: *\nDisallow: /é"


def test_a_mark_at_its_head_hides_no_rule() -> None:
    assert not allows("\ufeffUser-agent: *\nDisallow: /x\n", "/x")


def test_two_sources_that_lead_to_one_site_ask_it_once(make: Make) -> None:
    web = feeding("")
    sources = []
    for name in ("a", "b"):
        url = f"https://{name}.exemple/flux"
        web.answers[url] = Fetched(
            url=url, final_url=FEED, status=200, headers={}, body=rss(item()), redirects=(Redirect(302, url, FEED),)
        )
        sources.append(source(name, url=url))
    make(web, *sources).crawl()
    assert web.paths().count("/robots.txt") == 1


def test_reservations_that_cannot_be_had_stay_as_they_were() -> None:
    assert reservations(FAILS) is None
    assert reservations(answer(TDM, status=404)) == ""


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
