"""Fixtures every room shares: new databases of each kind, the program as a process, one run of the demonstration."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from tests.postgres import cluster
from tests.storage import writers
from veille.demo.report import DemoReport
from veille.demo.runner import run_demo
from veille.observability import QuietProgress
from veille.storage import schema
from veille.storage.db import Database

_numbers = itertools.count()

event.listen(Engine, "before_cursor_execute", writers.check)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that nobody opens: tests copy it."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    database = Database(f"sqlite:///{file}")
    schema.create(database)
    database.close()
    return file


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database."""
    file = tmp_path / "veille.sqlite"
    shutil.copyfile(sqlite_template, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL cluster of our own, whose database « template_veille » is migrated."""
    with cluster() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_veille")
        database = Database(_named(url, "template_veille"))
        schema.create(database)
        database.close()
        yield url


@pytest.fixture
def new_postgres(postgres_server: str) -> Iterator[Callable[[str], str]]:
    """Make a database from a template (« template0 » = empty) and return its URL; dropped after the test."""
    made: list[str] = []

    def make(template: str) -> str:
        made.append(f"test_{next(_numbers)}")
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template}".encode())
        return _named(postgres_server, made[-1])

    yield make
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def postgres_database(new_postgres: Callable[[str], str]) -> Iterator[Database]:
    """A fresh PostgreSQL database."""
    database = Database(new_postgres("template_veille"))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """Both, one after the other: what a store promises holds on each."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """One run of the whole demonstration, shared by every check: copy its folder before changing anything."""
    return run_demo(tmp_path_factory.mktemp("demo") / "instance", QuietProgress())


@pytest.fixture
def veille(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the program as a person would, in a process of its own, without a terminal."""

    def run(
        *arguments: object, env: dict[str, str] | None = None, cwd: Path = tmp_path
    ) -> subprocess.CompletedProcess[str]:
        settings: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 120, "cwd": cwd}
        command = [sys.executable, "-m", "veille", *map(str, arguments)]
        settings["env"] = {**os.environ, **(env or {})}
        return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, **settings)

    return run


def _named(url: str, name: str) -> str:
    return f"postgresql+psycopg://{url.removeprefix('postgresql://').rpartition('/')[0]}/{name}"
