"""A watched page from visit to visit: its memory and its items in one store, robots.txt and reservations obeyed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.crawl.site import Page, Site, serve
from tests.crawl.test_runner import FORCE, House
from tests.crawl.test_watch import LINES, URL, edited, other, page
from veille.config.settings import Fetch
from veille.crawl.decide import current
from veille.errors import DiskFull
from veille.model import Source, SourceHealth, Validators
from veille.net.fetcher import GuardedFetcher
from veille.storage.db import Database
from veille.storage.source_store import SqlSourceStore
from veille.testing import FakeFetcher, FrozenClock, answer

WATCH = Source(id="w", title="Organisme", kind="watch", url=URL, every=timedelta(hours=1))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Visits:
    """One source over a page that the test sets."""

    def __init__(self, database: Database, source: Source = WATCH) -> None:
        self.site = FakeFetcher({})
        self.house = House(database, self.site, source)

    def see(self, body: bytes, after: timedelta = HOUR, store: SqlSourceStore | None = None, **headers: str) -> str:
        self.house.clock.advance(after)
        self.site.answers[URL] = replace(answer(URL, body), headers={"content-type": "text/html", **headers})
        (report,) = self.house.crawler(store=store).crawl(FORCE)
        return f"{report.state.value} {report.new} {report.changed} {report.sentence}"

    def titles(self) -> list[str]:
        return [one.title for one in self.house.store.export()]


def test_each_change_is_an_item_of_its_own_though_all_have_the_link_of_the_page(database: Database) -> None:
    visits = Visits(database)
    assert visits.see(page()) == "ok 0 0 page lue, 8 lignes : état de départ enregistré"
    assert visits.see(page([*LINES, "Une première nouveauté du dispositif."])).startswith("ok 1 0")
    assert visits.see(page([*LINES, "Une première nouveauté du dispositif.", "Une seconde, tout autre."])).startswith(
        "ok 1 0"
    )
    assert visits.titles() == [
        "Ajouté : « Une première nouveauté du dispositif. »", "Ajouté : « Une seconde, tout autre. »"
    ]  # fmt: skip
    exported = list(visits.house.store.export())
    assert {one.link for one in exported} == {URL}
    assert len({one.item for one in exported}) == 2, "items of their own"


def test_an_unchanged_page_is_said_to_be_so_and_never_silent(sqlite_database: Database) -> None:
    visits = Visits(sqlite_database)
    visits.see(page())
    visits.see(page(edited(4, "Prochaine date limite : 30 avril 2027.")))
    assert visits.see(page(edited(4, "Prochaine date limite : 30 avril 2027."))).startswith("inchangé")
    assert visits.see(page(edited(4, "Prochaine date limite : 30 avril 2027.")), 300 * DAY).startswith("inchangé")
    assert visits.see(page(edited(4, "Prochaine date limite : 30 avril 2027."), head="<meta name=a>"), DAY).startswith(
        "ok"
    )


def test_what_was_removed_is_kept_beside_the_item(sqlite_database: Database) -> None:
    visits = Visits(sqlite_database)
    visits.see(page())
    visits.see(page(edited(4, "Prochaine date limite : 30 avril 2027.")))
    ((_, change),) = visits.house.store.page_changes("w")
    assert change.removed == ("Prochaine date limite : 15 mars 2027.",)
    assert change.added == ("Prochaine date limite : 30 avril 2027.",)
    (entry,) = visits.house.store.known("w").values()
    assert entry.guid == change.change


def test_a_change_undone_updates_its_item_even_where_the_page_answers_the_same_again(database: Database) -> None:
    visits = Visits(database)
    visits.see(page())
    visits.see(page([*LINES, "Une information de trop, publiée par erreur."]))
    assert visits.see(page()).startswith("ok 0 0")
    assert visits.see(page(), 2 * DAY).startswith("ok 0 1")
    assert visits.titles() == ["Ajouté : « Une information de trop, publiée par erreur. » (annulé depuis)"]
    assert len(visits.house.store.page_changes("w")) == 2
    assert visits.see(page()).startswith(("ok 0 0", "inchangé"))
    assert visits.see(page()).startswith("inchangé")


def test_an_outage_between_two_visits_tells_nothing(sqlite_database: Database) -> None:
    visits = Visits(sqlite_database)
    visits.see(page())
    visits.see(page(head="<meta name=a>"), DAY)
    assert "maintenance" in visits.see(b"<html><body><h1>Site en maintenance</h1></body></html>")
    assert "panne ou refonte" in visits.see(other())
    assert visits.see(page()).startswith("ok 0 0")
    assert visits.titles() == []


def test_another_part_or_another_address_starts_afresh_without_an_item(sqlite_database: Database) -> None:
    visits = Visits(sqlite_database)
    visits.see(page())
    visits.house.sources = (replace(WATCH, options={"select": "main"}),)
    assert "état de départ" in visits.see(page([*LINES, "Une nouveauté quelconque."]))
    moved = replace(WATCH, url="https://organisme.exemple/autre")
    visits.house.sources = (moved,)
    visits.site.answers[moved.url] = replace(answer(moved.url, other()), headers={"content-type": "text/html"})
    assert "état de départ" in visits.see(page())
    assert visits.titles() == []
    assert visits.house.store.memory(current(WATCH, visits.house.store.states()["w"])) is None


def test_memory_and_items_are_written_together_or_not_at_all(sqlite_database: Database) -> None:
    class Full(SqlSourceStore):
        def record_all(self, visits: object, now: object) -> object:  # type: ignore[override]
            super().record_all(visits, now)  # type: ignore[arg-type]
            raise DiskFull("disque plein")

    visits = Visits(sqlite_database)
    visits.see(page())
    with pytest.raises(DiskFull):
        visits.see(page([*LINES, "Une nouveauté pendant une panne."]), store=Full(sqlite_database))
    assert visits.see(page([*LINES, "Une nouveauté pendant une panne."])).split()[1:3] == ["0", "0"]
    assert len(visits.titles()) == 1, "written once though nobody was told"


def test_a_new_id_keeps_the_memory(sqlite_database: Database) -> None:
    visits = Visits(sqlite_database)
    visits.see(page())
    visits.see(page([*LINES, "Une première nouveauté du dispositif."]))
    visits.house.sources = (replace(WATCH, id="neuf", formerly=("w",)),)
    assert visits.see(page([*LINES, "Une première nouveauté du dispositif."], head="<meta name=a>")).startswith(
        "ok 0 0"
    )
    assert visits.see(page(LINES), DAY).startswith("ok 0 0")
    assert len(visits.house.store.page_changes("neuf")) == 1


@pytest.mark.parametrize("how", ["meta", "header"])
def test_a_page_that_reserves_its_text_is_not_followed(sqlite_database: Database, how: str) -> None:
    visits = Visits(sqlite_database)
    if how == "meta":
        told = visits.see(page(head="<meta name='tdm-reservation' content='1'>"))
    else:
        told = visits.see(page(), **{"tdm-reservation": "1"})
    assert told.startswith("invalid")
    assert "réserve son texte" in told
    assert visits.house.store.memory(current(WATCH, visits.house.store.states()["w"])) is None


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def test_robots_txt_binds(site: Site, sqlite_database: Database) -> None:
    site.pages = {
        "/robots.txt": Page(b"User-agent: *\nDisallow: /prive"),
        "/prive": Page(page()),
        "/ouvert": Page(page()),
    }
    clock = FrozenClock()
    web = GuardedFetcher(Fetch(allow=("127.0.0.0/8",)), contact="x", clock=clock)  # type: ignore[arg-type]  # parsed by pydantic
    sources = [replace(WATCH, id=name, url=site.url(f"/{name}")) for name in ("prive", "ouvert")]
    reports = House(sqlite_database, web, *sources).crawl()
    assert reports["prive"].state is SourceHealth.BLOCKED
    assert "robots.txt" in reports["prive"].sentence
    assert reports["ouvert"].state is SourceHealth.OK
    assert not site.asked("/prive")


def test_a_page_that_waits_is_asked_whole_again(site: Site, sqlite_database: Database) -> None:
    site.pages = {"/p": Page(page(), headers={"ETag": '"1"'})}
    clock = FrozenClock()
    web = GuardedFetcher(Fetch(allow=("127.0.0.0/8",)), contact="x", clock=clock)  # type: ignore[arg-type]  # parsed by pydantic
    house = House(sqlite_database, web, replace(WATCH, url=site.url("/p")))
    house.clock = clock

    def visit(body: bytes, etag: str) -> Validators:
        clock.advance(HOUR)
        site.pages["/p"] = Page(body, headers={"ETag": etag})
        list(house.crawler().crawl(FORCE))
        return house.store.states()["w"].validators

    assert visit(page(), '"1"').etag == '"1"'
    assert visit(page([*LINES, "Une information de trop."]), '"2"').etag == '"2"'
    assert visit(page(), '"1"').etag is None, "something waits to settle: a 304 would hide it"


def test_an_item_knows_what_its_page_no_longer_says(sqlite_database: Database) -> None:
    visits = Visits(sqlite_database)
    visits.see(page())
    visits.see(page(edited(4, "Prochaine date limite : 30 avril 2027.")))
    (exported,) = visits.house.store.export()
    (change,) = visits.house.store.changes_of(exported.item)
    assert change.removed == ("Prochaine date limite : 15 mars 2027.",)
    visits.see(page(), HOUR)
    visits.see(page(), 2 * DAY)
    assert len(visits.house.store.changes_of(exported.item)) == 1, "as it stands now"
    assert visits.house.store.changes_of(exported.item + 1) == []
