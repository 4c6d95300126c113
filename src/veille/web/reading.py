"""What a member reads outside the mail: the bulletin as a page, and their deadlines as a calendar."""

from datetime import timedelta

from starlette.responses import Response

from veille.ical import Deadline, feed
from veille.links import BULLETIN, CALENDAR
from veille.web.forms import Form, Refused
from veille.web.front import Front
from veille.web.pages import page

#: Deadlines stay in the feed that long after they passed, so that a calendar shows them as past, not as vanished.
_KEPT = timedelta(days=30)


def bulletin(front: Front, token: str, form: Form | None) -> Response:
    """Show one bulletin as it was sent."""
    if form is not None:
        raise Refused(405)
    number, _, edition = (front.subject(token, BULLETIN) or "").partition(".")
    digest, _, period = edition.partition(".")
    sent = front.sent(digest, period, int(number)) if number.isdecimal() else None
    if sent is None:
        raise Refused(404)
    return page(
        "bulletin.html", title=sent.title, cluster=front.settings.cluster.name,
        contact=front.settings.cluster.contact, postal_address=front.settings.cluster.postal_address,
        bulletin=sent.bulletin, day=sent.day,
    )  # fmt: skip


def calendar(front: Front, token: str, form: Form | None) -> Response:
    """Give the deadlines of what a person was sent, as they stand today."""
    if form is not None or not token.endswith(".ics"):
        raise Refused(405 if form is not None else 404)
    person = front.reader(token.removesuffix(".ics"), CALENDAR)
    if person is None:
        raise Refused(404)
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
