"""A calendar read as strictly as RFC 5545 writes it: whatever it does not allow is an error."""

import re
from datetime import date, datetime

#: Property → how often an event has it: once, or at most once (§3.6.1).
_ONCE, _AT_MOST = {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"}, {"DTEND", "URL", "STATUS", "TRANSP"}
_NAME = re.compile(r"[A-Z0-9-]+")
#: §3.3.11: a backslash stands before another, a comma, a semicolon or an n, and these stand behind one.
_TEXT = re.compile(r"(?:[^\\,;]|\\[\\,;nN])*")


def read(raw: bytes) -> list[dict[str, str]]:
    """Return the events of a calendar as property → value; raises AssertionError for what is no iCalendar."""
    assert raw.endswith(b"\r\n")
    assert b"\r\n" not in (raw[:2], raw[-4:-2])
    lines = raw[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines), "§3.1: 75 octets"
    assert not any(byte in raw.replace(b"\r\n", b"") for byte in (b"\r", b"\n", b"\x00"))
    for line in lines:
        line.decode()  # a fold never parts a character
    whole = raw.decode().replace("\r\n ", "").replace("\r\n\t", "")[:-2].split("\r\n")
    assert (whole[0], whole[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    head = list(whole[1:-1])
    first = head.index("BEGIN:VEVENT") if "BEGIN:VEVENT" in head else len(head)
    names = [line.partition(":")[0].partition(";")[0] for line in head[:first]]
    assert names.count("PRODID") == names.count("VERSION") == names.count("METHOD") == 1
    return _events(head[first:])


def _events(lines: list[str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    inside = False
    for line in lines:
        if line in {"BEGIN:VEVENT", "END:VEVENT"}:
            assert inside is (line == "END:VEVENT")
            inside = not inside
            if inside:
                found.append({})
            continue
        name, _, value = line.partition(":")
        assert inside, line
        assert _NAME.fullmatch(name.partition(";")[0]), line
        assert name.partition(";")[0] not in found[-1], f"{name} twice"
        found[-1][name.partition(";")[0]] = value
        if name.startswith("DT") and name != "DTSTAMP":
            assert name.endswith(";VALUE=DATE"), "days need no zone"
    assert not inside
    for event in found:
        _checked(event)
    uids = [event["UID"] for event in found]
    assert len(uids) == len(set(uids)), "one event an item"
    return found


def _checked(event: dict[str, str]) -> None:
    assert _ONCE <= set(event) <= _ONCE | _AT_MOST, sorted(event)
    assert datetime.strptime(event["DTSTAMP"], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 - its Z says UTC
    start, end = (date.fromisoformat(event[name]) for name in ("DTSTART", "DTEND"))
    assert (end - start).days == 1, "§3.6.1: the end is not included"
    assert int(event["SEQUENCE"]) >= 0
    assert _TEXT.fullmatch(event["SUMMARY"]), event["SUMMARY"]
    assert event.get("STATUS", "CANCELLED") == "CANCELLED"
