"""`veille items show`: everything known of one item."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.excerpt import OTHER_CHARACTERS, summary

if TYPE_CHECKING:
    from veille.app import App
    from veille.model import Item


@click.command(cls=Command, name="show", short_help="Tout montrer d'un article : étiquettes, preuves, documents.")
@click.argument("item", metavar="ÉLÉMENT")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON.")
@pass_instance
def show(instance: Instance, item: str, as_json: bool) -> None:
    """Montrer tout ce qui est su d'un article : ses sources, ses étiquettes et leurs mots, sa page, ses documents.

    ÉLÉMENT est un numéro ou une adresse web.
    """
    from veille.matching.explain import find_item

    app = instance.open()
    direct = app.item_store.item(int(item)) if item.isascii() and item.isdigit() else None
    found = direct or find_item(item, app.items())
    if as_json:
        click.echo(json.dumps(_plain(app, found), ensure_ascii=False, default=str))
        return
    show_item(app, found.id)


def show_item(app: "App", item_id: int) -> None:
    """Print the card of a tagged item."""
    from veille.cli.clusters import group_lines
    from veille.cli.item_card import card
    from veille.digest.choosing.labels import ShortLabels

    item = app.item_store.item(item_id)
    if item is None:
        echo(f"n° {item_id} : pas encore étiqueté ; lancez « veille tag »")
        return
    page, documents = app.detail_store.page_of(item_id), app.detail_store.documents_of(item_id)
    label = ShortLabels(app.taxonomy, app.gazetteer).short
    changes = app.source_store.changes_of(item_id)
    for line in card(item, page, documents, label, app.settings.cluster.zone, changes):
        echo(line)
    for line in group_lines(app, item_id):
        echo(line)


def _plain(app: "App", item: "Item") -> dict[str, Any]:
    """Return all of it as plain data; of texts, what their licence lets be shown."""
    from veille.amending import changes

    page, documents = app.detail_store.page_of(item.id), app.detail_store.documents_of(item.id)
    page_changes = [asdict(change) for change in app.source_store.changes_of(item.id)]
    same = [number for number in app.gathered.bonds(item.id).group if number != item.id]
    shown = summary(item.title, item.text, item.licence, characters=OTHER_CHARACTERS)
    told = {
        "text": shown,
        "edit": None,
        "changes": [asdict(change) for change in changes(item)],
        "page": {**asdict(page), "text": shown} if page else None,
        "documents": [{**asdict(one), "pages": len(one.pages)} for one in documents],
    }
    return {**asdict(item), **told, "page_changes": page_changes, "also": same}
