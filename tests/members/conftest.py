"""A real store of members, on both databases."""

from pathlib import Path

import pytest

from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.members.cells import Vocabulary
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore
from veille.tokens import Keys

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def places() -> Gazetteer:
    return load_gazetteer([ROOT])


@pytest.fixture
def store(database: Database, places: Gazetteer, tmp_path: Path) -> SqlMemberStore:
    return SqlMemberStore(database, "cluster", places, address_hash=Keys(tmp_path / "keys").address_hash)


@pytest.fixture(scope="session")
def words_of(places: Gazetteer) -> Vocabulary:
    return Vocabulary(load_taxonomy([ROOT]), places)
