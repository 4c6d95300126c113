"""`veille digest`: prepare, look at, approve and send the bulletins."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Group, Instance, echo, pass_instance
from veille.cli.who import session_name

if TYPE_CHECKING:
    from veille.digest.desk import Built, Sent
    from veille.model import Issue

_STATES = {
    "draft": "brouillon", "curated": "brouillon retouché", "frozen": "figée", "approved": "approuvée",
    "queued": "en file d'envoi", "sending": "en cours d'envoi", "paused": "suspendue", "done": "envoyée",
    "expired": "périmée", "cancelled": "annulée",
}  # fmt: skip
_MAILS = {
    "queued": "en attente", "sending": "en cours", "sent": "remis au serveur", "deferred": "à réessayer",
    "rejected": "refusé", "uncertain": "incertain", "suppressed": "désinscrit", "skipped": "sans bulletin",
    "expired": "périmé",
}  # fmt: skip
_name = click.option("--name", metavar="NOM", help="Un seul bulletin, par exemple hebdo (défaut : tous).")
_json = click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par membre.")


@click.group(cls=Group, name="digest", short_help="Préparer, relire, approuver et envoyer les bulletins.")
def digest() -> None:
    """Préparer, relire, approuver et envoyer les bulletins.

    L'ordre : « build » fait le brouillon de la période, « preview » le montre, « approve » le fige, « send » l'envoie.
    Relancer « send » n'envoie rien deux fois.
    """


@digest.command("build")
@_name
@_json
@pass_instance
def build(instance: Instance, name: str | None, as_json: bool) -> None:
    """Faire (ou refaire) le brouillon de la période en cours."""
    for built in instance.open().digest.build(name):
        if as_json:
            for row in _drafted_rows(built):
                click.echo(json.dumps(row, ensure_ascii=False))
        else:
            _show_built(built)


@digest.command("preview")
@click.argument("member", metavar="MEMBRE")
@_name
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER", help="Écrit le HTML.")
@click.option("--text", "as_text", is_flag=True, help="Affiche la partie texte (le défaut).")
@click.option("--eml", "as_eml", is_flag=True, help="Affiche le message entier, tel qu'il partirait.")
@pass_instance
def preview(instance: Instance, member: str, name: str | None, html: Path | None, as_text: bool, as_eml: bool) -> None:
    """Montrer le bulletin d'un membre (organisation ou adresse), sans rien changer."""
    from veille.errors import InputError
    from veille.files import cause

    rendered, mail = instance.open().digest.preview(member, name)
    if html is not None:
        try:
            html.write_text(rendered.html, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{html} : {cause(error)}", cure="choisissez un autre fichier") from error
        echo(f"HTML écrit dans {html} ({len(rendered.html.encode()) / 1000:.0f} ko)")
    if as_eml:
        click.echo(mail.raw.decode("ascii"))
    elif as_text or html is None:
        echo(f"Objet : {rendered.subject}")
        echo()
        for line in rendered.text.splitlines():
            echo(line)


@digest.command("approve")
@_name
@click.option("--by", metavar="QUI", default="", help="Qui approuve (défaut : le nom de session).")
@pass_instance
def approve(instance: Instance, name: str | None, by: str) -> None:
    """Approuver le dernier brouillon : il est figé, et chaque mail est vérifié puis mis en attente d'envoi."""
    for issue in instance.open().digest.approve(by=by or session_name(), name=name):
        echo(f"{_title(issue)} approuvée par {issue.approved_by} ; empreinte {(issue.content_sha256 or '')[:12]}")
    echo("Envoyez avec « veille digest send ».")


@digest.command("send")
@_name
@_json
@pass_instance
def send(instance: Instance, name: str | None, as_json: bool) -> None:
    """Envoyer les éditions approuvées ; relancée, la commande reprend où elle en était."""
    for sent in instance.open().digest.send_all(name):
        if not as_json:
            _show_sent(sent)
            continue
        for one in sent.deliveries:
            row = {"subscriber": one.email, "state": one.state.value, "message_id": one.message_id}
            click.echo(json.dumps(row, ensure_ascii=False))


@digest.command("status")
@_name
@_json
@pass_instance
def status(instance: Instance, name: str | None, as_json: bool) -> None:
    """Dire où en est la dernière édition de chaque bulletin."""
    found = instance.open().digest.status(name)
    if as_json:
        for one in found:
            click.echo(json.dumps(_status_row(one), ensure_ascii=False))
        return
    if not found:
        echo("Aucune édition encore : lancez « veille digest build ».")
    for one in found:
        _show_sent(one)


def _drafted_rows(built: "Built") -> list[dict[str, Any]]:
    rows = []
    for one in built.drafted:
        lines = {line.item_id: line for line in one.bulletin.lines} if one.bulletin else {}
        items = [
            {
                "url": lines[chosen.item_id].url,
                "section": chosen.section,
                "reasons": [reason.text for reason in chosen.reasons],
                "title": lines[chosen.item_id].title,
                "score": chosen.score,
            }
            for chosen in one.selection
            if chosen.item_id in lines
        ]
        rows.append(
            {
                "subscriber": one.subscriber.email,
                "digest": built.issue.digest,
                "period": built.issue.period,
                "items": items,
                "skipped": one.skipped or None,
            }
        )
    return rows


def _status_row(one: "Sent") -> dict[str, Any]:
    return {
        "digest": one.issue.digest,
        "period": one.issue.period,
        "state": one.state.value,
        "mails": dict(_count(one)),
        "doubtful": [mail.email for mail in one.doubtful],
    }


def _title(issue: "Issue") -> str:
    return f"Édition {issue.digest} {issue.period}"


def _count(sent: "Sent") -> list[tuple[str, int]]:
    from collections import Counter

    return sorted(Counter(one.state.value for one in sent.deliveries).items())


def _show_built(built: "Built") -> None:
    if not built.fresh:
        echo(f"{_title(built.issue)} : déjà {_STATES[built.issue.state.value]}, laissée telle quelle.")
        return
    readers = [one for one in built.drafted if one.bulletin is not None]
    if not built.drafted:
        echo(f"{_title(built.issue)} : brouillon vide, aucun abonné ; lancez « veille members import LISTE.csv ».")
        return
    echo(f"{_title(built.issue)} : brouillon ; abonnés : {len(built.drafted)}, bulletins : {len(readers)}.")
    rows = [
        (
            one.subscriber.email,
            str(len(one.selection)) if one.bulletin else "—",
            one.bulletin.subject if one.bulletin else f"pas de mail : {one.skipped}",
        )
        for one in built.drafted
    ]
    _table(("Abonné", "Éléments", "Objet"), rows)
    if readers:
        echo("Relisez avec « veille digest preview MEMBRE », puis « veille digest approve ».")


def _show_sent(sent: "Sent") -> None:
    echo(f"{_title(sent.issue)} : {_STATES[sent.state.value]}.")
    if sent.issue.approved_by:
        echo(f"Approuvée par {sent.issue.approved_by}.")
    if not sent.deliveries and sent.state.value == "draft":
        echo("Approuvez-la avec « veille digest approve ».")
        return
    if not sent.deliveries:
        echo("Aucun mail dans cette édition.")
        return
    _table(("Mails", "Nombre"), [(_MAILS[state], str(number)) for state, number in _count(sent)])
    trouble = [one for one in sent.deliveries if one.state.value in {"uncertain", "rejected", "deferred", "suppressed"}]
    if trouble:
        _table(("Abonné", "État", "Pourquoi"), [(one.email, _MAILS[one.state.value], one.reply) for one in trouble])
    if sent.doubtful:
        echo("Incertain : accepté ou non, on ne sait pas. Rien n'est renvoyé à l'aveugle : demandez à ces personnes,")
        echo("ou donnez le journal du relais ([mail] accept_log) et relancez « veille digest send ».")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from veille.text import printable

    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console().print(table)
