"""`veille review`: judge what was collected, what gains most first."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Group, Instance, echo, pass_instance
from veille.cli.who import by_option, session_name

if TYPE_CHECKING:
    from veille.app import App
    from veille.curation.queue import Waiting
    from veille.model import Item

_numbers = click.argument("numbers", metavar="N…", type=click.IntRange(1), nargs=-1, required=True)
_why = click.option("--why", default="", metavar="TEXTE", help="Pourquoi ; reste sur la fiche.")


@click.group(cls=Group, name="review", short_help="Relire ce qui a été relevé : garder, écarter, corriger.")
def review() -> None:
    """Relire ce qui a été relevé : garder, écarter, corriger.

    « next » montre ce qui gagne le plus à être relu : ce qui est ouvert, et là où la machine doute. « accept » garde,
    « reject » écarte de tous les bulletins, « veille tag correct » corrige une étiquette. Une page que sa source
    modifie revient dans la file.
    """


@review.command("next")
@click.option("--limit", type=click.IntRange(1), default=10, show_default="10", metavar="N", help="Au plus N articles.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par article.")
@pass_instance
def next_(instance: Instance, limit: int, as_json: bool) -> None:
    """Montrer ce qui gagne le plus à être relu, et de quoi la machine doute."""
    app = instance.open()
    waiting = app.review_desk.waiting()
    for one in waiting[:limit]:
        if as_json:
            click.echo(json.dumps(_plain(one), ensure_ascii=False))
        else:
            _show(app, one)
    if as_json:
        return
    count = f"{len(waiting)} article{'s' if len(waiting) > 1 else ''} à relire"
    echo(f"{count} : veille review accept N…, reject N…, ou veille tag correct N" if waiting else "rien à relire")


def _show(app: "App", one: "Waiting") -> None:
    from veille.cli.tag_correct import tags_line

    item = one.item
    source = item.sources[0].title if item.sources else "source inconnue"
    due = f", jusqu'au {item.due:%d/%m/%Y}" if item.due else ""
    echo(f"{item.id:>6}  {item.title}")
    echo(f"        {source}{due}")
    echo(f"        {tags_line(app, item)}")
    if one.doubts:
        echo(f"        à vérifier : {' ; '.join(one.doubts)}")


def _plain(one: "Waiting") -> dict[str, Any]:
    item = one.item
    return {
        "item": item.id,
        "title": item.title,
        "link": item.url,
        "due": item.due.isoformat() if item.due else None,
        "gain": one.gain,
        "doubts": one.doubts,
        "tags": [{"scheme": tag.scheme, "term": tag.term, "score": tag.score} for tag in item.tags],
    }


@review.command("accept")
@_numbers
@_why
@by_option
@pass_instance
def accept(instance: Instance, numbers: tuple[int, ...], why: str, by: str) -> None:
    """Garder ces articles : ils peuvent aller dans les bulletins."""
    desk, who = instance.open().review_desk, by or session_name()
    _each(numbers, "gardé", lambda number: desk.accept(number, by=who, why=why))


@review.command("reject")
@_numbers
@click.option("--off-topic", is_flag=True, help="Il est hors sujet : la machine apprend à en écarter de semblables.")
@_why
@by_option
@pass_instance
def reject(instance: Instance, numbers: tuple[int, ...], off_topic: bool, why: str, by: str) -> None:
    """Écarter ces articles : ils n'iront dans aucun bulletin."""
    desk, who = instance.open().review_desk, by or session_name()
    _each(numbers, "écarté", lambda number: desk.reject(number, by=who, why=why, off_topic=off_topic))


@review.command("reopen")
@_numbers
@by_option
@pass_instance
def reopen(instance: Instance, numbers: tuple[int, ...], by: str) -> None:
    """Remettre ces articles dans la file ; les étiquettes corrigées le restent."""
    desk, who = instance.open().review_desk, by or session_name()
    _each(numbers, "remis dans la file", lambda number: desk.reopen(number, by=who))


def _each(numbers: tuple[int, ...], how: str, judge: "Callable[[int], Item]") -> None:
    for number in numbers:
        echo(f"n° {number} {how} : « {judge(number).title} »")
