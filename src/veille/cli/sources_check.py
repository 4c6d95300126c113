"""`veille sources check`: the file by itself, and with --live what answers behind each of its addresses."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.french import counted

if TYPE_CHECKING:
    from veille.crawl.discovery.probing import Probe
    from veille.model import Source


@click.command(
    cls=Command, name="check", short_help="Vérifier sources.yaml, et avec --live ce que répond chaque adresse."
)
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--live", is_flag=True, help="Interroge chaque source une fois, au rythme de son site ; n'écrit rien.")
@click.option("--all", "everything", is_flag=True, help="Avec --live : aussi celles qui sont éteintes.")
@click.option("--json", "as_json", is_flag=True, help="Avec --live : une ligne JSON par source.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER.csv",
    help="Avec --live : tient à jour un tableau, avec le jour où chaque source a répondu pour la dernière fois.",
)
@pass_instance
def check(
    instance: Instance, ids: tuple[str, ...], live: bool, everything: bool, as_json: bool, report: Path | None
) -> None:
    """Vérifier sources.yaml hors ligne : clés, valeurs, doublons, filières, types et territoires connus.

    Avec --live, dire de chaque source (ou de celles qui sont nommées) si elle répond, a changé d'adresse, est une page
    au lieu d'un flux, est bloquée et par qui, ou ne se lit plus par sa recette ; et quoi changer. Ni la base ni
    sources.yaml ne sont touchées. Sort avec 6 si une source ne peut servir en l'état.
    """
    from veille.config.catalogue import check_sources

    if not live and (ids or everything or as_json or report):
        raise click.UsageError("ces options vont avec --live")
    found = check_sources(instance.home)
    if any(source.recipe or source.kind == "watch" for source in found.sources):
        from veille.crawl.recipes import check_recipes

        check_recipes(found.sources)
    if live:
        _probe(instance, _wanted(instance, found.sources, ids, everything=everything), report, as_json=as_json)
        return
    for remark in found.remarks:
        echo(f"remarque : {remark}")
    echo(f"{counted(len(found.sources), 'source')}, aucune erreur ({instance.home / 'sources.yaml'})")


def _wanted(
    instance: Instance, sources: "Sequence[Source]", ids: tuple[str, ...], *, everything: bool
) -> "Sequence[Source]":
    from veille.config.instance import SOURCES
    from veille.config.sources import load_sources

    if ids:
        return load_sources(instance.home / SOURCES).named(tuple(dict.fromkeys(ids)))
    return [source for source in sources if source.enabled or everything]


def _probe(instance: Instance, sources: "Sequence[Source]", report: Path | None, *, as_json: bool) -> None:
    from veille.crawl.discovery.probe_report import read_report, write_report
    from veille.observability import progress
    from veille.scouting import probe

    settings = instance.settings()
    before = read_report(report) if report else {}  # a file that is none is refused before anybody is asked
    probes = probe(settings, sources, progress(), now=instance.now)
    if report:
        write_report(report, before, probes, settings.cluster.zone)
    if as_json:
        for one in probes:
            click.echo(json.dumps(_plain(one), ensure_ascii=False))
    else:
        _tell(probes)
        if report:
            echo(f"rapport : {report}")
    _refuse_faults(probes)


def _tell(probes: "Sequence[Probe]") -> None:
    """Print what is well first, what is to be done last, where a person looks."""
    from veille.crawl.discovery.probing import Verdict

    order = list(Verdict)
    for one in sorted(probes, key=lambda probe: (order.index(probe.verdict), probe.source.id)):
        newest = f", la dernière du {one.newest:%d/%m/%Y}" if one.newest else ""
        echo(f"{one.verdict.value:<15} {one.source.id:<34} {one.sentence}{newest}")
        if one.advice:
            echo(f"{'':<15} {'':<34} → {one.advice}")
    counts = Counter(probe.verdict for probe in probes)
    told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in order if counts[verdict])
    plural = "s" if len(probes) > 1 else ""
    echo(f"{len(probes)} source{plural} sondée{plural} : {told}" if probes else "aucune source à sonder")


def _plain(one: "Probe") -> dict[str, Any]:
    return {
        "id": one.source.id,
        "verdict": one.verdict.value,
        "sentence": one.sentence,
        "advice": one.advice,
        "http_status": one.http_status,
        "entries": one.entries,
        "newest": one.newest.isoformat() if one.newest else None,
        "url": one.source.url,
        "at": one.at.isoformat(),
    }


def _refuse_faults(probes: "Sequence[Probe]") -> None:
    from veille.crawl.discovery.probing import FAULTS
    from veille.errors import PartialFailure

    failed = [probe.source.id for probe in probes if probe.verdict in FAULTS]
    if failed:
        shown = ", ".join(failed[:5]) + (" …" if len(failed) > 5 else "")  # noqa: PLR2004 - five names fit a line
        raise PartialFailure(
            f"{len(failed)} {'sources ne peuvent' if len(failed) > 1 else 'source ne peut'} servir en l'état : {shown}",
            cure="chaque ligne dit quoi changer ; « veille sources disable ID » éteint une source",
        )
