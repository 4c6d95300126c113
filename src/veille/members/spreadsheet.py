"""A list of members as numbered rows: bytes → cells. Nothing is guessed about the cells of a CSV: 01000 stays text."""

import csv
import io
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from veille.errors import InputError
from veille.files import cause, check_readable
from veille.members import headings
from veille.members.workbook import MODERN, OLD, read_workbook
from veille.spreadsheets import restored

#: Bytes; a list of 80,000 persons with long profiles stays below.
LARGEST = 100_000_000
#: Characters of one cell; more is an unclosed quotation mark.
LONGEST_CELL = 20_000
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, cells by column, trimmed."""

    #: 1-based line of the file where it starts.
    line: int
    cells: dict[str, str]
    #: French; what is wrong with the line as a whole, empty if nothing.
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list of members, header checked."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    #: French remarks that are no errors.
    remarks: tuple[str, ...] = ()


def read_sheet(path: Path, known: Collection[str], required: Collection[str]) -> Sheet:
    """Read a CSV file or a workbook; raises InputError where the file or its header cannot be used at all."""
    data = _read(path)
    remarks: tuple[str, ...] = ()
    if data.startswith(MODERN):
        rows = read_workbook(data, path)
    else:
        text, remarks = _decode(data, path)
        header, _, _ = text.lstrip("\r\n").partition("\n")
        rows = _numbered(text, _sniff(header, known), path)
    first = next(rows, None)
    if first is None:
        raise InputError(f"{path} : la liste est vide", cure="mettez une ligne d'en-tête puis une ligne par personne")
    cells = _trimmed(first[1])
    columns = headings.columns(cells, known, required, path, first[0])
    remarks = (*remarks, *headings.told(cells, columns))
    return Sheet(columns, tuple(_row(line, cells, columns) for line, cells in rows), remarks)


def _read(path: Path) -> bytes:
    check_readable(path)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{path} n'est pas un fichier ordinaire", cure="donnez un fichier .csv ou .xlsx")
        if found.st_size > LARGEST:
            raise InputError(f"{path} dépasse {LARGEST // 1_000_000} Mo", cure="coupez la liste en plusieurs fichiers")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} : illisible ({cause(error)})", cure="vérifiez le chemin et les droits") from error


def _decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    if data.startswith(OLD):
        raise InputError(
            f"{path} est un classeur d'un ancien format", cure="enregistrez-le en .xlsx ou en « CSV UTF-8 »"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise InputError(f"{path} : texte illisible", cure="enregistrez-le en « CSV UTF-8 »") from error
    if b"\x00" in data:
        raise InputError(f"{path} n'est pas un fichier texte", cure="enregistrez la liste en « CSV UTF-8 »")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return _from_windows(data, path)


def _from_windows(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}, ligne {line} : ni UTF-8 ni Windows-1252", cure="enregistrez-le en « CSV UTF-8 »"
        ) from error
    return text, ("fichier lu en Windows-1252 : vérifiez les accents ci-dessous, ou enregistrez-le en « CSV UTF-8 »",)


def _sniff(header: str, known: Collection[str]) -> str:
    """Return the delimiter that gives the most known columns."""

    def found(delimiter: str) -> tuple[int, int]:
        cells = [headings.column(cell.strip(' "\r'), known) for cell in header.split(delimiter)]
        return sum(cell in known for cell in cells), len(cells)

    return max(_DELIMITERS, key=found)


def _numbered(text: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of every line that has something in it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [restored(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}, ligne {line} : {_csv_cause(error)}", cure="corrigez cette ligne") from error


def _csv_cause(error: csv.Error) -> str:
    return "cellule démesurée : un guillemet n'est pas fermé ?" if "limit" in str(error) else "ligne illisible"


def _row(line: int, cells: list[str], columns: tuple[str, ...]) -> Row:
    cells = cells[: len(columns)] + _trimmed(cells[len(columns) :])
    problem = ""
    if len(cells) > len(columns):
        problem = (
            f"{len(cells)} cellules pour {len(columns)} colonnes : un séparateur de trop, ou des guillemets absents ?"
        )
    elif any(len(cell) > LONGEST_CELL for cell in cells):
        problem = "cellule démesurée : un guillemet n'est pas fermé ?"
    padded = [*cells, *([""] * (len(columns) - len(cells)))]
    named = zip(columns, padded, strict=False)
    return Row(line, {name: cell.strip() for name, cell in named if name != headings.NONE}, problem)


def _trimmed(cells: list[str]) -> list[str]:
    """Return cells without the empty ones on the right: spreadsheets write some, and no blanks around a heading."""
    kept = [cell.strip() for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    return kept
