"""Leaving: one POST, by the reader or by their mail program, and nothing else."""

from starlette.responses import Response

from veille.links import UNSUBSCRIBE
from veille.model import Subscriber
from veille.model.returns import OPT_OUT
from veille.web.forms import Posted
from veille.web.member.front import Front, Here
from veille.web.pages import framed


def show_unsubscribe(front: Here, token: str) -> Response:
    """Show how to leave, or that it is done."""
    return _page(front, front.reader(token, UNSUBSCRIBE), acted=False)


def unsubscribe(front: Here, token: str, form: Posted) -> Response:
    """Leave; the same page takes it back. One-click (RFC 8058) is the same POST with its own field.

    Who also asked to be erased takes that back first, on the page where they asked: no mail leaves meanwhile.
    """
    person = front.reader(token, UNSUBSCRIBE)
    if form.one("action") != "revenir":
        front.readers.suppress(person.email, reason=OPT_OUT, now=front.clock.now())
    elif front.erasures.asked(person.id) is None:
        front.readers.release(person.email, reason=OPT_OUT)
    return _page(front, person, acted=True)


def _page(front: Front, person: Subscriber, *, acted: bool) -> Response:
    done = bool(front.readers.suppressed([person.email]))
    erasing = front.erasures.asked(person.id) is not None
    return framed(front.settings, "member/unsubscribe.html", "Désinscription", done=done, acted=acted, erasing=erasing)
