"""One pass of lemon24/reader over a list of feeds; run by its own interpreter, as `crawl.py` does.

    python reader_crawl.py DATABASE FEEDS.json WORKERS

Adds what it does not know yet, updates everything once, and prints one JSON object: feeds, entries, errors.
"""

import json
import sys
from pathlib import Path


def main(database: str, feeds: str, workers: str) -> None:
    """Update every feed; a failing one is counted and does not stop the others."""
    from reader import make_reader

    reader = make_reader(database)
    for url in json.loads(Path(feeds).read_text(encoding="utf-8")):
        reader.add_feed(url, exist_ok=True)
    results = list(reader.update_feeds_iter(workers=int(workers), scheduled=False))
    failed = sum(isinstance(result.value, Exception) for result in results)
    print(json.dumps({"feeds": len(results), "entries": reader.get_entry_counts().total, "errors": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
