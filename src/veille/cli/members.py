"""`veille members`: import a list as a diff, export it, list who is stored and how complete their profiles are."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Group, Instance, confirmed, echo, pass_instance
from veille.cli.members_data import data, erase
from veille.cli.members_enrich import accept, drafts, enrich, link, refuse
from veille.cli.members_erasures import erasures
from veille.cli.members_interview import interview
from veille.cli.reading_state import silence
from veille.model import Subscriber

if TYPE_CHECKING:
    from veille.members.importing import Change, ImportPlan

#: What fits a screen; `BadLines` shows as many lines.
_SCREEN = 10
#: Changes shown before the rest is only counted.
_SHOWN = 60
_SIGNS = {"ajouté": "+", "changé": "~", "inchangé": "="}


@click.group(cls=Group, name="members", short_help="Importer, compléter et lister les membres.")
def members() -> None:
    """Importer, compléter, exporter et lister les membres du cluster et leurs abonnés."""


@members.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
@click.option("--dry-run", is_flag=True, help="Montre ce qui changerait, n'écrit rien.")
@click.option("--apply", "applied", is_flag=True, help="Écrit sans demander confirmation sur un terminal.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER.csv",
    help="Écrit aussi chaque changement, champ par champ, et chaque ligne refusée dans ce tableau.",
)
@pass_instance
def import_(instance: Instance, file: Path, dry_run: bool, applied: bool, report: Path | None) -> None:
    """Importer une liste de membres (CSV ou XLSX) : une ligne par personne, « organisation » et « email » au moins.

    L'import est une comparaison : il ajoute et change, ne supprime personne, et se relance sans effet. Il montre
    ce qui change avant de l'écrire, et demande confirmation sur un terminal. Les lignes fautives sont nommées par
    leur numéro et leur colonne, les autres sont faites.
    """
    from veille.members.importing import refuse_bad_lines

    app = instance.open()
    plan = app.profiling.plan(file)
    _show(plan)
    if report is not None:
        from veille.cli.members_report import write_report

        write_report(plan, report)
        echo(f"détail écrit : {report}")
    asked = not (dry_run or applied) and sys.stdin.isatty()
    if asked and plan.changes:
        dry_run = not confirmed("écrire ces changements ?")
    if dry_run:
        echo("rien n'a été écrit")
    else:
        app.profiling.apply(plan)
    refuse_bad_lines(plan, dry_run=dry_run)


def _show(plan: "ImportPlan") -> None:
    changes = [change for change in (*plan.members, *plan.people) if change.what != "inchangé"]
    for change in changes[:_SHOWN]:
        echo(f"{_SIGNS[change.what]} {change.name}" + (" : " if change.details else "") + " · ".join(change.details))
    if len(changes) > _SHOWN:
        echo(f"… et {len(changes) - _SHOWN} autres changements (« --report » les écrit tous)")
    for remark in plan.remarks[:_SHOWN]:
        echo(f"remarque : {remark}")
    if len(plan.remarks) > _SHOWN:
        echo(f"… et {len(plan.remarks) - _SHOWN} autres remarques")
    _absent("organisations absentes de la liste, gardées", plan.absent_members)
    _absent("personnes absentes de la liste, gardées", plan.absent)
    for problem in plan.problems[_SCREEN:_SHOWN]:
        echo(f"ligne {problem.line} : {problem.sentence}", err=True)
    echo(f"organisations : {_count(plan.members)} · personnes : {_count(plan.people)}")


def _absent(label: str, names: tuple[str, ...]) -> None:
    if names:
        more = f" et {len(names) - _SCREEN} autres" if len(names) > _SCREEN else ""
        echo(f"{label} : {', '.join(names[:_SCREEN])}{more}")


def _count(changes: "tuple[Change, ...]") -> str:
    numbers = {what: sum(change.what == what for change in changes) for what in _SIGNS}
    return ", ".join(f"{number} {what}e{'s' if number > 1 else ''}" for what, number in numbers.items())


@members.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@click.option("--without-names", is_flag=True, help="Sans les noms suivis ni coupés, que chaque membre garde pour soi.")
@pass_instance
def export(instance: Instance, file: Path, without_names: bool) -> None:
    """Exporter la liste des membres (.csv ou .xlsx), telle que « members import » la relit sans rien changer.

    Aucune cellule n'est une formule : un texte qui commence par = + - ou @ est neutralisé. Le fichier contient des
    données personnelles : seul son propriétaire peut le lire.
    """
    from veille.cli.members_report import write_list

    store = instance.open().members
    written = write_list(file, store.members(), store.subscribers(), private=not without_names)
    echo(f"liste écrite : {file} ({written} ligne{'s' if written > 1 else ''})")


@members.command("list")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par organisation.")
@pass_instance
def list_(instance: Instance, as_json: bool) -> None:
    """Lister les organisations : abonnés, part du profil qui est dite, ce qu'il faut demander, bulletins maigres.

    Un bulletin est maigre s'il avait moins de quatre éléments à la dernière édition.
    """
    from veille.members.gauge import gauge, thin

    app = instance.open()
    found, people = app.members.members(), app.members.subscribers()
    sizes = app.profiling.last_sizes()
    own: dict[int, list[Subscriber]] = {}
    for person in people:
        own.setdefault(person.member_id, []).append(person)
    today = app.clock.now().astimezone(app.settings.cluster.zone).date()
    stopped = {email: app.members.stopped(email) for email in app.members.suppressed({one.email for one in people})}
    silent = {one.id: silence(one, stopped.get(one.email), today) for one in people}
    for member in found:
        readers = own.get(member.id, [])
        whole, lean = gauge(member), thin([sizes[one.id] for one in readers if one.id in sizes])
        if as_json:
            row = asdict(member) | {
                "subscribers": [asdict(person) | {"silent": silent[person.id]} for person in readers]
            }
            row |= {"completeness": round(whole.share, 3), "missing": [one.words for one in whole.missing]}
            click.echo(json.dumps(row | {"thin": lean}, ensure_ascii=False, default=str))
            continue
        who = ", ".join(_reader(one, silent[one.id]) for one in readers)
        cells = (member.organisation, member.size, ", ".join(member.sectors), who or "personne", whole.shown())
        echo(" · ".join(cell or "—" for cell in (*cells, *(["bulletin maigre"] if lean else []))))
    if not as_json:
        for email, asked in app.profiling.waiting().items():
            echo(f"demande d'effacement du {asked.date()} : « veille members erase {email} »")
    if not found and not as_json:
        echo("aucun membre : « veille members import LISTE.csv »")


def _reader(person: Subscriber, why: str) -> str:
    return f"{person.email} ({why})" if why else person.email


members.add_command(enrich)
members.add_command(drafts)
members.add_command(accept)
members.add_command(refuse)
members.add_command(link)
members.add_command(interview)
members.add_command(data)
members.add_command(erase)
members.add_command(erasures)
