"""Texts of real records that a judged network names and does not hold: they are read beside this checkout."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

REAL = Path(__file__).resolve().parents[3] / "shared" / "gold"


def with_texts(written: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield items with title and text; of one with `ref` these are the record's.

    Raises FileNotFoundError where the folder of records is absent, KeyError where it has no such record.
    """
    for row in written:
        yield {**row, **records()[row["ref"]]} if "ref" in row else dict(row)


@cache
def records() -> Mapping[str, Mapping[str, str]]:
    """Return id → title and text of every record."""
    if not REAL.is_dir():
        raise FileNotFoundError(f"{REAL.name}: no real records beside this checkout")
    texts = (path.read_text(encoding="utf-8") for path in sorted(REAL.glob("*.jsonl")))
    read = (json.loads(line) for text in texts for line in text.split("\n") if line)
    return {record["id"]: {"title": record["title"], "text": record["text"] or ""} for record in read}
