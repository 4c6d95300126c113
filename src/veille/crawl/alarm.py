"""What staff are told of a source, once: a trouble that lasts, and its end (pure).

A site that answers 500 for an hour is nobody's work; one that has not answered three times in a row is. Within one
trouble each state is told once, however often it comes and goes: what an event is, is (source, since when, state).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from veille.model import FAILURES, SourceEvent, SourceHealth, SourceState

#: Failures in a row before staff hear of them; a refusal and a page in place of a feed seldom mend themselves.
_PATIENCE = {
    SourceHealth.STOPPED: 1,
    SourceHealth.BLOCKED: 2,
    SourceHealth.INVALID: 2,
    SourceHealth.FAILING: 3,
}
#: A second failure a day after the first is one that lasts, for a source that is seldom asked.
_A_DAY = timedelta(days=1)
#: A list of calls may be empty between two of them.
_EMPTY_FOR = timedelta(days=7)
_WELL = frozenset({SourceHealth.OK, SourceHealth.UNCHANGED})
_TOO_MANY_REQUESTS = 429


def watched(before: SourceState, after: SourceState, now: datetime, *, reached: bool = True) -> SourceState:
    """Return the state after a visit with since when it is so, and the trouble that stands.

    A source that was not even `reached`, for want of a DNS, is in trouble after a day only: it is mostly not its own.
    """
    same = _kind(before.health) == _kind(after.health)
    dated = replace(after, since=before.since if same and before.since else now)
    lasts = _lasts(dated, now) if reached else now - (dated.since or now) >= _A_DAY
    if lasts:
        return replace(dated, alarm=dated.health)
    return replace(dated, alarm=None if dated.health in _WELL else before.alarm)


def event_of(before: SourceState, after: SourceState, now: datetime) -> SourceEvent | None:
    """Return what staff are to be told after a visit; `after` went through `watched`."""
    if after.alarm is before.alarm or after.since is None:
        return None
    over = after.alarm is None
    return SourceEvent(
        source_id=after.source_id,
        health=SourceHealth.OK if over else after.health,
        sentence=f"de nouveau relevée : {after.sentence}" if over else after.sentence,
        next_step="" if over else after.next_step,
        since=after.since,
        at=now,
    )


def _kind(health: SourceHealth) -> str:
    """Return what of a health makes one trouble: failures of several kinds in a row are one."""
    if health in FAILURES:
        return "failing"
    return "well" if health in _WELL else health.value


def _lasts(state: SourceState, now: datetime) -> bool:
    """Say whether a trouble has lasted long enough for staff to hear of it."""
    if state.health is SourceHealth.SILENT:
        return True
    lasted = now - state.since if state.since else timedelta()
    if state.health is SourceHealth.EMPTY:
        return lasted >= _EMPTY_FOR
    if state.health not in FAILURES:
        return False
    asked_for_patience = state.http_status == _TOO_MANY_REQUESTS
    patience = _PATIENCE[SourceHealth.FAILING if asked_for_patience else state.health]
    return state.failures >= patience or (state.failures > 1 and lasted >= _A_DAY)
