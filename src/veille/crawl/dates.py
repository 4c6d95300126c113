"""Dates as feeds write them: RFC 822 and its French, American and broken cousins, ISO 8601, epochs (pure)."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Folded beginnings of month names: French and English, then the languages of neighbouring sources.
_MONTHS = {
    **dict.fromkeys(("jan", "ene", "gen"), 1),
    **dict.fromkeys(("fev", "feb"), 2),
    **dict.fromkeys(("mar", "mrz"), 3),
    **dict.fromkeys(("avr", "apr", "abr"), 4),
    **dict.fromkeys(("mai", "may", "mag"), 5),
    **dict.fromkeys(("juin", "jun", "giu"), 6),
    **dict.fromkeys(("juil", "jul", "lug"), 7),
    **dict.fromkeys(("aou", "aug", "ago"), 8),
    **dict.fromkeys(("sep", "set"), 9),
    **dict.fromkeys(("oct", "okt", "ott"), 10),
    **dict.fromkeys(("nov",), 11),
    **dict.fromkeys(("dec", "dez", "dic"), 12),
}
#: Hours from UTC. RFC 822 §5.1 and the European names; others are left to the source's own zone.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("cet", "met", "mez", "west", "bst"), 1),
    **dict.fromkeys(("cest", "mest", "mesz", "eet"), 2),
    **dict.fromkeys(("eest", "msk"), 3),
    **dict.fromkeys(("edt",), -4),
    **dict.fromkeys(("est", "cdt"), -5),
    **dict.fromkeys(("cst", "mdt"), -6),
    **dict.fromkeys(("mst", "pdt"), -7),
    **dict.fromkeys(("pst",), -8),
}
_TIME = (
    r"(?:\s*(?:[,t|·–]|at?|-)?\s*(?P<hour>\d{1,2})\s?[:h]\s?(?P<minute>\d{2})?(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?)?"
)
_ZONE = (
    r"\s*\(?(?:(?P<place>[a-z]{4,10}/[a-z_]{3,20})|(?P<zone>[a-z]{1,5}(?![a-z])))?"
    r"\s*(?P<offset>[+-]\s?\d{1,2}(?::?\d{2})?)?\)?(?:\s*\([^)]{0,40}\))?\s*$"
)
_DAY_FIRST = (
    r"(?P<day>\d{1,2})(?:er|st|nd|rd|th)?[\s.-]*(?:de\s+)?(?P<month>[a-z]{3,10})\.?[\s,.-]*(?P<year>\d{4}|\d{2})"
)
_MONTH_FIRST = r"(?P<month>[a-z]{3,10})\.?\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
#: What some sites write before a date: « Publié le : mardi 3 février 2026 ».
_SAID = (
    r"(?:(?:publie|poste|paru|modifie|mis)e?(?: (?:a jour|en ligne))?|date(?: de publication)?|published|updated)"
    r"(?:\s+(?:le|on))?\s*:?\s*"
)
_WEEKDAY = rf"^\s*(?:{_SAID})?" r"(?:le\s+)?(?:[a-z]{2,9}(?:\.?\s*,\s*|\.\s*|\s+))?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        # ISO 8601 and W3CDTF, with a space for the T, or without separators
        r"^\s*(?P<year>\d{4})[-/](?P<month>\d{1,2})(?:[-/](?P<day>\d{1,2})" + _TIME + r")?" + _ZONE,
        r"^\s*(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?"
        + _ZONE,
        # Tue, 03 Feb 2026 10:15:00 +0100; lun., 3 févr. 2026 à 10 h 15
        _WEEKDAY + _DAY_FIRST + _TIME + _ZONE,
        # Tue, February 3, 2026 10:15 AM EST
        _WEEKDAY + _MONTH_FIRST + _TIME + _ZONE,
        # Tue Feb  3 10:15:00 CET 2026 (asctime, date(1))
        _WEEKDAY
        + r"(?P<month>[a-z]{3,10})\s+(?P<day>\d{1,2})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})"
        + r"\s+(?P<zone>[a-z]{1,5})?\s*(?P<offset>[+-]\d{4})?\s*(?P<year>\d{4})\s*$",
        # 03/02/2026 10:15, day first as in France
        _WEEKDAY + r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d{2})(?!\d)" + _TIME + _ZONE,
    )
)
_OFFSET = r"(?:(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)|Z|GMT|UTC)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
#: Tue, 03 Feb 2026 10:15:00 +0100; 2026-02-03T10:15:00+01:00.
_USUAL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(?P<day>\d{1,2}) (?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?P<year>\d{4}) "
    rf"{_CLOCK} {_OFFSET}",
    re.ASCII,
)
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)T{_CLOCK}(?:\.\d{{1,9}})?{_OFFSET}", re.ASCII)
_EPOCH = re.compile(r"^\s*(\d{10})(\d{3})?\s*$")
#: Dates inside a sentence: « Publié le 3 février 2026 », « jusqu'au 15/03/2026 », « 2026-03-15 ».
_IN_SENTENCES = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
    r"|\d{1,2}(?:er)?\s+[^\W\d]{3,10}\.?\s+\d{4})(?!\w)"
)
#: Characters of a sentence in which dates are looked for.
_SENTENCE = 500
#: No date is longer; a regular expression need not see a megabyte.
_LONGEST = 100
#: Before the web there were no feeds: 1970-01-01 and 0001-01-01 mean « none ».
_FIRST_YEAR, _LAST_YEAR = 1971, 2200
#: RFC 2822 §4.3: two digits below 50 are of this century.
_PIVOT = 50
#: ISO 3166 has no zone beyond UTC+14; RFC 3339 stops at ±23:59.
_FURTHEST = timedelta(hours=15)


def read_date(text: str | None, zone: tzinfo) -> datetime | None:
    """Return the instant that `text` names, UTC; naive ones are of `zone`; None where it names no real date."""
    if not text:
        return None
    usual = _USUAL.fullmatch(text) or _ISO.fullmatch(text)
    if usual:
        return _usual(usual)
    folded = _fold(text[: _LONGEST + 1])
    if len(folded) > _LONGEST:
        return None
    epoch = _EPOCH.match(folded)
    if epoch:
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    for shape in _SHAPES:
        found = shape.match(folded)
        if found:
            return _instant(found, zone)
    return None


def written_dates(text: str) -> list[str]:
    """Return what looks like dates inside a sentence, as written, in its order."""
    return _IN_SENTENCES.findall(text[:_SENTENCE])


def _usual(found: re.Match[str]) -> datetime | None:
    """Return the instant that one of the two shapes of most feeds names, as the slow way does."""
    part = found.groupdict()
    shift = timedelta(hours=int(part["hours"] or 0), minutes=int(part["minutes"] or 0))
    year, month = int(part["year"]), part["month"]
    if shift > _FURTHEST or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    number = int(month) if month.isdecimal() else _MONTHS[month.lower()]
    clock = int(part["hour"]), int(part["minute"]), min(int(part["second"]), 59)
    try:
        local = datetime(year, number, int(part["day"]), *clock, tzinfo=UTC)
        return local - shift if part["sign"] == "+" else local + shift
    except (ValueError, OverflowError):  # 31 février, 25:00
        return None


def _fold(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("\N{MINUS SIGN}", "-").split())


def _instant(found: re.Match[str], zone: tzinfo) -> datetime | None:
    parts = found.groupdict()
    year, month, day = _year(parts["year"]), _month(parts["month"]), int(parts["day"] or 1)
    if found.re is _SHAPES[-1] and month is not None and month > 12 >= day:  # noqa: PLR2004 - an American 02/25/2026
        month, day = day, month
    hour, minute, second = _time(parts)
    if month is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(parts, zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):  # 31 février, 25:00
        return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:  # noqa: PLR2004 - four digits are a whole year
        return year
    return year + (2000 if year < _PIVOT else 1900)


def _month(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    return _MONTHS.get(text[:3]) or _MONTHS.get(text[:4])


def _time(parts: dict[str, str | None]) -> tuple[int, int, int]:
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or "")[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, minute, second


def _zone(parts: dict[str, str | None], zone: tzinfo) -> tzinfo:
    """Return a fixed zone for a name, an offset or both (« GMT+1 »), else the source's own."""
    name, offset = parts.get("zone"), (parts.get("offset") or "").replace(" ", "").replace(":", "")
    if offset:
        digits = offset[1:].zfill(2) if len(offset) <= 3 else offset[1:].zfill(4)  # noqa: PLR2004 - sign and hours
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
        if shift > _FURTHEST:
            raise ValueError(f"no such offset: {offset}")
        return timezone(-shift if offset[0] == "-" else shift)
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name]))
    return _zone_of(parts.get("place")) or zone


def _zone_of(place: str | None) -> tzinfo | None:
    """Return the zone that a folded « europe/paris » names."""
    if place is None:
        return None
    try:
        return ZoneInfo("/".join(part.title() for part in place.split("/")))
    except (ZoneInfoNotFoundError, ValueError):
        return None
