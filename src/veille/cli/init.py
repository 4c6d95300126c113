"""`veille init`: make an instance, or bring one up to date."""

from pathlib import Path

import click

from veille.cli.base import Command, Instance, echo, pass_instance


@click.command(cls=Command, name="init", short_help="Faire une instance : un dossier prêt à relever et à étiqueter.")
@click.argument("directory", metavar="DOSSIER", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--upgrade", is_flag=True, help="Montre ce que la version livrée changerait ; garde vos modifications.")
@pass_instance
def init(instance: Instance, directory: Path | None, upgrade: bool) -> None:
    """Faire une instance dans DOSSIER (défaut : --home). Ne remplace jamais un fichier, ne pose jamais de question."""
    from veille.app import prepare_database
    from veille.config import instance as folders
    from veille.config.settings import load_settings

    home = directory or instance.home
    changes = folders.upgrade(home) if upgrade else folders.create(home)
    for change in changes:
        echo(f"{change.path} : {change.verdict}")
        if change.diff:
            echo(change.diff)
    echo(prepare_database(load_settings(home), upgrade=upgrade))
    if not upgrade:
        echo(f"Instance prête dans {home}. Ensuite : veille --home {home} crawl")
