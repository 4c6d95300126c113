"""Run by Alembic with the connection that `veille.storage.schema` opened, inside its one transaction.

SQLite rolls DDL back too, in a transaction that began with BEGIN IMMEDIATE; Alembic, which assumes it cannot, leaves
alone a transaction that it did not begin.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from veille.storage.migrations.search import is_ours, search_last
from veille.storage.tables import Base, UtcDateTime


def render_item(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write database types only: a migration must not change when the models do."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, JSON):
        return "sa.JSON()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite alters a table by copying it.
    render_as_batch=True,
    render_item=render_item,
    include_object=is_ours,
    process_revision_directives=search_last,
)
with context.begin_transaction():
    context.run_migrations()
