"""CSV and its cousins: character set, separator and quotation marks as they come (pure)."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from veille.crawl.charset import decode
from veille.crawl.files.columns import field_of
from veille.crawl.files.grid import MOST_COLUMNS, BadTable, Grid, grid_of

_DELIMITERS = (";", ",", "\t", "|")
#: Rows that are tried with each separator.
_TRIED = 20
#: Excel writes the separator on a line of its own.
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read_delimited(data: bytes, *, delimiter: str | None, encoding: str | None) -> Grid:
    """Read a CSV file; raises BadTable."""
    text = data.decode(encoding, "replace") if encoding else decode(data)
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        raise BadTable("ce n'est pas un fichier texte")
    if not text.strip():
        raise BadTable("le fichier est vide")
    stated = _STATED.match(text)
    if stated:
        text, delimiter = text[stated.end() :], delimiter or stated[1]
    return grid_of(_numbered(text, delimiter or _sniffed(text), strictly=True), ragged=True)


def _numbered(text: str, delimiter: str, *, strictly: bool) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        if strictly:
            cause = "cellule démesurée, un guillemet n'est pas fermé ?" if "limit" in str(error) else "ligne illisible"
            raise BadTable(f"ligne {line} : {cause}") from error


def _sniffed(text: str) -> str:
    """Return the separator that gives the most headings we know, then the most even rows."""
    return max(_DELIMITERS, key=lambda delimiter: _fitness(text, delimiter))


def _fitness(text: str, delimiter: str) -> tuple[int, int, int]:
    rows: list[Sequence[str]] = []
    for _, cells in _numbered(text[:200_000], delimiter, strictly=False):
        if any(cell.strip() for cell in cells):
            rows.append(cells)
        if len(rows) == _TRIED:
            break
    known = max((sum(field_of(cell) is not None for cell in row[:MOST_COLUMNS]) for row in rows), default=0)
    widths = [len(row) for row in rows]
    even = sum(width == max(widths) for width in widths) if widths and max(widths) > 1 else 0
    return known, even, max(widths, default=0)
