"""`veille sources import|export`: lists of feeds from and for other readers, and all sources for a sheet."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.french import counted

if TYPE_CHECKING:
    from veille.config.importing import SourceImport

#: What fits a screen of each kind of line.
_SCREEN = 20


@click.command(cls=Command, name="import", short_help="Ajouter les flux d'une liste OPML, vus avant d'être écrits.")
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER.opml")
@click.option("--write", is_flag=True, help="Ajoute à sources.yaml ce qui est nouveau.")
@pass_instance
def import_(instance: Instance, file: Path, write: bool) -> None:
    """Comparer une liste OPML à sources.yaml : ce qui serait ajouté, ce qui est déjà suivi, ce qui ne peut l'être.

    Rien n'est écrit sans --write. Un dossier devient une filière quand il en porte le nom ; sinon il reste en
    commentaire. Sort avec 2 si le fichier n'est pas une liste OPML.
    """
    from veille.config.importing import plan_import
    from veille.config.instance import SOURCES, definitions
    from veille.config.opml import read_opml
    from veille.config.source_writing import add_sources
    from veille.config.sources import load_sources
    from veille.config.taxonomy import load_taxonomy

    path = instance.home / SOURCES
    plan = plan_import(read_opml(file), load_sources(path).sources, load_taxonomy(definitions(instance.home)))
    if write and plan.new:
        add_sources(path, plan.new)
    _tell(plan, written=write)


def _tell(plan: "SourceImport", *, written: bool) -> None:
    lines = [
        *(f"+ {one.fields['title']} : {one.fields['url']} ({one.id})" for one in plan.new),
        *(f"= {outline.title or outline.url} : déjà suivi, source « {known} »" for outline, known in plan.known),
        *(f"! {outline.title or outline.url[:80]} : {why}" for outline, why in plan.refused),
    ]
    for line in lines[:_SCREEN] if not written and len(lines) > 2 * _SCREEN else lines:
        echo(line)
    if not written and len(lines) > 2 * _SCREEN:
        echo(f"… et {len(lines) - _SCREEN} autres lignes")
    added = counted(len(plan.new), "ajouté") if written else f"{len(plan.new)} à ajouter"
    known = f"{len(plan.known)} déjà suivi{'s' if len(plan.known) > 1 else ''}"
    echo(f"{added}, {known}, {counted(len(plan.refused), 'refusé')}")
    if plan.new:
        echo("Ensuite : veille sources check --live" if written else "Rien n'a été écrit : relancez avec --write")


@click.command(cls=Command, name="export", short_help="Écrire les sources en OPML (flux) ou en CSV (toutes).")
@click.option("--opml", "shape", flag_value="opml", help="Les flux, pour un lecteur RSS.")
@click.option("--csv", "shape", flag_value="csv", help="Toutes les sources, pour un tableur.")
@pass_instance
def export(instance: Instance, shape: str | None) -> None:
    """Écrire les sources sur la sortie : veille sources export --opml > mes-flux.opml."""
    from veille.config.instance import SOURCES, definitions
    from veille.config.opml import write_csv, write_opml
    from veille.config.sources import load_sources
    from veille.config.taxonomy import load_taxonomy
    from veille.model import Scheme

    if shape is None:
        raise click.UsageError("précisez le format : --opml ou --csv")
    found = load_sources(instance.home / SOURCES).sources
    if shape == "csv":
        click.echo(write_csv(found), nl=False)
        return
    terms = load_taxonomy(definitions(instance.home)).of(Scheme.SECTOR)
    labels = {slug: term.label for slug, term in terms.items()}
    click.echo(write_opml(found, instance.settings().cluster.name, labels), nl=False)
    others = sum(source.kind != "feed" for source in found)
    if others:
        verb = "sources ne sont pas des flux" if others > 1 else "source n'est pas un flux"
        echo(f"{others} {verb} : --csv les donne toutes", err=True)
