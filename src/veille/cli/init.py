"""`veille init`: make an instance, or bring one up to date."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.config.choosing import Choice
    from veille.config.packs import Pack

#: Of `[cluster] name` (config/settings.py).
_LONGEST_NAME = 120


def _name(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and (not value.strip() or len(value) > _LONGEST_NAME or not value.isprintable()):
        raise click.BadParameter(f"un nom a de 1 à {_LONGEST_NAME} caractères imprimables")
    return value


@click.command(cls=Command, name="init", short_help="Faire une instance : un dossier prêt à relever et à étiqueter.")
@click.argument("directory", metavar="DOSSIER", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--cluster", metavar="NOM", callback=_name, help="Nom du cluster, pour veille.toml.")
@click.option(
    "--filieres",
    "sectors",
    metavar="LISTE",
    help="Filières du cluster (identifiants ou noms, séparés par des virgules) : les sources des autres s'éteignent.",
)
@click.option(
    "--territoires",
    "territories",
    metavar="LISTE",
    help="Territoires du cluster (régions, départements ou identifiants GeoZones, séparés par des virgules) : leurs "
    "sources s'allument.",
)
@click.option(
    "--pack",
    "packs",
    metavar="PACK",
    multiple=True,
    help="Pack de métier à ajouter : un nom de « veille packs list », ou un dossier ; répétable.",
)
@click.option("--upgrade", is_flag=True, help="Montre ce que la version livrée changerait ; garde vos modifications.")
@pass_instance
def init(
    instance: Instance,
    directory: Path | None,
    cluster: str | None,
    sectors: str | None,
    territories: str | None,
    packs: tuple[str, ...],
    upgrade: bool,
) -> None:
    """Faire une instance dans DOSSIER (défaut : --home). Ne remplace jamais un fichier que vous avez modifié."""
    from veille.app import prepare_database
    from veille.config import instance as folders
    from veille.config.settings import load_settings

    home = directory or instance.home
    if upgrade and (cluster or sectors or territories or packs):
        raise click.UsageError("« --upgrade » garde le choix déjà fait ; changez-le d'abord, sans cette option")
    choice = _choice(home, sectors, territories)
    brought = _packs(packs)
    changes = folders.upgrade(home) if upgrade else folders.create(home, cluster=cluster, choice=choice)
    for change in changes:
        echo(f"{change.path} : {change.verdict}")
        if change.diff:
            echo(change.diff)
    for pack in brought:
        _bring(home, pack)
    echo(prepare_database(load_settings(home), upgrade=upgrade))
    if not upgrade:
        _say_next(home, chosen=choice is not None)


def _choice(home: Path, sectors: str | None, territories: str | None) -> "Choice | None":
    """Read what the cluster watches, as ids or names; None where nothing was said."""
    if sectors is None and territories is None:
        return None
    from veille.config.choosing import Choice, read_sectors, read_territories
    from veille.config.gazetteer import load_gazetteer
    from veille.config.instance import definitions
    from veille.config.taxonomy import load_taxonomy

    folders = definitions(home)
    return Choice(
        read_sectors(sectors or "", load_taxonomy(folders)),
        read_territories(territories or "", load_gazetteer(folders)),
    )


def _packs(wanted: tuple[str, ...]) -> "list[Pack]":
    """Read and check the packs before anything is written."""
    if not wanted:
        return []
    from veille.config.packs import find_pack, load_pack

    return [load_pack(find_pack(name)) for name in dict.fromkeys(wanted)]


def _bring(home: Path, pack: "Pack") -> None:
    from veille.config.packing import install

    echo(f"pack {pack.name} : {pack.title}")
    for change in install(home, pack):
        echo(f"  {change.path} : {change.verdict}")
    if pack.axes:
        echo(f"  axes : {', '.join(axis.label for axis in pack.axes)}, et « hors sujet »")


def _say_next(home: Path, *, chosen: bool) -> None:
    from veille.config.choosing import summary
    from veille.config.instance import SOURCES
    from veille.config.sources import load_sources

    for line in summary(load_sources(home / SOURCES).sources):
        echo(line)
    if not chosen:
        echo("Pour les sources de votre région et de vos filières : veille init --territoires … --filieres …")
    if home.resolve() == Path.cwd():
        echo("Instance prête dans ce dossier. Ensuite : veille crawl")
    else:
        echo(f"Instance prête dans {home}. Ensuite : veille --home {shlex.quote(str(home))} crawl")
