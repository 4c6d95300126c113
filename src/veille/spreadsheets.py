"""Tables that people open in a spreadsheet: no cell of theirs is ever a formula (pure but for the file written).

A title « =HYPERLINK(…) » that a source published would run where a member opens the export (CSV injection, OWASP). In
CSV such a text gets an apostrophe in front, which `restored` takes away; in XLSX it is stored as what it is, a text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from veille.errors import InputError
from veille.files import cause, write_atomically

#: What a cell may hold; datetimes are aware and are written in their own zone.
Cell: TypeAlias = str | int | float | bool | date | datetime | None

#: What makes a spreadsheet compute: OWASP's list with its full-width twins, after any blank that is trimmed.
_COMPUTES = re.compile(r"^[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_PROTECTED = re.compile(r"^'(?=[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]|')")
#: What XML 1.0 cannot hold; openpyxl refuses the whole book for one of them.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Characters in a cell, of Excel's own limits; what is longer is cut there without a word, so it is cut here.
_LONGEST = 32_767


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `restored` gives it back."""
    return f"'{text}" if _COMPUTES.match(text) or text.startswith("'") else text


def restored(text: str) -> str:
    """Return what `neutral` was given."""
    return text[1:] if _PROTECTED.match(text) else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV that a French Excel opens rightly: semicolons, UTF-8 with its mark, decimal commas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig", errors="replace")


def write_table(
    path: Path, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, private: bool = False
) -> None:
    """Write a table in the form that the ending of its name says; `private`: only its owner may read it.

    Raises InputError for another ending, or where the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        raise InputError(f"{path} : format inconnu", cure="donnez un nom en .csv ou .xlsx")
    try:
        if ending == ".csv":
            write_atomically(path, as_csv(head, rows), private=private)
        else:
            write_xlsx(path, title, head, rows, private=private)
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure="vérifiez le dossier et ses droits") from error


def write_xlsx(
    path: Path, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, private: bool = False
) -> None:
    """Write a workbook of one sheet, whole or not at all; its head stays in sight and filters."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s, for whom a workbook is written
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def cell(value: Cell, *, bold: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=_xlsx_value(value))
        if isinstance(value, str):
            made.data_type = "s"  # else a text that begins with « = » is a formula
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(name, bold=True) for name in head])
    count = 1
    for row in rows:
        sheet.append([cell(value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{_column(len(head))}{count}"
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomically(path, buffer.getvalue(), private=private)


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else neutral(value.replace("\x00", ""))


def _xlsx_value(value: Cell) -> Cell:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)  # a workbook knows no zones
    return _UNWRITABLE.sub("\ufffd", value)[:_LONGEST] if isinstance(value, str) else value


def _column(number: int) -> str:
    """Return the letters of a column, 1-based."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
