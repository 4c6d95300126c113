"""Compare what we read of captured feeds with what feedparser reads of them: count, titles, links, dates, ids.

    python benchmarks/feed_agreement.py FOLDER

Each difference is printed. Two references: our own reading with the fast reader switched off (all fields), and
feedparser's values as they come, where ours differ on purpose (French dates, unsafe links). fastfeedparser is compared
in the same way if it is installed. The last line is one JSON object.
"""

import argparse
import calendar
import importlib.util
import io
import json
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser

from veille.crawl import feeds
from veille.crawl.feeds import parse_feed
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed

URL = "https://pole.exemple/actus/flux.xml"
COMPARED = ("title", "link", "published", "updated", "guid")


@dataclass
class Agreement:
    """How far two readings of the same feeds agree."""

    feeds: int = 0
    #: Feeds that the fast reader read.
    ordinary: int = 0
    entries: int = 0
    #: (file, field, ours, theirs).
    differences: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Return the part of compared values that are equal."""
        return 1 - len(self.differences) / max(1, self.entries * len(COMPARED))

    def add(self, file: str, ours: Sequence[Any], theirs: Sequence[Any]) -> None:
        """Compare two readings of one feed, entry by entry."""
        self.feeds += 1
        self.entries += len(theirs)
        for _ in range(abs(len(ours) - len(theirs))):
            self.differences.append((file, "entries", len(ours), len(theirs)))
        for mine, their in zip(ours, theirs, strict=False):
            for name in COMPARED:
                if not same(value(mine, name), value(their, name)):
                    self.differences.append((file, name, value(mine, name), value(their, name)))


def value(entry: Any, name: str) -> Any:
    """Return a field of one of our entries or of a mapping."""
    return getattr(entry, name) if isinstance(entry, ParsedEntry) else entry.get(name)


def same(one: Any, other: Any) -> bool:
    """Compare two values; times by the second."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs((one - other).total_seconds()) < 1
    return (one or None) == (other or None)


def bodies(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every captured feed."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".xml", ".json"}:
            yield path.name, path.read_bytes()


def read(body: bytes, *, fast: bool) -> ParsedFeed | None:
    """Read a feed, with the fast reader or without; None where it is refused."""
    kept = feeds.read_ordinary
    if not fast:
        feeds.read_ordinary = lambda _document, _url: None
    try:
        return parse_feed(body, url=URL)
    except ParseError:
        return None
    finally:
        feeds.read_ordinary = kept


def compare(folder: Path) -> Agreement:
    """Compare our reading with the one through feedparser alone."""
    found = Agreement()
    for name, body in bodies(folder):
        with counted_ordinary(found):
            ours = read(body, fast=True)
        theirs = read(body, fast=False)
        found.add(name, ours.entries if ours else (), theirs.entries if theirs else ())
    return found


class counted_ordinary:  # noqa: N801 - used as a context
    """Count the feeds that the fast reader does not leave to feedparser."""

    def __init__(self, found: Agreement) -> None:
        self._found = found
        self._reader = feeds.read_ordinary

    def __enter__(self) -> None:
        def reader(document: str, url: str) -> Any:
            feed = self._reader(document, url)
            self._found.ordinary += feed is not None
            return feed

        feeds.read_ordinary = reader

    def __exit__(self, *_: object) -> None:
        feeds.read_ordinary = self._reader


def raw_entries(body: bytes) -> list[dict[str, Any]]:
    """Return feedparser's own titles, links, dates and ids."""
    headers = {"content-location": URL, "content-type": "application/xml"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    return [
        {"title": entry.get("title"), "link": entry.get("link"), "guid": entry.get("id"), "when": parsed(entry)}
        for entry in found.entries
    ]


def parsed(entry: Any) -> float | None:
    """Return feedparser's date of an entry as seconds."""
    when = entry.get("published_parsed") or entry.get("created_parsed") or dict.get(entry, "updated_parsed")
    return calendar.timegm(when) if when else None


def against_raw(folder: Path, name: str) -> dict[str, Any]:
    """Compare titles, links and dates as two libraries give them: ours or fastfeedparser's with feedparser's.

    Apart: what feedparser leaves empty, and links and dates that no reader should keep.
    """
    counts: Counter[str] = Counter()
    for file, body in bodies(folder):
        if file.endswith(".json"):
            continue
        theirs = raw_entries(body)
        ours = our_entries(body) if name == "veille" else fast_entries(body)
        counts["entries"] += len(theirs)
        counts["lost or invented"] += abs(len(ours) - len(theirs))
        for mine, their in zip(ours, theirs, strict=False):
            for field_name in ("title", "link", "when"):
                if not alike(field_name, mine, their):
                    usable = sound(field_name, their[field_name])
                    counts[field_name if usable else f"{field_name}: feedparser has none that can be kept"] += 1
    return dict(counts)


def alike(name: str, mine: dict[str, Any], their: dict[str, Any]) -> bool:
    """Say whether two readings of one entry agree on a field."""
    if name == "title":
        return norm(mine["title"]) == norm(their["title"])
    if name == "when":
        return near(mine["when"], their["when"])
    return (mine["link"] or "") == (their["link"] or "")


def sound(name: str, theirs: Any) -> bool:
    """Say whether feedparser's value is one: an http link without spaces, a date after 1970, a title at all."""
    if name == "link":
        return bool(theirs) and theirs.startswith("http") and " " not in theirs
    return theirs is not None and (theirs > 0 if name == "when" else bool(norm(theirs)))


def norm(text: str | None) -> str:
    """Return a title without markup and with one space between words."""
    from veille.crawl.markup import plain_line

    return plain_line(text or "")


def near(one: float | None, other: float | None) -> bool:
    """Say whether two dates are one; a naive one may differ by the offset of Paris."""
    if one is None or other is None:
        return one == other
    return abs(one - other) in {0, 3600, 7200}


def our_entries(body: bytes) -> list[dict[str, Any]]:
    """Return our own titles, links and dates."""
    feed = read(body, fast=True)
    return [
        {
            "title": entry.title,
            "link": entry.link,
            "when": when.timestamp() if (when := entry.published or entry.updated) else None,
        }
        for entry in (feed.entries if feed else ())
    ]


def fast_entries(body: bytes) -> list[dict[str, Any]]:
    """Return fastfeedparser's titles, links and dates; nothing where it refuses a feed."""
    import fastfeedparser

    try:
        found = fastfeedparser.parse(body)
    except Exception as error:  # noqa: BLE001 - whatever it raises is a feed lost
        print(f"fastfeedparser: {type(error).__name__}", file=sys.stderr)
        return []
    return [
        {
            "title": entry.get("title"),
            "link": entry.get("link"),
            "when": datetime.fromisoformat(when).timestamp() if (when := entry.get("published")) else None,
        }
        for entry in found["entries"]
    ]


def speed(folder: Path, *, fast: bool) -> float:
    """Return feeds read in a second of CPU."""
    all_bodies = [body for _, body in bodies(folder)]
    start = time.process_time()
    for body in all_bodies:
        read(body, fast=fast)
    return round(len(all_bodies) / (time.process_time() - start), 1)


def main() -> None:
    """Read the command line, compare, print."""
    parser = argparse.ArgumentParser(description="Compare the fast reader of feeds with feedparser.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    found = compare(folder)
    for file, name, ours, theirs in found.differences:
        print(f"{file} {name}\n  ours:   {ours!r}\n  theirs: {theirs!r}")
    figures: dict[str, Any] = {
        "feeds": found.feeds,
        "read_by_the_fast_reader": found.ordinary,
        "entries": found.entries,
        "differences": len(found.differences),
        "agreement": round(found.share, 5),
        "feeds_per_cpu_second": {"fast first": speed(folder, fast=True), "feedparser": speed(folder, fast=False)},
        "veille_and_feedparser_as_it_is": against_raw(folder, "veille"),
    }
    if importlib.util.find_spec("fastfeedparser"):
        figures["fastfeedparser_and_feedparser_as_it_is"] = against_raw(folder, "fastfeedparser")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
