"""Measure what a hundred thousand sources cost when little is due: planning a tick, the tick itself, and memory.

    python benchmarks/planning.py [--sources 100000] [--ticks 12] [--database postgresql+psycopg://…]

A simulation: FrozenClock, FakeFetcher, the real store (SQLite in a temporary folder, or an empty database by its URL).
The first pass meets every source; then the clock goes on by five minutes a tick and a few hundred are due at each. The
last line is one JSON object.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from veille.crawl.planning import plan
from veille.crawl.runner import FeedCrawler
from veille.engine.direct import DirectEngine
from veille.model import Fetched, FetchOutcome, Source, SourceHealth, SourceState, Validators
from veille.protocols import CrawlOptions, VisitRecord
from veille.storage import schema
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.source_store import SqlSourceStore
from veille.testing import FakeFetcher, FrozenClock

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TICK = timedelta(minutes=5)
#: Sources of one host.
PER_HOST = 10


class Unchanged(FakeFetcher):
    """Every feed of the world, and nothing new in any."""

    def __init__(self) -> None:
        super().__init__({})
        self.count = 0

    async def fetch(self, url: str, validators: Validators = Validators(), *, accept: str = "") -> FetchOutcome:  # noqa: ARG002, B008 - the protocol's signature
        """Answer 304."""
        self.count += 1
        return Fetched(url=url, final_url=url, status=304, headers={})


def sources(count: int) -> list[Source]:
    """Return so many feeds on a tenth of as many hosts."""
    return [
        Source(
            id=f"s{n}", title=f"Source {n}", kind="feed", url=f"https://h{n // PER_HOST}.exemple/{n}.xml", every=None
        )
        for n in range(count)
    ]


def fill(store: SqlSourceStore, every: list[Source]) -> float:
    """Write a state for each source, due at some minute of the next day; return the seconds that takes."""
    start = time.perf_counter()
    for first in range(0, len(every), 1_000):
        records = [
            VisitRecord(source=source, state=known(source, place))
            for place, source in enumerate(every[first:][:1_000], first)
        ]
        store.record_all(records, START)
    return time.perf_counter() - start


def known(source: Source, place: int) -> SourceState:
    """Return the state of a source that was read before."""
    return SourceState(
        source_id=source.id,
        feed=source.url,
        health=SourceHealth.UNCHANGED,
        validators=Validators('"a"'),
        checked_at=START - timedelta(hours=4),
        succeeded_at=START - timedelta(hours=4),
        entries=20,
        interval=86_400,
        next_check_at=START + timedelta(seconds=(place * 7_919) % 86_400),
    )


def measure(url: str, count: int, ticks: int) -> dict[str, Any]:
    """Run the simulation against a database."""
    database, clock, fetcher, every = Database(url), FrozenClock(START), Unchanged(), sources(count)
    schema.create(database)
    store = SqlSourceStore(database)
    filling = fill(store, every)
    crawler = FeedCrawler(
        sources=every,
        store=store,
        fetcher=fetcher,
        engine=DirectEngine(SqlLedger(database, clock), clock),
        clock=clock,
        host_delay=0,
    )
    planning, passes, peaks, due = [], [], [], []
    for _ in range(ticks):
        clock.advance(TICK)
        planning.append(timed(lambda: plan(every, store, CrawlOptions(), clock.now())))
        asked = fetcher.count
        passes.append(timed(crawler.crawl))
        due.append(fetcher.count - asked)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000)
        print(f"tick: {due[-1]} due, planned in {planning[-1]:.2f} s, done in {passes[-1]:.2f} s, {peaks[-1]:.0f} MB")
    database.close()
    return {
        "sources": count,
        "filled_in": round(filling, 1),
        "due_per_tick": round(sum(due) / ticks),
        "planning_seconds": {"median": round(sorted(planning)[ticks // 2], 3), "worst": round(max(planning), 3)},
        "tick_seconds": {"median": round(sorted(passes)[ticks // 2], 2), "worst": round(max(passes), 2)},
        "peak_mb": {"first": round(peaks[0]), "last": round(peaks[-1])},
    }


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description="Measure planning over very many sources.")
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--ticks", type=int, default=12)
    parser.add_argument("--database", default="", help="an empty database; SQLite in a temporary folder if not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{Path(folder) / 'veille.sqlite'}"
        print(json.dumps(measure(url, options.sources, options.ticks)))


if __name__ == "__main__":
    sys.exit(main())
