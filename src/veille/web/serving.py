"""Serve the pages of one instance over HTTP, behind whatever terminates TLS."""

import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from threading import Event, Thread
from types import FrameType

import uvicorn

from veille.app import App
from veille.french import DAYS, day_of_month
from veille.matching.context import prepare
from veille.matching.limits import promise
from veille.matching.traits import Standpoint
from veille.matching.votes import gather
from veille.model import Feedback, Item, Subscriber
from veille.text import fold
from veille.web.app import create_app
from veille.web.member.front import Front, Sent

_LOG = logging.getLogger(__name__)

#: Seconds that a page being written may take to end when we are told to stop.
_GRACE = 10
#: Seconds after midnight at which a day has surely begun, whatever a timer is off by.
_AFTER = 5
#: Items whose sources a person may mute: those of the last few bulletins.
_LATELY = 40


def front_of(app: App) -> Front:
    """Return what pages work with, over an opened instance."""
    return Front(
        settings=app.settings,
        keys=app.keys,
        readers=app.members,
        opinions=app.opinions,
        drafts=app.drafts,
        erasures=app.erasures,
        clock=app.clock,
        items=app.item_store.some,
        rejections=app.review_store.rejections,
        shown=app.shown.item,
        member=app.members.member,
        sent=lambda digest, period, subscriber_id: _sent(app, digest, period, subscriber_id),
        journal=lambda subscriber_id: app.mail_ledger.seen([subscriber_id]).get(subscriber_id, {}),
        promises=partial(_promises, app),
        sources=partial(_sources, app),
        rhythms=lambda: frozenset(one.digest.rhythm for one in app.digests.values() if one.digest.alert is None),
        alerts=lambda: any(one.digest.alert is not None for one in app.digests.values()),
        sections=lambda: _sections(app),
    )


def serve(app: App, *, host: str, port: int) -> None:
    """Answer until SIGTERM or Ctrl-C, then return. No access log: addresses of pages hold tokens."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    feeds = app.publishing.profiles
    feeds.prepare()
    stopping = Event()
    Thread(target=each_morning, args=(app, stopping.wait), name="minuit", daemon=True).start()
    uvicorn.run(
        create_app(front_of(app), app.returning, app.publishing),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    stopping.set()
    feeds.rest(_GRACE)


def each_morning(app: App, stopped: Callable[[float], bool]) -> None:
    """Prepare what feeds share as each day begins, before anybody asks: yesterday's serves nobody.

    `stopped`: waits so many seconds, then says whether to end.
    """
    zone = app.settings.cluster.zone
    while True:
        now = app.clock.now()
        midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
        if stopped((midnight.astimezone(UTC) - now).total_seconds() + _AFTER):
            return
        app.publishing.profiles.prepare()


def _stopped(number: int, _frame: FrameType | None) -> None:
    """Take the signal that uvicorn raises again once it has stopped: whoever called us has its own end to make."""
    _LOG.debug("stopped by signal %d", number)


def _sections(app: App) -> Sequence[tuple[str, str]]:
    """Return every section that a digest of this instance has, each kind once."""
    found: dict[str, str] = {}
    for definition in app.digests.values():
        for section in definition.digest.sections:
            found.setdefault(section.kind, section.title)
    return list(found.items())


def _sent(app: App, digest: str, period: str, subscriber_id: int) -> Sent | None:
    """Return a bulletin that really left for that person."""
    found = app.shown.bulletin(digest, period, subscriber_id)
    if found is None:
        return None
    bulletin, frame = found
    day = date.fromisoformat(frame["day"])
    return Sent(
        bulletin=bulletin,
        title=frame["title"],
        day=f"{DAYS[day.weekday()]} {day_of_month(day)} {day.year}",
        word=frame.get("word", ""),
        notice=frame.get("notice", ""),
    )


def _sources(app: App, subscriber_id: int) -> Mapping[str, str]:
    """Return the sources of what a person was sent lately, by title."""
    seen = sorted(app.mail_ledger.seen([subscriber_id]).get(subscriber_id, {}).values(), key=lambda one: one.at)
    items = app.item_store.some([one.item_id for one in seen[-_LATELY:]])
    found = {source.source_id: source.title for item in items for source in item.sources}
    return dict(sorted(found.items(), key=lambda source: fold(source[1])))


def _promises(app: App, person: Subscriber, item: Item, said: Sequence[Feedback]) -> list[Sequence[str]]:
    """Return what each opinion changes, by the very rules that the next draft goes by."""
    member = app.members.member(person.member_id)
    if member is None:
        return [() for _ in said]
    shown = app.gathered.item(app.gathered.group(item.id)[0]) or item
    today = app.clock.now().astimezone(app.settings.cluster.zone).date()
    context = prepare([shown], today=today, places=app.gazetteer, taxonomy=app.taxonomy)
    seen = Standpoint(context.view(shown), context.profile(member), context.places)
    votes = [gather([one], [person], [shown]) for one in said]
    return [
        list(promise(one[member.id][0], seen, context.taxonomy, member.organisation)) if one else () for one in votes
    ]
