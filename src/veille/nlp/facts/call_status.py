"""Whether one may apply, computed when it is read: nothing stored goes stale."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from veille.model import CallStatus, Origin, Scheme, Tagged
from veille.nlp.labels.opportunity_type import RESULTS

_PARIS = ZoneInfo("Europe/Paris")
#: What the status is computed from.
_DATES = ("opening", "deadline", "deadline_time", "deadline_zone", "deadline_kind", "status")


def status(tagged: Tagged, now: datetime) -> str:
    """Return whether one may apply at that instant: open, closed, upcoming, rolling or unknown."""
    said = {name: fact.value for name in _DATES if (fact := tagged.fact(name))}
    main = tagged.of(Scheme.TYPE)[:1]
    stated = said.get("status", "")
    if (main and main[0].term == RESULTS) or _is_over(said, now) or stated == CallStatus.CLOSED:
        return "closed"
    today = now.astimezone(_PARIS).date().isoformat()
    if said.get("opening", "")[:10] > today or (stated == CallStatus.UPCOMING and "opening" not in said):
        return "upcoming"
    if said.get("deadline_kind") == "rolling":
        return "rolling"
    if "deadline" in said or stated == CallStatus.UPCOMING:  # its opening is past: nobody has told the source yet
        return "open"
    return stated or "unknown"


def _is_over(said: dict[str, str], now: datetime) -> bool:
    """Tell whether the deadline is past by its own clock, Paris where the text names none."""
    if "deadline" not in said:
        return False
    day, zone = date.fromisoformat(said["deadline"][:10]), ZoneInfo(said.get("deadline_zone", _PARIS.key))
    here = now.astimezone(zone)
    if "deadline_time" not in said:
        return here.date() > day
    return here.replace(tzinfo=None) >= datetime.combine(day, time.fromisoformat(said["deadline_time"]))


def deadline_state(tagged: Tagged) -> str:
    """Return how sure it is: stated (by the source), printed (in the text), check (by a person) or unknown."""
    deadline, doubt = tagged.fact("deadline"), tagged.fact("deadline_state")
    if deadline is not None and deadline.origin is Origin.FACT:
        return "stated"
    if doubt is not None:
        return doubt.value
    return "printed" if deadline is not None else "unknown"
