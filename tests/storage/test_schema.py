"""The schema's history: it makes the models' tables, refuses what is not ours, and survives a kill at any point."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from veille.errors import DatabaseMissing, SchemaMismatch, StoreError
from veille.storage import schema
from veille.storage.db import Database
from veille.storage.migrations.search import is_ours
from veille.storage.tables import Base, SuppressionRow

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

#: The revision after the newest one of today.
NEXT = f"{int(schema.HEAD) + 1:04}"

#: Runs a function of `schema` and dies at the N-th statement that changes the schema.
DIES = """if 1:
    import os, re, signal, sys
    from pathlib import Path
    from sqlalchemy import Engine, event
    from veille.storage import schema
    from veille.storage.db import Database
    url, what, dies_at, scripts = sys.argv[1:]
    if scripts:
        following = f"{int(schema.HEAD) + 1:04}"
        schema.SCRIPTS, schema.REVISIONS, schema.HEAD = scripts, (*schema.REVISIONS, following), following
    seen = 0

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(_c, _k, statement, *_rest):
        global seen
        if re.match(r"\\s*(CREATE|ALTER|DROP)", statement):
            seen += 1
            if seen == int(dies_at):
                os.kill(os.getpid(), signal.SIGKILL)

    getattr(schema, what)(Database(url))
"""

SECOND = f'''"""One revision more, for tests."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{schema.HEAD}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("first_new", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("suppression") as batch:
        batch.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch.alter_column("reason", existing_type=sa.String(length=32), type_=sa.Text(), existing_nullable=False)
    op.create_table("second_new", sa.Column("id", sa.Integer(), primary_key=True))
'''


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has no table yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'veille.sqlite'}"
    make: Callable[[str], str] = request.getfixturevalue("new_postgres")
    return make("template0")


@pytest.fixture
def two_revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make this program one revision newer; the folder of its scripts."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(schema.__file__).parent / "migrations", folder)
    (folder / "versions" / f"{NEXT}_more.py").write_text(SECOND)
    monkeypatch.setattr(schema, "SCRIPTS", str(folder))
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, NEXT))
    monkeypatch.setattr(schema, "HEAD", NEXT)
    return str(folder)


def differences(database: Database) -> list[object]:
    with database.read() as session:
        compared = {"compare_type": True, "include_object": is_ours}
        context = MigrationContext.configure(session.connection(), opts=compared)
        return list(compare_metadata(context, Base.metadata))


def state(database: Database) -> schema.SchemaState:
    return schema.status(database).state


def add_row(database: Database) -> None:
    with database.write() as session:
        session.add(SuppressionRow(address_hash="0" * 64, reason="plainte", since=NOON))


def tables(database: Database) -> set[str]:
    with database.read() as session:
        return set(inspect(session.connection()).get_table_names())


def die(url: str, what: str, at: int, scripts: str = "") -> int:
    return subprocess.run([sys.executable, "-c", DIES, url, what, str(at), scripts], check=False).returncode


# ── what the history makes ──────────────────────────────────────────────────────────────────────────────────────────
def test_migrations_make_exactly_the_models(database: Database) -> None:
    assert differences(database) == []


def test_list_of_revisions_is_the_folder(tmp_path: Path) -> None:
    scripts = ScriptDirectory(Path(schema.__file__).parent / "migrations")
    assert [found.revision for found in scripts.walk_revisions()][::-1] == list(schema.REVISIONS)


def test_create_makes_the_folder_and_may_be_repeated(empty_url: str) -> None:
    database = Database(empty_url)
    assert schema.create(database) == schema.Upgraded(None, schema.HEAD)
    add_row(database)
    assert schema.create(database) == schema.Upgraded(schema.HEAD, schema.HEAD)
    schema.require_current(database)
    assert schema.upgrade(database) == schema.Upgraded(schema.HEAD, schema.HEAD)
    database.close()


@pytest.mark.parametrize("place", ["file/veille.sqlite", "folder"], ids=["under a file", "a folder"])
def test_database_that_cannot_be_made_is_named_with_the_cure(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="vérifiez les droits") as refused:
        schema.create(Database(f"sqlite:///{tmp_path / place}"))
    assert place in str(refused.value)


def test_sqlite_database_is_in_wal_mode(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("act", [schema.require_current, schema.upgrade])
def test_missing_database_is_not_made_by_other_commands(tmp_path: Path, act: Callable[[Database], object]) -> None:
    with pytest.raises(DatabaseMissing, match="lancez veille init"):
        act(Database(f"sqlite:///{tmp_path / 'veille.sqlite'}"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("two_revisions")
def test_older_schema_is_refused_with_the_command_that_mends_it(database: Database) -> None:
    assert state(database) is schema.SchemaState.OLDER
    with pytest.raises(SchemaMismatch, match="lancez veille db upgrade") as refused:
        schema.require_current(database)
    assert refused.value.exit_code == 3
    with pytest.raises(SchemaMismatch, match="lancez veille db upgrade"):
        schema.create(database)


def test_newer_schema_is_refused_by_everything(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (schema.require_current, schema.upgrade, schema.create):
        with pytest.raises(SchemaMismatch, match="version plus récente de veille"):
            act(database)


def test_tables_of_somebody_else_are_left_alone(empty_url: str) -> None:
    database = Database(empty_url)
    schema.create(database)
    with database.write() as session:
        session.execute(text("DROP TABLE alembic_version"))
    for act in (schema.require_current, schema.upgrade, schema.create):
        with pytest.raises(SchemaMismatch, match="étrangère"):
            act(database)
    database.close()


@pytest.mark.parametrize(
    "damage",
    ["DROP TABLE suppression", "ALTER TABLE suppression RENAME COLUMN reason TO motif"],
    ids=["table", "column"],
)
def test_table_or_column_that_other_hands_removed_is_a_mismatch_not_a_trace(database: Database, damage: str) -> None:
    with database.migrate() as connection:
        connection.execute(text(damage))
    with pytest.raises(SchemaMismatch, match="suppression") as refused, database.read() as session:
        session.scalars(select(SuppressionRow)).all()
    assert "veille init" in (refused.value.cure or "")


# ── upgrades ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("two_revisions")
def test_upgrade_keeps_the_rows(database: Database) -> None:
    add_row(database)
    assert schema.upgrade(database).before == schema.REVISIONS[-2]
    assert state(database) is schema.SchemaState.CURRENT
    with database.read() as session:
        assert session.execute(text("SELECT reason, note FROM suppression")).all() == [("plainte", "")]


def test_upgrade_of_a_file_leaves_a_backup_that_can_be_restored(
    sqlite_database: Database, two_revisions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_row(sqlite_database)
    done = schema.upgrade(sqlite_database)
    assert done.backup is not None
    assert done.backup.name == f"veille.sqlite.avant-{NEXT}"
    restored = Database(f"sqlite:///{done.backup}")
    with restored.read() as session:
        assert session.scalar(select(SuppressionRow.reason)) == "plainte"
    monkeypatch.undo()
    assert state(restored) is schema.SchemaState.CURRENT
    restored.close()


def test_failing_migration_changes_nothing(database: Database, two_revisions: str) -> None:
    script = Path(two_revisions, "versions", f"{NEXT}_more.py")
    script.write_text(SECOND + "    raise ZeroDivisionError\n")
    before = tables(database)
    with pytest.raises(ZeroDivisionError):
        schema.upgrade(database)
    assert tables(database) == before
    assert state(database) is schema.SchemaState.OLDER


@pytest.mark.parametrize("at", [1, 20])
def test_killed_creation_is_done_by_the_next_one(empty_url: str, at: int) -> None:
    assert die(empty_url, "create", at) == -signal.SIGKILL
    database = Database(empty_url)
    assert state(database) is schema.SchemaState.EMPTY
    with pytest.raises(DatabaseMissing, match="lancez veille init"):
        schema.require_current(database)
    schema.create(database)
    assert differences(database) == []
    database.close()


@pytest.mark.parametrize("at", [1, 3, 4])
def test_killed_upgrade_leaves_the_old_schema_and_is_done_by_the_next_one(
    database: Database, two_revisions: str, at: int
) -> None:
    add_row(database)
    before = tables(database)
    assert die(database.url, "upgrade", at, two_revisions) == -signal.SIGKILL
    assert state(database) is schema.SchemaState.OLDER
    assert tables(database) == before
    assert database.file is None or database.file.with_name(f"veille.sqlite.avant-{NEXT}").exists()
    schema.upgrade(database)
    assert state(database) is schema.SchemaState.CURRENT
    assert tables(database) == before | {"first_new", "second_new"}
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM suppression")) == 1


def test_two_upgrades_at_once_do_it_once(database: Database, two_revisions: str) -> None:
    command = [sys.executable, "-c", DIES, database.url, "upgrade", "0", two_revisions]
    children = [subprocess.Popen(command) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    assert state(database) is schema.SchemaState.CURRENT
