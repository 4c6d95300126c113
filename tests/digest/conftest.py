"""A cluster of four organisations and nine items."""

from pathlib import Path

import pytest

from tests.digest.builders import NOW, item, store_items
from tests.digest.house import House
from tests.digest.ledger import members_of
from veille.model import Member, Subscriber
from veille.storage.db import Database


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path) -> House:
    pairs = [
        (Member(organisation="Phytalis", sectors=("sante",)), [Subscriber(email="anne@phytalis.example.fr")]),
        (Member(organisation="Robotix", sectors=("robots",)), [Subscriber(email="bob@robotix.example.fr")]),
        (Member(organisation="Absente", sectors=("textile",)), [Subscriber(email="chloe@absente.example.fr")]),
        (Member(organisation="Pause", sectors=("sante",)), [Subscriber(email="dan@p.example.fr", rhythm="paused")]),
    ]
    members_of(sqlite_database).save(pairs, origin="test", now=NOW)
    items = [item(n, sector="sante" if n % 2 else "robots") for n in range(1, 9)]
    items.append(item(9, "reglementation", sector="sante", deadline=None))
    store_items(sqlite_database, items)
    return House(sqlite_database, tmp_path / "maison")
