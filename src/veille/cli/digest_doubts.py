"""`veille digest settle`: what becomes of a mail of which nobody knows whether it was taken."""

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.who import session_name


@click.command(cls=Command, name="settle", short_help="Trancher pour un mail incertain.")
@click.argument("addresses", metavar="ADRESSE…", nargs=-1, required=True)
@click.option("--received", "what", flag_value="received", help="La personne l'a reçu : il compte comme remis.")
@click.option("--resend", "what", flag_value="resend", help="Le renvoyer, sous le même Message-ID.")
@click.option("--name", metavar="NOM", help="Le bulletin, s'il y en a plusieurs.")
@click.option("--by", metavar="QUI", default="", help="Qui le décide (défaut : le nom de session).")
@pass_instance
def settle(instance: Instance, addresses: tuple[str, ...], what: str | None, name: str | None, by: str) -> None:
    """Trancher pour les mails incertains de ces adresses, après leur avoir demandé s'ils sont arrivés.

    « veille digest status » les nomme. Rien n'est jamais renvoyé sans cette décision ; « --resend » peut faire un
    second exemplaire, que beaucoup de messageries reconnaissent au Message-ID et ne montrent qu'une fois.
    """
    from veille.errors import InputError

    if what is None:
        raise InputError("dites ce qu'il en est", cure="ajoutez --received (arrivé) ou --resend (à renvoyer)")
    doubts = instance.open().digest.doubts
    decide = doubts.received if what == "received" else doubts.resend
    for one in decide(addresses, by=by or session_name(), name=name):
        echo(f"{one.email} : {'compté comme remis' if what == 'received' else 'remis en attente'}")
    if what == "resend":
        echo("Envoyez avec « veille digest send » (ou au prochain « veille run »).")
