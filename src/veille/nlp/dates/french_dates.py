"""Printed dates, in French and English: where they stand, and what calendar day they name once a year is known."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "january": 1, "fevrier": 2, "fevr": 2, "fev": 2, "february": 2, "feb": 2,
    "mars": 3, "march": 3, "avril": 4, "avr": 4, "april": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "june": 6,
    "jun": 6,
    "juillet": 7, "juil": 7, "july": 7, "jul": 7, "aout": 8, "august": 8, "aug": 8, "septembre": 9, "september": 9,
    "sept": 9, "sep": 9, "octobre": 10, "october": 10, "oct": 10, "novembre": 11, "november": 11, "nov": 11,
    "decembre": 12, "december": 12, "dec": 12,
}  # fmt: skip
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {"premier": 1, "1er": 1, "1 er": 1, "1ere": 1, "1°": 1, "1 °": 1}
MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
WEEKDAY = rf"(?:{'|'.join(_DAYS + _ENGLISH_DAYS)})"
_DAY = r"(?:1 ?er\b|1ere\b|1 ?°|premier\b|0?[1-9](?![0-9])|[12][0-9](?![0-9])|3[01](?![0-9]))"
_YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"
#: A year of two digits is only read where nothing else follows (« 9 avril 26 ; »).
_SHORT = r"[2-3][0-9](?= ?(?:[;,.)\n]|$))"

_WORDS = re.compile(
    rf"(?:\b(?P<weekday>{WEEKDAY}),? (?:le )?)?(?<![0-9/.,])(?P<day>{_DAY})(?:st|nd|rd|th)?(?: (?:of|du mois de"
    rf"|de))?[ -]"
    rf"(?P<month>{MONTH})(?:,? ?(?:de )?-?(?P<year>{_YEAR}|{_SHORT}))?"
)
_ENGLISH = re.compile(
    rf"(?:\b(?P<weekday>{WEEKDAY}),? )?\b(?P<month>{MONTH}) (?P<day>{_DAY})(?:st|nd|rd|th)?(?![0-9:]|[/.][0-9]"
    rf"| ?h\b),? (?P<year>{_YEAR})"
)
_NUMERIC = re.compile(
    rf"(?:\b(?P<weekday>{WEEKDAY}),? (?:le )?)?(?<![0-9/.,=_-])(?P<day>0?[1-9]|[12][0-9]|3[01]) ?(?P<mark>[/.-]) ?"
    r"(?P<month>0?[1-9]|1[0-2]) ?(?P=mark){1,2} ?(?P<year>(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9]|[/.-][0-9])"
)
_SHORT_NUMERIC = re.compile(r"(?<=\b(?:le|au) )(?P<day>0?[1-9]|[12][0-9]|3[01])/(?P<month>0[1-9]|1[0-2])(?![0-9/%])")
_ISO = re.compile(
    r"(?<![0-9/=_-])(?P<year>20[0-9]{2})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12][0-9]|3[01])(?![0-9-])"
)
_END_OF = re.compile(
    rf"\b(?:(?:la )?fin (?:du mois )?(?:de |d')?|end of "
    rf"|the end of )(?P<month>{MONTH})(?: (?:de )?(?P<year>{_YEAR}))?"
)
#: « fin 2027 », « fin du premier trimestre 2027 », « fin T3 », « end of 2027 », « fin d'année ».
_QUARTER = (
    r"(?:(?:(?P<rank>premier|1er|deuxieme|2e|2eme|second|troisieme|3e|3eme|quatrieme|4e|4eme|dernier|first|second|third"
    r"|fourth) (?P<part>trimestre|semestre|quarter|half))|[tq](?P<quarter>[1-4])\b)"
)
_END_OF_PERIOD = re.compile(
    rf"\b(?:la )?(?:fin|end) (?:(?:du |de l'|de la |de |of (?:the )?|d')?(?:{_QUARTER})(?: (?:de "
    rf"|of )?(?P<year>{_YEAR}))?"
    rf"|(?:de l'annee |de |of )?(?P<only_year>{_YEAR}))"
)
_RANKS = {
    "premier": 1, "1er": 1, "first": 1, "deuxieme": 2, "2e": 2, "2eme": 2, "second": 2, "troisieme": 3, "3e": 3,
    "3eme": 3, "third": 3, "quatrieme": 4, "4e": 4, "4eme": 4, "dernier": 4, "fourth": 4,
}  # fmt: skip
_PATTERNS = (_ISO, _NUMERIC, _SHORT_NUMERIC, _END_OF, _END_OF_PERIOD, _ENGLISH, _WORDS)

#: A date has a day beside a month (« 15 mars », « march 15 »), or two numbers with a mark between them.
_TRIGGER = re.compile(
    rf"[0-9] ?(?:[/.-] ?[0-9]|(?:er|ere|st|nd|rd|th|°)?[ -](?:of |de |du mois de )?(?:jan|fe[bv]|mar|a[pv]r|ma[iy]"
    rf"|jui|jun|jul|ao?ug?|sep|oct|nov|dec))"
    rf"|\b(?=[a-z])(?:(?:fin|end|premier) |{MONTH} [0-3]?[0-9])"
)
#: Characters before and after a trigger that may belong to its date.
_BEFORE, _AFTER = 20, 40

#: « du 3 » before « au 28 février 2027 »: a first day that borrows its month and year.
_BORROWING = re.compile(
    rf"\b(?:du|entre le"
    rf"|from) (?:{WEEKDAY} )?(?P<day>{_DAY})(?: (?P<month>{MONTH})|/(?P<number>0[1-9]"
    rf"|1[0-2]))?(?:,? a? ?[0-9]{{1,2}} ?h(?: ?[0-9]{{2}})?)?"
    rf" (?:au|et le|jusqu'au|to|-) (?:{WEEKDAY} )?$"
)
_TIME = re.compile(
    r"^[ ,]*(?:\n? ?heure (?:locale|limite) ?: ?)?(?:\(? ?(?:inclus|au plus tard|avant|heure limite|a|at|by"
    r"|jusqu'a|@|-|\[|\()?[ :]*){1,2}"
    r"(?:(?P<hour>[01]?[0-9]|2[0-4]) ?(?:h ?(?P<minute>[0-5][0-9])|h(?:eures?)?(?![a-z0-9])"
    r"|:(?P<minute2>[0-5][0-9]))(?: ?(?P<half>pm|am)\b)?"
    r"|(?P<hour3>1[0-2]|[1-9]) ?(?P<half3>pm|am)\b|(?P<word>midi|minuit|noon|midnight)\b)"
)
_TIME_BEFORE = re.compile(r"(?P<hour>[01]?[0-9]|2[0-4]) ?(?:h|:) ?(?P<minute>[0-5][0-9])?,? (?:le |on )?$")
_NAMED_HOURS = {"midi": "12:00", "noon": "12:00", "minuit": "23:59", "midnight": "23:59"}


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as it stands in a text."""

    start: int
    end: int
    day: int
    month: int
    #: None where the text prints none.
    year: int | None
    #: 0 = Monday, or None.
    weekday: int | None = None
    #: First day of a range « du 3 au 28 février 2027 » that this date ends; printed just before it.
    opens: tuple[int, int, int] | None = None
    #: The last day of a quarter, a half or a year: until when, but not on which day.
    period: bool = False

    def resolve(self, published: date | None) -> date | None:
        """Return the calendar day; where no year is printed, the next occurrence after `published`."""
        if self.year is not None:
            return _calendar_day(self.year, self.month, self.day)
        if published is None:
            return None
        found = _calendar_day(published.year, self.month, self.day)
        if found is None or found < published:
            found = _calendar_day(published.year + 1, self.month, self.day)
        if found is None or (found - published).days > _FARTHEST:
            return None
        return found if self.weekday in {None, found.weekday()} else None


#: Days ahead up to which « le 15 mars » means the next 15 March: beyond, the text more likely speaks of the last one.
_FARTHEST = 300


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _windows(folded: str) -> list[tuple[int, int]]:
    """Return the stretches that may hold a date: the patterns are costly, most of a text has no digit."""
    windows: list[tuple[int, int]] = []
    for trigger in _TRIGGER.finditer(folded):
        start, end = max(0, trigger.start() - _BEFORE), trigger.end() + _AFTER
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def find_dates(folded: str) -> list[PrintedDate]:
    """Return the dates of a levelled text, left to right; impossible days (31 février) are left out."""
    found: list[PrintedDate] = []
    for start, end in _windows(folded):
        found += _dates_in(folded, start, end)
    return sorted(found, key=lambda printed: printed.start)


def _dates_in(folded: str, start: int, end: int) -> Iterator[PrintedDate]:
    taken = bytearray(max(0, min(end, len(folded)) - start))
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded, start, end):
            first, last = match.start() - start, match.end() - start
            if any(taken[first:last]):
                continue
            taken[first:last] = b"\1" * (last - first)
            printed = _read(match, folded)
            if printed is not None:
                yield printed


def _read(match: re.Match[str], folded: str) -> PrintedDate | None:
    parts = match.groupdict()
    if "only_year" in parts:
        return _end_of_period(match)
    month = _month(parts["month"])
    year = _year(parts.get("year"))
    day = _day(parts["day"]) if parts.get("day") else calendar.monthrange(year or 2023, month)[1]
    # 2024 is a leap year: 29 February is possible until a year says no.
    if _calendar_day(year or 2024, month, day) is None:
        return None
    weekday = parts.get("weekday")
    return PrintedDate(
        start=match.start(),
        end=match.end(),
        day=day,
        month=month,
        year=year,
        weekday=_weekday(weekday) if weekday else None,
        opens=_borrowed(folded[max(0, match.start() - 60) : match.start()], month, match.start()),
    )


def _end_of_period(match: re.Match[str]) -> PrintedDate | None:
    """Read the last day of a quarter, a half or a year."""
    half = match["part"] in {"semestre", "half"}
    quarter = int(match["quarter"] or 0) or _RANKS.get(match["rank"] or "", 4)
    if match["rank"] == "dernier" or match["only_year"]:
        quarter = 4
    elif half:
        quarter *= 2
    if quarter > 4:  # noqa: PLR2004 - « troisième semestre »
        return None
    month = 3 * quarter
    year = _year(match["year"] or match["only_year"])
    day = calendar.monthrange(year or 2023, month)[1]
    return PrintedDate(start=match.start(), end=match.end(), day=day, month=month, year=year, period=True)


def _borrowed(before: str, month: int, start: int) -> tuple[int, int, int] | None:
    found = _BORROWING.search(before)
    if not found:
        return None
    return (
        _day(found["day"]),
        _month(found["month"] or found["number"] or str(month)),
        start - len(before) + found.start(),
    )


def _day(text: str) -> int:
    return _NUMBERS.get(text.strip()) or int(text)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[text.rstrip(".")]


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)  # noqa: PLR2004 - four digits


def _weekday(text: str) -> int:
    return (_DAYS + _ENGLISH_DAYS).index(text) % 7


def hour_beside(folded: str, start: int, end: int) -> tuple[str, int] | None:
    """Return (« HH:MM », end offset) of the hour printed right after a date, or right before it."""
    after = _TIME.match(folded[end : end + 60])
    if after:
        return _clock(after), end + after.end()
    before = _TIME_BEFORE.search(folded[max(0, start - 20) : start])
    if before:
        return f"{int(before['hour']):02}:{before['minute'] or '00'}", end
    return None


def _clock(match: re.Match[str]) -> str:
    if match["word"]:
        return _NAMED_HOURS[match["word"]]
    hour = int(match["hour"] or match["hour3"])
    half = match["half"] or match["half3"]
    if half == "pm" and hour < 12:  # noqa: PLR2004 - noon
        hour += 12
    minute = match["minute"] or match["minute2"] or "00"
    return "23:59" if hour == 24 else f"{hour:02}:{minute}"  # noqa: PLR2004 - « 24h »


def masked(folded: str, dates: list[PrintedDate]) -> Iterator[str]:
    """Yield the text with each date replaced by as many « ¤ »: context without dates, same offsets."""
    place = 0
    for printed in dates:
        yield folded[place : printed.start]
        yield "¤" * (printed.end - printed.start)
        place = printed.end
    yield folded[place:]
