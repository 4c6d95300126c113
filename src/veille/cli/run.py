"""`veille run`: one pass of all that is due, the cron entry."""

import click

from veille.cli.base import Command, Instance, echo, pass_instance


@click.command(cls=Command, name="run", short_help="Faire une fois tout ce qui est dû : c'est la ligne de cron.")
@pass_instance
def run_once(instance: Instance) -> None:
    """Faire une fois tout ce qui est dû : relever, étiqueter, préparer, envoyer ce qui est approuvé.

    Deux « run » en même temps se partagent le travail ; aucun ne le fait deux fois.
    """
    for line in instance.open().run_due().sentences():
        echo(line)
