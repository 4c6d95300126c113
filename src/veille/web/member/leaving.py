"""Leaving: one POST, by the reader or by their mail program, and nothing else."""

from starlette.responses import Response

from veille.links import UNSUBSCRIBE
from veille.model import Subscriber
from veille.model.returns import OPT_OUT
from veille.web.forms import Posted, Refused
from veille.web.member.front import Front, Here
from veille.web.pages import framed

#: RFC 8058 §3.2: the field that a mail program posts, and its value in lower case.
_ONE_CLICK = ("List-Unsubscribe", "one-click")


def show_unsubscribe(front: Here, token: str) -> Response:
    """Show how to leave, or that it is done."""
    return _page(front, front.reader(token, UNSUBSCRIBE), acted=False)


def unsubscribe(front: Here, token: str, form: Posted) -> Response:
    """Leave; the same page takes it back. One-click (RFC 8058) is the same POST with its own field; others are refused.

    Who also asked to be erased takes that back first, on the page where they asked: no mail leaves meanwhile.
    """
    person = front.reader(token, UNSUBSCRIBE)
    action = "partir" if form.one(_ONE_CLICK[0]).lower() == _ONE_CLICK[1] else form.one("action")
    if action not in {"partir", "revenir"}:
        raise Refused(400)
    if action == "partir":
        front.readers.suppress(person.email, reason=OPT_OUT, now=front.clock.now())
    elif front.erasures.asked(person.id) is None:
        front.readers.release(person.email, reason=OPT_OUT)
    return _page(front, person, acted=True)


def _page(front: Front, person: Subscriber, *, acted: bool) -> Response:
    done = bool(front.readers.suppressed([person.email]))
    erasing = front.erasures.asked(person.id) is not None
    return framed(front.settings, "member/unsubscribe.html", "Désinscription", done=done, acted=acted, erasing=erasing)
