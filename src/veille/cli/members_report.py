"""Tables about members, as files: the list itself, and what an import would change."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from veille.errors import InputError
from veille.files import cause, write_atomically
from veille.members.exporting import shared_columns, table
from veille.model import Member, Subscriber
from veille.spreadsheets import Cell, as_csv, write_xlsx

if TYPE_CHECKING:
    from veille.members.importing import ImportPlan

_HEAD = ("quoi", "nom", "champ", "avant", "après")


def write_list(path: Path, members: Sequence[Member], people: Sequence[Subscriber], *, private: bool) -> int:
    """Write the list, by the ending of its name; return how many rows."""
    columns = shared_columns(private=private)
    rows = list(table(members, people, columns=columns))
    _write(path, columns, rows)
    return len(rows)


def write_report(plan: "ImportPlan", path: Path) -> None:
    """Write every change of a plan, field by field, and every line that was refused."""
    _write(path, _HEAD, list(_changes(plan)))


def _write(path: Path, head: Sequence[str], rows: list[list[Cell]]) -> None:
    """Write a table that only its owner may read: it names people. Raises InputError where the file cannot be."""
    try:
        if path.suffix.lower() == ".xlsx":
            write_xlsx(path, "Membres", head, rows)
            path.chmod(0o600)
        elif path.suffix.lower() == ".csv":
            write_atomically(path, as_csv(head, rows), private=True)
        else:
            raise InputError(f"{path} : format inconnu", cure="donnez un nom en .csv ou .xlsx")
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure="vérifiez le dossier et ses droits") from error


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
