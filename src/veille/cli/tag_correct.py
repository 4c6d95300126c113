"""`veille tag correct`: what a person says of an item's tags, for good."""

from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.who import by_option, session_name

if TYPE_CHECKING:
    from veille.app import App
    from veille.model import Item


@click.command(
    cls=Command, name="correct", short_help="Corriger les étiquettes d'un article : --add, --remove, --undo."
)
@click.argument("number", metavar="N", type=click.IntRange(1))
@click.option(
    "--add", multiple=True, metavar="SORTE:ÉTIQUETTE", help="Ajoute : sector:eau, axis:hors-sujet… (répétable)."
)
@click.option(
    "--remove", multiple=True, metavar="SORTE:ÉTIQUETTE", help="Retire une étiquette de l'article (répétable)."
)
@click.option(
    "--undo", multiple=True, metavar="SORTE:ÉTIQUETTE", help="Reprend ce que --add ou --remove a dit (répétable)."
)
@click.option("--why", default="", metavar="TEXTE", help="Pourquoi ; reste sur la fiche.")
@by_option
@pass_instance
def correct(
    instance: Instance,
    number: int,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    undo: tuple[str, ...],
    why: str,
    by: str,
) -> None:
    """Corriger les étiquettes d'un article ; ni une relève ni un nouvel étiquetage n'y revient.

    SORTE est sector (filière), axis (axe), type, territory (territoire), theme (thème), audience (public) ou horizon ;
    ÉTIQUETTE un identifiant ou un libellé. Changer le type change l'horizon avec lui.
    """
    if not (add or remove or undo):
        raise click.UsageError("dites ce qui change : --add, --remove ou --undo")
    app = instance.open()
    item = app.review_desk.correct(number, add=add, remove=remove, undo=undo, by=by or session_name(), why=why)
    echo(f"n° {item.id} · {item.title}")
    echo(tags_line(app, item))


def tags_line(app: "App", item: "Item") -> str:
    """Return the tags that a bulletin sorts by, on one line."""
    from veille.cli.item_card import SCHEMES
    from veille.digest.choosing.labels import ShortLabels

    label = ShortLabels(app.taxonomy, app.gazetteer).short
    parts = []
    for scheme, name in SCHEMES.items():
        found = [
            label(scheme, tag.term) + (" (dit à la main)" if tag.origin == "person" else "") for tag in item.of(scheme)
        ]
        if found:
            parts.append(f"{name} : {', '.join(found)}")
    return " · ".join(parts) or "aucune étiquette"
