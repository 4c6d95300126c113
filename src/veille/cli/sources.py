"""`veille sources`: check and list what is watched; neither needs a database or veille.toml."""

import json

import click

from veille.cli.base import Group, Instance, echo, pass_instance


@click.group(cls=Group, name="sources", short_help="Vérifier et lister les sources.")
def sources() -> None:
    """Vérifier et lister les sources de sources.yaml."""


@sources.command("check")
@pass_instance
def check(instance: Instance) -> None:
    """Vérifier sources.yaml hors ligne : clés, valeurs, doublons, filières, types et territoires connus."""
    from veille.config.catalogue import check_sources

    found = check_sources(instance.home)
    if any(source.recipe for source in found.sources):
        from veille.crawl.recipes import check_recipes

        check_recipes(found.sources)
    for remark in found.remarks:
        echo(f"remarque : {remark}")
    echo(f"{len(found.sources)} sources, aucune erreur ({instance.home / 'sources.yaml'})")


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par source.")
@pass_instance
def list_(instance: Instance, as_json: bool) -> None:
    """Lister les sources avec leur territoire, leur type et leur cadence."""
    from veille.config.catalogue import check_sources

    for source in check_sources(instance.home).sources:
        every = f"{source.every.total_seconds() / 3600:g} h" if source.every else "adaptative"
        if as_json:
            row = {
                "id": source.id, "title": source.title, "kind": source.kind, "url": source.url,
                "territory": source.territory, "type": source.type, "sectors": list(source.sectors),
                "licence": source.licence, "every": source.every.total_seconds() if source.every else None,
                "enabled": source.enabled,
            }  # fmt: skip
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            off = "" if source.enabled else " [désactivée]"
            echo(f"{source.id:<32} {source.kind:<6} {source.territory or '—':<22} {every:<11} {source.title}{off}")
