"""The schema's version: read it, refuse what is not ours, bring it up to date in one transaction.

Reading it needs no Alembic, whose import costs more than a whole short command.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from veille.errors import DatabaseMissing, SchemaMismatch
from veille.storage.db import Database, create_file
from veille.storage.tables import Base

#: Every revision in migrations/versions, oldest first; a test compares.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
HEAD = REVISIONS[-1]

#: Where Alembic finds them: « package:folder ».
SCRIPTS = "veille.storage:migrations"

_VERSION_TABLE = "alembic_version"


class SchemaState(StrEnum):
    """How a database's schema stands to this program."""

    CURRENT = "à jour"
    #: A database without tables: an interrupted or never done `init`.
    EMPTY = "vide"
    OLDER = "plus ancien que ce programme"
    NEWER = "plus récent que ce programme"
    #: It has tables of our names, not made by us.
    FOREIGN = "étranger"


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """What `db status` shows."""

    current: str | None
    head: str
    state: SchemaState


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did; `before` is None for a new database, `before == after` where nothing was to do."""

    before: str | None
    after: str
    #: Copy of the SQLite file made before the first change, if one was made.
    backup: Path | None = None


def status(database: Database) -> SchemaStatus:
    """Compare the database's schema with this program's."""
    with database.read() as session:
        return _status(session.connection())


def require_current(database: Database) -> None:
    """Raise DatabaseMissing or SchemaMismatch, with the command that mends it, unless the schema is this program's."""
    found = status(database)
    if found.state is not SchemaState.CURRENT:
        raise _refusal(database, found)


def create(database: Database) -> Upgraded:
    """Make the database where there is none, else check it; safe to repeat after an interruption."""
    if database.file is not None and (not database.file.is_file() or database.file.stat().st_size == 0):
        create_file(database.file)
    if status(database).state is SchemaState.EMPTY:
        return _migrate(database)
    require_current(database)
    return Upgraded(HEAD, HEAD)


def upgrade(database: Database) -> Upgraded:
    """Bring an existing database to this program's schema; all or nothing, after a backup (SQLite)."""
    found = status(database)
    if found.state is SchemaState.OLDER:
        return _migrate(database)
    if found.state is not SchemaState.CURRENT:
        raise _refusal(database, found)
    return Upgraded(HEAD, HEAD)


def _migrate(database: Database) -> Upgraded:
    with database.migrate() as connection:
        found = _status(connection)  # again, now that nobody else can write
        if found.state is SchemaState.CURRENT:
            return Upgraded(HEAD, HEAD)
        backup = None
        if database.file is not None and found.state is SchemaState.OLDER:
            backup = database.file.with_name(f"{database.file.name}.avant-{HEAD}")
            database.back_up(backup)
        _run_alembic(connection)
    return Upgraded(found.current, HEAD, backup)


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - only an upgrade pays for it
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _status(connection: Connection) -> SchemaStatus:
    tables = set(inspect(connection).get_table_names())
    if _VERSION_TABLE not in tables:
        ours = tables & set(Base.metadata.tables)
        return SchemaStatus(None, HEAD, SchemaState.FOREIGN if ours else SchemaState.EMPTY)
    current = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    if current is None:
        return SchemaStatus(None, HEAD, SchemaState.EMPTY)
    if current == HEAD:
        return SchemaStatus(current, HEAD, SchemaState.CURRENT)
    return SchemaStatus(current, HEAD, SchemaState.OLDER if current in REVISIONS else SchemaState.NEWER)


def _refusal(database: Database, found: SchemaStatus) -> DatabaseMissing | SchemaMismatch:
    where = f"{database.place} (schéma {found.current}, ce programme attend {found.head})"
    if found.state is SchemaState.EMPTY:
        return DatabaseMissing(f"base vide : {database.place}", cure="lancez veille init")
    if found.state is SchemaState.OLDER:
        return SchemaMismatch(f"base plus ancienne que ce programme : {where}", cure="lancez veille db upgrade")
    if found.state is SchemaState.NEWER:
        return SchemaMismatch(
            f"base plus récente que ce programme : {where}",
            cure="installez une version plus récente de veille, ou remettez la sauvegarde d'avant la mise à jour",
        )
    return SchemaMismatch(
        f"base étrangère à veille : {database.place}", cure="donnez à veille une base à elle (database_url)"
    )
