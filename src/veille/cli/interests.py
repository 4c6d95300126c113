"""`veille interests`: who said « cela m'intéresse », of what; for staff alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.curation.interests import Wished
    from veille.spreadsheets import Cell

#: Columns of the table, in order.
HEAD = ("numéro", "titre", "échéance", "adresse", "organisation", "prénom", "nom", "courriel", "dit le")


@click.command(cls=Command, name="interests", short_help="Dire qui s'est dit intéressé, et par quoi.")
@click.argument("item", metavar="[ÉLÉMENT]", default="")
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Un tableau .csv ou .xlsx, une ligne par personne, lisible de vous seul.",
)
@pass_instance
def interests(instance: Instance, item: str, path: Path | None) -> None:
    """Dire qui a répondu « Cela m'intéresse », article par article, ce qui clôt le plus tôt d'abord.

    ÉLÉMENT (numéro ou adresse web) s'en tient à un article. Ces noms sont pour vous : aucun membre ne voit ceux des
    autres, et chacun peut retirer son intérêt sur sa page. Demandez leur accord avant de les mettre en relation.
    """
    from veille.curation.interests import interests as read
    from veille.matching.explain import find_item
    from veille.spreadsheets import write_table

    app = instance.open()
    zone = app.settings.cluster.zone
    items = app.gathered.items()
    today = app.clock.now().astimezone(zone).date()
    found = read(app.opinions.all(), app.members.subscribers(), app.members.members(), items, today)
    if item:
        asked = find_item(item, app.items())
        found = [one for one in found if asked.id in {one.item.id, *one.item.also}]
    if path is not None:
        rows = list(_rows(found, zone))
        write_table(path, "Intérêts", HEAD, rows, private=True)
        echo(f"{len(rows)} ligne{'s' if len(rows) > 1 else ''} dans {path}")
        return
    for one in found:
        for line in _lines(one, zone):
            echo(line)
    if not found:
        echo("personne ne s'est encore dit intéressé" + (" par cet article" if item else ""))


def _lines(one: "Wished", zone: ZoneInfo) -> Iterator[str]:
    from veille.french import french_day

    due = f" ({'clôt' if one.item.deadline else 'a lieu'} le {french_day(one.item.due)})" if one.item.due else ""
    yield f"{one.item.id:>6}  {one.item.title}{due}"
    for wish in one.wishes:
        name = " ".join(part for part in (wish.person.first_name, wish.person.last_name) if part)
        who = f"{name} <{wish.person.email}>" if name else wish.person.email
        yield f"        {wish.member.organisation} : {who}, le {french_day(wish.at.astimezone(zone).date())}"


def _rows(found: "list[Wished]", zone: ZoneInfo) -> "Iterator[tuple[Cell, ...]]":
    for one in found:
        for wish in one.wishes:
            yield (
                one.item.id, one.item.title, one.item.due, one.item.url, wish.member.organisation,
                wish.person.first_name, wish.person.last_name, wish.person.email, wish.at.astimezone(zone),
            )  # fmt: skip
