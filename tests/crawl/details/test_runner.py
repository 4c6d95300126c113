"""Pages and documents read over a real loopback site: once, politely, under robots.txt, never in the lists' way."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from tests.crawl.builders import item, rss, source
from tests.crawl.details.house import (
    CALL,
    LONG,
    RULES,
    House,
    fetcher,
    item_ids,
    listing,
    many,
    named,
    page,
    page_source,
    pdf_page,
    state,
    tag,
    texts,
)
from tests.crawl.site import Page, Request, Site, serve
from veille.clock import SystemClock
from veille.crawl.details.judging import RETRIES
from veille.model.details import DetailReport, ReadState
from veille.storage.db import Database
from veille.storage.item_store import SqlItemStore
from veille.storage.tables import EntryVersionRow, ItemRow


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_new_entrys_page_is_read_once_and_its_text_is_what_is_tagged(site: Site, house: House) -> None:
    assert house.both() == DetailReport(pages=1)
    assert "Dépôt jusqu'au 15 mars 2027." in texts(house)["Appel à projets"]
    assert "Un résumé de deux lignes" in texts(house)["Appel à projets"]
    for _ in range(3):
        assert house.both() == DetailReport()
    assert len(site.asked("/a")) == 1


def test_a_page_read_after_tagging_is_tagged_again_without_amending_anything(site: Site, house: House) -> None:
    house.crawl()
    assert tag(house) == 1
    house.read()
    assert tag(house) == 1
    assert tag(house) == 0
    with house.database.read() as session:
        assert session.scalars(select(ItemRow.version)).all() == [1]
        assert session.scalars(select(EntryVersionRow.id)).all() == []
    found = SqlItemStore(house.database).item(1)
    assert found is not None
    assert found.previous == {}
    assert "15 mars 2027" in found.text


def test_an_entry_that_changes_in_its_list_has_its_page_read_again(site: Site, house: House) -> None:
    house.both()
    site.pages["/liste"] = Page(listing(("Appel à projets [PROLONGÉ]", *CALL[1:])))
    site.pages["/a"] = page("Appel à projets", LONG, "Dépôt jusqu'au 30 avril 2027.")
    assert house.both().pages == 1
    assert "30 avril 2027" in texts(house)["Appel à projets [PROLONGÉ]"]
    assert "15 mars 2027" not in texts(house)["Appel à projets [PROLONGÉ]"]
    assert len(site.asked("/a")) == 2


def test_a_site_map_gets_its_titles_and_days_from_its_pages(site: Site, sqlite_database: Database) -> None:
    urls = f"<url><loc>{site.url('/a')}</loc><lastmod>2026-11-01</lastmod></url>"
    site.pages["/plan.xml"] = Page(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    )
    meta = "<meta property='article:published_time' content='2026-10-02T08:00:00+02:00'>"
    site.pages["/a"] = page("Sols vivants, édition 2027", LONG, more=meta)
    house = House(sqlite_database, source("plan", kind="sitemap", url=site.url("/plan.xml")))
    house.crawl()
    assert [one.title for one in house.store.export()] == ["A"]
    house.read()
    (exported,) = house.store.export()
    assert exported.title == "Sols vivants, édition 2027"
    assert exported.date is not None
    assert exported.date.day == 2
    assert list(texts(house)) == ["Sols vivants, édition 2027"]
    assert house.both() == DetailReport()


def test_the_list_of_a_page_source_keeps_its_own_titles(site: Site, house: House) -> None:
    site.pages["/a"] = page("Un autre titre", LONG)
    house.both()
    assert [one.title for one in house.store.export()] == ["Appel à projets"]


def test_a_source_that_says_no_has_no_page_read(site: Site, sqlite_database: Database) -> None:
    house = House(sqlite_database, page_source(site, details=False))
    assert house.both() == DetailReport()
    assert site.asked("/a") == []


def test_a_feed_has_its_pages_read_where_it_says_so(site: Site, sqlite_database: Database) -> None:
    site.pages["/flux"] = Page(rss(item("Appel", site.url("/a"), description="Deux lignes…")))
    quiet, wanting = source("q", url=site.url("/flux")), source("w", url=site.url("/flux"), details=True)
    house = House(sqlite_database, quiet)
    assert house.both() == DetailReport()
    house.sources[0] = wanting
    assert house.both().pages == 1


def test_two_sources_of_one_page_ask_for_it_once(site: Site, sqlite_database: Database) -> None:
    site.pages["/autre"] = site.pages["/liste"]
    house = House(sqlite_database, page_source(site), page_source(site, "autre", url=site.url("/autre")))
    house.both()
    assert len(site.asked("/a")) == 1


def test_pages_that_say_nothing_more_leave_what_the_list_said(site: Site, house: House) -> None:
    site.pages["/a"] = Page(b"<html><body></body></html>", headers={"Content-Type": "text/html"})
    assert house.both() == DetailReport(left=1)
    assert state(house) == (ReadState.LEFT, "la page ne contient aucun texte")
    assert texts(house) == {"Appel à projets": "Un résumé de deux lignes…"}


# ── turns and failures ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_host_is_asked_for_so_many_pages_a_pass_and_the_rest_is_said(site: Site, sqlite_database: Database) -> None:
    many(site, 7)
    house = House(sqlite_database, page_source(site), per_host=3)
    assert house.both() == DetailReport(pages=3, waiting=4)
    assert house.read() == DetailReport(pages=3, waiting=1)
    assert house.read() == DetailReport(pages=1)
    assert house.read() == DetailReport()
    assert all(len(site.asked(f"/p{n}")) == 1 for n in range(7))


def test_an_unreachable_page_is_asked_again_ever_later_then_left_with_its_reason(site: Site, house: House) -> None:
    site.pages["/a"] = Page(status=500)
    house.crawl()
    for wait in RETRIES:
        assert house.read().postponed == 1
        assert house.read() == DetailReport()  # nothing is due yet
        house.clock.advance(wait)
    assert house.read().left == 1
    assert state(house) == (ReadState.LEFT, "le site est en panne (HTTP 500) ; laissé après 5 essais")
    assert len(site.asked("/a")) == len(RETRIES) + 1
    house.clock.advance(timedelta(days=60))
    assert house.read() == DetailReport()


def test_a_page_that_comes_back_is_read(site: Site, house: House) -> None:
    good, site.pages["/a"] = site.pages["/a"], Page(status=503)
    house.both()
    site.pages["/a"] = good
    house.clock.advance(RETRIES[0])
    assert house.read() == DetailReport(pages=1)


def test_a_host_that_answers_no_more_is_left_alone_for_the_pass(site: Site, sqlite_database: Database) -> None:
    many(site, 9)
    for n in range(9):
        site.pages[f"/p{n}"] = Page(status=502)
    house = House(sqlite_database, page_source(site))
    report = house.both()
    assert sum(len(site.asked(f"/p{n}")) for n in range(9)) == 2
    assert report.postponed == 9
    assert list(report.stopped.values()) == ["le site est en panne (HTTP 502)"]
    assert house.read() == DetailReport()


def test_a_slow_host_leaves_the_rest_for_the_next_pass(site: Site, sqlite_database: Database) -> None:
    many(site, 4)
    house = House(sqlite_database, page_source(site))

    def slow(request: Request) -> Page:
        house.clock.advance(timedelta(seconds=40))
        return page("Appel", LONG)

    house.crawl()
    for n in range(4):
        site.pages[f"/p{n}"] = slow
    assert house.read() == DetailReport(pages=2, waiting=2)
    assert house.read() == DetailReport(pages=2)


def test_a_host_that_asks_for_patience_is_left_alone_lists_included(site: Site, sqlite_database: Database) -> None:
    many(site, 5)
    site.pages["/p2"] = Page(status=429, headers={"Retry-After": "7200"})
    house = House(sqlite_database, page_source(site, every=timedelta(minutes=30)))
    report = house.both()
    assert report.stopped
    asked = len(site.requests)
    assert house.read() == DetailReport()
    assert len(site.requests) == asked
    next_check = house.store.states()["liste"].next_check_at
    assert next_check is not None
    assert next_check - house.clock.now() > timedelta(minutes=110)
    house.clock.advance(timedelta(hours=3))
    assert house.read().pages >= 1


def test_a_host_whose_list_was_told_to_wait_has_no_page_asked(site: Site, house: House) -> None:
    house.crawl()
    site.pages["/liste"] = Page(status=503, headers={"Retry-After": "3600"})
    house.crawl()
    assert house.read() == DetailReport(waiting=1)
    assert site.asked("/a") == []


def test_a_failing_page_stops_nobody_elses(site: Site, sqlite_database: Database) -> None:
    with serve() as other:
        other.pages["/liste"] = Page(listing(("Autre", "/b", "")))
        other.pages["/b"] = page("Autre", LONG)
        site.pages["/a"] = Page(b"<html", status=404)
        there = page_source(other, "autre", url=named(other, "/liste"))
        house = House(sqlite_database, page_source(site), there)
        assert house.both() == DetailReport(pages=1, left=1)
        assert state(house, 1)[0] is ReadState.LEFT or state(house, 2)[0] is ReadState.LEFT


def test_only_the_named_sources_pages_are_read(site: Site, sqlite_database: Database) -> None:
    site.pages["/autre"] = Page(listing(("Autre", "/b", "")))
    site.pages["/b"] = page("Autre", LONG)
    house = House(sqlite_database, page_source(site), page_source(site, "autre", url=site.url("/autre")))
    house.crawl()
    assert house.read(["autre"]) == DetailReport(pages=1)
    assert site.asked("/a") == []


def test_what_a_source_no_longer_wants_waits_without_being_asked(site: Site, house: House) -> None:
    house.crawl()
    house.change(details=False)
    assert house.read() == DetailReport()
    house.change(details=True)
    assert house.read().pages == 1


# ── manners ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_robots_txt_binds_pages_and_documents(site: Site, house: House) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /*.pdf$\nDisallow: /secret\n")
    site.pages["/liste"] = Page(listing(CALL, ("Secret", "/secret", "")))
    site.pages["/a"] = page("Appel", LONG, more="<a href='/d/reglement.pdf'>Règlement</a>")
    site.pages["/d/reglement.pdf"] = pdf_page(RULES)
    house.both()
    assert site.asked("/secret") == site.asked("/d/reglement.pdf") == []
    said = {state(house, n) for n in item_ids(house)}
    assert (ReadState.LEFT, "le robots.txt du site interdit cette adresse aux programmes") in said
    (document,) = [one for n in item_ids(house) for one in house.details.documents_of(n)]
    assert document.state is ReadState.LEFT


def test_robots_txt_binds_where_a_redirect_leads(site: Site, house: House) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /interdit\n")
    site.pages["/a"] = Page(status=302, headers={"Location": "/interdit"})
    site.pages["/interdit"] = page("Interdit", LONG)
    house.both()
    assert state(house)[0] is ReadState.LEFT
    assert "sobriété" not in texts(house)["Appel à projets"]


def test_a_site_whose_robots_txt_fails_is_not_asked(site: Site, sqlite_database: Database) -> None:
    with serve() as other:
        other.pages["/robots.txt"] = Page(status=500)
        other.pages["/a"] = page("Appel", LONG)
        site.pages["/liste"] = Page(listing(("Appel", named(other, "/a"), "")))
        house = House(sqlite_database, page_source(site))
        assert house.both().postponed >= 1
        assert other.asked("/a") == []


@pytest.mark.parametrize("where", ["header", "page", "file"])
def test_a_reserved_text_is_not_kept(where: str, site: Site, house: House) -> None:
    if where == "header":
        site.pages["/a"] = Page(page("Appel", LONG).body, headers={"Content-Type": "text/html", "tdm-reservation": "1"})
    elif where == "page":
        site.pages["/a"] = page("Appel", LONG, more="<meta name='tdm-reservation' content='1'>")
    else:
        site.pages["/.well-known/tdmrep.json"] = Page(b'[{"location": "/a", "tdm-reservation": 1}]')
    house.both()
    assert state(house)[0] is ReadState.RESERVED
    assert "sobriété" not in texts(house)["Appel à projets"]


def test_a_reserved_document_is_not_kept(site: Site, house: House) -> None:
    site.pages["/a"] = page("Appel", LONG, more="<a href='/reglement.pdf'>Règlement</a>")
    site.pages["/reglement.pdf"] = pdf_page(RULES, **{"tdm-reservation": "1"})
    house.both()
    (document,) = house.details.documents_of(1)
    assert (document.state, document.pages) == (ReadState.RESERVED, ())


def test_one_request_at_a_time_on_a_host_and_a_pause_between_two(site: Site, sqlite_database: Database) -> None:
    many(site, 4)
    busy: list[int] = []

    def slow(n: int) -> Callable[[Request], Page]:
        def answer(_: Request) -> Page:
            busy.append(1)
            found = page(f"Appel {n}", LONG)
            found.delay = 0.05
            return found

        return answer

    for n in range(4):
        site.pages[f"/p{n}"] = slow(n)
    house = House(sqlite_database, page_source(site), host_delay=0.4)
    house.clock = SystemClock()  # type: ignore[assignment] - real waits
    house.fetcher = fetcher(house.clock)
    house.both()
    times = [request.at for request in site.everything]
    assert len(busy) == 4
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.25


def test_the_pause_that_robots_txt_asks_for_is_kept(site: Site, sqlite_database: Database) -> None:
    many(site, 2)
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 0.6\n")
    house = House(sqlite_database, page_source(site))
    house.clock = SystemClock()  # type: ignore[assignment] - real waits
    house.fetcher = fetcher(house.clock)
    house.both()
    first, second = sorted(request.at for n in range(2) for request in site.asked(f"/p{n}"))
    assert second - first >= 0.4


def test_hosts_are_read_beside_each_other(sqlite_database: Database) -> None:
    with serve() as one, serve() as other:
        for each in (one, other):
            each.pages["/liste"] = Page(listing(("Appel", "/a", "")))
            each.pages["/a"] = slow = page("Appel", LONG)
            slow.delay = 1.0
        house = House(sqlite_database, page_source(one), page_source(other, "autre", url=named(other, "/liste")))
        house.crawl()
        house.read()
        assert abs(one.asked("/a")[0].at - other.asked("/a")[0].at) < 1.0


def test_a_drip_and_an_endless_page_end(site: Site, sqlite_database: Database) -> None:
    site.pages["/liste"] = Page(listing(CALL, ("Énorme", "/b", "")))
    site.pages["/a"].delay = 5  # type: ignore[union-attr]
    site.pages["/b"] = Page(b"<html>" + b"x" * 300_000, headers={"Content-Type": "text/html"})
    house = House(sqlite_database, page_source(site))
    house.fetcher = fetcher(house.clock, deadline=1, max_bytes=100_000)
    house.crawl()
    house.read()
    sentences = " ".join(state(house, n)[1] for n in item_ids(house))
    assert "délai dépassé" in sentences
    assert "trop grosse" in sentences
