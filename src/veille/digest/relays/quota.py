"""Will an issue leave in time at its relay's pace? Foreseen by the very limits that sending obeys (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from veille.digest.hours import Hours
from veille.digest.mail.pace import Limits, Tap
from veille.french import DAYS, day_of_month
from veille.model.sending import RateState

#: Days that are foreseen; a pace that needs more is no pace for a bulletin.
_AHEAD = timedelta(days=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How an issue spreads over days."""

    mails: int
    #: Those that leave before the issue is stale.
    in_time: int
    #: Local days on which mails leave until the last one; None = beyond what is foreseen.
    days: int | None
    #: When the last one in time leaves; None where none does.
    last: datetime | None


def spread(
    mails: int, limits: Limits, known: RateState | None, hours: Hours, *, start: datetime, end: datetime
) -> Spread:
    """Foresee a sending that starts at `start` and must end at `end`, after what the relay was given already.

    Mails a second are left out: they spread an issue over minutes, not days.
    """
    if not mails or not (limits.per_hour or limits.per_day or limits.warm_up):
        return Spread(mails=mails, in_time=mails, days=1, last=start)
    quotas = Limits(per_hour=limits.per_hour, per_day=limits.per_day, warm_up=limits.warm_up)
    tap = Tap(known or RateState(key="relay", tokens=1.0, at=start), quotas)
    now, gone, in_time, days = start, 0, 0, set()
    last: datetime | None = None
    while gone < mails and now - start < _AHEAD:
        now = hours.opening(now)
        wait = tap.wait(now)
        if wait > 0:
            now += timedelta(seconds=wait)
            continue
        tap.take(now)
        gone += 1
        days.add(now.astimezone(hours.zone).date())
        if now <= end:
            in_time, last = gone, now
    return Spread(mails=mails, in_time=in_time, days=len(days) if gone == mails else None, last=last)


def remark(found: Spread, limits: Limits, hours: Hours, *, end: datetime) -> str:
    """Return what staff should know before an issue leaves, in French; empty where it leaves in one day."""
    if found.in_time == found.mails and (found.days or 0) <= 1:
        return ""
    pace = _pace(limits)
    if found.in_time == found.mails and found.last is not None:
        return f"{found.mails} mails à {pace} : l'envoi prendra {found.days} jours, jusqu'au {_day(found.last, hours)}."
    needed = f"il faudrait {found.days} jours" if found.days else "il faudrait plus de six semaines"
    return (
        f"{needed} : {found.mails} mails à {pace}, et l'édition est périmée le {_day(end, hours)} ; "
        f"{found.mails - found.in_time} ne partiraient pas. Allongez window_hours dans digest.yaml, ou demandez plus à "
        "votre relais et relevez [pace]."
    )


def _pace(limits: Limits) -> str:
    said = [
        f"{limits.per_day} par jour" if limits.per_day else "",
        f"{limits.per_hour} par heure" if limits.per_hour else "",
        f"{limits.warm_up} le premier jour (montée en charge)" if limits.warm_up else "",
    ]
    return ", ".join(words for words in said if words)


def _day(when: datetime, hours: Hours) -> str:
    local = when.astimezone(hours.zone)
    return f"{DAYS[local.weekday()]} {day_of_month(local.date())} à {local:%H:%M}"
