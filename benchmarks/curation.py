"""How long staff wait for an edit of the draft, by what they edit, beside a draft made anew from everything.

    python benchmarks/curation.py [--members 2000] [--items 5000] [--whole] [--home FOLDER]

Each edit is a program that starts, as `veille digest pin 12` does: items and members are read from the store, the
draft is written back. Seconds are of processor time. `--whole` makes every edit remake the whole draft. The last line
is one JSON object.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.digest.builders import store_items
from tests.matching.crowd import crowd

from veille.app import App, prepare_database
from veille.config import instance
from veille.config.settings import Settings, load_settings
from veille.digest.desk import Built
from veille.model import Subscriber
from veille.storage.db import Database
from veille.testing import FrozenClock

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def make(home: Path, members: int, items: int) -> None:
    """Write an instance with that many members and items."""
    instance.create(home)
    (home / "veille.toml").write_text(
        '[cluster]\nid = "pole"\nname = "Pôle"\n[site]\nurl = "https://veille.example.fr"\n'
        '[mail]\nsender = "veille@pole.example.fr"\n',
        encoding="utf-8",
    )
    settings = load_settings(home, {})
    prepare_database(settings)
    people, things = crowd(members, items)
    database = Database(settings.database)
    store_items(database, things)
    database.close()
    with closing(App(settings, clock=FrozenClock(NOW))) as app:
        pairs = [(one, [Subscriber(email=f"p{one.id}@exemple.fr")]) for one in people]
        app.members.save(pairs, origin="test", now=NOW)


def items_of(built: Built) -> list[int]:
    """Return the items of a draft, those of most readers first."""
    readers = Counter(line.item_id for one in built.drafted for line in one.selection)
    return [item for item, _ in readers.most_common()]


def timed(settings: Settings, act: str, *words: object) -> tuple[float, Built]:
    """Do one edit as a program of its own does; return the seconds it took and what it made."""
    start = time.process_time()
    with closing(App(settings, clock=FrozenClock(NOW))) as app:
        if act == "build":
            (made,) = app.digest.build("hebdo")
        else:
            made = getattr(app.digest.curation, act)(*words, by="Claire", name="hebdo")
    return time.process_time() - start, made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--home", type=Path, help="an instance to keep, made where it is not there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home: Path = asked.home or Path(folder) / "pole"
        if not home.exists():
            make(home, asked.members, asked.items)
        settings = load_settings(home, {})
        seconds: dict[str, float] = {}
        seconds["build"], built = timed(settings, "build")
        found = items_of(built)
        usual, rare = found[0], found[-1]
        edits = (
            ("word", ("Une semaine riche.",)),
            ("note of the most read", (usual, "Nous y allons.")),
            ("note of the least read", (rare, "Nous y allons.")),
            ("pin of the least read", (rare,)),
            ("drop of the most read", (usual,)),
            ("undo of the drop", (usual,)),
        )
        for name, words in edits:
            seconds[name], _ = timed(settings, name.split()[0], *words)
            print(f"{name:24} {seconds[name]:6.2f} s", flush=True)
    print(json.dumps({name: round(value, 2) for name, value in seconds.items()}))


if __name__ == "__main__":
    main()
