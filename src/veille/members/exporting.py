"""A list of members as its import reads it back: what is exported and imported again changes nothing (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from veille.members.columns import COLUMNS, LISTS, PERSON, SCALARS
from veille.model import Member, Subscriber
from veille.spreadsheets import Cell

#: Names that a member follows are its own business: a list that goes round leaves them out.
PRIVATE = ("follows", "muted")


def table(
    members: Iterable[Member], people: Sequence[Subscriber], *, columns: Sequence[str] = COLUMNS
) -> Iterator[list[Cell]]:
    """Yield one row a person, and one for each organisation without any; every cell is a text."""
    readers: dict[int, list[Subscriber]] = {}
    for person in people:
        readers.setdefault(person.member_id, []).append(person)
    for member in members:
        profile = _cells(member, ("organisation", *SCALARS, *LISTS))
        for one in readers.get(member.id, [None]):
            row = profile | (_cells(one, ("email", *PERSON)) if one is not None else {})
            yield [row.get(column, "") for column in columns]


def shared_columns(*, private: bool) -> tuple[str, ...]:
    """Return the columns of a list, those that are a member's own business where asked."""
    return COLUMNS if private else tuple(column for column in COLUMNS if column not in PRIVATE)


def _cells(row: Member | Subscriber, columns: Iterable[str]) -> dict[str, str]:
    return {column: _text(getattr(row, column)) for column in columns}


def _text(value: Any) -> str:
    """Return a value as a cell of the list holds it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        # A bar parts the phrases of a cell: inside one it becomes a stroke.
        return "|".join(str(part).replace("|", "/") for part in value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.2f}".removesuffix(".00")
    return str(value)
