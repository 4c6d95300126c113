"""`veille members data`, `erase`: what is held of one person, given to them or taken out of every table."""

import json
from pathlib import Path

import click

from veille.cli.base import Command, Instance, confirmed, echo, pass_instance


@click.command(cls=Command, name="data")
@click.argument("email", metavar="ADRESSE")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER.json", help="Écrit dans ce fichier."
)
@pass_instance
def data(instance: Instance, email: str, output: Path | None) -> None:
    """Donner tout ce qui est tenu sur une personne (droit d'accès), table par table, en JSON."""
    from veille.errors import InputError
    from veille.files import cause, write_atomically

    app = instance.open()
    held = app.people.held(app.profiling.person(email).id)
    text = json.dumps(held, ensure_ascii=False, indent=1)
    if output is None:
        click.echo(text)
        return
    try:
        write_atomically(output, text.encode(), private=True)
    except OSError as error:
        raise InputError(f"{output} : {cause(error)}", cure="choisissez un autre fichier") from error
    echo(f"données écrites : {output}")


@click.command(cls=Command, name="erase")
@click.argument("email", metavar="ADRESSE")
@click.option("--yes", is_flag=True, help="Efface sans demander confirmation.")
@pass_instance
def erase(instance: Instance, email: str, yes: bool) -> None:
    """Effacer une personne de toutes les tables (droit à l'effacement) ; son organisation reste.

    Seule une empreinte à clé de l'adresse est gardée, pour ne plus jamais lui écrire, même si une liste la redonne. Les
    sauvegardes et les copies de mails (« file: ») faites avant la contiennent encore : effacez-les à leur terme.
    """
    app = instance.open()
    person = app.profiling.person(email)
    if not yes and not confirmed(f"effacer {person.email} et tout ce qui est tenu sur cette personne ?"):
        echo("rien n'a été effacé")
        return
    done = app.profiling.erase(person)
    rows = ", ".join(f"{table} {count}" for table, count in sorted(done.deleted.items()))
    echo(f"effacé : {rows}")
    if done.cleaned:
        echo("adresse retirée de : " + ", ".join(f"{place} {count}" for place, count in sorted(done.cleaned.items())))
    if not done.compacted:
        echo(
            "le fichier de la base n'a pas été réécrit : sous PostgreSQL, VACUUM le fait en son temps ; sinon, un autre"
        )
        echo("programme lisait : arrêtez-le et lancez « veille db compact »")
