"""`veille items`: what was collected, as a table or as JSON lines."""

from datetime import UTC, datetime

import click

from veille.cli.base import Group, Instance, echo, pass_instance
from veille.cli.clusters import links, same, split
from veille.cli.items_add import add
from veille.cli.items_export import export
from veille.cli.items_queue import queue
from veille.cli.items_search import search
from veille.cli.items_show import show


@click.group(cls=Group, name="items", short_help="Voir, ajouter et exporter des articles.")
def items() -> None:
    """Voir, ajouter à la main et exporter des articles."""


@items.command("list", short_help="Lister les articles, les plus récents d'abord.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Vus ou modifiés depuis ce jour."
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default="50", metavar="N", help="Au plus N articles.")
@pass_instance
def list_(instance: Instance, since: datetime | None, limit: int) -> None:
    """Lister les articles, les plus récents d'abord ; une même chose, vue plusieurs fois, fait une ligne (+2)."""
    app = instance.open()
    found = app.gathered.items(since=since.replace(tzinfo=app.settings.cluster.zone).astimezone(UTC) if since else None)
    for item in found[:limit]:
        when = (item.published or item.first_seen).astimezone(app.settings.cluster.zone)
        others = max(len(item.sources) - 1, len(item.also))
        more = f" (+{others})" if others > 0 else ""
        source = item.sources[0].title if item.sources else "—"
        echo(f"{item.id:>6}  {when:%d/%m/%Y}  {_column(source, 24)}  {item.title}{more}")
    left = len(found) - limit
    count = f"{len(found)} article{'s' if len(found) > 1 else ''}"
    echo(count + (f", {left} non affiché{'s' if left > 1 else ''} (--limit)" if left > 0 else ""))


def _column(text: str, width: int) -> str:
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


items.add_command(export)
items.add_command(show)
items.add_command(search)
items.add_command(add)
items.add_command(queue)
items.add_command(same)
items.add_command(split)
items.add_command(links)
