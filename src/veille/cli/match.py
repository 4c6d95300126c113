"""`veille match`: the members whom an item suits, and why it does not suit the others."""

import json
from typing import Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.model import Match, Member


@click.command(cls=Command, name="match", short_help="Lister les membres à qui un élément va.")
@click.argument("item", metavar="ÉLÉMENT")
@click.option("--all", "everybody", is_flag=True, help="Les autres aussi, avec la première porte qui les a refusés.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par membre.")
@pass_instance
def match(instance: Instance, item: str, everybody: bool, as_json: bool) -> None:
    """Lister les membres à qui un élément va, du plus concerné au moins, avec les raisons et l'éligibilité.

    ÉLÉMENT est un numéro ou une adresse web, et vaut pour tout ce qui est la même chose. « veille why » donne le détail
    pour un membre.
    """
    from veille.matching.explain import find_item

    app = instance.open()
    items = app.gathered.items()
    asked = find_item(item, app.items())
    what = next(one for one in items if asked.id in {one.id, *one.also})
    judge = app.matcher(items, app.clock.now().astimezone(app.settings.cluster.zone).date())
    judged = [(member, judge(what, member)) for member in app.members.members()]
    suited = sorted((pair for pair in judged if pair[1].score is not None), key=_rank)
    refused = [pair for pair in judged if pair[1].score is None] if everybody else []
    if as_json:
        for member, found in (*suited, *refused):
            click.echo(json.dumps(_row(member, found), ensure_ascii=False))
        return
    echo(f"n° {what.id} · {what.title}")
    echo(f"membres à qui il va : {len(suited)} sur {len(judged)}")
    for member, found in suited:
        for line in _lines(member, found):
            echo(line)
    if refused:
        echo()
    for member, found in refused:
        gate = found.gate
        echo(f"  —     {member.organisation} : {gate.text if gate else 'refusé'}")
    if not everybody and len(suited) < len(judged):
        echo(f"« veille match {item} --all » dit pourquoi il ne va pas aux autres")


def _rank(pair: tuple[Member, Match]) -> tuple[float, str]:
    return -(pair[1].score or 0.0), pair[0].organisation


def _lines(member: Member, found: Match) -> list[str]:
    lines = [f"  {found.score:.2f}  {member.organisation}".replace(".", ",", 1)]
    lines += [f"        {reason.text}" for reason in found.reasons[:3]]
    if found.eligibility is not None:
        said = found.eligibility
        note = f" : {said.note}" if said.note else ""
        quote = f" « {said.quote} »" if said.quote else ""
        lines.append(f"        éligibilité : {said.verdict}{note}{quote}")
    return lines


def _row(member: Member, found: Match) -> dict[str, Any]:
    return {
        "member": member.organisation,
        "score": found.score,
        "reasons": [reason.text for reason in found.reasons],
        "gate": found.gate.kind.removeprefix("gate:") if found.gate else None,
        "why_not": found.gate.text if found.gate else None,
        "eligibility": found.eligibility.verdict if found.eligibility else None,
        "note": found.eligibility.note if found.eligibility else None,
        "quote": found.eligibility.quote if found.eligibility else None,
    }
