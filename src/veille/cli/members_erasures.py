"""`veille members erasures`: who asked on their page that their data be erased, and by when the law wants it done."""

from datetime import timedelta

import click

from veille.cli.base import Command, Instance, echo, pass_instance

#: GDPR art. 12 §3: one month, which no month is shorter than.
_MONTH = timedelta(days=28)


@click.command(cls=Command, name="erasures", short_help="Dire qui a demandé l'effacement de ses données.")
@pass_instance
def erasures(instance: Instance) -> None:
    """Dire qui a demandé, sur sa page, l'effacement de ses données, et avant quel jour le faire.

    « veille members erase » l'exécute. D'ici là plus rien n'est envoyé à ces adresses.
    """
    from veille.french import french_day

    app = instance.open()
    zone = app.settings.cluster.zone
    waiting = app.profiling.waiting()
    for email, asked in waiting.items():
        day = asked.astimezone(zone).date()
        echo(f"{email} : demandé le {french_day(day)}, à faire avant le {french_day(day + _MONTH)}")
    echo("« veille members erase ADRESSE » efface" if waiting else "personne n'attend l'effacement de ses données")
