"""`veille digest settle`: what becomes of a mail of which nobody knows whether it was taken."""

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.who import session_name

_SAID = {"received": "compté comme remis", "lost": "compté comme perdu", "resend": "remis en attente"}


@click.command(cls=Command, name="settle", short_help="Trancher pour un mail incertain.")
@click.argument("addresses", metavar="ADRESSE…", nargs=-1, required=True)
@click.option("--received", "what", flag_value="received", help="La personne l'a reçu : il compte comme remis.")
@click.option("--lost", "what", flag_value="lost", help="Elle ne l'a pas reçu ; il n'est pas renvoyé.")
@click.option("--resend", "what", flag_value="resend", help="Le renvoyer, sous le même Message-ID.")
@click.option("--name", metavar="NOM", help="Le bulletin, s'il y en a plusieurs.")
@click.option("--by", metavar="QUI", default="", help="Qui le décide (défaut : le nom de session).")
@pass_instance
def settle(instance: Instance, addresses: tuple[str, ...], what: str | None, name: str | None, by: str) -> None:
    """Trancher pour les mails incertains de ces adresses, après leur avoir demandé s'ils sont arrivés.

    « veille digest status » les nomme. Rien n'est jamais renvoyé sans cette décision ; « --resend » peut faire un
    second exemplaire, que beaucoup de messageries reconnaissent au Message-ID et ne montrent qu'une fois. Une édition
    terminée se tranche aussi ; renvoyer n'est possible qu'avant sa péremption.
    """
    from veille.errors import InputError

    if what is None:
        cure = "ajoutez --received (arrivé), --lost (perdu) ou --resend (à renvoyer)"
        raise InputError("dites ce qu'il en est", cure=cure)
    doubts = instance.open().digest.doubts
    decide = {"received": doubts.received, "lost": doubts.lost, "resend": doubts.resend}[what]
    for one in decide(addresses, by=by or session_name(), name=name):
        echo(f"{one.email} : {_SAID[what]}")
    if what == "resend":
        echo("Envoyez avec « veille digest send » (ou au prochain « veille run »).")
