"""How fast a member's page answers, over loopback, as `veille serve` runs it.

    python -m benchmarks.pages [--members 2000] [--readers 2000] [--items 5000] [--issues 4] [--asks 40]

An instance is made up: members, readers, items, issues sent of twelve lines to each reader, a few opinions, one address
in a hundred unsubscribed. Each page is asked for by readers drawn at random, one request at a time, connection kept;
times are milliseconds until the last byte. The first answer of each kind is told apart: it reads what all share. The
last line is one JSON object.
"""

import argparse
import gc
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from tests.digest.builders import bulletin, store_items
from tests.matching.crowd import crowd

from veille.app import App, prepare_database
from veille.config.settings import load_settings
from veille.digest.composing import make_frame
from veille.links import LinkMaker
from veille.model import Line, Section, Subscriber
from veille.storage.db import Database
from veille.storage.tables import (
    Base,
    BulletinRow,
    DeliveryRow,
    FeedbackRow,
    IssueRow,
    SeenRow,
    SelectionRow,
    SubscriberRow,
    SuppressionRow,
)

LINES = 12
#: Rows of one insert.
_GROUP = 5_000
_TOML = """[cluster]
id = "pole"
name = "Pôle"
[site]
url = "http://127.0.0.1:{port}"
archive = true
[mail]
sender = "veille@pole.example.fr"
"""


def main() -> None:
    """Make the instance, serve it, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("members", 2000), ("readers", 2000), ("items", 5000), ("issues", 4), ("asks", 40)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--port", type=int, default=8639)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "maison"
        made = _make(home, asked)
        with _served(home, asked.port):
            found = {name: _timed(asked.port, path, asked.asks) for name, path in made.items()}
    for name, one in found.items():
        print(f"{name:22} first {one['first']:8.1f}  p50 {one['p50']:7.1f}  p95 {one['p95']:7.1f} ms", flush=True)
    print(json.dumps({"members": asked.members, "readers": asked.readers, "issues": asked.issues, "ms": found}))


def _make(home: Path, asked: argparse.Namespace) -> dict[str, Callable[[int], str]]:
    """Write the instance; return page → what gives its address for the n-th question."""
    (home / "var").mkdir(parents=True)
    (home / "veille.toml").write_text(_TOML.format(port=asked.port), encoding="utf-8")
    (home / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")
    settings = load_settings(home)
    prepare_database(settings)
    app = App(settings)
    members, items = crowd(asked.members, asked.items)
    now = app.clock.now()
    profiles = [(_listed(one), [Subscriber(email=f"p{one.id}@exemple.fr")]) for one in members]
    app.members.save(profiles, origin="essai", now=now)
    _store(app.database, items)
    _more_readers(app.database, asked.readers - asked.members, asked.members, now)
    periods = _issues(app, [one.id for one in items], asked)
    links = LinkMaker(app.keys, "", now.date(), app.keys.newest)
    drawn = random.Random(0)
    readers = [drawn.randint(1, asked.readers) for _ in range(asked.asks + 1)]
    app.close()
    return {
        # the first asked: what all feeds share is made ready from the start, and takes turns with whatever is asked
        "flux RSS": lambda n: links.feed(readers[n], "xml"),
        "désinscription": lambda n: links.unsubscribe(readers[n]),
        "préférences": lambda n: links.preferences(readers[n]),
        "avis": lambda n: links.opinion(readers[n], _item(readers[n], 0, 3, asked.items)),
        "bulletin": lambda n: links.bulletin(readers[n], "hebdo", periods[n % len(periods)]),
        "agenda": lambda n: links.calendar(readers[n]),
        "profil": lambda n: links.profile(readers[n]),
        "données": lambda n: links.holdings(readers[n]),
        "données.json": lambda n: links.holdings(readers[n]) + ".json",
        "archive": lambda _: "/archives/",
        "archive, édition": lambda _: f"/archives/editions/hebdo-{periods[0]}.html",
        "404": lambda n: f"/m/avis/faux{n}",
    }


def _listed(member: Any) -> Any:
    """Return a member as a list of members gives it: the store numbers them, in the same order."""
    return replace(member, id=0, organisation=f"{member.id:06} {member.organisation}")


def _store(database: Database, items: Sequence[Any]) -> None:
    for start in range(0, len(items), 500):
        store_items(database, items[start : start + 500])


def _more_readers(database: Database, count: int, members: int, now: datetime) -> None:
    rows = (
        {"cluster_id": "pole", "member_id": 1 + n % members, "email": f"q{n}@exemple.fr", "rhythm": "weekly",
         "origin": "essai", "added": now}
        for n in range(max(count, 0))
    )  # fmt: skip
    _insert(database, SubscriberRow, rows)


def _item(reader: int, issue: int, place: int, items: int) -> int:
    return 1 + (reader % 13 + issue * 389 + place * 7) % items  # some hundred different lines an issue, as real ones


def _issues(app: App, items: Sequence[int], asked: argparse.Namespace) -> list[str]:
    """Write issues as they stand when they were sent; return their periods, newest first."""
    periods, now = [], app.clock.now()
    for number in range(asked.issues):
        at = now - timedelta(days=7 * (number + 1))
        week = at.isocalendar()
        period = f"{week.year}-W{week.week:02}"
        frame = make_frame(app.digests["hebdo"], app.settings, at.date(), app.keys.newest, period=period)
        issue = {"id": number + 1, "cluster_id": "pole", "digest": "hebdo", "period": period, "state": "done",
                 "built_at": at, "approved_at": at, "approved_by": "Claire", "send_at": at, "edited_by": "",
                 "stale_at": at + timedelta(days=2), "frame": frame}  # fmt: skip
        _insert(app.database, IssueRow, [issue])
        readers = range(1, asked.readers + 1)
        chosen = {one: [items[_item(one, number, place, len(items)) - 1] for place in range(LINES)] for one in readers}
        _insert(app.database, BulletinRow, (_bulletin(number + 1, one, chosen[one]) for one in readers))
        _insert(app.database, DeliveryRow, (_delivery(number + 1, one, at) for one in readers))
        lines = [(one, place, item) for one in readers for place, item in enumerate(dict.fromkeys(chosen[one]))]
        _insert(app.database, SelectionRow, (
            {"issue_id": number + 1, "subscriber_id": one, "item_id": item, "item_version": 1, "section": "seize",
             "rank": place, "score": 0.5, "reasons": []} for one, place, item in lines))  # fmt: skip
        _insert(app.database, SeenRow, (
            {"issue_id": number + 1, "subscriber_id": one, "item_id": item, "item_version": 1, "deadline": "2027-01-15",
             "at": at} for one, _, item in lines))  # fmt: skip
        periods.append(period)
    said = ({"subscriber_id": one, "item_id": _item(one, 0, place, len(items)), "kind": "vote", "value": "useful",
             "reason": "", "at": now} for one in range(1, asked.readers + 1, 10) for place in range(3))  # fmt: skip
    _insert(app.database, FeedbackRow, said)
    app.members.suppress("p1@exemple.fr", reason="désinscription", now=now)
    gone = ({"address_hash": app.keys.address_hash(f"z{n}@exemple.fr"), "reason": "bounce", "since": now}
            for n in range(asked.readers // 100))  # fmt: skip
    _insert(app.database, SuppressionRow, gone)
    return periods


def _bulletin(issue: int, reader: int, items: Sequence[int]) -> dict[str, Any]:
    lines = tuple(
        Line(item_id=item, item_version=1, title=f"Appel à projets n° {item} pour les ingrédients", closes="2027-01-15",
             url=f"https://exemple.fr/{item}", facts=("AAP", "AURA"), reasons=("votre besoin « sarcopénie »",),
             sources=("Région",), deadline="vendredi 15 janvier", verb="clôt", extract="Des mots de l'annonce. " * 8)
        for item in dict.fromkeys(items)
    )  # fmt: skip
    made = bulletin(reader, sections=(Section(kind="seize", title="À saisir", lines=lines),))
    return {"issue_id": issue, "subscriber_id": reader, "content": made.as_data(), "skipped": None}


def _delivery(issue: int, reader: int, at: datetime) -> dict[str, Any]:
    return {"issue_id": issue, "subscriber_id": reader, "email": f"r{reader}@exemple.fr", "state": "sent", "tries": 1,
            "message_id": f"<{issue}.{reader}@pole.example.fr>", "reply": "250", "settled_at": at,
            "begun_at": at}  # fmt: skip


def _insert(database: Database, table: type[Base], rows: Any) -> None:
    group: list[dict[str, Any]] = []
    for row in (*rows, None) if isinstance(rows, list) else _ended(rows):
        if row is not None:
            group.append(row)
        if group and (row is None or len(group) == _GROUP):
            with database.write() as session:
                session.execute(insert(table), group)
            group = []


def _ended(rows: Any) -> Iterator[Any]:
    yield from rows
    yield None


@contextmanager
def _served(home: Path, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "veille", "--home", str(home), "serve", "--port", str(port)]
    process = subprocess.Popen(command)
    try:
        for _ in range(600):
            try:
                _ask(http.client.HTTPConnection("127.0.0.1", port), "/healthz")
                break
            except ConnectionError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def _ask(connection: http.client.HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _timed(port: int, path: Callable[[int], str], asks: int) -> dict[str, float]:
    connection, times = http.client.HTTPConnection("127.0.0.1", port), []
    gc.disable()
    for number in range(asks + 1):
        address = path(number)
        start = time.perf_counter()
        status = _ask(connection, address)
        times.append((time.perf_counter() - start) * 1000)
        if status != (404 if "faux" in address else 200):
            raise SystemExit(f"{address}: {status}")
    gc.enable()
    first, *rest = times
    return {"first": round(first, 1), "p50": round(statistics.median(rest), 1),
            "p95": round(sorted(rest)[int(len(rest) * 0.95) - 1], 1)}  # fmt: skip


if __name__ == "__main__":
    main()
