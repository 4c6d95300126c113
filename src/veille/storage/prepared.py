"""Statements compiled once, for what is written many times a second.

SQLAlchemy looks each statement up in its cache and binds each row by name: for the ledger of mails that took five times
as long as SQLite itself.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, CursorResult, Delete, Dialect, Insert, Select, Update

Statement = Select[Any] | Insert | Update | Delete
Row = Mapping[str, Any]
#: What a parameter is, as the driver takes it, for one row.
_Bind = Callable[[Row], Any]


class Prepared:
    """One statement, whose parameters all come with each row."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Execute it for each of these rows; return how many rows of the table that touched."""
        if not rows:
            return 0
        return max(self._execute(connection, rows).rowcount, 0)

    def read(self, connection: Connection, row: Row) -> Sequence[tuple[Any, ...]]:
        """Return the rows that it finds, as the driver gives them."""
        return cast("Sequence[tuple[Any, ...]]", self._execute(connection, [row]).fetchall())

    def _execute(self, connection: Connection, rows: Sequence[Row]) -> CursorResult[Any]:
        text, binds, positional = _compiled(self._statement, connection.dialect)
        values: list[Any] = (
            [tuple([bind(row) for _, bind in binds]) for row in rows]
            if positional
            else [{name: bind(row) for name, bind in binds} for row in rows]
        )
        return connection.exec_driver_sql(
            text, values if len(values) > 1 else values[0], execution_options={"preserve_rowcount": True}
        )


@lru_cache(maxsize=64)
def _compiled(statement: Statement, dialect: Dialect) -> tuple[str, tuple[tuple[str, _Bind], ...], bool]:
    """Return the driver's text, what each of its parameters is for a row, in order, and whether they have no names."""
    compiled = statement.compile(dialect=dialect)
    names = compiled.positiontup or compiled.params
    return str(compiled), tuple([(name, _bind(compiled.binds[name], dialect)) for name in names]), compiled.positional


def _bind(parameter: BindParameter[Any], dialect: Dialect) -> _Bind:
    """Return what gives a parameter's value: written in the statement, or the row's under its name."""
    name, process = parameter.key, parameter.type.dialect_impl(dialect).bind_processor(dialect)
    if not parameter.required:
        constant = parameter.value if process is None else process(parameter.value)
        return lambda _row: constant
    return itemgetter(name) if process is None else lambda row: process(row[name])
