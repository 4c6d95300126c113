"""`veille daemon`: the same as `run`, each minute, until told to stop."""

import click

from veille.cli.base import Command, Instance, echo, pass_instance


@click.command(cls=Command, name="daemon", short_help="Faire « run » chaque minute, jusqu'à l'arrêt demandé.")
@pass_instance
def daemon(instance: Instance) -> None:
    """Faire « run » chaque minute. Un seul par base : un second refuse (code 5). SIGTERM ou Ctrl-C : arrêt propre."""
    from veille.daemon.ticking import Daemon, on_signals

    app = instance.open()
    with app.leadership() as still_leader:
        trouble = ""

        def tick() -> None:
            nonlocal trouble
            still_leader()
            report = app.run_due()
            for line in report.news():
                echo(line)
            now = str(report.failure or "")
            if now != trouble:  # said once, not each minute
                echo(f"étiquetage arrêté : {now}" if now else "étiquetage repris", err=True)
            trouble = now

        clock = Daemon(tick)

        def stop() -> None:
            clock.stop()
            app.stop()

        with on_signals(stop):
            echo("démon en marche : un tour par minute, Ctrl-C pour arrêter")
            clock.serve()
    echo("arrêt propre")
