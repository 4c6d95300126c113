"""How timely an item is, and how far its source is believed: the same for every member (pure)."""

from datetime import date

from veille.matching.case import Case
from veille.model import Licence

#: Days before the deadline: urgency rises from the first, is whole between the next two (design: J-30, J-10, J-3).
URGENCY_FROM, URGENCY_PEAK, URGENCY_END = 30, 10, 3
#: Old news keeps this share.
_OLDEST = 0.5
#: Press reports on a call; whoever runs it says it first-hand.
_TRUST = {Licence.PRESS: 0.95}
#: What each source beside the first adds to how useful a thing is, three of them at most.
COVERAGE = 0.02


def days_left(case: Case) -> int | None:
    """Return the days before what can be seized closes, None where no day is known."""
    deadline: date | None = case.view.deadline
    return (deadline - case.context.today).days if deadline and case.view.kind.actionable else None


def urgency(case: Case) -> float:
    """Return 0 to 1: rises from J-30, whole from J-10 to J-3, half at the very end."""
    days = days_left(case)
    if days is None or days > URGENCY_FROM:
        return 0.0
    if days > URGENCY_PEAK:
        return (URGENCY_FROM - days) / (URGENCY_FROM - URGENCY_PEAK)
    return 1.0 if days >= URGENCY_END else 0.5


def coverage(case: Case) -> float:
    """Return what the sources beside the first add, three of them at most."""
    return COVERAGE * max(0, min(len(case.item.sources) - 1, 3))


def freshness(case: Case) -> float:
    """Return 1 for what is open, less and less for news: half of what may be lost at each half-life of its type."""
    # What can be seized is ranked for those to whom it was not sent yet: its age counts from its first sending.
    if case.view.kind.actionable:
        return 1.0
    if case.item.published is None:
        return (1 + _OLDEST) / 2
    age = max(0, (case.context.today - case.item.published.date()).days)
    return float(_OLDEST + (1 - _OLDEST) * 0.5 ** (age / case.view.kind.half_life_days))


def trust(case: Case) -> float:
    """Return how far a source is believed: first-hand above reported."""
    return _TRUST.get(case.item.licence, 1.0)


def standing(case: Case) -> float:
    """Return what a score is multiplied by: old news less, what several sources tell more."""
    return freshness(case) * trust(case) * (1 + coverage(case))
