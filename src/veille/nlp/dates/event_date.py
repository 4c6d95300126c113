"""The day on which something takes place: never the day until which one may register."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from veille.model import Fact, Origin, Scheme, Tag, TextToTag
from veille.nlp.dates import deadline_cues as cues
from veille.nlp.dates.french_dates import WEEKDAY, PrintedDate, find_dates, masked
from veille.nlp.quoting import Printed, printed_fields

#: Types that take place on a day.
EVENTS = frozenset({"evenement", "export-salon"})
_PARIS = ZoneInfo("Europe/Paris")
#: Characters before a date that say what it is.
_LEFT = 60
_CLAUSE = re.compile(r"[.!?;:]\s|\n|•|\(|\s[–-]\s")
#: Days of something else: a text, a result, a registration.
_OTHER = re.compile(
    r"\b(?:publi[a-z]*|paru[es]*|parution|mis(?:e)? (?:en ligne|a jour)|loi|decret|arrete|directive|depuis|cre[a-z]* en"
    r"|resultats?|laureats?|selection|candidat[a-z]*|dossiers?|inscri[a-z]*|depos[a-z]*|depot|reponses?|offres?"
    r"|ouverture des|register|registration|applications?|abstracts?|posters?|submi[a-z]*)\b"
)
#: « 3 et 4 février », « 3-4 février »: the first of two days.
_TWO_DAYS = re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?:er)? ?(?:et|and|&|,|-|/) ?(?:le )?(?:{WEEKDAY} )?$")
_RANGE = re.compile(rf" ?(?:au|to|until|-) (?:{WEEKDAY} )?")


@dataclass(frozen=True, slots=True)
class _Day:
    """When something takes place, and where that is printed."""

    field: Printed
    first: date
    last: date
    start: int
    end: int


def read(text: TextToTag, tags: Sequence[Tag]) -> tuple[Fact, ...]:
    """Return `event_date` (first day, ISO) and, where it lasts, `event_end`; nothing for what is no event."""
    if not any(tag.scheme is Scheme.TYPE and tag.term in EVENTS for tag in tags):
        return ()
    published = text.published.astimezone(_PARIS).date() if text.published else None
    days = (day for field in printed_fields(text) for day in _days(field, published))
    day = next((day for day in days if published is None or day.last >= published), None)
    if day is None:
        return ()
    evidence = day.field.quote(day.start, day.end)
    ends = (Fact(name="event_end", value=day.last.isoformat(), origin=Origin.CUE, evidence=evidence),)
    begins = Fact(name="event_date", value=day.first.isoformat(), origin=Origin.CUE, evidence=evidence)
    return (begins, *(ends if day.last != day.first else ()))


def _days(field: Printed, published: date | None) -> Iterator[_Day]:
    dates = find_dates(field.folded)
    context = "".join(masked(field.folded, dates)) if dates else ""
    for rank, printed in enumerate(dates):
        last = printed.resolve(published)
        after = dates[rank + 1] if rank + 1 < len(dates) else None
        if (
            last is None
            or printed.period
            or _is_other(context, printed)
            or (after and _joined(field.folded, printed, after))
        ):
            continue
        before = dates[rank - 1] if rank else None
        first, start = _first(field.folded, printed, before, last)
        yield _Day(field, first, last, start, printed.end)


def _is_other(context: str, printed: PrintedDate) -> bool:
    left = context[max(0, printed.start - _LEFT) : printed.start]
    clause = _CLAUSE.split(left)[-1]
    ranged = printed.opens is not None
    return (
        (cues.UNTIL.search(left) is not None and not ranged)
        or cues.CLOSING.search(clause) is not None
        or _OTHER.search(clause) is not None
    )


def _first(folded: str, printed: PrintedDate, before: PrintedDate | None, last: date) -> tuple[date, int]:
    """Return the first day of « du 9 au 11 mars », « 3 et 4 février », « du 30 mars au 2 avril », and its place."""
    if printed.opens:
        day, month, place = printed.opens
        return _back_from(last, day, month), place
    if before and _joined(folded, before, printed):
        return _back_from(last, before.day, before.month), before.start
    two = _TWO_DAYS.search(folded, max(0, printed.start - 20), printed.start)
    if two and int(two["day"]) < last.day:
        return _back_from(last, int(two["day"]), last.month), two.start()
    return last, printed.start


def _joined(folded: str, before: PrintedDate, after: PrintedDate) -> bool:
    """Tell whether two dates are « du 30 mars au 2 avril »."""
    return _RANGE.fullmatch(folded, before.end, after.start) is not None


def _back_from(last: date, day: int, month: int) -> date:
    """Return that day of that month on or before `last`, or `last` where the calendar has none."""
    try:
        first = date(last.year, month, day)
        return first if first <= last else first.replace(year=last.year - 1)
    except ValueError:
        return last
