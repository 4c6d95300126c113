"""A real SQLite store of members in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore
from veille.storage.schema import create

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def places() -> Gazetteer:
    return load_gazetteer([ROOT])


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'veille.sqlite'}")
    create(opened)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database, places: Gazetteer) -> SqlMemberStore:
    return SqlMemberStore(database, "cluster", places)
