"""Engines: a reader (deferred, query_only) and a writer (BEGIN IMMEDIATE, one at a time per process)."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session


class Database:
    """Two engines over one database; sessions are short and never held during network, NLP or SMTP work."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._pid = os.getpid()
        self._lock = threading.RLock()
        sqlite = make_url(url).get_backend_name() == "sqlite"
        self.reader: Engine = _sqlite(url, read_only=True) if sqlite else create_engine(url)
        self.writer: Engine = (
            _sqlite(url, read_only=False) if sqlite else create_engine(url, pool_size=1, max_overflow=0)
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read-only session."""
        self._guard_fork()
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Session]:  # noqa: ARG002 - hardened below
        """Open the one write transaction; commit on success, roll back on any exception."""
        self._guard_fork()
        with self._lock, Session(self.writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Release every connection."""
        self.reader.dispose()
        self.writer.dispose()

    def _guard_fork(self) -> None:
        if os.getpid() != self._pid:
            raise RuntimeError("a database engine must not cross a fork: open a new Database in the child")


def _sqlite(url: str, *, read_only: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 10, "isolation_level": None, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"query_only={'ON' if read_only else 'OFF'}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
