"""`veille crawl`: fetch what is due, one pass."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.french import counted

if TYPE_CHECKING:
    from veille.model import CrawlReport


@click.command(cls=Command, name="crawl", short_help="Relever les sources dues (ou celles qui sont nommées).")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option(
    "--force", is_flag=True, help="Relève aussi ce qui n'est pas dû, sauf les sites qui demandent d'attendre."
)
@click.option("--strict", is_flag=True, help="Sort avec le code 6 si une source est en échec.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par source.")
@click.option("--no-details", is_flag=True, help="Ne lit pas les pages ni les documents des entrées nouvelles.")
@pass_instance
def crawl(instance: Instance, ids: tuple[str, ...], force: bool, strict: bool, as_json: bool, no_details: bool) -> None:
    """Relever les sources dues, une fois ; une source nommée est relevée même si elle n'est pas due.

    Une source en échec est un état, dit en une phrase : la relève des autres continue et la commande sort avec 0.
    Ensuite sont lues les pages des entrées nouvelles qui en demandent, et les documents joints.
    """
    from veille.config.instance import SOURCES
    from veille.config.sources import load_sources

    load_sources(instance.home / SOURCES).named(ids)  # an unknown id is refused before anything is fetched
    app = instance.open()
    reports = app.crawl(only=ids, force=force)
    for line in _json_lines(reports) if as_json else _table(reports):
        click.echo(line) if as_json else echo(line)
    if not no_details:
        for line in app.read_pages(only=ids).sentences():
            echo(line, err=as_json)
    if strict:
        _refuse_failures(reports)


def _json_lines(reports: Sequence["CrawlReport"]) -> list[str]:
    return [
        json.dumps(
            {
                "id": report.id,
                "state": report.state.value,
                "sentence": report.sentence,
                "http_status": report.http_status,
                "new": report.new,
                "changed": report.changed,
                "seconds": report.seconds,
            },
            ensure_ascii=False,
        )
        for report in reports
    ]


def _table(reports: Sequence["CrawlReport"]) -> list[str]:
    """Return one line a source, failures last where a person looks, then the totals."""
    from veille.model import FAILURES

    ranked = sorted(reports, key=lambda report: (report.state in FAILURES, report.id))
    lines = [_line(report) for report in ranked]
    if not lines:
        return ["aucune source due ; « veille crawl --force » relève tout, « veille crawl ID » une seule"]
    failed = sum(report.state in FAILURES for report in reports)
    new, changed = sum(report.new for report in reports), sum(report.changed for report in reports)
    totals = (
        f"{counted(len(reports), 'source')} : {counted(new, 'entrée', 'nouvelle')}, {counted(changed, 'modifiée')}, "
        f"{counted(failed, 'source')} en échec"
    )
    return [*lines, "", totals]


def _line(report: "CrawlReport") -> str:
    counts = ", ".join(
        counted(count, word) for count, word in ((report.new, "nouvelle"), (report.changed, "modifiée")) if count
    )
    return f"{report.state.value:<11} {report.id:<32} {report.sentence}{f' · {counts}' if counts else ''}"


def _refuse_failures(reports: Sequence["CrawlReport"]) -> None:
    from veille.errors import PartialFailure
    from veille.model import FAILURES

    failed = [report.id for report in reports if report.state in FAILURES]
    if failed:
        shown = ", ".join(failed[:5]) + (" …" if len(failed) > 5 else "")  # noqa: PLR2004 - five names fit a line
        raise PartialFailure(
            f"{len(failed)} sources en échec : {shown}", cure="« veille crawl » dit pourquoi, ligne à ligne"
        )
