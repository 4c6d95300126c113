"""Which issue or reader a person means: the only one there is, or the one they name; of several, none is guessed."""

from collections.abc import Collection, Mapping, Sequence

from veille.config.digests import Definition
from veille.config.problems import nearest
from veille.digest.desk import Desk, needed
from veille.errors import InputError
from veille.model import Drafted, Issue, IssueState
from veille.model.issue_life import EDITABLE, LIVING, refused_move

#: Where an issue is sought: what is not ended first.
ALIVE = (*EDITABLE, *LIVING)
#: A longer number is no row's: databases count to 2³¹.
_DIGITS = 9


def issue_meant(
    desk: Desk, name: str | None, said: str | None, *tiers: Collection[IssueState]
) -> tuple[Definition, Issue]:
    """Return the issue meant, with its digest.

    `said` is its number, its period, or both names (« hebdo 2026-W48 »). Without it, the only issue in the first of
    these groups of states that has any, else the latest that ended. Raises InputError that names them where there are
    several, or says what to do where there is none.
    """
    definitions = desk.with_errata(name)
    if said:
        return _said(desk, definitions, name, said)
    for states in (*tiers, ALIVE):
        found = [(one, issue) for one in definitions for issue in desk.issues.living(one.name) if issue.state in states]
        if found:
            return only(found)
    ended = [(one, issue) for one in definitions if (issue := desk.issues.latest(one.name)) is not None]
    if not ended:
        raise InputError(f"aucune édition{f' de {name}' if name else ''}", cure="lancez « veille digest build »")
    return max(ended, key=lambda pair: (needed(pair[1].send_at), pair[1].id))


def draft_meant(desk: Desk, name: str | None, said: str | None) -> tuple[Definition, Issue]:
    """Return the draft that staff's hand is for: it may still be edited and leave; raises InputError with its cure."""
    if said:
        definition, issue = issue_meant(desk, name, said)
        desk.made_here(definition)
    else:
        definition = desk.made_here(desk.one(name))
        now, living = desk.clock.now(), desk.issues.living(definition.name)
        fresh = [(definition, one) for one in living if one.state in EDITABLE and now <= needed(one.stale_at)]
        issue = only(fresh)[1] if fresh else _of_now(desk, definition)
    if issue.state not in EDITABLE:
        raise refused_move(issue.name, issue.state, IssueState.CURATED)
    return definition, issue


def _of_now(desk: Desk, definition: Definition) -> Issue:
    """Return the issue of the current period, whatever its state; raises InputError where there is none."""
    period = desk.edition(definition).period
    issue = desk.issues.find(definition.name, period)
    if issue is None:
        raise InputError(
            f"pas encore de brouillon pour {definition.name} {period}", cure="lancez « veille digest build »"
        )
    return issue


def only(found: Sequence[tuple[Definition, Issue]]) -> tuple[Definition, Issue]:
    """Return the only one; raises InputError that names them all."""
    if len(found) > 1:
        names = ", ".join(f"{issue.name} (n° {issue.id})" for _, issue in found)
        raise InputError(f"plusieurs éditions sont possibles : {names}", cure="dites laquelle avec --issue")
    return found[0]


def _said(desk: Desk, definitions: Sequence[Definition], name: str | None, said: str) -> tuple[Definition, Issue]:
    """Return the issue of that number or period; a digest's name stands for its corrections too."""
    wanted = " ".join(said.split())
    if name is not None:
        definitions = [*definitions, *(one.erratum() for one in definitions if not one.corrects)]
    if wanted.isdecimal() and len(wanted) <= _DIGITS:
        known = {one.name: one for one in definitions}
        issue = desk.issues.numbered(int(wanted))
        found = [(known[issue.digest], issue)] if issue is not None and issue.digest in known else []
    else:
        digest, _, period = wanted.rpartition(" ")
        found = [
            (one, issue)
            for one in definitions
            if digest in {"", one.name} and (issue := desk.issues.find(one.name, period)) is not None
        ]
    if not found:
        alive = [issue.name for one in definitions for issue in desk.issues.living(one.name)]
        cure = f"en cours : {', '.join(alive)}" if alive else "« veille digest status » donne les dernières"
        raise InputError(f"pas d'édition « {said} »", cure=cure)
    return only(found)


def reader_named(drafted: Sequence[Drafted], who: str, organisations: Mapping[int, str]) -> Drafted:
    """Return the reader named by address or organisation; raises InputError with the nearest known name.

    An organisation that nobody reads for is known all the same: what it lacks is an address.
    """
    wanted = who.strip().casefold()
    names: dict[str, Drafted] = {}
    readings = [one for one in drafted if one.subscriber.email.casefold() == wanted]
    if len(readings) > 1:
        read_for = " et ".join(organisations.get(one.subscriber.member_id, "?") for one in readings)
        raise InputError(f"{who} lit pour {read_for}", cure="nommez l'organisation")
    for one in drafted:
        names.setdefault(one.subscriber.email.casefold(), one)
        organisation = organisations.get(one.subscriber.member_id, "").casefold()
        # Of an organisation's people, one who has a bulletin.
        if organisation and (organisation not in names or names[organisation].bulletin is None):
            names[organisation] = one
    if wanted in names:
        return names[wanted]
    if silent := next((name for name in organisations.values() if name.casefold() == wanted), ""):
        raise InputError(
            f"personne ne lit pour « {silent} » : aucune adresse de cette organisation n'est abonnée",
            cure="ajoutez-en une à la liste, puis « veille members import LISTE.csv » et « veille digest build »",
        )
    near = nearest(wanted, names)
    raise InputError(
        f"aucun lecteur « {who} » dans cette édition",
        cure=f"vouliez-vous « {near} » ?" if near else "voyez « veille members list »",
    )
