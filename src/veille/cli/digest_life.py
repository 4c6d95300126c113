"""`veille digest pause|resume|cancel|reopen|test|absence|erratum`: what becomes of an issue, by hand."""

from datetime import datetime

import click

from veille.cli import digest_options
from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.digest_shown import show_built, title
from veille.cli.who import session_name

_by = click.option("--by", metavar="QUI", default="", help="Qui le décide (défaut : le nom de session).")
_why = click.option("--why", metavar="RAISON", default="", help="Pourquoi ; reste dans l'histoire de l'édition.")


@click.command(cls=Command, name="pause", short_help="Suspendre l'envoi.")
@digest_options.name
@digest_options.issue
@_by
@_why
@pass_instance
def pause(instance: Instance, name: str | None, said: str | None, by: str, why: str) -> None:
    """Suspendre l'envoi : le mail en cours se termine, aucun autre ne part avant « resume »."""
    issue = instance.open().digest.living.pause(by=by or session_name(), why=why, name=name, said=said)
    echo(f"{title(issue)} suspendue ; « veille digest resume » la reprend.")


@click.command(cls=Command, name="resume", short_help="Reprendre une édition suspendue.")
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def resume(instance: Instance, name: str | None, said: str | None, by: str) -> None:
    """Reprendre une édition suspendue là où elle en était ; ce qui est parti ne repart pas."""
    issue = instance.open().digest.living.resume(by=by or session_name(), name=name, said=said)
    echo(f"{title(issue)} reprise ; elle part au prochain « veille run », ou par « veille digest send ».")


@click.command(cls=Command, name="cancel", short_help="Annuler une édition.")
@digest_options.name
@digest_options.issue
@_by
@_why
@pass_instance
def cancel(instance: Instance, name: str | None, said: str | None, by: str, why: str) -> None:
    """Annuler l'édition en cours pour de bon : ce qui n'est pas parti ne partira pas."""
    issue = instance.open().digest.living.cancel(by=by or session_name(), why=why, name=name, said=said)
    echo(f"{title(issue)} annulée.")


@click.command(cls=Command, name="reopen", short_help="Rouvrir une édition approuvée dont rien n'est parti.")
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def reopen(instance: Instance, name: str | None, said: str | None, by: str) -> None:
    """Rouvrir une édition approuvée dont rien n'est parti : elle redevient un brouillon, à approuver de nouveau."""
    issue = instance.open().digest.living.reopen(by=by or session_name(), name=name, said=said)
    echo(f"{title(issue)} rouverte : retouchez-la, puis « veille digest approve ».")


@click.command(cls=Command, name="test", short_help="Envoyer un essai à l'équipe.")
@click.option("--to", "to", metavar="ADRESSE", default="", help="Une adresse de l'équipe ([cluster] editors).")
@click.option("--member", metavar="MEMBRE", help="Le bulletin de qui (défaut : le premier).")
@digest_options.name
@pass_instance
def test(instance: Instance, to: str, member: str | None, name: str | None) -> None:
    """Envoyer à l'équipe le bulletin d'un membre. Rien n'est noté, et ses liens ne sont à personne."""
    from veille.errors import InputError

    mail, outcome = instance.open().digest.test(to, who=member, name=name)
    if outcome.state.value not in {"sent", "uncertain"}:
        raise InputError(
            f"essai pour {mail.recipient} : non remis ({outcome.reply})", cure="« veille mail doctor » cherche la cause"
        )
    state = "remis au serveur" if outcome.state.value == "sent" else "peut-être remis : regardez la boîte"
    echo(f"essai pour {mail.recipient} : {state} ({outcome.reply})")


@click.command(cls=Command, name="absence", short_help="Dire que l'équipe est absente.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Dernier jour, compris : AAAA-MM-JJ.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Premier jour (aujourd'hui).")
@click.option("--end", is_flag=True, help="L'équipe est de retour.")
@_by
@pass_instance
def absence(instance: Instance, until: datetime | None, since: datetime | None, end: bool, by: str) -> None:
    """Dire que l'équipe est absente : les éditions que personne n'approuve partent d'éléments sûrs, et le disent."""
    from veille.errors import InputError

    if end == (until is not None):
        raise InputError("dites jusqu'à quand", cure="--until AAAA-MM-JJ, ou --end pour un retour")
    last = until.date() if until else None
    told = instance.open().digest.living.away(last, since=since.date() if since else None, by=by or session_name())
    if told is None:
        echo("retour noté : les éditions attendent de nouveau votre approbation")
    else:
        echo(f"absence notée du {told.first:%d/%m/%Y} au {told.last:%d/%m/%Y}")


@click.command(cls=Command, name="erratum", short_help="Corriger ce qu'une édition a déjà envoyé.")
@click.argument("period", metavar="ÉDITION")
@click.argument("item", metavar="ARTICLE", type=int)
@click.option("--says", metavar="TEXTE", default="", help="Ce qui est vrai, en une ou deux phrases.")
@digest_options.name
@pass_instance
def erratum(instance: Instance, period: str, item: int, says: str, name: str | None) -> None:
    """Préparer une correction, pour ceux qui ont reçu l'article dans cette édition (2026-W48) et eux seuls.

    Elle s'approuve et s'envoie comme une édition, sous le nom du bulletin suivi de « _erratum » ; deux corrections en
    cours se distinguent par --issue.
    """
    app = instance.open()
    built = app.digest.errata.make(period, item, says, name=name)
    show_built(built, {member.id: member.organisation for member in app.members.members()})


LIFE = (pause, resume, cancel, reopen, test, absence, erratum)
