"""`veille items export`: what was collected, as published (JSON lines) or as a table that a spreadsheet opens."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.config.taxonomy import Taxonomy
    from veille.model import ExportedEntry, Item
    from veille.protocols import Places
    from veille.spreadsheets import Cell

#: Columns of the table, in order.
HEAD = (
    "numéro", "titre", "adresse", "type", "filières", "axes", "territoires", "échéance", "à vérifier", "a lieu le",
    "montant maximal (€)", "taux (%)", "état", "éligibles", "publié le", "vu le", "sources", "langue", "relecture",
    "résumé",
)  # fmt: skip
_STATUS = {"open": "ouvert", "closed": "clos", "upcoming": "à venir", "rolling": "permanent"}


@click.command(cls=Command, name="export", short_help="Exporter les articles : tableau CSV ou XLSX, ou JSON.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Une ligne JSON par entrée, telle que sa source l'a publiée.")
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Un tableau .csv ou .xlsx, une ligne par article, avec étiquettes, échéance et montant.",
)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Vus ou modifiés depuis ce jour."
)
@click.option("--open", "only_open", is_flag=True, help="Seulement ce qui n'est pas clos aujourd'hui.")
@click.option("--type", "kinds", multiple=True, metavar="TYPE", help="De ce type (répétable) : appel-a-projets…")
@pass_instance
def export(
    instance: Instance,
    as_jsonl: bool,
    path: Path | None,
    since: datetime | None,
    only_open: bool,
    kinds: tuple[str, ...],
) -> None:
    """Exporter ce qui a été collecté.

    --jsonl rend chaque entrée telle que sa source l'a publiée, au fil de la lecture. --to écrit un tableau pour un
    tableur ; aucune cellule n'y est une formule, et le résumé reste dans ce que la licence de la source permet.
    """
    if as_jsonl == (path is not None):
        raise click.UsageError("précisez le format : --jsonl, ou --to FICHIER")
    app = instance.open()
    if path is None:
        for entry in app.source_store.export():
            click.echo(json.dumps(_exported(entry), ensure_ascii=False))
        return
    from veille.curation.deciding import Vocabulary, read_tag
    from veille.spreadsheets import write_table

    zone = app.settings.cluster.zone
    today = app.clock.now().astimezone(zone).date()
    found = app.gathered.items(since=since.replace(tzinfo=zone).astimezone(UTC) if since else None)
    words = Vocabulary(app.taxonomy, app.gazetteer)
    wanted = {read_tag(f"type:{kind}", words)[1] for kind in kinds}
    kept = [item for item in found if _kept(item, wanted, today if only_open else None)]
    write_table(path, "Articles", HEAD, (_row(item, app.taxonomy, app.gazetteer, zone) for item in kept))
    echo(f"{len(kept)} article{'s' if len(kept) > 1 else ''} dans {path}")


def _kept(item: "Item", kinds: set[str], today: date | None) -> bool:
    from veille.model import Scheme

    if kinds and not kinds.intersection(tag.term for tag in item.of(Scheme.TYPE)[:1]):
        return False
    return today is None or item.due is None or item.due >= today


def _row(item: "Item", taxonomy: "Taxonomy", places: "Places", zone: ZoneInfo) -> "Sequence[Cell]":
    from veille.cli.item_card import JUDGEMENTS
    from veille.excerpt import summary
    from veille.model import Scheme

    def labels(scheme: Scheme, most: int) -> str:
        return ", ".join(taxonomy.label(scheme, tag.term) for tag in item.of(scheme)[:most])

    where = [tag.term for tag in item.of(Scheme.TERRITORY) if tag.scope == "main"]
    status, sizes = item.fact("status"), item.fact("eligible_sizes")
    return (
        item.id,
        item.title,
        item.url,
        labels(Scheme.TYPE, 1),
        labels(Scheme.SECTOR, 3),
        labels(Scheme.AXIS, 3),
        ", ".join(places.name(place) for place in where),
        item.deadline,
        item.doubtful,
        item.takes_place,
        _number(item, "amount_max"),
        _number(item, "rate"),
        _STATUS.get(status.value, status.value) if status else "",
        sizes.value.replace("|", ", ") if sizes else "",
        item.published.astimezone(zone) if item.published else None,
        item.first_seen.astimezone(zone),
        ", ".join(dict.fromkeys(source.title for source in item.sources)),
        item.lang,
        JUDGEMENTS[item.review.judgement] if item.review else "",
        summary(item.title, item.text, item.licence),
    )


def _number(item: "Item", name: str) -> float | None:
    fact = item.fact(name)
    return float(fact.value) if fact else None


def _exported(entry: "ExportedEntry") -> dict[str, Any]:
    return {
        "source": entry.source,
        "feed": entry.feed,
        "title": entry.title,
        "link": entry.link,
        "date": entry.date.isoformat() if entry.date else None,
        "seen": entry.seen.isoformat(),
        "item": entry.item,
    }
