"""`veille members`: import a list of members as a diff, and list who is stored."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Group, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.members.importing import Change, ImportPlan

#: What fits a screen; `BadLines` shows as many lines.
_SCREEN = 10
_SIGNS = {"ajouté": "+", "changé": "~", "inchangé": "="}


@click.group(cls=Group, name="members", short_help="Importer et lister les membres.")
def members() -> None:
    """Importer et lister les membres du cluster et leurs abonnés."""


@members.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER.csv")
@click.option("--dry-run", is_flag=True, help="Montre ce qui changerait, n'écrit rien.")
@pass_instance
def import_(instance: Instance, file: Path, dry_run: bool) -> None:
    """Importer une liste de membres (CSV) : une ligne par personne, colonnes « organisation » et « email » au moins.

    L'import est une comparaison : il ajoute et change, ne supprime personne, et se relance sans effet. Les lignes
    fautives sont nommées par leur numéro, les autres sont faites.
    """
    from veille.members.importing import refuse_bad_lines

    plan = instance.open().import_members(file, dry_run=dry_run)
    _show(plan, dry_run=dry_run)
    refuse_bad_lines(plan, dry_run=dry_run)


def _show(plan: "ImportPlan", *, dry_run: bool) -> None:
    for change in (*plan.members, *plan.people):
        if change.what != "inchangé":
            echo(
                f"{_SIGNS[change.what]} {change.name}" + (" : " if change.details else "") + " · ".join(change.details)
            )
    for remark in plan.remarks:
        echo(f"remarque : {remark}")
    if plan.absent:
        shown = ", ".join(plan.absent[:_SCREEN]) + (
            f" et {len(plan.absent) - _SCREEN} autres" if len(plan.absent) > _SCREEN else ""
        )
        echo(f"absents de la liste, gardés : {shown}")
    for line, cause in plan.problems[_SCREEN:]:
        echo(f"ligne {line} : {cause}", err=True)
    echo(f"organisations : {_count(plan.members)} · personnes : {_count(plan.people)}")
    if dry_run:
        echo("rien n'a été écrit (--dry-run)")


def _count(changes: "tuple[Change, ...]") -> str:
    numbers = {what: sum(change.what == what for change in changes) for what in _SIGNS}
    return ", ".join(f"{number} {what}e{'s' if number > 1 else ''}" for what, number in numbers.items())


@members.command("list")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par organisation.")
@pass_instance
def list_(instance: Instance, as_json: bool) -> None:
    """Lister les organisations, leur profil en bref et leurs abonnés."""
    store = instance.open().members
    people = store.subscribers()
    found = store.members()
    for member in found:
        own = [person for person in people if person.member_id == member.id]
        if as_json:
            row = asdict(member) | {"subscribers": [asdict(person) for person in own]}
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            who = ", ".join(person.email + (" (en pause)" if person.rhythm == "paused" else "") for person in own)
            cells = (member.organisation, member.size, ", ".join(member.sectors), who or "personne")
            echo(" · ".join(cell or "—" for cell in cells))
    if not found and not as_json:
        echo("aucun membre : « veille members import LISTE.csv »")
