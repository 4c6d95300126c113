"""`veille sources health`: how each source is, what to do, and what staff have not been told yet."""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.app import App
    from veille.model import Source, SourceEvent, SourceStatus


@click.command(cls=Command, name="health", short_help="Dire comment va chaque source, et que faire.")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par source (par événement, avec --new).")
@click.option("--new", "only_new", is_flag=True, help="Seulement ce que l'équipe n'a pas encore appris.")
@click.option("--told", is_flag=True, help="Note que l'équipe l'a appris : la fois suivante, --new ne le redira pas.")
@pass_instance
def health(instance: Instance, ids: tuple[str, ...], as_json: bool, only_new: bool, told: bool) -> None:
    """Dire comment va chaque source, les ennuis d'abord, avec une phrase et ce qu'il y a à faire.

    Une panne n'est un ennui que si elle dure : elle est annoncée une fois, et sa fin une fois. « --new » donne le
    texte à envoyer à l'équipe ; « --new --told » le donne et note qu'elle l'a lu.
    """
    from veille.config.instance import SOURCES
    from veille.config.sources import load_sources

    watched = load_sources(instance.home / SOURCES).named(ids) if ids else load_sources(instance.home / SOURCES).sources
    app = instance.open()
    statuses = _statuses(app, watched)
    names = {source.id for source in watched}
    events = [event for event in app.source_store.events(untold=True) if event.source_id in names]
    if only_new:
        _tell_news(app, statuses, events, as_json=as_json)
    elif as_json:
        for status in statuses:
            click.echo(json.dumps(_row(status), ensure_ascii=False))
    else:
        _show(statuses, app.clock.now())
    if told:
        app.source_store.tell([event.id for event in events], app.clock.now())


def _statuses(app: "App", watched: "Sequence[Source]") -> "list[SourceStatus]":
    """Return one row a source that is watched, the worst first; one with a new address has not been fetched yet."""
    from veille.crawl.health_report import worst_first
    from veille.model import SourceStatus

    known = {status.source_id: status for status in app.source_store.statuses()}
    fresh = {source.id: SourceStatus(source_id=source.id, title=source.title, url=source.url) for source in watched}
    shown = {name: status for name, status in known.items() if name in fresh and status.url == fresh[name].url}
    return worst_first([shown.get(source.id, fresh[source.id]) for source in watched if source.enabled])


def _tell_news(
    app: "App", statuses: "Sequence[SourceStatus]", events: "Sequence[SourceEvent]", *, as_json: bool
) -> None:
    from veille.crawl.health_report import health_summary

    if as_json:
        for event in events:
            click.echo(json.dumps(_event(event), ensure_ascii=False))
        return
    text = health_summary(statuses, events, app.clock.now(), app.settings.cluster.zone)
    for line in text.splitlines():
        echo(line)


def _show(statuses: "Sequence[SourceStatus]", now: datetime) -> None:
    from veille.crawl.health_report import counted

    if sys.stdout.isatty():
        _table(statuses, now)
    else:
        for line in _lines(statuses, now):
            echo(line)
    echo()
    echo(counted(statuses))


def _lines(statuses: "Sequence[SourceStatus]", now: datetime) -> Iterator[str]:
    """Yield one whole line a source, for pipes and files."""
    from veille.crawl.health_report import finding, how_long, next_step

    for status in statuses:
        said = f"{finding(status)} — {next_step(status)}"
        yield f"{status.health.value:<11} {status.source_id:<32} {how_long(status.since, now):<18} {said}"


def _table(statuses: "Sequence[SourceStatus]", now: datetime) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from veille.crawl.health_report import finding, how_long, next_step
    from veille.model import FAILURES, SourceHealth
    from veille.text import french_spaces, printable

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("État", "Source", "Depuis", "Constat", "À faire"):
        table.add_column(name, overflow="fold")
    for status in statuses:
        style = "red" if status.health in FAILURES else "yellow" if status.health is SourceHealth.SILENT else ""
        cells = (status.title, how_long(status.since, now), finding(status), next_step(status))
        table.add_row(Text(status.health.value, style=style), *(Text(french_spaces(printable(cell))) for cell in cells))
    Console(width=shutil.get_terminal_size().columns, highlight=False).print(table)


def _row(status: "SourceStatus") -> Mapping[str, Any]:
    return {
        "id": status.source_id,
        "title": status.title,
        "url": status.url,
        "state": status.health.value,
        "sentence": status.sentence,
        "next_step": status.next_step,
        "http_status": status.http_status,
        "since": _moment(status.since),
        "checked": _moment(status.checked_at),
        "succeeded": _moment(status.succeeded_at),
        "changed": _moment(status.changed_at),
        "next_check": _moment(status.next_check_at),
        "failures": status.failures,
        "entries": status.entries,
        "usual_gap_seconds": int(status.gap.total_seconds()) if status.gap else None,
        "moved_to": status.moved_to,
        "robots": status.robots.value or None,
        "reserved": status.reserved.value or None,
    }


def _event(event: "SourceEvent") -> Mapping[str, Any]:
    return {
        "id": event.source_id,
        "title": event.title,
        "state": event.health.value,
        "sentence": event.sentence,
        "next_step": event.next_step,
        "since": _moment(event.since),
        "at": _moment(event.at),
    }


def _moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
