"""The schema's history: it makes the models' tables, refuses what is not ours, and survives a kill at any point."""

from veille.storage import schema
from veille.storage.db import Database


def test_fresh_database_is_current(database: Database) -> None:
    assert schema.status(database).state is schema.SchemaState.CURRENT
    schema.require_current(database)
