"""Leaving: one POST, by the reader or by their mail program, and nothing else.

A mail program leaves all (RFC 8058: whoever was written to asks the sender to stop); on the page, an address that reads
for several organisations may leave one of them.
"""

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
    """Leave one organisation or all; the same page takes it back. One-click is the same POST with its own field.

    Who also asked to be erased takes that back first, on the page where they asked: no mail leaves meanwhile.
    """
    person = front.reader(token, UNSUBSCRIBE)
    action = "partir" if form.one(_ONE_CLICK[0]).lower() == _ONE_CLICK[1] else form.one("action")
    if action not in {"partir", "quitter", "revenir"}:
        raise Refused(400)
    now, before = front.clock.now(), front.readers.stopped(person.email)
    if action == "partir":
        front.readers.suppress(person.email, reason=OPT_OUT, now=now)
    elif action == "quitter":
        front.readers.leave(person.id, now)
    elif not _erasing(front, person):
        front.readers.release(person.email, reason=OPT_OUT)
        front.readers.leave(person.id, None)
    return _page(front, front.reader(token, UNSUBSCRIBE), acted=True, all_back=before is not None)


def _erasing(front: Front, person: Subscriber) -> bool:
    """Say whether the erasure of this address was asked for, on whichever of its pages."""
    return any(front.erasures.asked(one.id) is not None for one in front.readers.same_address(person.id))


def _page(front: Front, person: Subscriber, *, acted: bool, all_back: bool = False) -> Response:
    member, stopped = front.member(person.member_id), front.readers.stopped(person.email)
    return framed(
        front.settings,
        "member/unsubscribe.html",
        "Désinscription",
        done=stopped is not None,
        # What came back, or what staff said, no reader takes back here.
        final=stopped not in {None, OPT_OUT},
        left=person.left_at is not None,
        # A mail is forwarded with its links: the page names this organisation, and of the others says that they are.
        others=any(one.left_at is None for one in front.readers.same_address(person.id)[1:]),
        organisation=member.organisation if member else "",
        acted=acted,
        all_back=all_back,
        erasing=_erasing(front, person),
    )
