"""How long an issue is given to leave: its own window, or what its relay's quotas need, foreseen before it is signed.

Nine hundred mails at three hundred a day need three working days, whatever the digest's window says: an issue that
would be stale before its last mail is planned longer, so that nothing closes on the way that it shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from veille.config.digests import Definition
from veille.config.settings import Settings
from veille.digest.desk import WAITING, Desk, needed
from veille.digest.editions import Edition, edition_of
from veille.digest.hours import Hours
from veille.digest.mail.pace import HOLDS, Limits
from veille.digest.relays.known import host_of
from veille.digest.relays.quota import Spread, spread
from veille.errors import InputError
from veille.french import counted, day_of_month
from veille.model import Issue, Subscriber
from veille.model.issue_life import OPEN
from veille.model.sending import RateState

#: What is put off once more is still in time.
_SLACK = timedelta(minutes=HOLDS[-1])
#: How far ahead a sending is foreseen; the next edition's hour ends it anyway.
_FAR = timedelta(days=45)


class ClosesOnTheWay(InputError):
    """An issue may not be signed: what it shows would close before its last mail left."""

    def __init__(self, issue: Issue, *, mails: int, last: date, items: Sequence[int]) -> None:
        super().__init__(
            f"aux heures d'envoi et au rythme de [pace], les {mails} mails de l'édition {issue.name} partent jusqu'au "
            f"{day_of_month(last)} ; or elle montre {counted(len(items), 'article')} à clôture plus proche",
            cure="refaites-la avec « veille digest build » (figée : « digest reopen » d'abord), ou relevez [pace]",
        )
        #: Numbers of these items.
        self.items = items


def limits_of(settings: Settings) -> Limits:
    """Return the quotas that spread an issue over days."""
    pace = settings.pace
    return Limits(per_hour=pace.per_hour, per_day=pace.per_day, warm_up=pace.warm_up)


def foreseen(
    settings: Settings, rates: Sequence[RateState], hours: Hours, mails: int, *, start: datetime, end: datetime
) -> Spread:
    """Foresee the sending of so many mails through the relay of an instance, after what it was given already."""
    host = host_of(settings.mail.url.get_secret_value())
    known = next((one for one in rates if one.key == f"relay:{host}"[:300]), None)
    return spread(mails, limits_of(settings), known, hours, start=start, end=end)


def planned(desk: Desk, definition: Definition, when: Edition, people: Sequence[Subscriber], end: datetime) -> Edition:
    """Return an edition with an end, that one or later, that leaves its readers' mails the time they need."""
    digest = definition.digest
    asked = [one for one in people if one.reads(when.day)]
    mails = sum(one.rhythm in {digest.rhythm, "paused"} for one in asked)
    until = _needed_end(desk, definition, when, mails, start=max(when.send_at, desk.clock.now()), end=end)
    return replace(when, stale_at=until, last_day=until.astimezone(desk.settings.cluster.zone).date())


def window(desk: Desk, definition: Definition, issue: Issue, *, mails: int, closes: Mapping[int, str]) -> datetime:
    """Return the end that an issue is signed with; raises ClosesOnTheWay where what it shows closes before it left.

    `closes`: item shown → the day it closes, ISO, or empty.
    """
    end, now = needed(issue.stale_at), desk.clock.now()
    when = None if definition.corrects else edition_of(definition.digest, issue.period, now, desk.hours(definition))
    until = _needed_end(desk, definition, when, mails, start=max(needed(issue.send_at), now), end=end)
    last = until.astimezone(desk.settings.cluster.zone).date()
    closing = [item for item, day in closes.items() if day and day < last.isoformat()]
    if until > end and closing and not definition.corrects:
        raise ClosesOnTheWay(issue, mails=mails, last=last, items=closing)
    return until


def late(desk: Desk, definition: Definition, issue: Issue) -> date | None:
    """Return the day on which an issue may still leave by itself, where it is after the one it is dated; else None."""
    if definition.corrects:
        return None  # it counts no days
    when = edition_of(definition.digest, issue.period, desk.clock.now(), desk.hours(definition))
    return when.day if when.day > date.fromisoformat(issue.frame["day"]) else None


def overtaken(desk: Desk, definition: Definition, issue: Issue) -> bool:
    """Say whether an issue ends before the sending hours open again: it leaves by a person's order only."""
    leaves = desk.hours(definition).opening(max(needed(issue.send_at), desk.clock.now()))
    return leaves > needed(issue.stale_at)


def late_remark(desk: Desk, definition: Definition, issue: Issue) -> str:
    """Say of a signed issue that the days it counts will be wrong when it leaves by itself, and what to do; or nothing.

    Only before any of it left: a quota that spreads it over days was foreseen when it was signed.
    """
    if issue.state not in OPEN or "date" in issue.frame:
        return ""
    leaves = late(desk, definition, issue)
    if leaves is None:
        return ""
    if overtaken(desk, definition, issue):
        return (
            f"elle sera périmée {desk.in_words(issue.stale_at)}, avant que les heures d'envoi ne s'ouvrent ; « veille "
            "digest send --now » l'envoie tout de suite, ou bien « veille digest reopen », « build », puis « approve »"
        )
    dated = date.fromisoformat(issue.frame["day"])
    return (
        f"elle est datée du {day_of_month(dated)} et ne part d'elle-même que le {day_of_month(leaves)} : les jours "
        "qu'elle compte seront faux ; « veille digest send --now » l'envoie tout de suite, ou bien « veille digest "
        "reopen », « build », puis « approve » la datent de ce jour"
    )


def _needed_end(
    desk: Desk, definition: Definition, when: Edition | None, mails: int, *, start: datetime, end: datetime
) -> datetime:
    """Return `end`, or the close of the day on which the last mail leaves, never past the next edition's own hour.

    An alert is given its day, whatever the quotas: who is not reached is told the next day what presses then.
    """
    if definition.digest.alert is not None and not definition.corrects:
        return end  # never on another day: it would meet that day's own
    hours = desk.hours(definition)
    start = hours.opening(start)  # signed at night, it leaves in the morning, be that after its window
    everything = foreseen(
        desk.settings, desk.mails.rates(), hours, mails + _others(desk, start), start=start, end=start + _FAR
    )
    if everything.last is None or everything.last <= end:
        return end
    close = hours.closing(everything.last)
    if close - everything.last < _SLACK:
        close = hours.closing(hours.opening(close))
    if when is not None:
        following = datetime.combine(when.next_day, definition.digest.send.time, hours.zone)
        close = min(close, following.astimezone(UTC))
    return max(end, close)


def _others(desk: Desk, start: datetime) -> int:
    """Count the mails of signed issues that wait for the same relay, and leave before."""
    signed = [issue for one in desk.with_errata(None) for issue in desk.issues.living(one.name) if issue.state in OPEN]
    counts = [desk.mails.counts(issue.id) for issue in signed if needed(issue.send_at) <= start]
    return sum(one.get(state, 0) for one in counts for state in WAITING)
