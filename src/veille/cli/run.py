"""`veille run`: one pass of all that is due, the cron entry."""

import click

from veille.cli.base import Command, Instance, echo, pass_instance


@click.command(cls=Command, name="run", short_help="Faire une fois tout ce qui est dû : c'est la ligne de cron.")
@pass_instance
def run_once(instance: Instance) -> None:
    """Faire une fois tout ce qui est dû : relever, étiqueter, préparer, envoyer ce qui est approuvé.

    Si les étiquettes ne peuvent se faire (modèle absent, définition fausse), le reste se fait, les articles attendent,
    et le code est 2.

    Deux « run » en même temps se partagent le travail ; aucun ne le fait deux fois.
    """
    report = instance.open().run_due()
    for line in report.sentences():
        echo(line)
    for failure in (report.failure, report.refusal):
        if failure is not None:
            raise failure
