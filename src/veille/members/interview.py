"""The form to fill in a meeting with a member: what is known is filled in, what is missing left blank.

On paper the answers are written by hand; the workbook of the same member (`veille members interview --xlsx`) is a list
of members of one organisation, which `veille members import` takes back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from veille.config.taxonomy import OFF_TOPIC, Taxonomy
from veille.french import french_day
from veille.members.gauge import gauge
from veille.members.importing import shown
from veille.model import SIZES, Member, ProfileDraft, Scheme, Subscriber

if TYPE_CHECKING:
    from jinja2 import Template

_SIZE_WORDS = {
    "tpe": "TPE (moins de 10)", "pme": "PME (10 à 249)", "eti": "ETI (250 à 4 999)", "ge": "grande entreprise",
    "labo": "laboratoire", "collectivite": "collectivité", "association": "association",
}  # fmt: skip
_RHYTHMS = {
    "weekly": "chaque semaine",
    "daily": "chaque jour",
    "monthly": "chaque mois",
    "paused": "pas pour l'instant",
}
#: Fields of one value and how a form asks for them.
_FACTS = (
    ("siren", "SIREN"), ("naf", "Code NAF (APE)"), ("legal_form", "Forme juridique"), ("created", "Créée le"),
    ("staff", "Effectif"), ("turnover_eur", "Chiffre d'affaires (€)"), ("commune", "Commune (code INSEE)"),
    ("website", "Site web"),
)  # fmt: skip
#: Fields of phrases, their question and how many blank lines it gets.
_QUESTIONS = (
    ("activity", "Que faites-vous ? Vos produits, vos services, en quelques phrases", 3),
    ("needs", "Que cherchez-vous en ce moment ? Un problème à résoudre, un partenaire, un marché, un financement", 4),
    ("skills", "Que savez-vous faire que d'autres ne font pas ?", 2),
    ("contributions", "Que pouvez-vous apporter à un projet commun ? Équipements, essais, données, réseau", 2),
    ("certifications", "Vos certifications, labels et agréments", 1),
    ("countries", "Pays qui vous intéressent", 1),
    ("follows", "Noms à suivre : concurrents, clients, fournisseurs (cela reste entre vous et nous)", 2),
    ("muted", "De quoi ne voulez-vous pas entendre parler ?", 1),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick."""

    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question, what is known, and blank lines."""

    words: str
    answers: tuple[str, ...]
    blank: int


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one member."""

    organisation: str
    #: French: how complete the profile is and what to ask first.
    gauge: str
    facts: tuple[tuple[str, str], ...]
    sizes: tuple[Choice, ...]
    sectors: tuple[Choice, ...]
    #: Empty in an instance without axes.
    axes: tuple[Choice, ...]
    questions: tuple[Question, ...]
    #: Lines proposed that wait for a yes or a no: (what, origin).
    proposed: tuple[tuple[str, str], ...]
    #: (who, rhythms).
    readers: tuple[tuple[str, tuple[Choice, ...]], ...]


def form(member: Member, readers: Sequence[Subscriber], drafts: Sequence[ProfileDraft], taxonomy: Taxonomy) -> Form:
    """Return what the form of a member holds."""
    return Form(
        organisation=member.organisation,
        gauge=gauge(member).shown(),
        facts=tuple((label, "" if getattr(member, name) is None else _fact(member, name)) for name, label in _FACTS),
        sizes=tuple(Choice(_SIZE_WORDS[size], size == member.size) for size in SIZES),
        sectors=tuple(_choices(taxonomy, Scheme.SECTOR, member.sectors)),
        axes=tuple(_choices(taxonomy, Scheme.AXIS, member.axes)),
        questions=tuple(Question(words, getattr(member, name), blank) for name, words, blank in _QUESTIONS),
        proposed=tuple((draft.value, draft.origin) for draft in drafts),
        readers=tuple((_reader(one), _rhythms(one.rhythm)) for one in readers) or (("", _rhythms("")),),
    )


def as_html(forms: Sequence[Form], *, cluster: str, day: date) -> str:
    """Draw forms as one page for paper, each on a sheet of its own."""
    return _template().render(forms=forms, cluster=cluster, day=french_day(day))


def as_text(one: Form, *, cluster: str, day: date) -> Iterator[str]:
    """Yield the lines of a form to read aloud or to fill in a text editor."""
    yield f"{cluster} · entretien avec {one.organisation} · {french_day(day)}"
    yield f"profil : {one.gauge}"
    yield ""
    yield from (f"{label} : {value or '…'}" for label, value in one.facts)
    yield f"Taille : {_boxes(one.sizes)}"
    yield f"Filières : {_boxes(one.sectors)}"
    if one.axes:
        yield f"Axes : {_boxes(one.axes)}"
    for question in one.questions:
        yield ""
        yield question.words
        yield from (f"  - {answer}" for answer in question.answers)
        yield from ("  - …" for _ in range(question.blank))
    if one.proposed:
        yield ""
        yield "Est-ce juste ?"
        yield from (f"  [ ] oui  [ ] non   {what} ({origin})" for what, origin in one.proposed)
    for who, rhythms in one.readers:
        yield ""
        yield f"Qui lit : {who or '…'}"
        yield f"  bulletin : {_boxes(rhythms)}"


def _fact(member: Member, name: str) -> str:
    value = getattr(member, name)
    if name == "naf" and member.naf_version:
        return f"{value} ({member.naf_version})"
    return french_day(value) if isinstance(value, date) else shown(value)


def _choices(taxonomy: Taxonomy, scheme: Scheme, held: Sequence[str]) -> Iterator[Choice]:
    for slug, term in taxonomy.of(scheme).items():
        if slug != OFF_TOPIC:
            yield Choice(term.label, slug in held or term.label in held)


def _reader(person: Subscriber) -> str:
    name = f"{person.first_name} {person.last_name}".strip()
    return f"{name} <{person.email}>" if name else person.email


def _rhythms(held: str) -> tuple[Choice, ...]:
    return tuple(Choice(words, slug == held) for slug, words in _RHYTHMS.items())


def _boxes(choices: Sequence[Choice]) -> str:
    return "  ".join(f"[{'x' if one.ticked else ' '}] {one.label}" for one in choices)


@cache
def _template() -> "Template":
    from veille.drawing import templates  # noqa: PLC0415 - for whom a page is drawn

    return templates(Path(__file__).parent / "templates").get_template("interview.html")
