"""One store class is the sole writer of each table."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.storage.writers import STORAGE, WRITERS
from veille.addresses import address_key
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore
from veille.storage.tables import Base

TABLES = {mapper.class_.__name__: mapper.local_table.name for mapper in Base.registry.mappers}
#: Calls whose row class is a target: SQLAlchemy's own and `upsert`.
TARGETING = {"insert", "update", "delete", "upsert"}


def written(module: Path) -> Iterator[str]:
    """Yield the tables that a module's statements and constructors name as targets."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in TABLES:
            yield TABLES[called]
        if called in TARGETING:
            yield from (TABLES[arg.id] for arg in node.args if isinstance(arg, ast.Name) and arg.id in TABLES)


def modules() -> list[Path]:
    return [path for path in sorted(STORAGE.glob("*.py")) if path.stem not in {"tables", "db", "schema", "faults"}]


def test_every_table_has_a_declared_writer() -> None:
    assert set(WRITERS) == set(TABLES.values())


def test_each_table_is_written_by_its_own_module_only() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules():
        for table in written(module):
            found[table].add(module.stem)
    assert {table: names for table, names in found.items() if names != {WRITERS[table]}} == {}


def test_writers_of_a_module_share_one_class() -> None:
    """A module that writes has exactly one public class: the store."""
    for stem in sorted(set(WRITERS.values())):
        path = STORAGE / f"{stem}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        public = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        stores = [name for name in public if name.startswith("Sql") or name == "InstanceGuard"]
        assert len(stores) == 1, f"{stem}: {stores}"


def test_statements_are_checked_while_the_tests_run(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard in conftest sees what the scan cannot: a loaded row that is changed and flushed."""
    monkeypatch.setitem(WRITERS, "suppression", "mail_ledger")
    store = SqlMemberStore(sqlite_database, "cluster", address_hash=address_key)
    with pytest.raises(AssertionError, match="suppression is written by member_store"):
        store.suppress("a@b.fr", reason="plainte", now=datetime(2026, 11, 23, tzinfo=UTC))
    with sqlite_database.write() as session:  # a test may
        session.execute(delete(Base.metadata.tables["suppression"]))
