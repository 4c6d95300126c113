"""When an edition is: its period key, its sending instant, the next one's, and its end (pure)."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from veille.config.digests import Digest, Moment
from veille.digest.hours import Hours
from veille.holidays import METROPOLE

#: Days that lead from the first day of a period into the next one.
_LENGTH = {"daily": 1, "weekly": 7, "monthly": 31}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a digest, in time."""

    #: The idempotency key: « 2026-W48 », « 2026-11-27 », « 2026-11 », « 2026-11-27-2 » for the second alert of a day.
    period: str
    #: UTC.
    build_at: datetime
    send_at: datetime
    stale_at: datetime
    #: The local day on which it is read: J-11 counts from here.
    day: date
    #: The last local day on which it may still leave: nothing that closes before it is shown.
    last_day: date
    #: The local day of the edition after this one.
    next_day: date


def edition(digest: Digest, now: datetime, zone: ZoneInfo, holidays: str = METROPOLE) -> Edition:
    """Return the edition of the local period that contains `now`; one made late is dated from when it can leave."""
    hours = Hours(digest.hours, zone, holidays)
    return _starting(digest, _period_start(digest.rhythm, now.astimezone(zone).date(), hours), now, hours)


def alert_edition(digest: Digest, now: datetime, hours: Hours, number: int) -> Edition:
    """Return the n-th alert of a local day: it leaves now, or when hours open, and never on another day."""
    leaves = hours.opening(now)
    day = leaves.astimezone(hours.zone).date()
    midnight = datetime.combine(day + timedelta(days=1), time.min, hours.zone).astimezone(UTC)
    return Edition(
        period=f"{day}-{number}",
        build_at=now,
        send_at=leaves,
        stale_at=min(leaves + timedelta(hours=digest.window_hours), midnight),
        day=day,
        last_day=day,
        next_day=hours.working_day(day + timedelta(days=1)),
    )


def edition_of(digest: Digest, period: str, now: datetime, hours: Hours) -> Edition:
    """Return the edition of that period as it stands now: one that waits for a working day may be of last week."""
    if digest.alert is not None:
        return replace(alert_edition(digest, now, hours, 0), period=period)
    if digest.rhythm == "weekly":
        year, _, week = period.partition("-W")
        return _starting(digest, date.fromisocalendar(int(year), int(week), 1), now, hours)
    start = date.fromisoformat(f"{period}-01" if digest.rhythm == "monthly" else period)
    return _starting(digest, start, now, hours)


def _starting(digest: Digest, start: date, now: datetime, hours: Hours) -> Edition:
    after = _period_start(digest.rhythm, start + timedelta(days=_LENGTH[digest.rhythm]), hours)
    send_at = _instant(digest.rhythm, digest.send, start, hours, working=True)
    leaves = hours.opening(max(send_at, now))
    stale_at = leaves + timedelta(hours=digest.window_hours)
    next_at = _instant(digest.rhythm, digest.send, after, hours, working=True)
    return Edition(
        period=_key(digest.rhythm, start),
        build_at=_instant(digest.rhythm, digest.build, start, hours),
        send_at=send_at,
        stale_at=stale_at,
        day=leaves.astimezone(hours.zone).date(),
        last_day=stale_at.astimezone(hours.zone).date(),
        next_day=next_at.astimezone(hours.zone).date(),
    )


def _period_start(rhythm: str, day: date, hours: Hours) -> date:
    """Return the first day of a period; what is daily has none on a day off: it is the next working day's."""
    if rhythm == "weekly":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if rhythm == "monthly" else hours.working_day(day)


def _key(rhythm: str, start: date) -> str:
    if rhythm == "weekly":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    return f"{start:%Y-%m}" if rhythm == "monthly" else start.isoformat()


def _instant(rhythm: str, moment: Moment, start: date, hours: Hours, *, working: bool = False) -> datetime:
    """Return the UTC instant of a local moment; weekly and monthly: the first such weekday of the period.

    `working`: a day off leads to the next working day.
    """
    day = start if rhythm == "daily" else start + timedelta(days=(moment.weekday - start.weekday()) % 7)
    day = hours.working_day(day) if working else day
    return datetime.combine(day, moment.time, hours.zone).astimezone(UTC)
