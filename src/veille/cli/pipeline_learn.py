"""`veille pipeline learn`: axes from what staff decided, in seconds and without any labelled set."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.app import App
    from veille.nlp.fitting.learning import Lesson


@click.command(cls=Command, name="learn", short_help="Apprendre les axes de ce que l'équipe a corrigé et gardé.")
@click.option("--dry-run", is_flag=True, help="Mesure sans rien installer.")
@click.option("--forget", is_flag=True, help="Oublie ce qui a été appris : les définitions seules reparlent.")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON, sur une ligne.")
@pass_instance
def learn(instance: Instance, dry_run: bool, forget: bool, as_json: bool) -> None:
    """Apprendre les axes et le hors sujet de ce que l'équipe a corrigé et gardé.

    Quelques secondes, sans jeu annoté. Chaque cinquième des articles tranchés est relu avec ce que les quatre autres
    ont appris : si c'est moins bien qu'avec les seules définitions, rien n'est installé et ce qui avait été appris est
    oublié. Sinon tout est étiqueté à nouveau au prochain passage ; les corrections demeurent.
    """
    from veille.nlp.fitting import axis_lessons

    app = instance.open()
    if forget:
        there = axis_lessons.forget(app.settings.home)
        echo("oublié ; « veille tag » étiquette tout à nouveau" if there else "rien n'avait été appris")
        return
    found = axis_lessons.learn(app.settings.home, _lessons(app), dry_run=dry_run)
    if as_json:
        click.echo(json.dumps({**asdict(found), "installed": found.gains and not dry_run}, ensure_ascii=False))
        return
    figures = f"{found.before:.2f} par les définitions, {found.after:.2f} en apprenant des autres".replace(".", ",")
    echo(f"{found.lessons} articles tranchés ; macro-F1 de ceux qui n'ont pas été vus : {figures}")
    if not found.gains:
        echo("apprendre n'y gagne rien : rien n'est installé, et ce qui avait été appris est oublié")
    elif not dry_run:
        echo("appris ; « veille tag » étiquette tout à nouveau")


def _lessons(app: "App") -> "list[Lesson]":
    from veille.errors import InputError
    from veille.model import Scheme
    from veille.nlp.fitting.axis_lessons import read_lessons, settled
    from veille.nlp.tagger import load_tagger

    if not app.taxonomy.of(Scheme.AXIS):
        raise InputError("cette instance n'a pas d'axe à apprendre", cure="écrivez-en : docs/how-to/sa-filiere.md")
    chosen = settled(app.items(), app.review_store.decisions())
    # No pipeline has an empty name: these are the texts of all of them, whatever tagged them.
    texts = {item_id: text for item_id, _, text in app.tag_store.texts("", [one.item_id for one in chosen])}
    return read_lessons(load_tagger(app.folders), texts, chosen)
