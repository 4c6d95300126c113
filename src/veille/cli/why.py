"""`veille why`: the parts of a score, or the first gate that said no."""

import json
from dataclasses import asdict

import click

from veille.cli.base import Command, Instance, echo, pass_instance


@click.command(cls=Command, name="why", short_help="Dire pourquoi un élément va, ou non, à un membre.")
@click.argument("item", metavar="ÉLÉMENT")
@click.argument("member", metavar="MEMBRE")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON.")
@pass_instance
def why(instance: Instance, item: str, member: str, as_json: bool) -> None:
    """Dire pourquoi un élément va à un membre, ou quelle porte l'a refusé.

    ÉLÉMENT est un numéro ou une adresse web ; MEMBRE le nom d'une organisation ou l'adresse d'un abonné.
    """
    from veille.matching.explain import explain, find_item, find_member

    app = instance.open()
    who = find_member(member, app.members.members(), app.members.subscribers())
    items = app.items()
    what = find_item(item, items)
    today = app.clock.now().astimezone(app.settings.cluster.zone).date()
    judged = app.matcher(items, today)(what, who)
    if as_json:
        click.echo(json.dumps(asdict(judged), ensure_ascii=False))
        return
    for line in explain(what, who, judged, app.taxonomy):
        echo(line)
