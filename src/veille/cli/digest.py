"""`veille digest`: prepare, look at, approve and send the bulletins."""

import json
from pathlib import Path

import click

from veille.cli import digest_options
from veille.cli.base import Group, Instance, confirmed, echo, pass_instance
from veille.cli.digest_doubts import settle
from veille.cli.digest_hand import HAND
from veille.cli.digest_life import LIFE
from veille.cli.digest_report import report
from veille.cli.digest_shown import drafted_rows, show_built, show_issue, show_sent, status_row, title
from veille.cli.who import session_name

_name = click.option("--name", metavar="NOM", help="Un seul bulletin, par exemple hebdo (défaut : tous).")
_json = click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par membre.")


@click.group(cls=Group, name="digest", short_help="Préparer, relire, approuver et envoyer les bulletins.")
def digest() -> None:
    """Préparer, relire, approuver et envoyer les bulletins.

    L'ordre : « build » fait le brouillon, « show » et « preview » le montrent, « pin », « drop », « note », « word »,
    « common » et « order » le retouchent, « approve » le fige et le signe, « send » l'envoie. Relancer « send »
    n'envoie rien deux fois. Un brouillon refait garde ce que l'équipe a choisi.
    """


@digest.command("build")
@_name
@_json
@pass_instance
def build(instance: Instance, name: str | None, as_json: bool) -> None:
    """Faire (ou refaire) le brouillon de la période en cours."""
    app = instance.open()
    for built in app.digest.build(name):
        if as_json:
            for row in drafted_rows(built):
                click.echo(json.dumps(row, ensure_ascii=False))
        else:
            show_built(built, {member.id: member.organisation for member in app.members.members()})
            if built.fresh and not any(one.bulletin for one in built.drafted) and not app.gathered.items():
                echo("Rien n'est encore relevé : « veille crawl », puis « veille tag ».")


@digest.command("preview")
@click.argument("member", metavar="MEMBRE")
@_name
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER", help="Écrit le HTML.")
@click.option("--text", "as_text", is_flag=True, help="Affiche la partie texte (le défaut).")
@click.option("--eml", "as_eml", is_flag=True, help="Affiche le message entier, tel qu'il partirait.")
@pass_instance
def preview(instance: Instance, member: str, name: str | None, html: Path | None, as_text: bool, as_eml: bool) -> None:
    """Montrer le bulletin d'un membre (organisation ou adresse), sans rien changer."""
    from veille.digest.rendering.inspecting import heavy
    from veille.errors import InputError
    from veille.files import cause

    rendered, mail = instance.open().digest.preview(member, name)
    if html is not None:
        try:
            html.write_text(rendered.html, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{html} : {cause(error)}", cure="choisissez un autre fichier") from error
        echo(f"HTML écrit dans {html} ({len(rendered.html.encode()) / 1000:.0f} ko)")
    if remark := heavy(len(rendered.html.encode())):
        echo(f"attention : {remark}", err=True)
    if as_eml:
        click.echo(mail.raw.decode("ascii"))
    elif as_text or html is None:
        echo(f"Objet : {rendered.subject}")
        echo()
        for line in rendered.text.splitlines():
            echo(line)


@digest.command("show")
@digest_options.name
@digest_options.issue
@pass_instance
def show(instance: Instance, name: str | None, said: str | None) -> None:
    """Montrer les éditions en cours, ou la dernière : articles, ce que l'équipe a choisi, ce qui lui est arrivé."""
    for shown in instance.open().digest.show(name, said=said):
        show_issue(shown)


@digest.command("freeze")
@digest_options.name
@digest_options.issue
@click.option("--by", metavar="QUI", default="", help="Qui fige (défaut : le nom de session).")
@pass_instance
def freeze(instance: Instance, name: str | None, said: str | None, by: str) -> None:
    """Figer le dernier brouillon : contenu et gabarits gardés sous une empreinte. Une retouche le défige."""
    for issue in instance.open().digest.freezing(by=by or session_name(), name=name, said=said):
        echo(f"{title(issue)} figée ; empreinte {(issue.content_sha256 or '')[:12]}")
    echo("Approuvez avec « veille digest approve ».")


@digest.command("approve")
@digest_options.name
@digest_options.issue
@click.option("--by", metavar="QUI", default="", help="Qui approuve (défaut : le nom de session).")
@pass_instance
def approve(instance: Instance, name: str | None, said: str | None, by: str) -> None:
    """Approuver le dernier brouillon : il est figé, et chaque mail est vérifié puis mis en attente d'envoi."""
    app = instance.open()
    for issue in app.digest.approving(by=by or session_name(), name=name, said=said):
        echo(f"{title(issue)} approuvée par {issue.approved_by} ; empreinte {(issue.content_sha256 or '')[:12]}")
        for remark in filter(None, (app.returning.pace_remark(issue), app.digest.remark(issue))):
            echo(f"attention : {remark}", err=True)
    echo(f"Envoyez avec « veille digest send{f' --name {name}' if name else ''} ».")


@digest.command("send")
@digest_options.name
@digest_options.issue
@click.option("--now", "anyhow", is_flag=True, help="Tout de suite, même hors des heures d'envoi.")
@click.option("--yes", is_flag=True, help="Avec --now : sans demander confirmation.")
@_json
@pass_instance
def send(instance: Instance, name: str | None, said: str | None, anyhow: bool, yes: bool, as_json: bool) -> None:
    """Envoyer les éditions approuvées ; relancée, la commande reprend où elle en était.

    Hors des heures d'envoi rien ne part sans --now, qui demande confirmation.
    """
    app = instance.open()
    closed = app.digest.closed(name, said=said) if anyhow and not yes else None
    if closed is not None and not confirmed(f"{closed.message}. Envoyer tout de suite ?"):
        echo("rien n'est parti")
        return
    for sent in app.digest.send_all(name, said=said, anyhow=anyhow):
        if not as_json:
            show_sent(sent)
            continue
        for one in sent.deliveries:
            row = {"subscriber": one.email, "state": one.state.value, "message_id": one.message_id}
            click.echo(json.dumps(row, ensure_ascii=False))


@digest.command("status")
@digest_options.name
@digest_options.issue
@_json
@pass_instance
def status(instance: Instance, name: str | None, said: str | None, as_json: bool) -> None:
    """Dire où en sont les éditions de chaque bulletin : en cours, avec un envoi douteux, et la dernière."""
    app = instance.open()
    found = app.digest.status(name, said=said)
    if as_json:
        for one in found:
            click.echo(json.dumps(status_row(one), ensure_ascii=False))
        return
    if not found:
        echo("Aucune édition encore : lancez « veille digest build ».")
    for one in found:
        show_sent(one)
        for remark in filter(None, (app.returning.pace_remark(one.issue), app.digest.remark(one.issue))):
            echo(f"attention : {remark}")


for command in (*HAND, *LIFE, report, settle):
    digest.add_command(command)
