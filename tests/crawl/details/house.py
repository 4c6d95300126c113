"""A crawl and its pages over a real store, a real ledger and a small real site."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from tests.crawl.builders import source
from tests.crawl.details import pdfs
from tests.crawl.site import Page, Site
from veille.clock import SystemClock
from veille.config.settings import Fetch
from veille.crawl.details.host import Desk, Manners
from veille.crawl.details.runner import DetailReader
from veille.crawl.runner import FeedCrawler
from veille.engine.direct import DirectEngine
from veille.model import Recipe, Source
from veille.model.details import DetailReport, ReadState
from veille.net.fetcher import GuardedFetcher
from veille.protocols import Clock, CrawlOptions, Fetcher
from veille.storage.db import Database
from veille.storage.detail_store import SqlDetailStore
from veille.storage.ledger import SqlLedger
from veille.storage.site_store import SqlSiteStore
from veille.storage.source_store import SqlSourceStore
from veille.storage.tables import ItemRow
from veille.storage.tag_store import SqlTagStore
from veille.testing import FakeTagger, FrozenClock

CALL = ("Appel à projets", "/a", "Un résumé de deux lignes…")
LONG = "L'appel soutient des projets de sobriété énergétique dans les ateliers de la région. " * 6
RULES = pdfs.pdf("Règlement de l'appel.", "Article 2. La date limite de dépôt est fixée au 15 mars 2027 à 12 h.")
LIST = Recipe(item="li.appel", title="h3", link="a", summary="p")


def listing(*entries: tuple[str, str, str]) -> bytes:
    """Return a page that lists (title, link, summary)."""
    items = "".join(
        f"<li class='appel'><h3><a href='{link}'>{title}</a></h3><p>{summary}</p></li>"
        for title, link, summary in entries
    )
    return f"<html><body><ul>{items}</ul></body></html>".encode()


def page(title: str, *paragraphs: str, more: str = "") -> Page:
    """Return an entry's own page."""
    text = "".join(f"<p>{words}</p>" for words in paragraphs)
    main = f"<main><h1>{title}</h1>{text}{more}</main>"
    body = f"<html lang='fr'><head><title>{title} | Site</title></head><body>{main}</body></html>"
    return Page(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def pdf_page(data: bytes, **headers: str) -> Page:
    """Return a document."""
    return Page(data, headers={"Content-Type": "application/pdf", **headers})


def fetcher(clock: Clock | None = None, **settings: object) -> GuardedFetcher:
    """Return the guarded way out, which loopback is exempt from."""
    allowed = Fetch(allow=("127.0.0.0/8", "::1/128"), **settings)
    return GuardedFetcher(allowed, contact="x", clock=clock or SystemClock())


class House:
    """One instance."""

    def __init__(
        self, database: Database, *sources: Source, clock: FrozenClock | None = None, **manners: object
    ) -> None:
        self.clock = clock or FrozenClock()
        self.database = database
        self.sources = list(sources)
        self.manners = Manners(**{"host_delay": 0, **manners})
        self.store = SqlSourceStore(database)
        self.details = SqlDetailStore(database)
        self.ledger = SqlLedger(database, self.clock)
        self.fetcher: Fetcher = fetcher(self.clock)

    def crawl(self) -> None:
        FeedCrawler(
            sources=self.sources,
            store=self.store,
            fetcher=self.fetcher,
            engine=DirectEngine(self.ledger, self.clock),
            clock=self.clock,
            host_delay=self.manners.host_delay,
        ).crawl(CrawlOptions(force=True))

    def read(self, only: Sequence[str] = ()) -> DetailReport:
        return DetailReader(self.desk()).read(only)

    def desk(self) -> Desk:
        return Desk(
            sources=self.sources,
            store=self.details,
            source_store=self.store,
            sites=SqlSiteStore(self.database),
            fetcher=self.fetcher,
            engine=DirectEngine(self.ledger, self.clock),
            clock=self.clock,
            manners=self.manners,
        )

    def both(self) -> DetailReport:
        """Crawl, then read what that asks for."""
        self.crawl()
        return self.read()

    def change(self, number: int = 0, **fields: object) -> None:
        """Define a source otherwise."""
        self.sources[number] = replace(self.sources[number], **fields)


def page_source(site: Site, name: str = "liste", **fields: object) -> Source:
    """Return a source of kind page that lists at /liste."""
    return source(name, **{"kind": "page", "url": site.url("/liste"), "recipe": LIST, **fields})


def named(site: Site, path: str) -> str:
    """Return an address of a site under its other name: another host, for the pace of hosts."""
    return site.url(path).replace("127.0.0.1", "localhost")


def item_ids(house: House) -> list[int]:
    with house.database.read() as session:
        return list(session.scalars(select(ItemRow.id).order_by(ItemRow.id)))


def texts(house: House) -> dict[str, str]:
    store = SqlTagStore(house.database)
    return {text.title: text.text for _, _, text in store.texts("p@1", item_ids(house))}


def state(house: House, item_id: int = 1) -> tuple[ReadState, str]:
    found = house.details.page_of(item_id)
    assert found is not None
    return found.state, found.sentence


def tag(house: House) -> int:
    """Tag what waits, as the next stage would; return how many."""
    store, tagger = SqlTagStore(house.database), FakeTagger()
    waiting = store.texts(tagger.pipeline, store.waiting(tagger.pipeline))
    said = tagger.tag(text for _, _, text in waiting)
    results = [(i, v, replace(one, reading=text.reading)) for (i, v, text), one in zip(waiting, said, strict=True)]
    store.save(tagger.pipeline, results, house.clock.now())
    return len(results)


def many(site: Site, count: int) -> None:
    site.pages["/liste"] = Page(listing(*((f"Appel {n}", f"/p{n}", "") for n in range(count))))
    for n in range(count):
        site.pages[f"/p{n}"] = page(f"Appel {n}", LONG)
