"""Three questions to a member about itself, after the lines that were drafted for it from what others publish of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starlette.responses import Response

from veille.french import french_day
from veille.links import PROFILE
from veille.model import Member, ProfileDraft, Subscriber
from veille.text import clean, fold
from veille.web.forms import Form, Posted, Refused
from veille.web.member.front import Front, Here
from veille.web.pages import framed

#: Fields of a profile as the page names them; those of `_PHRASES` are words, which their owner may put otherwise.
_LABELS = {
    "activity": "ce que vous faites", "skills": "savoir-faire", "needs": "besoin",
    "contributions": "ce que vous apportez", "certifications": "certification", "sectors": "filière",
    "axes": "axe", "countries": "pays", "siren": "SIREN",
    "naf": "code NAF", "naf_version": "version du code NAF", "size": "taille", "staff": "effectif",
    "turnover_eur": "chiffre d’affaires (€)", "legal_form": "forme juridique", "created": "date de création",
    "website": "site web", "commune": "commune (code INSEE)", "follows": "nom suivi",
}  # fmt: skip
_PHRASES = frozenset({"activity", "skills", "needs", "contributions", "certifications"})
#: The questions: field of Member, question, example.
QUESTIONS = (
    ("activity", "Que faites-vous ?", "gélules et gommes aux extraits végétaux"),
    ("needs", "Que cherchez-vous ?", "enrobage sans dioxyde de titane"),
    ("muted", "De quoi ne voulez-vous pas entendre parler ?", "restauration collective"),
)
#: Lines of one answer, and characters of a line: a profile is read by people too.
_MAX_LINES, _MAX_LINE = 20, 200
#: Where a line comes from that a member wrote on this page.
_ORIGIN = "votre page de profil"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """What a form says, read whole before anything is written."""

    accepted: tuple[int, ...]
    refused: tuple[int, ...]
    said: tuple[ProfileDraft, ...]


def show_profile(front: Here, token: str) -> Response:
    """Show what was drafted for a member, and the questions."""
    person = front.reader(token, PROFILE)
    return _page(front, _member(front, person))


def answer(front: Here, token: str, form: Posted) -> Response:
    """Keep what a member accepts, refuses and says of itself."""
    person = front.reader(token, PROFILE)
    member = _member(front, person)
    told = _read(front, member, form)
    if isinstance(told, str):
        return _page(front, member, problem=told, written=form)
    if told.said or told.accepted or told.refused:
        front.drafts.answer(
            told.said, accepted=told.accepted, refused=told.refused, by=person.email, now=front.clock.now()
        )
    return _page(front, _member(front, person), saved=True)


def _member(front: Front, person: Subscriber) -> Member:
    member = front.member(person.member_id)
    if member is None:
        raise Refused(404)
    return member


def _page(
    front: Front, member: Member, *, saved: bool = False, problem: str = "", written: Form | None = None
) -> Response:
    """Draw the page; `written`: what is to be mended stays where it was written."""
    drafts = front.drafts.drafts(member.id)
    return framed(
        front.settings,
        "member/profile.html",
        "Votre profil",
        status=422 if problem else 200,
        organisation=member.organisation,
        drafts=[(draft, _LABELS.get(draft.field, draft.field), _day(front, draft)) for draft in drafts],
        phrases=_PHRASES,
        questions=[(field, words, example, getattr(member, field)) for field, words, example in QUESTIONS],
        written=dict(reversed(written.fields)) if written else {},
        saved=saved,
        problem=problem,
    )


def _day(front: Front, draft: ProfileDraft) -> str:
    return french_day(draft.at.astimezone(front.settings.cluster.zone).date())


def _read(front: Front, member: Member, form: Form) -> _Answers | str:
    """Return what the form says, or what is wrong with it, in French; only this member's own lines are decided."""
    drafts = front.drafts.drafts(member.id)
    accepted, refused, said = [], [], []
    for draft in drafts:
        choice, words = form.one(f"ligne-{draft.id}"), _line(form.one(f"mots-{draft.id}"))
        if choice == "non":
            refused.append(draft.id)
        elif choice == "oui" and draft.field in _PHRASES and words and words != _line(draft.value):
            refused.append(draft.id)
            said.append(replace(draft, id=0, value=words, origin=_ORIGIN, quote=words, at=front.clock.now()))
        elif choice == "oui":
            accepted.append(draft.id)
    said += [one for field, _, _ in QUESTIONS for one in _new(front, member, field, form.one(field))]
    if len(said) > _MAX_LINES or any(len(one.value) > _MAX_LINE for one in said):
        return f"Au plus {_MAX_LINES} lignes de {_MAX_LINE} caractères à la fois."
    return _Answers(accepted=tuple(accepted), refused=tuple(refused), said=tuple(said))


def _new(front: Front, member: Member, field: str, text: str) -> Iterator[ProfileDraft]:
    """Yield the lines of an answer that the profile does not have yet."""
    known = {fold(one) for one in getattr(member, field)}
    lines = {fold(line): line for part in reversed(text.splitlines()) if (line := _line(part))}
    for key, line in reversed(lines.items()):
        if key not in known:
            yield ProfileDraft(
                member_id=member.id, field=field, value=line, origin=_ORIGIN, quote=line, at=front.clock.now()
            )


def _line(text: str) -> str:
    # A bar parts the phrases of a cell, wherever a list of members is written.
    return " ".join(clean(text).replace("|", "/").split())
