"""A table as cells, whatever file it was in (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass

#: Rows, columns and characters of one table; a register of a region's aids has 3,000 rows of 30 columns.
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 10_000, 200, 20_000
#: What a sheet takes for a formula (OWASP, « CSV injection »): an apostrophe put before it is no part of the text.
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r")


class BadTable(Exception):
    """A file that is no table; the message is its French cause."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table, top to bottom, each with its 1-based number; empty ones are left out."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    #: French, what was left aside.
    remarks: tuple[str, ...] = ()
    #: A row with more cells than there are headings was torn by a separator; in a workbook it is a note beside.
    ragged: bool = False


def grid_of(rows: Iterator[tuple[int, list[str]]], *, ragged: bool = False) -> Grid:
    """Return numbered rows as a grid, within bounds."""
    kept: list[tuple[int, tuple[str, ...]]] = []
    remarks = []
    for number, cells in rows:
        tidy = tuple(_cell(cell) for cell in cells[:MOST_COLUMNS])
        if not any(tidy):
            continue
        if len(kept) == MOST_ROWS:
            remarks.append(f"seules les {MOST_ROWS} premières lignes sont lues")
            break
        kept.append((number, tidy))
    return Grid(tuple(kept), tuple(remarks), ragged)


def _cell(text: str) -> str:
    bare = text.strip()
    if bare.startswith(_FORMULA):
        bare = bare[1:].strip()
    return bare[:LONGEST_CELL]
