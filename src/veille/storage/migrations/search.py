"""The full-text index, kept by the database itself: Alembic's operation that makes it where it is missing.

`item_search` holds one row for each item (4 × id), own page of an item (4 × item id + 1) and document (4 × id + 2).
Triggers write it in the transaction of whoever writes these tables, so that no writer can forget it. It folds case,
accents and joined words as `veille.text.fold` does. SQLAlchemy's models do not know it: no row of it is ever loaded.
"""

from collections.abc import Iterator
from typing import Any

from alembic.autogenerate import comparators, renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation, UpgradeOps
from sqlalchemy import Connection, text

#: Table → (place in `item_search`, title, body) of a row called `new`.
_PARTS = {
    "item": ("4 * new.id", "new.title", "new.text"),
    "detail": ("4 * new.item_id + 1", "coalesce(new.title, '')", "new.text"),
    "document": ("4 * new.id + 2", "coalesce(new.title, '')", "{pages}"),
}
#: Letters that keep no accent to drop (`veille.text`).
_LETTERS = dict(zip("œŒæÆøØłŁđĐß", ("oe", "oe", "ae", "ae", "o", "o", "l", "l", "d", "d", "ss"), strict=True))
_SQLITE_PAGES = "(SELECT coalesce(group_concat(value, char(10)), '') FROM json_each(new.pages))"
_POSTGRES_PAGES = "(SELECT coalesce(string_agg(value, ' '), '') FROM json_array_elements_text(new.pages))"
#: What joins words in French and parts them here, and what PostgreSQL would read as addresses, numbers or hosts.
_PARTING = "''’‘ʼ`´·•‧/\\_&+-‐‑–—−.:;,?!@#%=*()[]{}<>|~^$€\"«»“”…"


def statements(dialect: str) -> Iterator[str]:
    """Yield what makes the index and fills it."""
    yield from _sqlite() if dialect == "sqlite" else _postgres()


def _sqlite() -> Iterator[str]:
    yield (
        "CREATE VIRTUAL TABLE item_search USING fts5"
        "(title, body, content='', tokenize=\"unicode61 remove_diacritics 2 separators 'ʼ'\")"
    )
    for table, (place, title, body) in _PARTS.items():
        values = f"{place}, {_plain(title)}, {_plain(body.format(pages=_SQLITE_PAGES))}"
        old = values.replace("new.", "old.")
        add = f"INSERT INTO item_search (rowid, title, body) VALUES ({values})"
        drop = f"INSERT INTO item_search (item_search, rowid, title, body) VALUES ('delete', {old})"
        columns = _columns(table)
        changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
        yield f"CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} BEGIN {add}; END"
        yield f"CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} BEGIN {drop}; END"
        yield (
            f"CREATE TRIGGER {table}_search_update AFTER UPDATE OF {', '.join(columns)} ON {table} WHEN {changed} "
            f"BEGIN {drop}; {add}; END"
        )
        yield f"INSERT INTO item_search (rowid, title, body) SELECT {values} FROM {table} AS new"


def _columns(table: str) -> tuple[str, str]:
    return "title", "pages" if table == "document" else "text"


def _plain(value: str) -> str:
    """Return SQL for a value whose letters all fold to themselves once accents are dropped."""
    for letter, plain in _LETTERS.items():
        value = f"replace({value}, '{letter}', '{plain}')"
    return value


def _postgres() -> Iterator[str]:
    yield "CREATE TABLE item_search (place BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
    yield "CREATE INDEX ix_item_search_words ON item_search USING gin (words)"
    letters = _plain("lower(value)")
    yield (
        "CREATE FUNCTION search_words(value TEXT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE AS $$ "
        "SELECT to_tsvector('simple', "
        f"translate(regexp_replace(normalize({letters}, NFKD), '[\\u0300-\\u036f]', '', 'g'), '{_PARTING}', "
        f"'{' ' * (len(_PARTING) - 1)}')) $$"
    )
    for table, (place, title, body) in _PARTS.items():
        words = f"setweight(search_words({title}), 'A') || search_words({body.format(pages=_POSTGRES_PAGES)})"
        yield (
            f"CREATE FUNCTION {table}_search() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN "
            "IF TG_OP = 'DELETE' THEN "
            f"DELETE FROM item_search WHERE place = {place.replace('new.', 'old.')}; RETURN old; "
            f"END IF; INSERT INTO item_search (place, words) VALUES ({place}, {words}) "
            "ON CONFLICT (place) DO UPDATE SET words = excluded.words; RETURN new; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_search_write "
            f"AFTER INSERT OR DELETE OR UPDATE OF {', '.join(_columns(table))} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_search()"
        )
        yield f"INSERT INTO item_search (place, words) SELECT {place}, {words} FROM {table} AS new"


def triggers(dialect: str) -> set[str]:
    """Return the names of the triggers that keep the index."""
    kinds = ("insert", "delete", "update") if dialect == "sqlite" else ("write",)
    return {f"{table}_search_{kind}" for table in _PARTS for kind in kinds}


def is_ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Say whether Alembic should compare a table with the models: not the index, nor what SQLite keeps it in."""
    return kind != "table" or not (name or "").startswith("item_search")


class MakeSearch(MigrateOperation):
    """Make the full-text index."""

    def reverse(self) -> "MakeSearch":
        """Return what Alembic wants of every operation; no revision of ours goes back."""
        return self


@comparators.dispatch_for("schema")
def compare(context: AutogenContext, upgrade: UpgradeOps, _schemas: Any) -> None:
    """Ask for the index where it, or a trigger of it, is missing."""
    connection = context.connection
    assert connection is not None
    if triggers(connection.dialect.name) - _present(connection):
        upgrade.ops.append(MakeSearch())


def _present(connection: Connection) -> set[str]:
    sqlite = connection.dialect.name == "sqlite"
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if sqlite else "SELECT tgname FROM pg_trigger"
    return set(connection.execute(text(query)).scalars())


@renderers.dispatch_for(MakeSearch)
def render(_context: AutogenContext, _operation: MakeSearch) -> str:
    """Write the statements themselves: a migration must not change when this module does."""
    written = {dialect: list(statements(dialect)) for dialect in ("sqlite", "postgresql")}
    return f"for statement in {written!r}[op.get_bind().dialect.name]: op.execute(statement)"


def search_last(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Make the index once its tables stand."""
    for directive in directives:
        directive.upgrade_ops.ops.sort(key=lambda operation: isinstance(operation, MakeSearch))
