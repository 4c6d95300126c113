"""Deadlines as iCalendar (RFC 5545): the same UID for ever, SEQUENCE rises each time a day moves (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from veille.text import clean

#: RFC 5545 §3.1: lines of at most 75 octets without their end.
_LINE = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One day to keep."""

    uid: str
    day: date
    title: str
    url: str | None
    #: How often it moved, was cancelled or came back; it only rises (RFC 5545 §3.8.7.4).
    sequence: int
    changed: datetime
    #: True where something closes that day, False where it takes place.
    closes: bool = True
    #: True where the day itself is to be checked.
    doubtful: bool = False
    #: True where it is no more: no day is left, or it was set aside.
    cancelled: bool = False


def feed(deadlines: Iterable[Deadline], *, name: str, domain: str) -> str:
    """Return a calendar of all-day events, CRLF lines."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//veille//echeances//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ]
    for one in deadlines:
        lines += _event(one, domain)
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in _fold(line))


def _event(one: Deadline, domain: str) -> list[str]:
    said = f"Clôture{' (date à vérifier)' if one.doubtful else ''} : {one.title}" if one.closes else one.title
    lines = [
        "BEGIN:VEVENT",
        f"UID:{one.uid}@{domain}",
        f"SEQUENCE:{one.sequence}",
        f"DTSTAMP:{one.changed.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(said)}",
        "TRANSP:TRANSPARENT",
    ]
    if one.cancelled:
        lines.append("STATUS:CANCELLED")
    if one.url:
        lines.append(f"URL:{clean(one.url)}")
    return [*lines, "END:VEVENT"]


def _text(value: str) -> str:
    """RFC 5545 §3.3.11."""
    flat = " ".join(clean(value).split())
    return flat.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _fold(line: str) -> list[str]:
    """Fold at 75 octets, never inside a character."""
    folded, current, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE:
            folded.append(current)
            current, size = " ", 1
        current += character
        size += octets
    return [*folded, current]
