"""`veille sources list|enable|disable`: see what is watched, and switch it on or off in sources.yaml."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.french import counted

if TYPE_CHECKING:
    from veille.model import Source

#: Columns of ids and territories; longer ones push the line out, and are rare.
_ID, _PLACE = 34, 24


@click.command(cls=Command, name="list", short_help="Lister les sources, toutes ou une partie.")
@click.option(
    "--territory", metavar="TERRITOIRE", help="De ce territoire et de ceux qu'il contient : nom, numéro ou id."
)
@click.option("--sector", metavar="FILIÈRE", help="De cette filière : nom ou id.")
@click.option("--kind", metavar="NATURE", help="De cette nature : feed, page, sitemap, watch, api, json…")
@click.option("--off", "state", flag_value="off", help="Seulement celles qui sont éteintes.")
@click.option("--on", "state", flag_value="on", help="Seulement celles qui sont allumées.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par source.")
@pass_instance
def list_(
    instance: Instance,
    territory: str | None,
    sector: str | None,
    kind: str | None,
    state: str | None,
    as_json: bool,
) -> None:
    """Lister les sources avec leur nature, leur territoire et leur nom ; ○ marque celles qui sont éteintes."""
    from veille.config.catalogue import check_sources
    from veille.config.gazetteer import load_gazetteer
    from veille.config.instance import definitions

    everything = check_sources(instance.home).sources
    found = _chosen(instance, everything, territory, sector, kind, state)
    if as_json:
        for source in found:
            click.echo(json.dumps(_row(source), ensure_ascii=False))
        return
    places = load_gazetteer(definitions(instance.home))
    for source in found:
        place = places.name(source.territory) if source.territory else "—"
        mark = " " if source.enabled else "○"
        echo(f"{mark} {source.id:<{_ID}} {source.kind:<7} {_cut(place, _PLACE)} {source.title}")
    on = sum(source.enabled for source in found)
    of_all = "" if len(found) == len(everything) else f" sur {len(everything)}"
    echo(f"{counted(len(found), 'source')}{of_all} : {counted(on, 'allumée')}, {counted(len(found) - on, 'éteinte')}")


def _chosen(
    instance: Instance,
    sources: "Sequence[Source]",
    territory: str | None,
    sector: str | None,
    kind: str | None,
    state: str | None,
) -> "list[Source]":
    found = list(sources)
    if kind:
        found = [source for source in found if source.kind == _kind(kind)]
    if state:
        found = [source for source in found if source.enabled == (state == "on")]
    if territory:
        found = _of_territory(instance, found, territory)
    if sector:
        found = _of_sector(instance, found, sector)
    return found


def _kind(name: str) -> str:
    from typing import get_args

    from veille.config.problems import nearest
    from veille.config.source_kinds import KindName
    from veille.errors import InputError

    known = get_args(KindName)
    if name not in known:
        near = nearest(name, known)
        raise InputError(f"nature inconnue « {name} »", cure=f"vouliez-vous « {near} » ?" if near else ", ".join(known))
    return name


def _of_territory(instance: Instance, sources: "list[Source]", written: str) -> "list[Source]":
    from veille.config.choosing import read_territories
    from veille.config.gazetteer import load_gazetteer
    from veille.config.instance import definitions

    places = load_gazetteer(definitions(instance.home))
    wanted = read_territories(written, places)
    return [
        source
        for source in sources
        if source.territory and any(places.contains(place, source.territory) for place in wanted)
    ]


def _of_sector(instance: Instance, sources: "list[Source]", written: str) -> "list[Source]":
    from veille.config.choosing import read_sectors
    from veille.config.instance import definitions
    from veille.config.taxonomy import load_taxonomy

    wanted = set(read_sectors(written, load_taxonomy(definitions(instance.home))))
    return [source for source in sources if wanted & set(source.sectors)]


def _row(source: "Source") -> dict[str, Any]:
    return {
        "id": source.id, "title": source.title, "kind": source.kind, "url": source.url,
        "territory": source.territory, "type": source.type, "sectors": list(source.sectors),
        "licence": source.licence, "every": source.every.total_seconds() if source.every else None,
        "enabled": source.enabled,
    }  # fmt: skip


def _cut(text: str, width: int) -> str:
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


@click.command(cls=Command, name="enable", short_help="Allumer des sources.")
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@pass_instance
def enable(instance: Instance, ids: tuple[str, ...]) -> None:
    """Allumer des sources : « enabled: true » dans sources.yaml, sans toucher au reste."""
    _switch(instance, ids, enabled=True)


@click.command(cls=Command, name="disable", short_help="Éteindre des sources ; leur historique reste.")
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@pass_instance
def disable(instance: Instance, ids: tuple[str, ...]) -> None:
    """Éteindre des sources : « enabled: false » dans sources.yaml ; ce qui a été relevé est gardé."""
    _switch(instance, ids, enabled=False)


def _switch(instance: Instance, ids: tuple[str, ...], *, enabled: bool) -> None:
    from veille.config.instance import SOURCES
    from veille.config.source_writing import switch_sources

    word = "allumée" if enabled else "éteinte"
    changed = switch_sources(instance.home / SOURCES, ids, enabled=enabled)
    for name in dict.fromkeys(ids):
        echo(f"{name} : {word}" if name in changed else f"{name} : déjà {word}")
