"""Opinions: « cela m'intéresse », « utile » or « pas pour moi » of one item, and taking them back."""

from starlette.responses import Response

from veille import french
from veille.links import OPINION
from veille.model import REFUSALS, Feedback, Item, Opinion, Subscriber
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
    refusal = held.get(Opinion.NOT_FOR_ME)
    return framed(
        front.settings,
        "member/opinion.html",
        "Votre avis",
        item=item,
        due=french.french_day(item.due) if item.due else "",
        held={one.value for one in held},
        refusals=REFUSALS,
        reason=REFUSALS.get(refusal.reason, "") if refusal else "",
        acted=acted,
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
