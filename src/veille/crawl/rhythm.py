"""When to look at a source again: its own rhythm, what the server asks, and back-off (pure)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from veille.crawl.dates import read_date
from veille.model import (
    FAILURES,
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    Source,
    SourceHealth,
    SourceState,
)

HOUR, DAY, WEEK = 3_600, 86_400, 604_800
#: Bounds of the adaptive interval, seconds (rachelbythebay.com/fs/help: conditional requests at most once an hour).
SHORTEST, LONGEST = HOUR, DAY
#: Interval of a source whose rhythm is not known yet.
_UNKNOWN = 4 * HOUR
#: Looking twice per usual gap meets a new entry after a quarter of a gap on average.
_LOOKS_PER_GAP = 2
#: An unchanged source is looked at a little less each time; the first change brings its own rhythm back.
_SLOWER = 1.2
#: At most this share of the interval is taken off, so that sources do not all come due in the same second.
_JITTER = 0.1
#: Freshness is believed up to a day (Miniflux; NetNewsWire#4478: « max-age as long as 16 years »).
MAX_FRESHNESS = timedelta(days=1)
MAX_RETRY_AFTER = timedelta(days=7)
#: What is missing twice in a row will hardly be back tomorrow (openrss.org: « non-existent content »).
_LOST = 2 * DAY
#: A 429 that does not say for how long: its host is left alone at least this long.
_UNSTATED = timedelta(minutes=30)
#: 2^20 times any interval is beyond the week that caps it.
_DOUBLINGS = 20
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d+)", re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\s*([+-]?\d+)(?:\.\d+)?\s*")


def next_check(
    source: Source, state: SourceState, outcome: FetchOutcome, *, novel: bool, started: datetime, now: datetime
) -> tuple[int, datetime | None]:
    """Return the usual interval (seconds) and the next check (None = never by itself) after a visit.

    The interval counts from the beginning of the pass, so that a source asked for every hour is due at each hourly
    pass, however late in the last one its turn came. What the server asks counts from its answer.
    """
    interval = _interval(source, state, novel=novel)
    if state.health is SourceHealth.STOPPED:
        return interval, None
    pause = min(interval, HOUR) if unresolved(outcome) else _pause(interval, state)
    due = started + timedelta(seconds=pause * (1 - _JITTER * _dice(source.id, started)))
    wishes = [due, now + _freshness(state, outcome, now)]
    patience = retry_after(outcome, now)
    if patience is not None:
        wishes.append(patience)
    return interval, outside(state.skip_hours, max(wishes))


def unresolved(outcome: FetchOutcome) -> bool:
    """Say that no site was reached: where the DNS fails for an hour nobody backs off, and all is asked again soon."""
    return isinstance(outcome, FetchFailed) and outcome.fault is FetchFault.UNRESOLVED


def _pause(interval: int, state: SourceState) -> int:
    """Return the seconds to the next visit: the interval, doubled from the second failure in a row, up to a week."""
    if state.failures < 2:  # noqa: PLR2004 - the first failure keeps the usual rhythm
        return interval
    doubled = interval << min(state.failures - 1, _DOUBLINGS)
    if state.http_status == 404:  # noqa: PLR2004 - RFC 9110 §15.5.5
        doubled = max(doubled, _LOST << min(state.failures - 2, _DOUBLINGS))
    return min(doubled, max(WEEK, interval))


def _interval(source: Source, state: SourceState, *, novel: bool) -> int:
    if source.every is not None:
        return int(source.every.total_seconds())
    if state.health in FAILURES:
        return state.interval or _UNKNOWN
    own = state.gap // _LOOKS_PER_GAP if state.gap is not None else _UNKNOWN
    if not novel and state.interval is not None:
        own = max(own, int(state.interval * _SLOWER))
    return min(max(own, SHORTEST), LONGEST)


def _dice(source_id: str, started: datetime) -> float:
    """Return a number in [0, 1) that differs by source and pass, and is the same when computed again."""
    digest = hashlib.sha256(f"{source_id} {started.isoformat()}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32


def _freshness(state: SourceState, outcome: FetchOutcome, now: datetime) -> timedelta:
    """Return how long the answer asks not to be asked again, clamped to a day; zero for a failure."""
    if state.health in FAILURES or not isinstance(outcome, Fetched):
        return timedelta()
    fresh = max(_lifetime(outcome.headers, now), timedelta(seconds=min(state.ttl or 0, DAY)))
    return min(max(fresh, timedelta()), MAX_FRESHNESS)


def _lifetime(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return the freshness lifetime left (RFC 9111 §4.2): max-age less Age, else Expires less Date; no-cache wins."""
    control = headers.get("cache-control", "")
    if _NO_CACHE.search(control):
        return timedelta()
    stated = _MAX_AGE.search(control)
    if stated:
        return timedelta(seconds=_seconds(stated[1]) - _seconds(headers.get("age", "0")))
    expires = read_date(headers.get("expires"), UTC)
    if expires is None:
        return timedelta()
    return expires - (read_date(headers.get("date"), UTC) or now)


def _seconds(text: str) -> int:
    """Return a count of seconds, at most a year of them: sixteen years overflow nothing."""
    found = _DIGITS.fullmatch(text[:40])
    return max(min(int(found[1]), 365 * DAY), -DAY) if found else 0


def retry_after(outcome: FetchOutcome, now: datetime) -> datetime | None:
    """Return when a 429 or 503 asks to come back (RFC 9110 §10.2.3), within a week; None if it does not.

    A 429 that names no time asks for patience all the same; a 503 that names none speaks of this one address.
    """
    if not isinstance(outcome, Fetched) or outcome.status not in {429, 503}:
        return None
    pause = _stated_pause(outcome.headers, now)
    if pause is None:
        return now + _UNSTATED if outcome.status == 429 else None  # noqa: PLR2004 - RFC 6585 §4
    return now + min(max(pause, timedelta()), MAX_RETRY_AFTER)


def _stated_pause(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return what Retry-After says, in seconds or as a date on the server's own clock; None where it says nothing."""
    asked = headers.get("retry-after", "").strip()
    if _DIGITS.fullmatch(asked[:40]):
        return timedelta(seconds=_seconds(asked))
    date = read_date(asked, UTC)
    return None if date is None else date - (read_date(headers.get("date"), UTC) or now)


def outside(skipped: frozenset[int], due: datetime) -> datetime:
    """Move a time out of the hours in which a feed asks for peace (UTC); one that skips them all is not believed."""
    if len(skipped) >= 24:  # noqa: PLR2004 - hours of a day
        return due
    moved = due
    while moved.hour in skipped:
        moved = moved.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moved
