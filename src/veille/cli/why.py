"""`veille why`: the parts of a score or the first gate that said no, then the way to the bulletin."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veille.app import App
    from veille.digest.following import Way
    from veille.model import Item, Match, Subscriber
    from veille.protocols import Judge


@click.command(cls=Command, name="why", short_help="Dire pourquoi un élément va, ou non, à un membre.")
@click.argument("item", metavar="ÉLÉMENT")
@click.argument("member", metavar="MEMBRE")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON.")
@pass_instance
def why(instance: Instance, item: str, member: str, as_json: bool) -> None:
    """Dire pourquoi un élément va à un membre, ou quelle porte l'a refusé, et s'il est dans son prochain bulletin.

    Le chemin est dit en entier : la note, ses parts (en log-cotes, ce qui pèse le plus d'abord), la section et son
    seuil, ce qui attend une semaine creuse, la place prise par d'autres, et le jour du prochain bulletin.

    ÉLÉMENT est un numéro ou une adresse web, et vaut pour tout ce qui est la même chose ; MEMBRE est le nom d'une
    organisation, ou l'adresse d'un abonné, dont les termes coupés et les langues comptent alors aussi.
    """
    from veille.digest.choosing.together import same_address, with_others
    from veille.matching.explain import explain, find_item, find_member, find_reader, parts_line, read_by, sent_before

    app = instance.open()
    people = app.members.subscribers()
    found, reader = find_member(member, app.members.members(), people), find_reader(member, people)
    who = read_by(found, reader)
    items = app.gathered.items()
    asked = find_item(item, app.items())
    what = next(one for one in items if asked.id in {one.id, *one.also})
    today = app.clock.now().astimezone(app.settings.cluster.zone).date()
    judge = app.matcher(items, today)
    judged = judge(what, who)
    readers = [reader] if reader else [person for person in people if person.member_id == who.id]
    ways = _ways(app, what, readers, items, judge)
    if as_json:
        click.echo(json.dumps(_row(judged, ways) | {"parts": judge.told(what, who)}, ensure_ascii=False))
        return
    if what.id != asked.id:
        echo(f"le n° {asked.id} paraît sous le n° {what.id}, qui est la même chose (« veille items links {asked.id} »)")
    # What an address was sent for another organisation is not sent it again.
    addressed = with_others((person.id for person in readers), same_address(people))
    sent_to = [person for person in people if person.id in addressed]
    seen = app.mail_ledger.seen(sorted(addressed))
    for line in sent_before(what, sent_to, seen, app.settings.cluster.zone):
        echo(line)
    for line in (*explain(what, who, judged, app.taxonomy), parts_line(judge.told(what, who))):
        echo(line)
    for line in _said(ways):
        echo(line)


def _row(judged: "Match", ways: "Sequence[Way | str]") -> dict[str, Any]:
    return asdict(judged) | {"ways": [asdict(one) for one in ways if not isinstance(one, str)]}


def _ways(
    app: "App", what: "Item", readers: "Sequence[Subscriber]", items: "Sequence[Item]", judge: "Judge"
) -> "list[Way | str]":
    """Return how far an item goes for each reader of a member, or why that cannot be said."""
    from veille.digest.following import Following
    from veille.errors import InputError

    following = Following(app.desk)
    try:
        return [way for person in readers for way in following.ways(what, person, items, judge)]
    except InputError as error:  # a broken digest.yaml: the score is told all the same
        return [f"le chemin jusqu'au bulletin ne peut être dit : {error}"]


def _said(ways: "Sequence[Way | str]") -> list[str]:
    """Return the lines of several readers' ways, what is the same for several said once."""
    if not ways:
        return ["personne ne lit pour cette organisation : aucun bulletin"]
    told: dict[str, list[str]] = {}
    for way in ways:
        line = way if isinstance(way, str) else f"{way.course.said} — {way.next}"
        told.setdefault(line, []).extend([] if isinstance(way, str) else [way.email])
    return [f"{', '.join(emails)} : {line}" if len(told) > 1 and emails else line for line, emails in told.items()]
