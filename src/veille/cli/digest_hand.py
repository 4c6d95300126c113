"""`veille digest pin|drop|note|word|common|order|undo`: staff's hand on the draft."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from veille.cli import digest_options
from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.who import session_name

if TYPE_CHECKING:
    from veille.digest.curating import Curation
    from veille.digest.desk import Built

_by = click.option("--by", metavar="QUI", default="", help="Qui retouche (défaut : le nom de session).")
_item = click.argument("item", metavar="ARTICLE", type=int)
_items = click.argument("items", metavar="ARTICLE…", type=int, nargs=-1)


def _hand(instance: Instance) -> "Curation":
    return instance.open().digest.curation


def _told(built: "Built", item: int | None = None) -> None:
    """Say what the edit changed: how many readers get the item now."""
    made = [one for one in built.drafted if one.bulletin is not None]
    echo(f"Brouillon {built.issue.name} refait ; bulletins : {len(made)}.")
    if item is not None:
        readers = sum(any(line.item_id == item for line in one.selection) for one in made)
        echo(f"Article n° {item} : {readers} lecteur{'s' if readers > 1 else ''} sur {len(made)}.")


@click.command(cls=Command, name="pin", short_help="Mettre un article en tête de sa section.")
@_item
@click.option(
    "--member", metavar="MEMBRE", help="Pour une seule organisation : elle le reçoit même hors de son métier."
)
@click.option("--section", metavar="SECTION", default="", help="Section forcée, par exemple network.")
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def pin(
    instance: Instance, item: int, member: str | None, section: str, name: str | None, said: str | None, by: str
) -> None:
    """Mettre un article en tête de sa section, pour tous ceux à qui rien n'interdit de le montrer."""
    built = _hand(instance).pin(item, by=by or session_name(), name=name, said=said, member=member, section=section)
    _told(built, item)


@click.command(cls=Command, name="drop", short_help="Laisser un article de côté dans cette édition.")
@_item
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def drop(instance: Instance, item: int, name: str | None, said: str | None, by: str) -> None:
    """Laisser un article de côté dans cette édition, pour tous."""
    _told(_hand(instance).drop(item, by=by or session_name(), name=name, said=said), item)


@click.command(cls=Command, name="note", short_help="Imprimer un commentaire avec un article.")
@_item
@click.argument("words", metavar="TEXTE")
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def note(instance: Instance, item: int, words: str, name: str | None, said: str | None, by: str) -> None:
    """Imprimer un commentaire de l'équipe avec un article."""
    _told(_hand(instance).note(item, words, by=by or session_name(), name=name, said=said), item)


@click.command(cls=Command, name="word", short_help="Écrire le mot de la semaine (60 mots au plus).")
@click.argument("words", metavar="TEXTE")
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def word(instance: Instance, words: str, name: str | None, said: str | None, by: str) -> None:
    """Écrire le mot de la semaine, en tête de chaque bulletin, 60 mots au plus ; un texte vide l'enlève."""
    _told(_hand(instance).word(words, by=by or session_name(), name=name, said=said))


@click.command(cls=Command, name="common", short_help="Choisir à la main le tronc commun.")
@_items
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def common(instance: Instance, items: Sequence[int], name: str | None, said: str | None, by: str) -> None:
    """Choisir à la main les articles communs à tous, dans cet ordre ; aucun rend le choix au programme."""
    _told(_hand(instance).common(items, by=by or session_name(), name=name, said=said))


@click.command(cls=Command, name="order", short_help="Dire ce qui vient en premier, dans cet ordre.")
@_items
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def order(instance: Instance, items: Sequence[int], name: str | None, said: str | None, by: str) -> None:
    """Dire ce qui vient en premier dans les sections, dans cet ordre : ces articles-là sont épinglés, nul autre."""
    _told(_hand(instance).order(items, by=by or session_name(), name=name, said=said))


@click.command(cls=Command, name="undo", short_help="Reprendre tout choix fait sur un article.")
@_item
@digest_options.name
@digest_options.issue
@_by
@pass_instance
def undo(instance: Instance, item: int, name: str | None, said: str | None, by: str) -> None:
    """Reprendre tout choix fait à la main sur un article."""
    _told(_hand(instance).undo(item, by=by or session_name(), name=name, said=said), item)


HAND = (pin, drop, note, word, common, order, undo)
