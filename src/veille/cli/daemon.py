"""`veille daemon`: the same as `run`, each minute, until told to stop."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.model.runs import RunReport


@click.command(cls=Command, name="daemon", short_help="Faire « run » chaque minute, jusqu'à l'arrêt demandé.")
@pass_instance
def daemon(instance: Instance) -> None:
    """Faire « run » chaque minute. Un seul par base : un second refuse (code 5). SIGTERM ou Ctrl-C : arrêt propre."""
    from veille.daemon.ticking import Daemon, on_signals

    app = instance.open()
    with app.leadership() as still_leader:
        tell = teller()

        def tick() -> None:
            still_leader()
            tell(app.run_due())

        clock = Daemon(tick)

        def stop() -> None:
            clock.stop()
            app.stop()

        with on_signals(stop):
            echo("démon en marche : un tour par minute, Ctrl-C pour arrêter")
            clock.serve()
    echo("arrêt propre")


def teller() -> "Callable[[RunReport], None]":
    """Return what says the news of each tick; a trouble is said once, and once that tagging goes on again."""
    trouble = refusal = ""

    def tell(report: "RunReport") -> None:
        nonlocal trouble, refusal
        for line in report.news():
            echo(line)
        now = str(report.failure or "")
        if now != trouble:
            echo(f"étiquetage arrêté : {now}" if now else "étiquetage repris", err=True)
        trouble = now
        refused = str(report.refusal or "")
        if refused and refused != refusal:
            echo(refused, err=True)
        refusal = refused

    return tell
