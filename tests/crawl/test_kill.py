"""kill -9 in the middle of a pass: the next one reaches the same entries as one that was never interrupted."""

import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crawl.builders import item, rss
from tests.crawl.site import Page, Site, serve
from veille.clock import SystemClock
from veille.storage import schema
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.source_store import SqlSourceStore

FEEDS = 12
#: The program under test, wired as app.py does; run in a process that can be killed.
PROGRAM = textwrap.dedent("""
    import sys
    from datetime import timedelta
    from veille.clock import SystemClock
    from veille.config.settings import Fetch
    from veille.crawl.runner import FeedCrawler
    from veille.engine.direct import DirectEngine
    from veille.model import Source
    from veille.net.fetcher import GuardedFetcher
    from veille.storage.db import Database
    from veille.storage.ledger import SqlLedger
    from veille.storage.source_store import SqlSourceStore

    def main(database, urls):
        clock = SystemClock()
        opened = Database(database)
        hourly = timedelta(hours=1)
        FeedCrawler(
            sources=[Source(id=url, title="t", kind="feed", url=url, every=hourly) for url in urls],
            store=SqlSourceStore(opened),
            fetcher=GuardedFetcher(Fetch(allow=("127.0.0.0/8", "::1/128")), contact="x", clock=clock),
            engine=DirectEngine(SqlLedger(opened, clock), clock),
            clock=clock,
            host_delay=0,
        ).crawl()

    if __name__ == "__main__":
        main(sys.argv[1], sys.argv[2:])
""")


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        for n in range(FEEDS):
            entries = [item(f"T{n}-{m}", f"/{n}/{m}") for m in range(20)]
            found.pages[f"/{n}"] = Page(rss(*entries), delay=0.1)
        yield found


class Instance:
    """A database and the program that crawls into it."""

    def __init__(self, folder: Path, name: str, urls: list[str]) -> None:
        self.program = folder / "program.py"
        self.program.write_text(PROGRAM, encoding="utf-8")
        self.url = f"sqlite:///{folder / name}"
        database = Database(self.url)
        schema.create(database)
        database.close()
        self.urls = urls

    def start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, str(self.program), self.url, *self.urls])

    def run(self) -> None:
        assert self.start().wait(60) == 0

    def digest(self) -> set[tuple[str, str | None, str]]:
        database = Database(self.url)
        found = {(entry.title, entry.link, entry.source) for entry in SqlSourceStore(database).export()}
        left = SqlLedger(database, SystemClock()).claim("crawl", limit=99, lease=timedelta(seconds=1), owner="x")
        database.close()
        assert left == []
        return found


def all_end(folder: Path, patience: float = 30) -> bool:
    """Wait for the last process that the program started: workers must not outlive it."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if not any(str(folder) in _command(pid) for pid in Path("/proc").iterdir() if pid.name.isdecimal()):
            return True
        time.sleep(0.05)
    return False


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize("requests", [1, FEEDS - 2])
def test_kill_9_in_the_middle_of_a_pass_loses_and_doubles_nothing(site: Site, tmp_path: Path, requests: int) -> None:
    hosts = ("127.0.0.1", "localhost")
    urls = [site.url(f"/{n}").replace("127.0.0.1", hosts[n % 2]) for n in range(FEEDS)]
    whole = Instance(tmp_path, "whole.sqlite", urls)
    whole.run()
    site.requests.clear()
    cut = Instance(tmp_path, "cut.sqlite", urls)
    process = cut.start()
    until = time.monotonic() + 60
    while len(site.requests) < requests and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert all_end(tmp_path)
    cut.run()
    assert cut.digest() == whole.digest()
    assert len(cut.digest()) == FEEDS * 20
    assert all(len(site.asked(f"/{n}")) <= 2 for n in range(FEEDS))
