"""Opinions: « cela m'intéresse », « utile » or « pas pour moi » of one item, and taking them back."""

from collections.abc import Sequence

from starlette.responses import Response

from veille import french
from veille.links import OPINION
from veille.model import REFUSALS, Feedback, Item, Opinion, Subscriber
from veille.text import french_spaces
from veille.web.forms import Form, Posted, Refused
from veille.web.member.front import Front, Here
from veille.web.pages import framed


def show_opinion(front: Here, token: str) -> Response:
    """Show an item and what the person said of it."""
    return _page(front, *front.about(token, OPINION), acted=False)


def say(front: Here, token: str, form: Posted) -> Response:
    """Keep an opinion, or take it back."""
    person, item = front.about(token, OPINION)
    _record(front, person, item, form)
    return _page(front, person, item, acted=True)


def _page(front: Front, person: Subscriber, item: Item, *, acted: bool) -> Response:
    held = {one.opinion: one for one in front.opinions.of(person.id, item.id)}
    vote = held.get(Opinion.USEFUL) or held.get(Opinion.NOT_FOR_ME)
    asked = [vote] if vote else [_feedback(front, person, item, Opinion.NOT_FOR_ME, reason) for reason in REFUSALS]
    told = _told(front, person, item, asked)
    return framed(
        front.settings,
        "member/opinion.html",
        "Votre avis",
        item=item,
        due=french.french_day(item.due) if item.due else "",
        held={one.value for one in held},
        refusals=REFUSALS,
        reason=REFUSALS.get(vote.reason, "") if vote else "",
        changes=told[0] if vote else (),
        supposed={} if vote else {one.reason: said[1:] for one, said in zip(asked, told, strict=True)},
        acted=acted,
    )


def _told(front: Front, person: Subscriber, item: Item, said: Sequence[Feedback]) -> list[list[str]]:
    """Return what each of these opinions changes, as French typography wants it."""
    promised = front.promises(person, item, said)
    return [[french_spaces(sentence).replace("'", "’") for sentence in one] for one in promised]


def _record(front: Front, person: Subscriber, item: Item, form: Form) -> None:
    wanted, reason = form.one("avis"), form.one("raison")
    if wanted not in {one.value for one in Opinion if one is not Opinion.WITHDRAWN} or reason not in {"", *REFUSALS}:
        raise Refused(400)
    said = _feedback(front, person, item, Opinion(wanted), reason)
    if form.one("action") == "retirer":
        front.opinions.withdraw(said)
    else:
        front.opinions.record(said)


def _feedback(front: Front, person: Subscriber, item: Item, kind: Opinion, reason: str) -> Feedback:
    return Feedback(
        subscriber_id=person.id,
        item_id=item.id,
        opinion=kind,
        reason=reason if kind is Opinion.NOT_FOR_ME else "",
        at=front.clock.now(),
    )
