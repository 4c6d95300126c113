"""One database, two engines: a reader (deferred, never writes) and a writer (one transaction at a time per process).

On SQLite the writer begins with BEGIN IMMEDIATE: a deferred transaction that turns into a write is refused at once
whatever the busy timeout. On PostgreSQL the writer takes one advisory lock, so that a read-then-write in a store means
the same on both; `concurrent=True` does without, for statements that are safe beside each other.
"""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import URL, Connection, CursorResult, Engine, QueuePool, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session

from veille.errors import InputError, StoreError
from veille.files import cause
from veille.storage import faults

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")

#: Seconds to wait for another writer before « base occupée » (exit 4).
BUSY_TIMEOUT = 10.0

#: The first with RETURNING (https://www.sqlite.org/changes.html, 3.35.0 of 2021-03-12).
_OLDEST_SQLITE = (3, 35)

#: Key of PostgreSQL's advisory lock that stands for SQLite's write lock: the bytes of « veille ».
_WRITE_LOCK = int.from_bytes(b"veille")


class Database:
    """Two engines over one database; sessions are short and never held during network, NLP or SMTP work."""

    def __init__(self, url: str, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.url = url
        parsed = _parse(url)
        #: The file, for SQLite only; what follows sqlite:/// is the path to the letter, « ? » included.
        self.file = Path(url.removeprefix("sqlite:///")) if parsed.get_backend_name() == "sqlite" else None
        #: What messages call it: never with a password.
        self.place = str(self.file) if self.file else parsed.render_as_string(hide_password=True)
        self._timeout = busy_timeout
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._writing: int | None = None
        if self.file is not None:
            self.reader: Engine = _sqlite_engine(self.file, self.place, busy_timeout, read_only=True)
            self.writer: Engine = _sqlite_engine(self.file, self.place, busy_timeout, read_only=False)
        else:
            self.reader = _postgres_engine(parsed, busy_timeout, read_only=True)
            self.writer = _postgres_engine(parsed, busy_timeout, read_only=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read-only session on one consistent snapshot; never waits for a writer."""
        self._guard_fork()
        with self._translated(read_only=True), Session(self.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = False, concurrent: bool = False, wait: float | None = None) -> Iterator[Session]:
        """Open the one write transaction; commit on success, roll back on any exception.

        The lock is taken at once: StoreBusy comes before any work is done. `durable` survives a power cut, not only a
        crash (deliveries). `wait` is in seconds, the database's own busy timeout if None.
        """
        seconds = self._timeout if wait is None else wait
        with self._transaction(seconds, veille_durable=durable, veille_concurrent=concurrent) as session:
            yield session

    @contextmanager
    def migrate(self) -> Iterator[Connection]:
        """Open a durable write transaction in which the schema may change; foreign keys are not enforced."""
        with self._transaction(self._timeout, veille_durable=True, veille_migrating=True) as session:
            yield session.connection()

    def back_up(self, target: Path) -> None:
        """Copy the SQLite file as it stands to `target`, while others read and write; whole or not at all."""
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        try:
            with self.read() as session, closing(sqlite3.connect(part)) as copy:
                source = session.connection().connection.driver_connection
                if not isinstance(source, sqlite3.Connection):
                    raise TypeError("only a SQLite file is backed up here")
                copy.execute("PRAGMA journal_mode=OFF")  # a copy cut short is thrown away, not repaired
                source.backup(copy)
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(target)
        except sqlite3.Error as error:
            raise (faults.from_sqlite(error, str(target), target) or error) from error
        finally:
            part.unlink(missing_ok=True)

    def compact(self) -> bool:
        """Rewrite the SQLite file, so that nothing deleted stays in it; tell whether it was done to the end.

        False on PostgreSQL, whose own VACUUM does so in time, and while another process still reads an older state.
        """
        if self.file is None:
            return False
        self._guard_fork()
        uri = f"{self.file.absolute().as_uri()}?mode=rw"
        with (
            self._alone(self._timeout),
            closing(sqlite3.connect(uri, uri=True, timeout=self._timeout, isolation_level=None)) as connection,
        ):
            try:
                connection.execute("PRAGMA secure_delete=ON")
                connection.execute("VACUUM")
                (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error as error:
                raise (faults.from_sqlite(error, self.place, self.file) or error) from error
        return not busy

    def close(self) -> None:
        """Release every connection."""
        self.reader.dispose()
        self.writer.dispose()

    @contextmanager
    def _transaction(self, wait: float, **options: bool) -> Iterator[Session]:
        self._guard_fork()
        with (
            self._alone(wait),
            self._translated(),
            Session(self.writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection(execution_options={"veille_wait": max(1, int(wait * 1000)), **options})
            yield session

    @contextmanager
    def _alone(self, wait: float) -> Iterator[None]:
        """Queue the threads of this process: the writer engine has one connection."""
        me = threading.get_ident()
        if self._writing == me:
            raise RuntimeError("a write transaction is already open in this thread")
        if not self._lock.acquire(timeout=wait):
            raise faults.busy(self.place)
        self._writing = me
        try:
            yield
        finally:
            self._writing = None
            self._lock.release()

    @contextmanager
    def _translated(self, *, read_only: bool = False) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            known = faults.translate(error, self.place, file=self.file, read_only=read_only)
            if known is None:
                raise
            raise known from error

    def _guard_fork(self) -> None:
        if os.getpid() != self._pid:
            raise RuntimeError("a database engine must not cross a fork: open a new Database in the child")


def create_file(file: Path) -> None:
    """Make an empty SQLite file in WAL mode, ready for its first migration; the one place that may."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except OSError as error:
        raise faults.unreadable(str(file), cause(error)) from error
    except sqlite3.Error as error:
        raise (faults.from_sqlite(error, str(file), file) or error) from error


def slices(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Yield values a few hundred at a time: an IN of many more is slow to compile and, one day, too long."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def upsert(
    session: Session,
    row: type[DeclarativeBase],
    values: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str],
    update: Sequence[str] = (),
) -> int:
    """Insert rows, or set the columns named in `update` where `keys` exist already; return how many rows were touched.

    One prepared statement executed many times: a multi-row VALUES spends its time in compilation (six times slower).
    Every mapping has the same columns. Rows already loaded in the session are not refreshed.
    """
    if not values:
        return 0
    statement = upsert_statement(
        cast("Table", row.__table__), session.get_bind().dialect.name, tuple(keys), tuple(update)
    )
    options = {"preserve_rowcount": True}
    result = cast("CursorResult[Any]", session.execute(statement, list(values), execution_options=options))
    return max(result.rowcount, 0)


@cache
def upsert_statement(
    table: Table, dialect: str, keys: tuple[str, ...], update: tuple[str, ...] = ()
) -> "postgresql.Insert | sqlite.Insert":
    """Build a statement once: over thirty columns that takes four times as long as running it."""
    statement = _insert(table, dialect)
    if not update:
        return statement.on_conflict_do_nothing(index_elements=keys)
    new = statement.excluded
    return statement.on_conflict_do_update(index_elements=keys, set_={name: new[name] for name in update})


def _insert(table: Table, dialect: str) -> "postgresql.Insert | sqlite.Insert":
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 50 ms at each start of what runs on SQLite

    return postgresql.insert(table)


def _parse(url: str) -> URL:
    cure = "laissez database_url vide (SQLite dans l'instance) ou écrivez postgresql+psycopg://utilisateur@hôte/base"
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError("adresse de base illisible (database_url)", cure=cure) from error
    if backend not in {"sqlite", "postgresql"} or (backend == "sqlite" and parsed.database in {None, "", ":memory:"}):
        shown = parsed.render_as_string(hide_password=True)
        raise InputError(f"base refusée : {shown} n'est ni un fichier SQLite ni PostgreSQL", cure=cure)
    return parsed


def _sqlite_engine(file: Path, place: str, timeout: float, *, read_only: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        _check_file(file, place)
        # mode=rw: SQLite would otherwise create an empty database at any path that is misspelt.
        uri = f"{file.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        return connection

    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        cure = "prenez un Python lié à SQLite 3.35 ou plus récent (celui de Debian 12 convient)"
        raise StoreError(f"SQLite {sqlite3.sqlite_version} est trop ancien", cure=cure)
    size = {"pool_size": 5} if read_only else {"pool_size": 1, "max_overflow": 0}
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_timeout=timeout, **size)
    event.listen(engine, "begin", _begin_read if read_only else _begin_immediate)
    return engine


def _check_file(file: Path, place: str) -> None:
    """Refuse what SQLite would take for a new database.

    By its size only: to open and close the file here would drop every POSIX lock that this process holds on it
    (https://www.sqlite.org/howtocorrupt.html §2.2). A foreign content is SQLite's own SQLITE_NOTADB.
    """
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise faults.missing(place) from error
    except OSError as error:
        raise faults.unreadable(place, cause(error)) from error
    if not stat.S_ISREG(found.st_mode):
        raise faults.unreadable(place, "ce n'est pas un fichier")
    if found.st_size == 0:
        raise faults.missing(place)


def _begin_read(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock; these pragmas do nothing inside a transaction, so they come before it."""
    options = connection.get_execution_options()
    wanted = {
        "busy_timeout": options["veille_wait"],
        "synchronous": "FULL" if options.get("veille_durable") else "NORMAL",
        "foreign_keys": "OFF" if options.get("veille_migrating") else "ON",
    }
    set_before = connection.connection.info  # lives and dies with the SQLite connection
    for pragma, value in wanted.items():
        if set_before.get(pragma) != value:
            connection.exec_driver_sql(f"PRAGMA {pragma}={value}")
            set_before[pragma] = value
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgres_engine(url: URL, timeout: float, *, read_only: bool) -> Engine:
    try:
        engine = create_engine(
            url,
            # A snapshot per session, as SQLite gives.
            isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
            execution_options={"postgresql_readonly": read_only},
            pool_pre_ping=True,  # the daemon outlives restarts of the server
            pool_timeout=timeout,
            pool_size=5 if read_only else 1,
            max_overflow=10 if read_only else 0,
        )
    except ModuleNotFoundError as error:
        raise InputError(
            f"PostgreSQL demande le module {error.name}",
            cure="installez veille[postgres], ou laissez database_url vide",
        ) from error
    if not read_only:
        event.listen(engine, "begin", _begin_postgres)
    return engine


def _begin_postgres(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {options['veille_wait']}")
    if options.get("veille_durable"):
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    if not options.get("veille_concurrent"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
