"""`veille items search`: what was collected, by words."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.model.searching import FoundItem


@click.command(cls=Command, name="search", short_help="Chercher des articles par leurs mots.")
@click.argument("words", nargs=-1, required=True, metavar="MOT…")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Vus depuis ce jour.")
@click.option("--source", "source_ids", multiple=True, metavar="ID", help="Publiés par cette source (répétable).")
@click.option("--limit", type=click.IntRange(1), default=20, show_default="20", metavar="N", help="Au plus N articles.")
@click.option("--page", "cursor", metavar="REPÈRE", help="La suite d'une recherche : le repère que --json a donné.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par article, puis une du total et de la suite.")
@pass_instance
def search(
    instance: Instance,
    words: tuple[str, ...],
    since: datetime | None,
    source_ids: tuple[str, ...],
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """Chercher des articles par les mots de leur titre, de leur texte, de leur page et de leurs documents.

    Tous les mots doivent s'y trouver, au singulier ou au pluriel, avec ou sans accents. « "appel à projets" » se trouve
    tel quel ; « méthan* » commence un mot ; « -bois », après « -- », écarte un mot. Une même chose, vue plusieurs
    fois, fait une ligne (+2) ; --json donne chaque article, et les autres numéros de la chose sous « also ».
    """
    from veille.model.searching import SearchFilters

    app = instance.open()
    zone = app.settings.cluster.zone
    start = since.replace(tzinfo=zone).astimezone(UTC) if since else None
    filters = SearchFilters(since=start, source_ids=source_ids)
    page = app.search_store.search(" ".join(words), filters, cursor, limit=limit)
    groups = app.gathered.groups([item.id for item in page.found]) if page.found else {}
    if as_json:
        for item in page.found:
            also = [number for number in groups.get(item.id, ()) if number != item.id]
            click.echo(json.dumps({**_plain(item), "also": also}, ensure_ascii=False))
        click.echo(json.dumps({"total": page.total, "page": page.cursor}))
        return
    lines: dict[tuple[int, ...], FoundItem] = {}
    for item in page.found:
        lines.setdefault(groups.get(item.id, (item.id,)), item)  # the best of each group
    for group, item in lines.items():
        when = (item.published or item.first_seen).astimezone(zone)
        same = f" (+{len(group) - 1})" if len(group) > 1 else ""
        echo(f"{item.id:>6}  {when:%d/%m/%Y}  {_column(item.source_title, 24)}  {item.title}{same}{_where(item)}")
    left = page.total - len(page.found)
    more = f" en {len(lines)} ligne{'s' if len(lines) > 1 else ''}" if len(lines) < len(page.found) else ""
    more += f", {left} non affiché{'s' if left > 1 else ''} (--limit)" if left and cursor is None else ""
    echo(f"{page.total} article{'s' if page.total > 1 else ''}{more}" if page.total else "aucun résultat")


def _where(item: "FoundItem") -> str:
    from veille.model.searching import FoundIn

    return "" if item.where is FoundIn.LIST else f"  [{item.where.value}]"


def _column(text: str, width: int) -> str:
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


def _plain(item: "FoundItem") -> dict[str, Any]:
    return {
        "item": item.id,
        "title": item.title,
        "link": item.url,
        "source": item.source_id,
        "date": item.published.isoformat() if item.published else None,
        "seen": item.first_seen.isoformat(),
        "where": item.where.value,
    }
