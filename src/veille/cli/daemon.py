"""`veille daemon`: the same as `run`, each minute, until told to stop."""

import click

from veille.cli.base import Command, Instance, echo, pass_instance


@click.command(cls=Command, name="daemon", short_help="Faire « run » chaque minute, jusqu'à l'arrêt demandé.")
@pass_instance
def daemon(instance: Instance) -> None:
    """Faire « run » chaque minute. Un seul par base : un second refuse (code 5). SIGTERM ou Ctrl-C : arrêt propre."""
    from veille.daemon.ticking import serve, stop_on_signals

    app = instance.open()
    with stop_on_signals() as stop, app.leadership():
        echo("démon en marche : un tour par minute, Ctrl-C pour arrêter")
        serve(lambda: app.run_due(stop=stop.is_set), stop)
    echo("arrêt propre")
