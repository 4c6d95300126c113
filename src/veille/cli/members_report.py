"""Tables about members, as files: the list itself, and what an import would change."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from veille.members.exporting import shared_columns, table
from veille.model import Member, Subscriber
from veille.spreadsheets import Cell, write_table

if TYPE_CHECKING:
    from veille.members.importing import ImportPlan

#: What a workbook calls its sheet; only its owner may read the file: it names people.
_SHEET = "Membres"
_HEAD = ("quoi", "nom", "champ", "avant", "après")


def write_list(path: Path, members: Sequence[Member], people: Sequence[Subscriber], *, private: bool) -> int:
    """Write the list, by the ending of its name; return how many rows."""
    columns = shared_columns(private=private)
    rows = list(table(members, people, columns=columns))
    write_table(path, _SHEET, columns, rows, private=True)
    return len(rows)


def write_report(plan: "ImportPlan", path: Path) -> None:
    """Write every change of a plan, field by field, and every line that was refused."""
    write_table(path, _SHEET, _HEAD, _changes(plan), private=True)


def _changes(plan: "ImportPlan") -> Iterator[list[Cell]]:
    from veille.members.importing import shown

    for problem in plan.problems:
        yield ["refusé", f"ligne {problem.line}", problem.column, problem.value, problem.cause]
    for change in (*plan.members, *plan.people):
        if change.joins:
            yield [change.what, change.name, "organisation", "", change.joins]
        for one in change.fields:
            yield [change.what, change.name, one.column, shown(one.before), shown(one.after)]
        if not change.fields and not change.joins:
            yield [change.what, change.name, "", "", ""]
    for name in (*plan.absent_members, *plan.absent):
        yield ["absent", name, "", "", ""]
