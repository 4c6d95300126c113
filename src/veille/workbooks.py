"""Workbooks (.xlsx) of foreign origin: read row by row, refused before they grow, cells as people read them (pure)."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

#: Parts of an archive; a workbook of a hundred sheets stays below.
_PARTS = 2_000
_CHUNK = 1 << 20
#: An XML part with a document type brings entities: none that a program writes has one.
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: Excel writes these where a formula failed.
ERRORS = frozenset({"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#N/D", "#VALEUR!", "#NOM?"})


class BadWorkbook(Exception):
    """A file that is no workbook, or must not be opened; the message is its French cause."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a workbook is read."""

    #: Bytes once unpacked.
    unpacked: int
    rows: int
    columns: int


def rows_of(data: bytes, bounds: Bounds, *, sheet: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of one sheet, the first that is shown unless one is named, numbered from 1; raises BadWorkbook.

    A formula is read as the value that was last computed; one that failed as its mark (see ERRORS).
    """
    _refuse_bombs(data, bounds.unpacked)
    from openpyxl import load_workbook  # noqa: PLC0415 - 0.2 s, for whom a workbook comes
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            yield from _rows(_sheet(book, sheet), bounds)
        finally:
            book.close()
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError) as error:
        # openpyxl trusts what it reads: a part that is missing or says nonsense surfaces as any of these
        # (XML that is not well-formed is a SyntaxError)
        raise BadWorkbook("classeur illisible") from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise BadWorkbook("classeur abîmé") from error


def _refuse_bombs(data: bytes, most: int) -> None:
    """Raise BadWorkbook for an archive that is none, says or turns out to hold too much, or brings entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > most:
                raise BadWorkbook(_too_much(most))
            left = most
            for part in parts:
                left -= _weighed(archive, part, left, most)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, ValueError) as error:
        raise BadWorkbook("ce n'est pas un classeur .xlsx") from error
    except (RuntimeError, NotImplementedError) as error:  # a password, or a compression that zipfile does not know
        raise BadWorkbook("classeur chiffré, ou compressé d'une façon inconnue") from error


def _weighed(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, most: int) -> int:
    """Return the real size of a part."""
    size, tail = 0, b""
    markup = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise BadWorkbook(_too_much(most))
            if markup and _DOCTYPE.search(tail + chunk):
                raise BadWorkbook("ce classeur apporte ses propres entités (DOCTYPE) : il est refusé")
            tail = chunk[-16:]
    return size


def _too_much(most: int) -> str:
    return f"classeur de plus de {most // 1_000_000} Mo une fois décompressé"


def _sheet(book: Any, name: str | None) -> Any:
    if name is not None:
        if name not in book.sheetnames:
            raise BadWorkbook(f"il n'y a pas de feuille « {name} » ; il y a : {', '.join(book.sheetnames[:8])}")
        return book[name]
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise BadWorkbook("aucune feuille visible")
    return shown[0]


def _rows(sheet: Any, bounds: Bounds) -> Iterator[tuple[int, list[str]]]:
    if not hasattr(sheet, "iter_rows"):
        raise BadWorkbook("cette feuille n'est pas un tableau")
    for number, row in enumerate(sheet.iter_rows(max_row=bounds.rows, max_col=bounds.columns), 1):
        yield number, [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    """Return a cell as a person reads it: a day as « 2027-03-31 », a share as « 40 % », 12.0 as « 12 »."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return "" if value is None else "oui" if value else "non"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        share = "%" in (getattr(cell, "number_format", "") or "")
        return f"{value * 100:.6g} %" if share else f"{value:.15g}"
    return str(value)
