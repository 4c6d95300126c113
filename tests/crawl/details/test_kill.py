"""kill -9 anywhere in a pass over pages and documents: the next one reaches the same texts, at one more request."""

import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crawl.details import pdfs
from tests.crawl.details.house import listing, page, pdf_page
from tests.crawl.site import Page, Site, serve
from tests.crawl.test_kill import all_end
from veille.clock import SystemClock
from veille.storage import schema
from veille.storage.db import Database
from veille.storage.detail_store import SqlDetailStore
from veille.storage.ledger import SqlLedger

PAGES = 10
#: Wired as app.py does; the third argument says how it dies, if at all: « before 4 » = before it records the fourth.
PROGRAM = textwrap.dedent("""
    import os, signal, sys
    from datetime import timedelta
    from veille.clock import SystemClock
    from veille.config.settings import Fetch
    from veille.crawl.details.host import Desk, Manners
    from veille.crawl.details.runner import DetailReader
    from veille.crawl.runner import FeedCrawler
    from veille.engine.direct import DirectEngine
    from veille.model import Recipe, Source
    from veille.net.fetcher import GuardedFetcher
    from veille.storage.db import Database
    from veille.storage.detail_store import SqlDetailStore
    from veille.storage.ledger import SqlLedger
    from veille.storage.site_store import SqlSiteStore
    from veille.storage.source_store import SqlSourceStore

    def main(database, how, urls):
        clock, opened = SystemClock(), Database(database)
        recipe = Recipe(item="li.appel", title="h3", link="a", summary="p")
        hourly = timedelta(hours=1)
        sources = [Source(id=url[-20:], title="t", kind="page", url=url, every=hourly, recipe=recipe) for url in urls]
        fetcher = GuardedFetcher(Fetch(allow=("127.0.0.0/8", "::1/128")), contact="x", clock=clock)
        engine = DirectEngine(SqlLedger(opened, clock), clock)
        lists, pages = SqlSourceStore(opened), SqlDetailStore(opened)
        sites = SqlSiteStore(opened)
        FeedCrawler(sources=sources, store=lists, sites=sites, fetcher=fetcher, engine=engine, clock=clock,
                    host_delay=0).crawl()
        where, _, number = how.partition(" ")
        record, calls = pages.record, 0

        def deadly(*args):
            nonlocal calls
            calls += 1
            if where == "before" and calls == int(number):
                os.kill(os.getpid(), signal.SIGKILL)
            done = record(*args)
            if where == "after" and calls == int(number):
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        pages.record = deadly
        DetailReader(Desk(sources=sources, store=pages, source_store=lists, sites=sites, fetcher=fetcher,
                          engine=engine, clock=clock, manners=Manners(0, 20, 100))).read()

    if __name__ == "__main__":
        main(sys.argv[1], sys.argv[2], sys.argv[3:])
""")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as found:
        found.pages["/liste"] = Page(listing(*((f"Appel {n}", f"/p{n}", "") for n in range(PAGES))))
        for n in range(PAGES):
            words = f"Le dispositif numéro {n} aide les ateliers à réduire leurs consommations d'énergie. " * 8
            found.pages[f"/p{n}"] = page(f"Appel {n}", words, more=f"<a href='/d/reglement-{n}.pdf'>Règlement</a>")
            found.pages[f"/d/reglement-{n}.pdf"] = pdf_page(pdfs.pdf(f"Règlement numéro {n} de l'appel à projets."))
        yield found


class Instance:
    """A database and the program that reads into it."""

    def __init__(self, folder: Path, name: str, url: str) -> None:
        self.program = folder / "program.py"
        self.program.write_text(PROGRAM, encoding="utf-8")
        self.database = f"sqlite:///{folder / name}"
        self.url = url
        opened = Database(self.database)
        schema.create(opened)
        opened.close()

    def start(self, how: str = "") -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, str(self.program), self.database, how, self.url])

    def run(self) -> None:
        assert self.start().wait(120) == 0

    def digest(self) -> set[tuple[object, ...]]:
        opened = Database(self.database)
        store, found = SqlDetailStore(opened), set[tuple[object, ...]]()
        for number in range(1, PAGES + 1):
            read = store.page_of(number)
            assert read is not None
            found.add((read.url, read.state, read.text))
            found |= {(read.url, one.name, one.state, one.pages) for one in store.documents_of(number)}
        left = SqlLedger(opened, SystemClock()).claim("detail", limit=99, lease=timedelta(seconds=1), owner="x")
        opened.close()
        assert left == []
        return found


@pytest.fixture(scope="module")
def whole(site: Site, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[object, ...]]:
    """What a pass that nobody interrupts reads."""
    instance = Instance(tmp_path_factory.mktemp("whole"), "whole.sqlite", site.url("/liste"))
    instance.run()
    return instance.digest()


@pytest.mark.parametrize("how", ["before 1", "before 4", "after 4", "before 12", "after 15", "request 7"])
def test_kill_9_anywhere_loses_and_doubles_nothing(
    site: Site, whole: set[tuple[object, ...]], tmp_path: Path, how: str
) -> None:
    site.requests.clear()
    cut = Instance(tmp_path, "cut.sqlite", site.url("/liste"))
    process = cut.start("" if how.startswith("request") else how)
    if how.startswith("request"):
        until = time.monotonic() + 60
        while len(site.requests) < int(how.split()[1]) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.wait(120) == -signal.SIGKILL
    assert all_end(tmp_path)
    cut.run()
    assert cut.digest() == whole
    assert len(whole) == 2 * PAGES
    asked = Counter(request.path for request in site.requests if request.path != "/liste")
    assert len(asked) == 2 * PAGES
    assert sum(asked.values()) <= 2 * PAGES + 1  # what was under way when it died is asked again, once
