"""Run by Alembic with the connection that `veille.storage.schema` opened, inside its one transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from veille.storage.tables import Base, UtcDateTime


def render_item(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write database types only: a migration must not change when the models do."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite rolls DDL back too, in a transaction that began with BEGIN IMMEDIATE; Alembic assumes it cannot.
    transactional_ddl=True,
    # SQLite alters a table by copying it.
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
