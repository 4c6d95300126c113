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

    ÉLÉMENT est un numéro ou une adresse web, et vaut pour tout ce qui est la même chose ; MEMBRE est le nom d'une
    organisation, ou l'adresse d'un abonné, dont les termes coupés et les langues comptent alors aussi.
    """
    from veille.matching.explain import explain, find_item, find_member, find_reader, read_by, sent_before

    app = instance.open()
    people = app.members.subscribers()
    found, reader = find_member(member, app.members.members(), people), find_reader(member, people)
    who = read_by(found, reader)
    items = app.gathered.items()
    asked = find_item(item, app.items())
    what = next(one for one in items if asked.id in {one.id, *one.also})
    today = app.clock.now().astimezone(app.settings.cluster.zone).date()
    judged = app.matcher(items, today)(what, who)
    if as_json:
        click.echo(json.dumps(asdict(judged), ensure_ascii=False))
        return
    if what.id != asked.id:
        echo(f"le n° {asked.id} paraît sous le n° {what.id}, qui est la même chose (« veille items links {asked.id} »)")
    readers = [reader] if reader else [person for person in people if person.member_id == who.id]
    seen = app.mail_ledger.seen([person.id for person in readers])
    for line in sent_before(what, readers, seen, app.settings.cluster.zone):
        echo(line)
    for line in explain(what, who, judged, app.taxonomy):
        echo(line)
