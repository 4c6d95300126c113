"""`veille demo`: the whole job on a fictional corpus, without network."""

from pathlib import Path

import click

from veille.cli.base import Command, Instance, pass_instance


@click.command(cls=Command, name="demo", short_help="Voir tout le travail en une minute, sur des données fictives.")
@click.argument("directory", metavar="DOSSIER", required=False, type=click.Path(path_type=Path, file_okay=False))
@pass_instance
def demo(instance: Instance, directory: Path | None) -> None:
    """Rejouer trois éditions d'un réseau fictif : sources, étiquettes, bulletins, courriels, et leurs raisons.

    Tout est fait sur cette machine, sans réseau, à une heure fixée, et laissé dans DOSSIER (défaut : var/demo) avec
    une page index.html à ouvrir. Un dossier qui contient autre chose qu'une démonstration n'est pas touché.
    """
    from rich.console import Console

    from veille.demo.console import tell
    from veille.demo.runner import run_demo
    from veille.observability import progress

    report = run_demo(directory or instance.home / "var" / "demo", progress())
    tell(report, Console(highlight=False))
