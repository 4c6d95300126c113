"""A list of members kept in a workbook, as numbered rows of text (pure)."""

from collections.abc import Iterator
from pathlib import Path

from veille.errors import InputError
from veille.workbooks import BadWorkbook, Bounds, rows_of

#: Bytes that begin a workbook, and one of the format before it (OLE).
MODERN, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: 80,000 rows of thirty columns take 200 MB once unpacked.
_BOUNDS = Bounds(unpacked=400_000_000, rows=200_000, columns=100)


def read_workbook(data: bytes, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of every row that has something in it; raises InputError."""
    try:
        for number, cells in rows_of(data, _BOUNDS):
            if any(cell.strip() for cell in cells):
                yield number, _trimmed(cells)
    except BadWorkbook as error:
        raise InputError(f"{path} : {error}", cure="enregistrez la feuille en « CSV UTF-8 »") from error


def _trimmed(cells: list[str]) -> list[str]:
    """Leave out the empty cells on the right: a workbook knows no end of its lines."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells
