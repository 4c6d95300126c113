"""Holidays, sending hours, and the instants of editions through clock changes and days off."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from tests.digest.builders import digest
from veille.config.sending_hours import SendingHours
from veille.config.settings import Cluster
from veille.digest.editions import edition
from veille.digest.hours import Hours
from veille.holidays import CALENDARS, easter, holiday, holidays

PARIS = ZoneInfo("Europe/Paris")
WEEK = Hours(SendingHours(), PARIS, "metropole")


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("year", "day"),
    # Dates printed in calendars; 1818 and 2285 are the earliest possible, 1943 and 2038 the latest.
    [(1818, (3, 22)), (1943, (4, 25)), (2000, (4, 23)), (2024, (3, 31)), (2026, (4, 5)), (2027, (3, 28)),
     (2038, (4, 25)), (2285, (3, 22))],
)  # fmt: skip
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_the_eleven_legal_holidays_of_2026() -> None:
    assert sorted(holidays(2026)) == [
        date(2026, *day)
        for day in [(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    ]


@pytest.mark.parametrize(
    ("calendar", "day"),
    [("alsace-moselle", (4, 3)), ("alsace-moselle", (12, 26)), ("reunion", (12, 20)), ("martinique", (5, 22)),
     ("guadeloupe", (5, 27)), ("guyane", (6, 10)), ("mayotte", (4, 27))],
)  # fmt: skip
def test_a_territory_has_days_of_its_own(calendar: str, day: tuple[int, int]) -> None:
    assert holiday(date(2026, *day), calendar)
    assert not holiday(date(2026, *day))
    assert len(holidays(2026, calendar)) >= 12


def test_every_calendar_is_known_and_none_has_no_day_off() -> None:
    assert [len(holidays(2026, name)) for name in CALENDARS] == [0, 11, 13, *[12] * 7]


def test_the_calendar_follows_the_time_zone_unless_it_is_named() -> None:
    assert Cluster(timezone="Indian/Reunion").calendar == "reunion"
    assert Cluster(timezone="Europe/Paris").calendar == "metropole"
    assert Cluster(timezone="Europe/Paris", holidays="alsace-moselle").calendar == "alsace-moselle"
    with pytest.raises(ValidationError, match="calendrier inconnu"):
        Cluster(holidays="alsace")


@pytest.mark.parametrize(
    ("when", "open_", "opening"),
    [
        (paris(2026, 11, 27, 7, 30), True, paris(2026, 11, 27, 7, 30)),
        (paris(2026, 11, 27, 6, 59), False, paris(2026, 11, 27, 7, 0)),
        (paris(2026, 11, 27, 19, 0), False, paris(2026, 11, 30, 7, 0)),
        (paris(2026, 11, 28, 12, 0), False, paris(2026, 11, 30, 7, 0)),
        (paris(2026, 12, 24, 20, 0), False, paris(2026, 12, 28, 7, 0)),
        (paris(2026, 12, 25, 7, 30), False, paris(2026, 12, 28, 7, 0)),
    ],
)  # fmt: skip
def test_opening(when: datetime, open_: bool, opening: datetime) -> None:
    assert WEEK.open(when) is open_
    assert WEEK.opening(when) == opening


def test_an_edition_planned_on_a_holiday_leaves_on_the_next_working_day_under_the_same_key() -> None:
    christmas = edition(digest(), paris(2026, 12, 23, 9, 0), PARIS)
    assert christmas.period == "2026-W52"
    assert christmas.send_at == paris(2026, 12, 28, 7, 30)
    assert christmas.day == date(2026, 12, 28)
    assert christmas.stale_at == paris(2026, 12, 30, 7, 30)
    assert christmas.next_day == date(2027, 1, 4)  # New Year's Day is a Friday too
    assert edition(digest(), paris(2026, 12, 23, 9, 0), PARIS, "aucun").send_at == paris(2026, 12, 25, 7, 30)


@pytest.mark.parametrize(("monday", "offset"), [((2026, 10, 19), 2), ((2026, 10, 26), 1), ((2027, 3, 22), 1)])
def test_the_local_hour_holds_through_clock_changes(monday: tuple[int, int, int], offset: int) -> None:
    when = edition(digest(), paris(*monday, 9, 0), PARIS)
    assert when.send_at.astimezone(PARIS).strftime("%A %H:%M") == "Friday 07:30"
    assert when.send_at.hour == 7 - offset


def test_every_instant_of_a_local_week_gives_the_same_edition() -> None:
    """The last week of October has 169 hours: whenever the clock is asked, the key is the same."""
    start = paris(2026, 10, 19, 0, 0).astimezone(UTC)
    hours = [edition(digest(), start + timedelta(hours=count), PARIS) for count in range(170)]
    assert [one.period for one in hours] == ["2026-W43"] * 169 + ["2026-W44"]
    assert len({one.send_at for one in hours[:169]}) == 1


def test_a_daily_digest_has_no_edition_on_days_off() -> None:
    daily = digest(rhythm="daily", send={"at": "07:30"})
    assert edition(daily, paris(2026, 12, 25, 9, 0), PARIS).period == "2026-12-28"
    assert edition(daily, paris(2026, 12, 24, 9, 0), PARIS).next_day == date(2026, 12, 28)


def test_overseas_hours_are_local() -> None:
    reunion = edition(digest(), datetime(2026, 11, 25, 9, 0, tzinfo=UTC), ZoneInfo("Indian/Reunion"), "reunion")
    assert reunion.send_at == datetime(2026, 11, 27, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [{"send": {"day": "saturday", "at": "07:30"}}, {"send": {"day": "friday", "at": "22:00"}},
     {"hours": {"start": "18:00", "end": "08:00"}}, {"hours": {"start": "02:30"}}, {"hours": {"days": []}}],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        digest(**changes)
