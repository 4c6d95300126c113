"""The database: what it refuses to open, how it waits, what a reader and a writer may do."""

import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from tests.bad_inputs import cases, value_of
from tests.shared import required
from veille.errors import DatabaseCorrupt, DatabaseMissing, DiskFull, InputError, StoreBusy, StoreError
from veille.storage import faults
from veille.storage.db import Database, upsert
from veille.storage.tables import InstanceRow, SourceStateRow, SuppressionRow

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def suppression(number: int, reason: str = "plainte") -> dict[str, object]:
    return {"address_hash": f"{number:064}", "reason": reason, "since": NOON}


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SuppressionRow)) or 0


def add(database: Database, number: int, *, durable: bool = False) -> None:
    with database.write(durable=durable) as session:
        session.add(SuppressionRow(**suppression(number)))


def at(path: Path, **options: float) -> Database:
    return Database(f"sqlite:///{path}", **options)


# ── what is opened ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["veille.sqlite", "dossier/veille.sqlite"], ids=["CLI-008 file", "CLI-008 folder"])
def test_missing_database_is_named_and_never_created(tmp_path: Path, name: str) -> None:
    for opened in (at(tmp_path / name).read, at(tmp_path / name).write):
        with pytest.raises(DatabaseMissing, match=r"base absente.*lancez veille init"), opened() as session:
            session.scalar(text("SELECT 1"))
    assert list(tmp_path.iterdir()) == []


def test_empty_file_is_a_missing_database_and_stays_empty(tmp_path: Path) -> None:
    (tmp_path / "veille.sqlite").touch()
    with pytest.raises(DatabaseMissing), at(tmp_path / "veille.sqlite").write():
        pass
    assert [(path.name, path.stat().st_size) for path in tmp_path.iterdir()] == [("veille.sqlite", 0)]


@pytest.mark.parametrize("case", [case for case in cases("cli", classes={"db"}) if case.id in {"CLI-009", "absent"}])
def test_garbage_is_a_corrupt_database_and_nothing_is_written(case: dict[str, str], tmp_path: Path) -> None:
    garbage = value_of(case)
    (tmp_path / "veille.sqlite").write_bytes(garbage)
    for opened in (at(tmp_path / "veille.sqlite").read, at(tmp_path / "veille.sqlite").write):
        with pytest.raises(DatabaseCorrupt, match=r"base corrompue.*sauvegarde") as refused, opened() as session:
            session.scalar(text("SELECT count(*) FROM sqlite_master"))
        assert refused.value.exit_code == 3
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("veille.sqlite", garbage)]


def test_truncated_file_is_a_corrupt_database(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "veille.sqlite"
    file.write_bytes(sqlite_template.read_bytes()[: 4096 * 3])
    with pytest.raises(DatabaseCorrupt), at(file).read() as session:
        session.scalars(select(SourceStateRow)).all()


def test_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pas un fichier"), at(tmp_path).read() as session:
        session.scalar(text("SELECT 1"))


def test_odd_characters_in_the_path_are_only_characters(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "été ?mode=ro#%20.sqlite"
    shutil.copyfile(sqlite_template, file)
    database = at(file)
    assert database.file == file
    add(database, 1)
    assert count(database) == 1
    database.close()
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/b", "n'importe quoi", ""])
def test_other_databases_are_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(InputError) as refused:
        Database(url)
    assert "secret" not in str(refused.value)


def test_unreachable_server_is_named_without_its_password() -> None:
    database = Database("postgresql+psycopg://veille:secret@127.0.0.1:1/veille")
    with pytest.raises(StoreError, match="PostgreSQL ne répond pas") as refused, database.read() as session:
        session.scalar(text("SELECT 1"))
    assert "secret" not in str(refused.value)
    assert refused.value.exit_code == 3


def test_missing_driver_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"installez veille\[postgres\]"):
        Database("postgresql+psycopg://veille@127.0.0.1/veille")


def test_too_old_sqlite_is_refused_before_it_fails_halfway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(StoreError, match="trop ancien"):
        at(tmp_path / "veille.sqlite")


# ── transactions ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_exception_rolls_the_whole_write_back(database: Database) -> None:
    def add_then_fail() -> None:
        with database.write() as session:
            session.add(SuppressionRow(**suppression(1)))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_then_fail()
    assert count(database) == 0


def test_reader_cannot_write_and_that_is_a_bug(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as session:
        session.execute(text("DELETE FROM suppression"))


def test_constraint_violation_is_a_bug_not_a_store_error(database: Database) -> None:
    add(database, 1)
    with pytest.raises(IntegrityError):
        add(database, 1)


def test_write_inside_a_write_is_a_bug_said_at_once(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="already open"), database.write():
        pass


def test_reader_keeps_one_snapshot_for_the_length_of_a_session(database: Database) -> None:
    with database.read() as session:
        counted = select(func.count()).select_from(SuppressionRow)
        before = session.scalar(counted)
        add(database, 1)
        assert session.scalar(counted) == before


def test_durable_write_waits_for_the_disk(sqlite_database: Database) -> None:
    for durable, level in ((True, 2), (False, 1), (True, 2)):
        with sqlite_database.write(durable=durable) as session:
            assert session.scalar(text("PRAGMA synchronous")) == level
            assert session.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.postgres
def test_durable_write_waits_for_the_disk_whatever_the_server_is_set_to(postgres_database: Database) -> None:
    with postgres_database.write(durable=True) as session:
        assert session.scalar(text("SHOW synchronous_commit")) == "on"
    with postgres_database.write() as session:
        assert session.scalar(text("SHOW synchronous_commit")) == "off"  # as the test server is set


def test_instants_keep_their_meaning_and_naive_ones_are_refused(database: Database) -> None:
    paris = datetime(2026, 11, 23, 8, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    with database.write() as session:
        session.add(InstanceRow(id=1, latest_seen=paris))
    with database.read() as session:
        stored = session.scalar(select(InstanceRow.latest_seen))
    assert stored == paris
    assert stored is not None
    assert stored.utcoffset() == timedelta()
    with pytest.raises(StatementError, match="naive datetime refused"), database.write() as session:
        session.add(InstanceRow(id=2, latest_seen=datetime(2026, 11, 23)))  # noqa: DTZ001 - the naive value is the point


def test_upsert_inserts_updates_or_leaves_alone(database: Database) -> None:
    with database.write() as session:
        keys = ("address_hash",)
        assert upsert(session, SuppressionRow, [], keys=keys) == 0
        assert upsert(session, SuppressionRow, [suppression(1), suppression(2)], keys=keys) == 2
        assert upsert(session, SuppressionRow, [suppression(2, "rebond"), suppression(3)], keys=keys) == 1
        assert upsert(session, SuppressionRow, [suppression(1, "rebond")], keys=keys, update=("reason",)) == 1
    with database.read() as session:
        found = session.execute(select(SuppressionRow.address_hash, SuppressionRow.reason)).all()
    assert sorted((int(key), reason) for key, reason in found) == [(1, "rebond"), (2, "plainte"), (3, "plainte")]


# ── waiting ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_reads_stay_under_50_ms_while_a_write_is_held_for_five_seconds(database: Database) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write() as session:
            session.add(SuppressionRow(**suppression(1)))
            session.flush()
            held.set()
            time.sleep(5)
        done.set()

    writer = threading.Thread(target=hold)
    writer.start()
    assert held.wait(5)
    count(database)  # opens the connection
    waits = []
    while not done.is_set():
        begun = time.perf_counter()
        assert count(database) in {0, 1}
        waits.append(time.perf_counter() - begun)
        time.sleep(0.01)
    writer.join()
    assert count(database) == 1
    assert len(waits) > 50
    # The 99th percentile: this machine is shared, and one pause of the scheduler is not a lock.
    assert statistics.quantiles(waits, n=100)[-1] < 0.05


def test_busy_database_is_said_after_the_wait_and_no_write_is_lost(sqlite_database: Database) -> None:
    """CLI-011."""
    assert sqlite_database.file is not None
    other = sqlite3.connect(sqlite_database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO suppression VALUES ('autre', 'plainte', '2026-11-23')")
    hasty = at(sqlite_database.file, busy_timeout=0.3)
    begun = time.monotonic()
    with pytest.raises(StoreBusy, match="base occupée") as refused, hasty.write():
        pytest.fail("the body must not run")
    assert 0.2 < time.monotonic() - begun < 3
    assert refused.value.exit_code == 4
    other.execute("COMMIT")
    other.close()
    add(hasty, 2)
    assert count(hasty) == 2
    hasty.close()


@pytest.mark.postgres
def test_busy_postgres_is_said_after_the_wait(postgres_database: Database) -> None:
    hasty = Database(postgres_database.url, busy_timeout=0.3)
    with postgres_database.write():
        with pytest.raises(StoreBusy, match="base occupée"), hasty.write():
            pytest.fail("the body must not run")
        with hasty.write(concurrent=True) as session:
            session.add(SuppressionRow(**suppression(1)))
    add(hasty, 2)
    assert count(hasty) == 2
    hasty.close()


def test_threads_of_one_process_queue_for_the_writer(database: Database) -> None:
    threads = [threading.Thread(target=add, args=(database, number)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 8


def test_eight_writers_that_read_first_lose_nothing(database: Database) -> None:
    """Read-then-write means the same on both databases: nobody else writes in between."""
    program = """if 1:
        import sys
        from datetime import UTC, datetime, timedelta
        from veille.storage.db import Database
        from veille.storage.tables import InstanceRow
        database = Database(sys.argv[1])
        for _ in range(20):
            with database.write() as session:
                row = session.get_one(InstanceRow, 1)
                row.latest_seen = row.latest_seen + timedelta(seconds=1)
        database.close()
    """
    with database.write() as session:
        session.add(InstanceRow(id=1, latest_seen=NOON))
    children = [subprocess.Popen([sys.executable, "-c", program, database.url]) for _ in range(4)]
    assert [child.wait(60) for child in children] == [0] * 4
    with database.read() as session:
        assert session.get_one(InstanceRow, 1).latest_seen == NOON + timedelta(seconds=80)


def test_engine_does_not_cross_a_fork(sqlite_database: Database) -> None:
    program = """if 1:
        import os, sys
        from sqlalchemy import text
        from veille.storage.db import Database
        database = Database(sys.argv[1])
        with database.read() as session:
            session.scalar(text("SELECT 1"))
        child = os.fork()
        if child == 0:
            for opened in (database.read, database.write):
                try:
                    with opened():
                        os._exit(1)
                except RuntimeError as error:
                    assert "fork" in str(error)
            os._exit(0)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    assert subprocess.run([sys.executable, "-c", program, sqlite_database.url], check=False).returncode == 0


# ── a full disk ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB, where we may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if done.returncode:
        if required("tmpfs"):
            pytest.fail(f"a small tmpfs is required: {done.stderr.decode()}")
        pytest.skip("no right to mount a small tmpfs here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(database: Database) -> int:
    """Write until the disk is full, to its last page; return how many rows were committed."""
    written = 0
    for length in (20_000, 10):
        for number in range(written, 2_000):
            row = suppression(number, "x" * length)
            try:
                with database.write() as session:
                    session.add(SuppressionRow(**row))
            except DiskFull:
                written = number
                break
        else:
            raise AssertionError("the disk never filled up")
    return written


def test_full_disk_keeps_what_was_committed_and_resumes_when_space_returns(
    small_disk: Path, sqlite_template: Path
) -> None:
    """CLI-012."""
    file = small_disk / "veille.sqlite"
    shutil.copyfile(sqlite_template, file)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    database = at(file)
    written = fill(database)
    assert written > 0
    assert count(database) == written
    with pytest.raises(DiskFull, match="disque plein") as refused:
        add(database, 10_000, durable=True)
    assert refused.value.exit_code == 3
    ballast.unlink()
    add(database, 10_001)
    assert count(database) == written + 1
    with database.read() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    database.close()


def test_full_database_keeps_what_was_committed(sqlite_database: Database) -> None:
    """CLI-012, where no file system can be mounted: SQLite's own page limit gives the same SQLITE_FULL."""

    @event.listens_for(sqlite_database.writer, "connect")
    def _limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=120")

    written = fill(sqlite_database)
    assert written > 0
    assert count(sqlite_database) == written


def test_backup_is_whole_or_absent(sqlite_database: Database, small_disk: Path, tmp_path: Path) -> None:
    for number in range(200):
        with sqlite_database.write() as session:
            session.add(SuppressionRow(**suppression(number, "x" * 20_000)))
    with pytest.raises(DiskFull):
        sqlite_database.back_up(small_disk / "copy.sqlite")
    assert list(small_disk.iterdir()) == []
    sqlite_database.back_up(tmp_path / "copy.sqlite")
    copy = at(tmp_path / "copy.sqlite")
    assert count(copy) == 200
    copy.close()


def test_unwritable_disk_is_named_with_its_cure(small_disk: Path, sqlite_template: Path) -> None:
    file = small_disk / "veille.sqlite"
    shutil.copyfile(sqlite_template, file)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    database = at(file)
    with pytest.raises(StoreError, match="vérifiez les droits"):
        add(database, 1)
    with pytest.raises(StoreError, match="vérifiez les droits"):
        count(database)


@pytest.mark.parametrize("words", ["no such module: fts5", "no such function: json_each"])
def test_a_sqlite_without_full_text_search_is_named_with_the_cure(words: str, tmp_path: Path) -> None:
    refused = faults.from_sqlite(sqlite3.OperationalError(words), "base", tmp_path / "veille.sqlite")
    assert isinstance(refused, StoreError)
    assert "FTS5" in refused.cure
