"""Workbooks (.xlsx) as tables to read entries from (pure)."""

from veille.crawl.files.grid import MOST_COLUMNS, MOST_ROWS, BadTable, Grid, grid_of
from veille.workbooks import ERRORS, BadWorkbook, Bounds, rows_of

#: 10,000 rows of 30 columns take 25 MB once unpacked.
_BOUNDS = Bounds(unpacked=60_000_000, rows=2 * MOST_ROWS, columns=MOST_COLUMNS)


def read_workbook(data: bytes, *, sheet: str | None) -> Grid:
    """Read one sheet of a workbook, the first that is shown unless one is named; raises BadTable."""
    try:
        rows = rows_of(data, _BOUNDS, sheet=sheet)
        return grid_of((number, ["" if cell in ERRORS else cell for cell in cells]) for number, cells in rows)
    except BadWorkbook as error:
        raise BadTable(str(error)) from error
