"""What a member does from a mail: leave, choose, say what an item is worth. Opening a page writes nothing.

Link scanners open every link of every mail before its reader does (Safe Links, Proofpoint): only a POST writes. A token
proves the person and the purpose; a wrong one of any kind gets the same 404, so that nobody learns who exists. No page
prints an address: a forwarded mail must not tell one (listmonk#2583).
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from starlette.responses import Response

from veille import french
from veille.links import OPINION, PREFERENCES, UNSUBSCRIBE
from veille.model import REFUSALS, Feedback, Item, Opinion, Preferences, Subscriber
from veille.text import clean
from veille.web.forms import Form, Refused
from veille.web.front import OPT_OUT, Front
from veille.web.pages import page

#: A handler of one path: (front, token, form of a POST or None for a GET) → answer.
Handler = Callable[[Front, str, Form | None], Response]

_RHYTHMS = {"weekly": "chaque semaine", "daily": "chaque jour", "monthly": "chaque mois", "paused": "en pause"}
_MAX_TERMS, _MAX_TERM = 40, 60


def unsubscribe(front: Front, token: str, form: Form | None) -> Response:
    """Leave; the same page takes it back. One-click (RFC 8058) is the same POST with its own field."""
    person = _person(front, token, UNSUBSCRIBE)
    done = bool(front.readers.suppressed([person.email]))
    if form is not None:
        if form.one("action") == "revenir":
            front.readers.release(person.email, reason=OPT_OUT)
            done = bool(front.readers.suppressed([person.email]))
        else:
            front.readers.suppress(person.email, reason=OPT_OUT, now=front.clock.now())
            done = True
    return page("unsubscribe.html", **_frame(front, "Désinscription"), done=done, acted=form is not None)


def preferences(front: Front, token: str, form: Form | None) -> Response:
    """Choose rhythm, pause, sections, words and sources."""
    person = _person(front, token, PREFERENCES)
    problem = ""
    if form is not None:
        chosen = _chosen(form, front, _offered(front, person))
        if isinstance(chosen, str):
            problem = chosen
        else:
            front.readers.prefer(person.id, chosen, front.clock.now())
            person = _person(front, token, PREFERENCES)
    return page(
        "preferences.html",
        status=422 if problem else 200,
        **_frame(front, "Vos préférences"),
        person=person,
        rhythms=_offered(front, person),
        sections=front.sections(),
        muted=", ".join(person.muted),
        muted_sources=person.muted_sources,
        saved=form is not None and not problem,
        problem=problem,
        back=french.french_day(person.paused_until) if person.paused_until else "",
    )


def opinion(front: Front, token: str, form: Form | None) -> Response:
    """Say « cela m'intéresse », « utile » or « pas pour moi » of one item, or take it back."""
    person, item = _about(front, token)
    if form is not None:
        _record(front, person, item, form)
    held = {one.opinion: one for one in front.opinions.of(person.id, item.id)}
    refusal = held.get(Opinion.NOT_FOR_ME)
    return page(
        "opinion.html",
        **_frame(front, "Votre avis"),
        item=item,
        due=french.french_day(item.due) if item.due else "",
        held={one.value for one in held},
        refusals=REFUSALS,
        reason=REFUSALS.get(refusal.reason, "") if refusal else "",
        acted=form is not None,
    )


def _record(front: Front, person: Subscriber, item: Item, form: Form) -> None:
    wanted, reason = form.one("avis"), form.one("raison")
    if wanted not in {one.value for one in Opinion if one is not Opinion.WITHDRAWN} or reason not in {"", *REFUSALS}:
        raise Refused(400)
    kind = Opinion(wanted)
    said = Feedback(
        subscriber_id=person.id,
        item_id=item.id,
        opinion=kind,
        reason=reason if kind is Opinion.NOT_FOR_ME else "",
        at=front.clock.now(),
    )
    if form.one("action") == "retirer":
        front.opinions.withdraw(said)
    else:
        front.opinions.record(said)


def _person(front: Front, token: str, purpose: str) -> Subscriber:
    person = front.reader(token, purpose)
    if person is None:
        raise Refused(404)
    return person


def _about(front: Front, token: str) -> tuple[Subscriber, Item]:
    person = _person(front, token, OPINION)
    number = (front.subject(token, OPINION) or "").partition(".")[2]
    item = front.item(int(number)) if number.isdecimal() else None
    if item is None:
        raise Refused(404)
    return person, item


def _offered(front: Front, person: Subscriber) -> dict[str, str]:
    """Return the rhythms to choose from: those some digest has, the person's own, and a pause."""
    kept = front.rhythms() | {person.rhythm, "paused"}
    return {rhythm: label for rhythm, label in _RHYTHMS.items() if rhythm in kept}


def _chosen(form: Form, front: Front, rhythms: Collection[str]) -> Preferences | str:
    """Return what was chosen, or what is wrong with it, in French."""
    kinds, today = [kind for kind, _ in front.sections()], front.clock.now().date()
    rhythm, until = form.one("rythme"), form.one("reprise").strip()
    if rhythm not in rhythms:
        raise Refused(400)
    back = None
    if rhythm == "paused" and until:
        try:
            back = date.fromisoformat(until)
        except ValueError:
            return "La date de reprise n'est pas une date."
        if back <= today:
            return "La date de reprise est passée : choisissez un jour à venir."
    terms = [" ".join(clean(term).split()) for term in form.one("mots").replace("\n", ",").split(",")]
    muted = tuple(dict.fromkeys(term for term in terms if term))
    if len(muted) > _MAX_TERMS or any(len(term) > _MAX_TERM for term in muted):
        return f"Au plus {_MAX_TERMS} expressions de {_MAX_TERM} caractères."
    wanted = set(form.every("rubrique"))
    return Preferences(
        rhythm=rhythm,
        paused_until=back,
        sections_off=tuple(kind for kind in kinds if kind not in wanted),
        muted=muted,
        muted_sources=tuple(dict.fromkeys(source[:128] for source in form.every("source") if source))[:_MAX_TERMS],
    )


def _frame(front: Front, title: str) -> dict[str, Any]:
    cluster = front.settings.cluster
    return {
        "title": title,
        "cluster": cluster.name,
        "contact": cluster.contact,
        "postal_address": cluster.postal_address,
    }
