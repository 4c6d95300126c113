"""Layouts that say by place what others say by size: tables of facts, and letters made of pictures (pure)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from veille.crawl.newsletters.lines import Line, Link
from veille.crawl.newsletters.links import is_button

#: Cells of a row that state facts of one thing, beside its name; two columns are mostly a picture and a text.
_COLUMNS = 3
_CELL = 120
#: A size that is larger than any text's.
_TITLE_SIZE = 99.0


def rows_apart(lines: Sequence[Line]) -> list[Line]:
    """Return lines with each row of a table of facts as an article: its first cell names it, the others tell of it.

    Such a table has rows of three short cells or more, one link a row, and at least two of these rows.
    """
    rows: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        rows[line.row].append(line)
    stated = {row for row, cells in rows.items() if row and _states(cells)}
    tables: dict[int, set[int]] = defaultdict(set)
    for row in stated:
        tables[rows[row][0].cell[0]].add(row)
    listed = {row for several in tables.values() if len(several) > 1 for row in several}
    headed = {table for table, several in tables.items() if len(several) > 1}
    heads = _heads(lines, headed, listed)
    found: list[Line] = []
    for line in lines:
        if line.row in listed:
            if line is rows[line.row][0]:
                found += _told(rows[line.row], heads)
        elif line.cell not in heads or line.links:
            found.append(line)
    return found


def _states(cells: Sequence[Line]) -> bool:
    """Say whether a row states facts of one thing: each cell one short line, one link in all."""
    columns = {line.cell for line in cells}
    one_table = len({table for table, _ in columns}) == 1
    addresses = {link.address for line in cells for link in line.links}
    short = all(len(line.text) <= _CELL for line in cells)
    return one_table and len(columns) == len(cells) >= _COLUMNS and len(addresses) == 1 and short


def _heads(lines: Sequence[Line], tables: set[int], listed: set[int]) -> dict[tuple[int, int], str]:
    """Return the heading of each column, where the table has a first row of them."""
    heads: dict[tuple[int, int], str] = {}
    for line in lines:
        if line.cell[0] in tables and line.row not in listed and line.bold and line.cell not in heads:
            heads[line.cell] = line.text
    return heads


def _told(cells: Sequence[Line], heads: dict[tuple[int, int], str]) -> list[Line]:
    """Return a row as a title and a text."""
    link = next(link for line in cells for link in line.links)
    named = link.text if link.text and not is_button(link.text) and len(link.text) > len(cells[0].text) else ""
    title = named or cells[0].text
    title_line = Line(title, (Link(link.address, title),), size=_TITLE_SIZE, bold=True)
    rest = [line for line in cells if line.text != title and not (line.links and is_button(line.text))]
    facts = [f"{heads[line.cell]} : {line.text}" if line.cell in heads else line.text for line in rest]
    return [title_line, *(replace(line, text=fact, links=()) for line, fact in zip(rest, facts, strict=True))]


def pictures_told(lines: Sequence[Line]) -> list[Line]:
    """Return lines with the words of linked pictures as titles: a letter of pictures says nothing else."""
    return [
        replace(line, text=line.links[0].text, size=_TITLE_SIZE)
        if not line.text and line.links and line.links[0].picture and not is_button(line.links[0].text)
        else line
        for line in lines
    ]
