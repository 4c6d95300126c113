"""Working days and sending hours of one cluster (pure): nothing leaves by itself outside them.

What is planned on a day off leaves on the next working day, at the same hour, never before: staff keep the time to
approve that they have every week (docs/decisions/vie-d-une-edition.md).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from veille.config.sending_hours import DAYS, WORKING_DAYS, SendingHours
from veille.french import DAYS as FRENCH_DAYS
from veille.holidays import NONE, holiday

#: Days looked ahead: no calendar has that many days off in a row.
_AHEAD = 30


@dataclass(frozen=True, slots=True)
class Hours:
    """When mails leave, in local time."""

    plan: SendingHours
    zone: ZoneInfo
    #: One of `holidays.CALENDARS`.
    calendar: str

    def works(self, day: date) -> bool:
        """Say whether mails leave on that local day."""
        return DAYS[day.weekday()] in self.plan.days and not holiday(day, self.calendar)

    def working_day(self, day: date) -> date:
        """Return that day, or the next working day."""
        ahead = (day + timedelta(days=count) for count in range(_AHEAD))
        return next((one for one in ahead if self.works(one)), day)

    def open(self, now: datetime) -> bool:
        """Say whether mails may leave at that instant."""
        local = now.astimezone(self.zone)
        return self.works(local.date()) and self.plan.holds(local.time())

    def opening(self, now: datetime) -> datetime:
        """Return that instant where mails may leave then, else the next opening, UTC."""
        if self.open(now):
            return now
        local, start = now.astimezone(self.zone), time.fromisoformat(self.plan.start)
        first = local.date() if local.time() < start else local.date() + timedelta(days=1)
        return datetime.combine(self.working_day(first), start, self.zone).astimezone(UTC)

    def closing(self, now: datetime) -> datetime:
        """Return the end of the sending hours of that instant's local day, UTC."""
        end = time.fromisoformat(self.plan.end)
        return datetime.combine(now.astimezone(self.zone).date(), end, self.zone).astimezone(UTC)

    def in_words(self) -> str:
        """Return « lundi, mardi … de 07:00 à 19:00, hors jours fériés », in French."""
        days = [FRENCH_DAYS[DAYS.index(day)] for day in self.plan.days]
        off = "" if self.calendar == NONE else ", hors jours fériés"
        week = "du lundi au vendredi" if self.plan.days == WORKING_DAYS else ", ".join(days)
        return f"{week} de {self.plan.start} à {self.plan.end}{off}"
