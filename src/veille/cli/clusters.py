"""`veille items same`, `split` and `links`: which articles are one thing, and people's word on it."""

from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.who import by_option, session_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from veille.app import App
    from veille.linking.reading import Bonds

_why = click.option("--why", default="", metavar="TEXTE", help="Pourquoi ; reste écrit.")
_SAID = {"same": "même chose", "different": "deux choses", "withdrawn": "retiré"}


@click.command(cls=Command, name="same", short_help="Dire que deux articles sont la même chose.")
@click.argument("one", metavar="N", type=click.IntRange(1))
@click.argument("other", metavar="AUTRE", type=click.IntRange(1))
@click.option("--undo", is_flag=True, help="Retirer ce qui a été dit de ces deux articles.")
@_why
@by_option
@pass_instance
def same(instance: Instance, one: int, other: int, undo: bool, why: str, by: str) -> None:
    """Dire que deux articles sont la même chose : un seul paraîtra, avec leurs sources.

    Rien n'est effacé : « --undo » retire ce qui a été dit, et la machine décide de nouveau.
    """
    app = instance.open()
    desk = app.link_desk
    decide = desk.take_back if undo else desk.join
    group = decide(one, other, by=by or session_name(), why=why)
    _tell(app, group, one)
    if not undo and other not in group:
        echo(f"le n° {other} n'y entre pas : deux articles de ces groupes ont été dits deux choses")
        echo(f"« veille items links {one} » et « veille items links {other} » montrent lesquels")


@click.command(cls=Command, name="split", short_help="Dire qu'un article n'est pas la même chose qu'un autre.")
@click.argument("one", metavar="N", type=click.IntRange(1))
@click.argument("other", metavar="AUTRE", type=click.IntRange(1), required=False)
@_why
@by_option
@pass_instance
def split(instance: Instance, one: int, other: int | None, why: str, by: str) -> None:
    """Dire qu'un article n'est pas la même chose qu'un autre ou, sans AUTRE, qu'aucun de son groupe.

    « veille items same N AUTRE --undo » retire ce qui a été dit.
    """
    app = instance.open()
    _tell(app, app.link_desk.split(one, other, by=by or session_name(), why=why), one)


@click.command(cls=Command, name="links", short_help="Voir avec quoi un article est regroupé, et pourquoi.")
@click.argument("number", metavar="N", type=click.IntRange(1))
@pass_instance
def links(instance: Instance, number: int) -> None:
    """Voir avec quoi un article est regroupé, ce qui l'en rapproche ou l'en sépare, et qui en a dit quoi."""
    from veille.errors import InputError

    app = instance.open()
    if app.item_store.item(number) is None:
        raise InputError(f"article inconnu : n° {number}", cure="« veille items list » donne les numéros")
    bonds = app.gathered.bonds(number)
    _tell(app, bonds.group, number)
    for line in _bonds(app, bonds, number):
        echo(line)


def group_lines(app: "App", item_id: int) -> "Iterator[str]":
    """Yield one line for each other article of an item's group; none where it stands alone."""
    bonds = app.gathered.bonds(item_id)
    reasons = {link.one if link.other == item_id else link.other: link for link in bonds.links if link.same}
    for number in bonds.group:
        if number != item_id:
            link = reasons.get(number)
            why = f" — {link.reason}" if link else ""
            yield f"même chose : {_named(app, number)}{why}"


def _tell(app: "App", group: tuple[int, ...], number: int) -> None:
    if len(group) == 1:
        echo(f"l'article n° {number} paraît seul")
        return
    echo(f"{len(group)} articles pour une même chose ; paraît : {_named(app, group[0])}")
    for other in group[1:]:
        echo(f"  aussi : {_named(app, other)}")


def _bonds(app: "App", bonds: "Bonds", number: int) -> "Iterator[str]":
    for link in bonds.links:
        other = link.other if link.one == number else link.one
        said = "proche de" if link.same else "séparé de"
        likeness = f"{link.score:.2f}".replace(".", ",")
        yield f"{said} n° {other} ({likeness}) : {link.reason}"
    for one in bonds.decisions:
        other = one.other if one.one == number else one.one
        day = one.at.astimezone(app.settings.cluster.zone)
        why = f" — {one.why}" if one.why else ""
        yield f"{day:%d/%m/%Y}, {one.by} : {_SAID[one.said.value]} que n° {other}{why}"


def _named(app: "App", number: int) -> str:
    item = app.item_store.item(number)
    if item is None:
        return f"n° {number}"
    source = f" ({item.sources[0].title})" if item.sources else ""
    return f"n° {number} {item.title}{source}"
