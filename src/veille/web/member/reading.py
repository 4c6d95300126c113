"""What a member reads outside the mail: the bulletin as a page, and their deadlines as a calendar."""

from datetime import timedelta

from starlette.responses import Response

from veille.ical import Deadline, feed
from veille.links import BULLETIN, CALENDAR
from veille.web.forms import Refused
from veille.web.member.front import Here
from veille.web.pages import framed

#: Deadlines stay in the feed that long after they passed, so that a calendar shows them as past, not as vanished.
_KEPT = timedelta(days=30)


def bulletin(front: Here, token: str) -> Response:
    """Show one bulletin as it was sent."""
    person = front.reader(token, BULLETIN)
    digest, period = front.subject(token, BULLETIN)[1:3]
    sent = front.sent(digest, period, person.id)
    if sent is None:
        raise Refused(404)
    return framed(front.settings, "member/bulletin.html", sent.title, bulletin=sent.bulletin, day=sent.day)


def calendar(front: Here, token: str) -> Response:
    """Give the deadlines of what a person was sent, as they stand today."""
    person = front.reader(token, CALENDAR)
    oldest = front.clock.now().date() - _KEPT
    items = (front.item(item_id) for item_id in sorted(front.journal(person.id)))
    deadlines = [
        Deadline(uid=f"echeance-{item.id}", day=item.due, title=item.title, url=item.url, version=item.version,
                 changed=item.updated, closes=item.deadline is not None, doubtful=item.doubtful)
        for item in items
        if item is not None and item.due is not None and item.due >= oldest
    ]  # fmt: skip
    domain = front.settings.mail.sender.rpartition("@")[2]
    text = feed(deadlines, name=f"Échéances · {front.settings.cluster.name}", domain=domain)
    return Response(text, media_type="text/calendar; charset=utf-8")
