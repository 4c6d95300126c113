"""Choosing: rhythm, pause, sections, words and sources."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from veille import french
from veille.links import PREFERENCES
from veille.model import REFUSALS, Opinion, Preferences, Subscriber
from veille.text import clean
from veille.web.forms import Form, Posted, Refused
from veille.web.member.front import Front, Here
from veille.web.pages import framed

_RHYTHMS = {"weekly": "chaque semaine", "daily": "chaque jour", "monthly": "chaque mois", "paused": "en pause"}
#: Languages of what is collected, most of it French.
_LANGUAGES = {"fr": "français", "en": "anglais", "de": "allemand", "es": "espagnol", "it": "italien"}
_MAX_TERMS, _MAX_TERM = 40, 60
_FEEDS = {"RSS": "xml", "JSON": "json", "agenda": "ics"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the fields of the page hold: what is kept of a person, or what they wrote and must mend."""

    rhythm: str
    #: ISO day, or whatever was written.
    until: str
    #: « 4 janvier 2027 » of a pause that is kept and goes on, or empty.
    back: str = ""
    alerts: bool
    off: Collection[str]
    muted: str
    sources: Collection[str]
    languages: Collection[str]


def show_preferences(front: Here, token: str) -> Response:
    """Show what a person chose."""
    return _page(front, front.reader(token, PREFERENCES))


def choose(front: Here, token: str, form: Posted) -> Response:
    """Keep what a person chooses, whole or not at all."""
    person = front.reader(token, PREFERENCES)
    chosen = _chosen(form, front, _offered(front, person))
    if isinstance(chosen, str):
        return _page(front, person, problem=chosen, shown=_written(form, front))
    front.readers.prefer(person.id, chosen, front.clock.now())
    return _page(front, front.reader(token, PREFERENCES), saved=True)


def _page(
    front: Front, person: Subscriber, *, saved: bool = False, problem: str = "", shown: _Shown | None = None
) -> Response:
    member = front.member(person.member_id)
    return framed(
        front.settings,
        "member/preferences.html",
        "Vos préférences",
        status=422 if problem else 200,
        shown=shown or _kept(front, person),
        left=person.left_at is not None,
        stopped=bool(front.readers.suppressed([person.email])),
        organisation=member.organisation if member else "",
        several=len(front.readers.same_address(person.id)) > 1,
        rhythms=_offered(front, person),
        sections=front.sections(),
        sources=_sources(front, person),
        languages=_LANGUAGES,
        saved=saved,
        problem=problem,
        alerts=front.alerts(),
        feeds={
            name: front.links(front.settings.site.url.rstrip("/")).feed(person.id, ending)
            for name, ending in _FEEDS.items()
        },
        votes=_votes(front, person),
        profile=front.links().profile(person.id),
        holdings=front.links().holdings(person.id),
    )


def _kept(front: Front, person: Subscriber) -> _Shown:
    back = person.rhythm == "paused" and person.paused_until is not None and person.paused_until <= front.today()
    until = None if back else person.paused_until
    return _Shown(
        rhythm="weekly" if back else person.rhythm,  # whose pause has ended reads each week (digest.choosing)
        until=until.isoformat() if until else "",
        back=french.french_day(until) if until else "",
        alerts=person.alerts,
        off=person.sections_off,
        muted=", ".join(person.muted),
        sources=person.muted_sources,
        languages=person.languages,
    )


def _written(form: Form, front: Front) -> _Shown:
    wanted = form.every("rubrique")
    return _Shown(
        rhythm=form.one("rythme"),
        until=form.one("reprise"),
        alerts="alertes" in form.every("alertes"),
        off=[kind for kind, _ in front.sections() if kind not in wanted],
        muted=form.one("mots"),
        sources=form.every("source"),
        languages=form.every("langue"),
    )


def _sources(front: Front, person: Subscriber) -> dict[str, str]:
    """Return the sources that a person may mute: those they were sent of late, and those they muted, by id."""
    lately = front.sources(person.id)
    return {**lately, **{source: lately.get(source, source) for source in person.muted_sources}}


def _votes(front: Front, person: Subscriber) -> list[tuple[str, str, str]]:
    """Return (title, « utile » or why not, where to take it back) of what a person said that moves their bulletins."""
    opinions, found = front.links().opinions(person.id), []
    held = [one for one in front.opinions.of(person.id) if one.opinion is not Opinion.WANTED]
    items = {item.id: item for item in front.items({one.item_id for one in held})}
    for one in held:
        if (item := items.get(one.item_id)) is not None:
            said = "utile" if one.opinion is Opinion.USEFUL else REFUSALS.get(one.reason, "pas pour moi")
            found.append((item.title, said, f"{opinions}{item.id}"))
    return found


def _offered(front: Front, person: Subscriber) -> dict[str, str]:
    """Return the rhythms to choose from: those some digest has, the person's own, and a pause."""
    kept = front.rhythms() | {person.rhythm, "paused"}
    return {rhythm: label for rhythm, label in _RHYTHMS.items() if rhythm in kept}


def _chosen(form: Form, front: Front, rhythms: Collection[str]) -> Preferences | str:
    """Return what was chosen, or what is wrong with it, in French."""
    kinds, today = [kind for kind, _ in front.sections()], front.today()
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
        languages=tuple(code for code in _LANGUAGES if code in form.every("langue")),
        alerts="alertes" in form.every("alertes") if front.alerts() else None,
        muted_sources=tuple(dict.fromkeys(source[:128] for source in form.every("source") if source))[:_MAX_TERMS],
    )
