"""When an edition is: its period key, its sending instant, the next one's, and its end (pure)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from veille.config.digests import Digest, Moment

#: Days that lead from the first day of a period into the next one.
_LENGTH = {"daily": 1, "weekly": 7, "monthly": 31}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a digest, in time."""

    #: The idempotency key: « 2026-W48 », « 2026-11-27 » or « 2026-11 ».
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


def edition(digest: Digest, now: datetime, zone: ZoneInfo) -> Edition:
    """Return the edition of the local period that contains `now`; one made late is dated from then."""
    today = now.astimezone(zone).date()
    start = _period_start(digest.rhythm, today)
    after = _period_start(digest.rhythm, start + timedelta(days=_LENGTH[digest.rhythm]))
    send_at = _instant(digest.rhythm, digest.send, start, zone)
    leaves = max(send_at, now)
    stale_at = leaves + timedelta(hours=digest.window_hours)
    return Edition(
        period=_key(digest.rhythm, start),
        build_at=_instant(digest.rhythm, digest.build, start, zone),
        send_at=send_at,
        stale_at=stale_at,
        day=leaves.astimezone(zone).date(),
        last_day=stale_at.astimezone(zone).date(),
        next_day=_instant(digest.rhythm, digest.send, after, zone).astimezone(zone).date(),
    )


def _period_start(rhythm: str, day: date) -> date:
    if rhythm == "weekly":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if rhythm == "monthly" else day


def _key(rhythm: str, start: date) -> str:
    if rhythm == "weekly":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    return f"{start:%Y-%m}" if rhythm == "monthly" else start.isoformat()


def _instant(rhythm: str, moment: Moment, start: date, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a local moment; weekly and monthly: the first such weekday of the period."""
    day = start if rhythm == "daily" else start + timedelta(days=(moment.weekday - start.weekday()) % 7)
    return datetime.combine(day, moment.time, zone).astimezone(UTC)
