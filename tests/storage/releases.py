"""Databases as earlier releases left them: their schema, with the rows of an instance of today that fit it."""

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Select, column, func, insert, inspect, select, table

from veille.storage import schema
from veille.storage.db import Database
from veille.storage.tables import Base


def fill(target: Database, source: Database, revision: str) -> None:
    """Make an empty database one of that revision, with the rows that another one has of its tables and columns."""
    config = Config()
    config.set_main_option("script_location", schema.SCRIPTS)
    config.set_main_option("path_separator", "os")
    with target.migrate() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with source.read() as there, target.write() as here:
        for name, query in tables(target):
            if rows := [line._asdict() for line in there.execute(query)]:
                columns = {one.name: one for one in query.selected_columns}
                here.execute(insert(table(name, *(column(key, columns[key].type) for key in columns))), rows)
                if target.file is None and "id" in columns and isinstance(rows[0]["id"], int):  # counts on from there
                    here.execute(
                        select(func.setval(func.pg_get_serial_sequence(name, "id"), max(one["id"] for one in rows)))
                    )


def tables(database: Database) -> list[tuple[str, Select[Any]]]:
    """Return what reads the columns that a database has of each of our tables, those referred to first."""
    with database.read() as session:
        looked = inspect(session.connection())
        there = {name: {one["name"] for one in looked.get_columns(name)} for name in looked.get_table_names()}
    ours = [one for one in Base.metadata.sorted_tables if one.name in there]
    return [(one.name, select(*(own for own in one.columns if own.name in there[one.name]))) for one in ours]
