"""`veille publish`: other ways out than the mail."""

from pathlib import Path

import click

from veille.cli.base import Group, Instance, echo, pass_instance
from veille.errors import InputError


@click.group(cls=Group, name="publish", short_help="Publier ailleurs que par courriel : archive, canaux.")
def publish() -> None:
    """Publier ailleurs que par courriel : une archive publique, des programmes, des salons."""


@publish.command("archive", short_help="Écrire l'archive publique dans un dossier, prête pour un site.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")
@pass_instance
def archive(instance: Instance, folder: Path) -> None:
    """Écrire les éditions parties en pages, flux RSS et JSON et agenda, sans aucune donnée personnelle.

    Ni les lecteurs, ni les raisons, ni les noms suivis n'y sont. « veille serve » montre la même archive sous
    /archives/ avec le réglage « [site] archive = true ».
    """
    from veille.files import cause

    app = instance.open()
    try:
        count = app.publishing.archive.write(folder)
    except OSError as error:
        raise InputError(
            f"l'archive ne s'écrit pas dans {folder} : {cause(error)}", cure="vérifiez ce dossier et ses droits"
        ) from error
    echo(f"archive écrite dans {folder} : {count} fichiers")


@publish.command("channels", short_help="Lister les canaux et ce qu'ils ont reçu de la dernière édition.")
@pass_instance
def channels(instance: Instance) -> None:
    """Lister les canaux ([channels.NOM]) et ce que chacun a reçu de la dernière édition partie."""
    app = instance.open()
    if not app.settings.channels:
        echo("aucun canal : décrivez-en un par une table [channels.NOM] de veille.toml")
        return
    told = app.publishing.announcer.last()
    for name, channel in app.settings.channels.items():
        said = told.get(name)
        words = f"{_STATES[said.state]}{f' ({said.reply})' if said.reply else ''}" if said else "rien encore"
        echo(f"{name:<16} {channel.kind:<8} {words}")


@publish.command("test", short_help="Envoyer un essai à un canal.")
@click.argument("name", metavar="CANAL")
@pass_instance
def test(instance: Instance, name: str) -> None:
    """Envoyer à un canal la dernière édition partie, marquée « Essai » ; rien n'en est retenu."""
    app = instance.open()
    if app.moved:
        raise InputError("sous --now, rien ne sort d'ici", cure="relancez sans --now")
    outcome = app.publishing.announcer.test(name)
    if not outcome.heard:
        raise InputError(f"canal {name} : {outcome.reply}", cure=outcome.cure)
    echo(f"canal {name} : {outcome.reply}")


_STATES = {
    "telling": "en cours, ou interrompu",
    "told": "annoncée",
    "deferred": "à réessayer",
    "failed": "abandonnée",
    "uncertain": "peut-être reçue",
}
