"""Tagged items in a store, as crawl and tagging would have left them."""

from typing import Any

from tests.digest.builders import item, store_items
from veille.engine.direct import DirectEngine
from veille.linking.reading import Gathered
from veille.linking.runner import link_waiting
from veille.storage.cluster_store import SqlClusterStore
from veille.storage.db import Database
from veille.storage.item_store import SqlItemStore
from veille.storage.ledger import SqlLedger
from veille.storage.link_decision_store import SqlLinkDecisions
from veille.testing import FrozenClock

HOUBLON = (
    "Le Département du Doubs aide les brasseries artisanales à planter du houblon et à partager une malterie : 30 % "
    "des investissements, 25 000 € au plus. Dossier à remettre avant le 30 septembre 2026."
)


def call(number: int, title: str = "Houblon local : aide aux brasseries du Doubs", **changes: Any) -> Any:
    """Return a call, each on a site of its own; all alike unless `changes` say otherwise."""
    values: dict[str, Any] = {
        "title": title,
        "text": HOUBLON,
        "deadline": "2026-09-30",
        "url": f"https://site{number}.example/aides/{number}",
        **changes,
    }
    return item(number, **values)


def add(database: Database, *items: Any) -> None:
    store_items(database, items)


def link(database: Database, clock: FrozenClock | None = None) -> int:
    clock = clock or FrozenClock()
    engine = DirectEngine(SqlLedger(database, clock), clock)
    return link_waiting(SqlClusterStore(database), SqlItemStore(database), engine, clock)


def gathered(database: Database) -> Gathered:
    return Gathered(SqlItemStore(database), SqlClusterStore(database), SqlLinkDecisions(database))


def groups(database: Database) -> set[tuple[int, ...]]:
    return {tuple(sorted(group)) for group in gathered(database).groups().values()}
