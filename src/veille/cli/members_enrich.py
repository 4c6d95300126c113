"""`veille members enrich`, `drafts`, `accept`, `refuse`: profiles drafted from outside, decided by people."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.who import by_option, session_name
from veille.french import counted

if TYPE_CHECKING:
    from veille.app import App
    from veille.model import Member, ProfileDraft

#: Characters of a quotation on a screen.
_QUOTE = 160


@click.command(cls=Command, name="enrich")
@click.argument("member", metavar="[MEMBRE]", default="")
@click.option("--siren", default="", metavar="SIREN", help="Le SIREN à chercher, pour un seul membre.")
@click.option("--site", default="", metavar="ADRESSE", help="Le site web à lire, pour un seul membre.")
@pass_instance
def enrich(instance: Instance, member: str, siren: str, site: str) -> None:
    """Proposer des lignes de profil : registre des entreprises, site web du membre, projets passés vus par la veille.

    Rien n'entre dans un profil sans être accepté : chaque ligne porte les mots lus et leur origine. Sans MEMBRE, tous
    ceux dont le profil n'est pas complet et qui n'attendent pas déjà une décision : coupée, la commande reprend où elle
    en était. Le SIREN absent est cherché par le nom et la commune ; s'il y a un doute, la
    commande donne le choix et ne propose rien.
    """
    from veille.errors import InputError
    from veille.matching.explain import find_member
    from veille.members.cells import BadCell, read_siren, read_website
    from veille.members.gauge import gauge

    if (siren or site) and not member:
        raise InputError("--siren et --site valent pour un seul membre", cure="dites lequel")
    app = instance.open()
    try:
        siren = read_siren(siren, app.profiling.words) if siren else ""
        site = read_website(site, app.profiling.words) if site else ""
    except BadCell as error:
        raise InputError(str(error)) from error
    known = app.members.members()
    waiting = {line.member_id for line in app.drafts.drafts()}
    wanted = [one for one in known if gauge(one).missing and one.id not in waiting]
    if member:
        wanted = [find_member(member, known, app.members.subscribers())]
    elif waiting:
        echo(f"passés, des lignes attendent une décision : {len(waiting)} (« veille members drafts »)")
    enricher = app.profiling.enricher()
    total = 0
    for one in wanted:
        done = enricher.enrich(one, siren=siren, website=site)
        total += len(done.lines)
        echo(f"{one.organisation} : {counted(len(done.lines), 'ligne', 'proposée')}")
        for remark in done.remarks:
            echo(f"  remarque : {remark}")
    echo(f"lignes proposées : {total}" + (" ; « veille members drafts » les montre" if total else ""))


@click.command(cls=Command, name="drafts")
@click.argument("member", metavar="[MEMBRE]", default="")
@click.option("--all", "everything", is_flag=True, help="Les lignes acceptées et refusées aussi.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par ligne proposée.")
@pass_instance
def drafts(instance: Instance, member: str, everything: bool, as_json: bool) -> None:
    """Montrer les lignes proposées, chacune avec son origine et les mots qui la disent."""
    from veille.model import DraftState

    app = instance.open()
    known = {one.id: one for one in app.members.members()}
    found = app.drafts.drafts(_member_id(app, member), state=None if everything else DraftState.PROPOSED)
    if as_json:
        for line in found:
            row = asdict(line) | {"member": known[line.member_id].organisation}
            click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    shown = ""
    for line in found:
        owner = known[line.member_id]
        if owner.organisation != shown:
            shown = owner.organisation
            echo(shown)
        _show(line, owner)
    if not found:
        echo("aucune ligne proposée : « veille members enrich » en cherche")
    else:
        echo("acceptez ou refusez par leurs numéros : « veille members accept 12 13 », « veille members refuse 14 »")


@click.command(cls=Command, name="accept")
@click.argument("numbers", nargs=-1, type=int, metavar="NUMÉROS")
@click.option("--member", metavar="MEMBRE", default="", help="Toutes les lignes proposées d'un membre.")
@by_option
@pass_instance
def accept(instance: Instance, numbers: tuple[int, ...], member: str, by: str) -> None:
    """Accepter des lignes proposées : elles entrent dans le profil."""
    _decide(instance, numbers, member, by, accepted=True)


@click.command(cls=Command, name="refuse")
@click.argument("numbers", nargs=-1, type=int, metavar="NUMÉROS")
@click.option("--member", metavar="MEMBRE", default="", help="Toutes les lignes proposées d'un membre.")
@by_option
@pass_instance
def refuse(instance: Instance, numbers: tuple[int, ...], member: str, by: str) -> None:
    """Refuser des lignes proposées : elles ne le seront plus."""
    _decide(instance, numbers, member, by, accepted=False)


@click.command(cls=Command, name="link")
@click.argument("member", metavar="MEMBRE")
@pass_instance
def link(instance: Instance, member: str) -> None:
    """Donner, par abonné, l'adresse signée de la page où il accepte ces lignes et répond à trois questions.

    Elle ouvre le profil sans mot de passe : ne la donnez qu'à la personne nommée. « veille serve » sert la page.
    """
    from veille.errors import InputError
    from veille.links import LinkMaker
    from veille.matching.explain import find_member

    app = instance.open()
    people = app.members.subscribers()
    found = find_member(member, app.members.members(), people)
    own = [person for person in people if person.member_id == found.id]
    if not own:
        raise InputError(f"{found.organisation} n'a pas d'abonné", cure="ajoutez-en un avec « veille members import »")
    day = app.clock.now().astimezone(app.settings.cluster.zone).date()
    links = LinkMaker(app.keys, app.settings.site.url.rstrip("/"), day, app.keys.newest)
    for person in own:
        echo(f"{person.email} {links.profile(person.id)}")


def _decide(instance: Instance, numbers: tuple[int, ...], member: str, by: str, *, accepted: bool) -> None:
    from veille.errors import InputError

    app = instance.open()
    chosen: Sequence[int] = numbers
    if member:
        chosen = [*numbers, *(line.id for line in app.drafts.drafts(_member_id(app, member)))]
    if not chosen:
        raise InputError("aucune ligne à décider", cure="donnez des numéros, ou --member")
    by = by or session_name()
    lines = app.drafts.decide(chosen, accepted=accepted, by=by, now=app.clock.now())
    word = "acceptée" if accepted else "refusée"
    echo(f"{len(lines)} lignes {word}s par {by}" if len(lines) > 1 else f"1 ligne {word} par {by}")


def _member_id(app: "App", member: str) -> int | None:
    from veille.matching.explain import find_member

    return find_member(member, app.members.members(), app.members.subscribers()).id if member else None


def _show(line: "ProfileDraft", owner: "Member") -> None:
    from veille.members.importing import shown

    held = getattr(owner, line.field)
    now = f" (aujourd'hui : {shown(held)})" if held and not isinstance(held, tuple) else ""
    state = {
        "proposed": "",
        "accepted": f" · acceptée par {line.decided_by}",
        "refused": f" · refusée par {line.decided_by}",
    }
    echo(f"  n° {line.id} · {line.field} : {line.value}{now}{state[line.state.value]}")
    quote = " ".join(line.quote.split())
    echo(f"      « {quote[:_QUOTE]}{'…' if len(quote) > _QUOTE else ''} » — {line.origin}")
