"""What a member reads outside the mail: the bulletin as a page, and their deadlines as a calendar."""

from datetime import timedelta

from starlette.responses import Response

from veille.ical import Deadline, feed
from veille.links import BULLETIN, CALENDAR
from veille.model import Item, Judgement, SeenItem
from veille.web.forms import Refused
from veille.web.member.front import Here
from veille.web.pages import framed

#: Deadlines stay in the feed that long after they passed, so that a calendar shows them as past, not as vanished.
_KEPT = timedelta(days=30)


def bulletin(front: Here, token: str) -> Response:
    """Show one bulletin as it was sent, with what its reader may say of each line."""
    person = front.reader(token, BULLETIN)
    digest, period = front.subject(token, BULLETIN)[1:3]
    sent = front.sent(digest, period, person.id)
    if sent is None:
        raise Refused(404)
    return framed(
        front.settings,
        "member/bulletin.html",
        sent.title,
        bulletin=sent.bulletin,
        day=sent.day,
        word=sent.word,
        notice=sent.notice,
        opinions=front.links().opinions(person.id),
        calendar=front.links().calendar(person.id),
    )


def calendar(front: Here, token: str) -> Response:
    """Give the deadlines of what a person was sent, as they stand today."""
    person = front.reader(token, CALENDAR)
    oldest = front.clock.now().date() - _KEPT
    journal = front.journal(person.id)
    items = {item.id: item for item in front.items(journal)}
    aside = front.rejections(items)
    dated = (_deadline(one, items.get(number), aside.get(number, 0)) for number, one in sorted(journal.items()))
    kept = (one for one in dated if one is not None and one.day >= oldest)
    domain = front.settings.mail.sender.rpartition("@")[2]
    text = feed(kept, name=f"Échéances · {front.settings.cluster.name}", domain=domain)
    headers = {"Content-Disposition": 'inline; filename="echeances.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


def _deadline(seen: SeenItem, item: Item | None, aside: int) -> Deadline | None:
    """Return the day of an item as it stands, cancelled where it was sent with one and has none any more.

    `aside`: how often staff set it aside; each time is one step, and so is each return.
    """
    day = item.due or seen.deadline if item is not None else None
    if item is None or day is None:
        return None
    set_aside = item.review is not None and item.review.judgement is Judgement.REJECTED
    return Deadline(
        uid=f"echeance-{item.id}",
        day=day,
        title=item.title,
        url=item.url,
        sequence=item.moves + 2 * aside - set_aside,
        changed=item.updated,
        closes=item.deadline is not None,
        doubtful=item.doubtful,
        cancelled=set_aside or item.due is None,
    )
