"""`veille members interview`: the form to fill in a meeting, on paper, as text or as a workbook that is imported."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.model import Member, Subscriber

if TYPE_CHECKING:
    from veille.app import App


@click.command(cls=Command, name="interview")
@click.argument("member", metavar="[MEMBRE]", default="")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER", help="Écrit une page à imprimer (A4)."
)
@click.option(
    "--xlsx",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Écrit un classeur à remplir, que « members import » relit.",
)
@pass_instance
def interview(instance: Instance, member: str, html: Path | None, xlsx: Path | None) -> None:
    """Donner le formulaire pré-rempli d'un entretien : filières et axes du cluster à cocher, questions, lecteurs.

    Sans MEMBRE : tous ceux dont le profil n'est pas complet, le moins complet d'abord. Sans option, en texte.
    """
    from veille.members.interview import as_html, as_text, form

    app = instance.open()
    people = app.members.subscribers()
    wanted = _wanted(app, member, people)
    cluster, day = app.settings.cluster, app.clock.now().astimezone(app.settings.cluster.zone).date()
    forms = [
        form(one, [person for person in people if person.member_id == one.id], app.drafts.drafts(one.id), app.taxonomy)
        for one in wanted
    ]
    if xlsx is not None:
        _write_book(xlsx, wanted, people)
    if html is not None:
        _write_page(html, as_html(forms, cluster=cluster.name, day=day))
    if xlsx is None and html is None:
        for place, one in enumerate(forms):
            if place:
                echo()
                echo("─" * 60)
            for line in as_text(one, cluster=cluster.name, day=day):
                echo(line)


def _wanted(app: "App", member: str, people: Sequence[Subscriber]) -> list[Member]:
    from veille.errors import InputError
    from veille.matching.explain import find_member
    from veille.members.gauge import gauge

    known = app.members.members()
    if member:
        return [find_member(member, known, people)]
    wanted = sorted((one for one in known if gauge(one).missing), key=lambda one: gauge(one).share)
    if not wanted:
        raise InputError("aucun profil à compléter", cure="dites un MEMBRE pour avoir son formulaire")
    return wanted


def _write_book(path: Path, members: Sequence[Member], people: Sequence[Subscriber]) -> None:
    from veille.cli.members_report import write_list
    from veille.errors import InputError

    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path} : un classeur est attendu", cure="donnez un nom en .xlsx")
    write_list(path, members, people, private=True)
    echo(f"classeur écrit : {path} ; une fois rempli, « veille members import {path} »")


def _write_page(path: Path, page: str) -> None:
    from veille.errors import InputError
    from veille.files import cause, write_atomically

    try:
        write_atomically(path, page.encode(), private=True)
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure="choisissez un autre fichier") from error
    echo(f"formulaires à imprimer : {path}")
