"""`veille items add`: one address, read now, kept with what a person says of it."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.app import App
    from veille.model.details import Given

#: Beyond this a text is no longer one that a person pastes; the store cuts at 100,000 characters anyway.
_STDIN = 1_000_000


@click.command(cls=Command, name="add", short_help="Ajouter à la main une page ou un PDF vus ailleurs.")
@click.argument("url", metavar="URL", default="")
@click.option("--no-url", "no_url", is_flag=True, help="Sans adresse (téléphone, mail transféré, vie du réseau).")
@click.option(
    "--section", metavar="SECTION", default="", help="Section du bulletin, par exemple network (Vie du réseau)."
)
@click.option("--note", default="", metavar="TEXTE", help="Pourquoi il est ajouté ; reste sur la fiche.")
@click.option("--type", "kind", metavar="TYPE", help="Son type (taxonomie) : l'emporte sur ce qui est lu.")
@click.option("--territory", metavar="TERRITOIRE", help="Son territoire : un nom, un numéro, ou fr:region:84.")
@click.option("--sector", "sectors", multiple=True, metavar="FILIÈRE", help="Une de ses filières ; peut se répéter.")
@click.option("--title", metavar="TITRE", help="Son titre, au lieu de celui de la page ; suffit si elle est bloquée.")
@click.option("--text", metavar="TEXTE", help="Son texte ; « - » le lit sur l'entrée standard.")
@click.option(
    "--licence",
    type=click.Choice(["presse", "public", "propre", "accord"]),
    help="Ce qui peut en être gardé et montré (défaut : presse ; propre sans adresse).",
)
@pass_instance
def add(
    instance: Instance,
    url: str,
    no_url: bool,
    section: str,
    note: str,
    kind: str | None,
    territory: str | None,
    sectors: tuple[str, ...],
    title: str | None,
    text: str | None,
    licence: str | None,
) -> None:
    """Lire maintenant une page ou un PDF, et le garder comme article, étiqueté.

    Une adresse déjà connue n'est pas ajoutée deux fois : la commande dit qui l'a publiée. Une page qui se refuse aux
    programmes peut être ajoutée avec --title, et --text s'il le faut. Ce qui n'a pas d'adresse (téléphone, mail
    transféré, vie du réseau) se garde avec --no-url et --title : les bulletins le montrent sans lien.
    """
    from veille.cli.items_show import show_item
    from veille.crawl.details.adding import Addition
    from veille.errors import InputError
    from veille.model import Licence

    if no_url == bool(url):
        raise InputError(
            "une adresse, ou --no-url", cure="donnez l'adresse, ou --no-url et --title pour ce qui n'en a pas"
        )
    app = instance.open()
    given = replace(_given(app, note, kind, territory, sectors), section=_section(app, section))
    words = sys.stdin.read(_STDIN) if text == "-" else text
    kept = Licence(licence or ("propre" if no_url else "presse"))
    added = app.add_item(Addition(url=url, given=given, title=title, text=words, licence=kept))
    if not added.new:
        sources = ", ".join(added.item.sources) or "une source inconnue"
        echo(f"déjà là : n° {added.item.id}, « {added.item.title} », par {sources} ; rien n'a été changé")
        return
    if added.outcome is not None and added.outcome.sentence:
        echo(f"page : {added.outcome.sentence}")
    echo(f"ajouté : n° {added.item.id}")
    show_item(app, added.item.id)


def _given(app: "App", note: str, kind: str | None, territory: str | None, sectors: tuple[str, ...]) -> "Given":
    """Return what a person says, checked against the taxonomy and the territories; raises InputError."""
    from veille.config.choosing import read_sectors, read_territories
    from veille.config.problems import unknown_key
    from veille.errors import InputError
    from veille.model import Scheme
    from veille.model.details import Given
    from veille.text import clean

    types = app.taxonomy.of(Scheme.TYPE)
    if kind is not None and kind not in types:
        _, cure = unknown_key(kind, types)
        raise InputError(f"type inconnu « {kind} »", cure=cure)
    places = read_territories(territory, app.gazetteer) if territory else ()
    if len(places) > 1:
        raise InputError("un seul territoire par article", cure="gardez le plus large, ou ajoutez-le sans --territory")
    found = [slug for one in sectors for slug in read_sectors(one, app.taxonomy)]
    return Given(
        type=kind, territory=next(iter(places), None), sectors=tuple(dict.fromkeys(found)), note=clean(note)[:1000]
    )


def _section(app: "App", section: str) -> str:
    """Return the kind of a section that some digest has; raises InputError with the nearest one."""
    from veille.config.problems import unknown_key
    from veille.errors import InputError

    known = {plan.kind for definition in app.digests.values() for plan in definition.digest.sections}
    if section and section not in known:
        _, cure = unknown_key(section, known)
        raise InputError(f"section inconnue « {section} »", cure=cure)
    return section
