"""Cost of finding what is the same thing: seconds and memory against the number of items, and against all pairs.

`.venv/bin/python -m benchmarks.cluster 1000 10000 50000`. Items are made of words drawn by Zipf's law from a large
vocabulary (a language's shape, not its sense), one in five being the echo of an earlier one; they go through the stage
itself, on SQLite, in a process of their own for each size.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, combinations
from pathlib import Path

from sqlalchemy import func, insert, select

from veille.engine.direct import DirectEngine
from veille.linking.comparing import compare
from veille.linking.reading import Gathered
from veille.linking.runner import link_waiting
from veille.linking.sketching import sketch
from veille.storage import schema
from veille.storage.cluster_store import SqlClusterStore
from veille.storage.db import Database
from veille.storage.item_store import SqlItemStore
from veille.storage.ledger import SqlLedger
from veille.storage.link_decision_store import SqlLinkDecisions
from veille.storage.tables import ItemFactRow, ItemLinkRow, ItemRow, ItemTagRow, TaggingRow
from veille.testing import FrozenClock

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
VOCABULARY = 30_000
ECHOES = 0.2
#: Items compared two by two for the price of a naive run.
SAMPLE = 300


def written(count: int) -> Iterator[tuple[str, str, str | None]]:
    """Yield title, text and ISO deadline of so many items."""
    chance = random.Random(20261123)
    words = ["".join(chance.choices("abcdefghilmnoprstuv", k=chance.randint(4, 10))) for _ in range(VOCABULARY)]
    zipf = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

    def said(size: int) -> list[str]:
        return chance.choices(words, cum_weights=zipf, k=size)

    made: list[tuple[list[str], list[str], str | None]] = []
    for _ in range(count):
        if made and chance.random() < ECHOES:
            title, text, deadline = chance.choice(made)
            title, text = [*title[2:], *said(2)], [*text[: len(text) // 2], *said(10)]
        else:
            day = NOW + timedelta(days=chance.randint(5, 250))
            title, text, deadline = said(8), said(70), day.date().isoformat() if chance.random() < 0.6 else None
        made.append((title, text, deadline))
        until = f" Date limite : {deadline[8:]}/{deadline[5:7]}/{deadline[:4]}." if deadline else ""
        yield " ".join(title).capitalize(), " ".join(text).capitalize() + "." + until, deadline


def fill(database: Database, count: int) -> None:
    """Store so many tagged items."""
    items, tags, facts, taggings = [], [], [], []
    for number, (title, text, deadline) in enumerate(written(count), 1):
        items.append({
            "id": number, "identity": f"i{number}", "version": 1, "title": title, "text": text,
            "url": f"https://site{number}.example/{number}", "lang": "fr", "published": NOW, "first_seen": NOW,
            "updated": NOW, "content_hash": "h", "source_id": "s", "licence": "public",
        })  # fmt: skip
        tags.append({
            "item_id": number, "scheme": "type", "term": "appel-a-projets", "rank": 1, "score": 1.0, "origin": "cue",
            "scope": "main", "evidence": [],
        })  # fmt: skip
        if deadline:
            facts.append({"item_id": number, "name": "deadline", "value": deadline, "origin": "cue", "evidence": []})
        taggings.append({
            "item_id": number, "item_version": 1, "reading": 0, "pipeline": "bench@1", "lang": "fr", "tagged_at": NOW,
        })  # fmt: skip
    with database.write() as session:
        for table, rows in ((ItemRow, items), (ItemTagRow, tags), (ItemFactRow, facts), (TaggingRow, taggings)):
            session.execute(insert(table), rows)


def measure(count: int) -> None:
    """Link so many items in this process and print one line."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        schema.create(database)
        fill(database, count)
        clock = FrozenClock(NOW)
        engine, store, items = (
            DirectEngine(SqlLedger(database, clock), clock),
            SqlClusterStore(database),
            SqlItemStore(database),
        )
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        link_waiting(store, items, engine, clock)
        spent = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        groups = Gathered(items, store, SqlLinkDecisions(database)).groups()
        reading = time.process_time() - start
        with database.read() as session:
            links = session.scalar(select(func.count()).select_from(ItemLinkRow))
        naive = naive_pair(items.some(range(1, SAMPLE + 1))) * count * (count - 1) / 2
        database.close()
    print(
        f"{count:>7} {spent:>8.1f} {1000 * spent / count:>9.2f} {peak / 1024:>8.0f} {(peak - before) / 1024:>8.0f} "
        f"{naive / spent:>8.1f} {links:>8} {len(set(groups.values())):>8} {1000 * reading:>8.0f}"
    )


def naive_pair(items: object) -> float:
    """Return the seconds that one comparison takes when every pair is compared, sketches ready."""
    sketches = [sketch(item) for item in items]  # type: ignore[attr-defined]
    start = time.process_time()
    pairs = sum(1 for one, other in combinations(sketches, 2) if compare(one, other))
    return (time.process_time() - start) / pairs


def main(sizes: list[str]) -> None:
    """Measure each size in a process of its own, so that peaks do not mix."""
    if sizes[:1] == ["--one"]:
        measure(int(sizes[1]))
        return
    print("  items  seconds  ms/item  peak MB   + MB   × naive    links   groups  read ms", flush=True)
    for size in sizes or ["1000", "10000", "50000"]:
        subprocess.run([sys.executable, "-m", "benchmarks.cluster", "--one", size], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
