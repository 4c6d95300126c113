"""`veille digest report`: what became of an issue, for staff."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.digest.signs.reporting import ReportDesk
    from veille.model import Issue


@click.command(cls=Command, name="report", short_help="Dire ce qu'est devenue une édition.")
@click.argument("period", metavar="[ÉDITION]", required=False)
@click.option("--name", metavar="NOM", help="Un seul bulletin, par exemple hebdo (défaut : tous).")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER", help="Écrit la page dessinée."
)
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par édition, tous les noms.")
@click.option("--send", is_flag=True, help="L'envoie à cluster.contact, s'il n'y est pas déjà parti.")
@pass_instance
def report(
    instance: Instance, period: str | None, name: str | None, html: Path | None, as_json: bool, send: bool
) -> None:
    """Dire ce qu'est devenue une édition (2026-W48 ; défaut : la dernière approuvée).

    Remis, consultés, intérêts, réponses ; qui n'a rien reçu et pourquoi, qui est en doute, qui est refusé. Aucun
    pixel : personne n'est suivi.
    """
    from veille.digest.signs.reporting import report_of
    from veille.digest.signs.wording import as_data, as_page, as_text

    desk = instance.open().returning.reports
    for issue in _issues(desk, name, period):
        made = report_of(desk, issue)
        if as_json:
            click.echo(json.dumps(as_data(made), ensure_ascii=False))
        elif html is None and not send:
            click.echo(as_text(made), nl=False)
            state = desk.signs.report_state(issue.id)
            echo()
            echo(f"Ce rapport à l'équipe : {_SENT[state.value if state else '']}.")
        if html is not None:
            _write(html, as_page(made))
        if send:
            _send(desk, issue)


#: Where the report to staff stands → French.
_SENT = {
    "": "pas encore envoyé",
    "sent": "parti",
    "rejected": "refusé par le relais ; --send le renvoie",
    "uncertain": "peut-être parti ; --send le renvoie",
    "sending": "interrompu en route, peut-être parti ; --send le renvoie",
}  # fmt: skip


def _issues(desk: "ReportDesk", name: str | None, period: str | None) -> "list[Issue]":
    """Return the issues meant, approved ones only; raises InputError where there is none."""
    from veille.errors import InputError
    from veille.model import IssueState
    from veille.model.issue_life import EDITABLE

    known = [one for one in desk.digests() if name in {None, one}]
    if not known:
        names = ", ".join(desk.digests()) or "aucun"
        raise InputError(f"bulletin inconnu « {name} »", cure=f"bulletins connus : {names}")
    told = [state for state in IssueState if state not in EDITABLE]
    found = [desk.issues.find(one, period) if period else desk.issues.latest(one, told) for one in known]
    issues = [one for one in found if one is not None and one.state in told]
    if not issues:
        raise InputError("aucune édition approuvée à raconter", cure="« veille digest status » dit où elles en sont")
    return issues


def _write(path: Path, page: str) -> None:
    from veille.errors import InputError
    from veille.files import cause

    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure="choisissez un autre fichier") from error
    echo(f"Rapport écrit dans {path}")


def _send(desk: "ReportDesk", issue: "Issue") -> None:
    """Send a report by hand: one that may not have left is sent again, one that left is not."""
    from veille.digest.signs.reporting import send_report
    from veille.errors import InputError
    from veille.model.returns import ReportState

    if not desk.settings.cluster.contact:
        raise InputError("à qui l'envoyer ?", cure="réglez [cluster] contact")
    if desk.signs.report_state(issue.id) is ReportState.SENT:
        raise InputError(f"le rapport de {issue.digest} {issue.period} est déjà parti", cure="il ne part qu'une fois")
    desk.signs.release_report(issue.id)
    for line in send_report(desk, issue):
        echo(line)
