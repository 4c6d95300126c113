"""`veille profile`: a member as it is matched, what its readers said, and what would be sent to it now."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.reading_state import silence
from veille.french import french_day
from veille.model import REFUSALS, Feedback, Member, Opinion, Scheme, Subscriber
from veille.text import fold

if TYPE_CHECKING:
    from veille.app import App

#: Field of a profile → its French name; the order of the page.
_LISTS = {
    "activity": "activité", "skills": "savoir-faire", "needs": "besoins", "axes": "axes", "contributions": "apports",
    "certifications": "certifications", "countries": "pays", "follows": "noms suivis", "muted": "noms coupés",
}  # fmt: skip
_OPINIONS = {
    Opinion.USEFUL: "utile", Opinion.NOT_FOR_ME: "pas pour moi", Opinion.WANTED: "cela m'intéresse",
}  # fmt: skip
_RHYTHMS = {"weekly": "chaque semaine", "daily": "chaque jour", "monthly": "chaque mois"}
#: Opinions shown, the last ones.
_LAST = 10


@click.command(cls=Command, name="profile", short_help="Montrer le profil d'un membre et ce qu'il recevrait.")
@click.argument("member", metavar="MEMBRE")
@click.option("--preview", is_flag=True, help="Montre aussi le bulletin qui serait fait maintenant ; n'envoie rien.")
@click.option("--name", metavar="NOM", help="Avec --preview : quel bulletin, s'il y en a plusieurs.")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON.")
@pass_instance
def profile(instance: Instance, member: str, preview: bool, name: str | None, as_json: bool) -> None:
    """Montrer le profil d'un membre, ce qui lui manque, ses abonnés et leurs votes.

    MEMBRE est le nom d'une organisation ou l'adresse d'un abonné. Rien n'est changé.
    """
    from veille.matching.explain import find_member
    from veille.members.gauge import gauge

    app = instance.open()
    people = app.members.subscribers()
    found = find_member(member, app.members.members(), people)
    own = [person for person in people if person.member_id == found.id]
    waiting = app.drafts.drafts(found.id)
    if as_json:
        row = asdict(found) | {
            "completeness": round(gauge(found).share, 3),
            "missing": [asdict(one) for one in gauge(found).missing],
            "subscribers": [asdict(person) for person in own],
            "proposed": [asdict(line) for line in waiting],
        }
        click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    for line in (*_profile(found, app), *_readers(own, app)):
        echo(line)
    if waiting:
        echo(f'lignes proposées : {len(waiting)} (« veille members drafts "{found.organisation}" »)')
    if preview:
        _preview(app, found, sorted(own, key=lambda person: fold(person.email) != fold(member)), name)


def _profile(member: Member, app: "App") -> Iterator[str]:
    from veille.members.gauge import gauge

    yield member.organisation
    yield f"profil : {gauge(member).shown()}"
    facts = (
        f"SIREN {member.siren}" if member.siren else "",
        f"NAF {member.naf} ({member.naf_version or 'version inconnue'})" if member.naf else "",
        member.size or "",
        f"{member.staff} personnes" if member.staff is not None else "",
        member.legal_form or "",
        f"créée le {french_day(member.created)}" if member.created else "",
        app.gazetteer.name(member.territories[0]) if member.territories else "",
        member.website or "",
    )
    yield "faits : " + (" · ".join(fact for fact in facts if fact) or "aucun")
    sectors = [app.taxonomy.label(Scheme.SECTOR, slug) for slug in member.sectors]
    yield f"filières : {' | '.join(sectors) or '—'}"
    for field, label in _LISTS.items():
        if values := getattr(member, field):
            yield f"{label} : {' | '.join(values)}"
    if member.profiled_at is not None:
        yield f"profil dit le {french_day(member.profiled_at.astimezone(app.settings.cluster.zone).date())}"


def _readers(people: Sequence[Subscriber], app: "App") -> Iterator[str]:
    if not people:
        yield "abonnés : personne"
    titles = {item.id: item.title for item in app.items()} if people else {}
    for person in people:
        name = f"{person.first_name} {person.last_name}".strip()
        since = f" depuis le {french_day(person.added.date())}" if person.added else ""
        origin = f" ({person.origin})" if person.origin else ""
        yield (
            f"abonné : {person.email}{f' · {name}' if name else ''} · {_rhythm(person, app)} · "
            f"{person.basis or 'base inconnue'}{since}{origin}"
        )
        yield from (_vote(one, titles) for one in app.opinions.of(person.id)[-_LAST:])


def _rhythm(person: Subscriber, app: "App") -> str:
    today = app.clock.now().astimezone(app.settings.cluster.zone).date()
    # Who comes back from a pause reads each week.
    rhythm = _RHYTHMS["weekly" if person.rhythm == "paused" else person.rhythm]
    return silence(person, app.members.stopped(person.email), today) or rhythm


def _vote(one: Feedback, titles: dict[int, str]) -> str:
    why = f" ({REFUSALS[one.reason]})" if one.reason in REFUSALS else ""
    title = titles.get(one.item_id, f"n° {one.item_id}")
    return f"  {french_day(one.at.date())} · {_OPINIONS[one.opinion]}{why} : {title}"


def _preview(app: "App", member: Member, people: Sequence[Subscriber], name: str | None) -> None:
    """Show what the first of these people would get."""
    from veille.errors import InputError

    if not people:
        raise InputError(f"{member.organisation} n'a pas d'abonné", cure="ajoutez-en un avec « veille members import »")
    alone = len(app.members.same_address(people[0].id)) == 1
    rendered, _ = app.digest.preview(people[0].email if alone else member.organisation, name, anew=True)
    echo()
    echo(f"ce qui partirait maintenant à {people[0].email} :")
    echo(f"Objet : {rendered.subject}")
    echo()
    for line in rendered.text.splitlines():
        echo(line)
