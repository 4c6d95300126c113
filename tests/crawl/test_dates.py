from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from veille.crawl.dates import read_date

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 03 Feb 2026 10:15:00 +0100", "2026-02-03T09:15:00"),
        ("Tue, 03 Feb 2026 10:15:00 GMT", "2026-02-03T10:15:00"),
        ("3 Feb 26 10:15 UT", "2026-02-03T10:15:00"),
        ("Tue, 03 Feb 2026 10:15:00 CET", "2026-02-03T09:15:00"),
        ("Mon, 03 Aug 2026 10:15:00 CEST", "2026-08-03T08:15:00"),
        ("Wed, 02 Oct 2002 08:00:00 GMT+1", "2002-10-02T07:00:00"),
        ("Tue, 03 Feb 2026 10:15:00 EST", "2026-02-03T15:15:00"),
        ("lun., 3 févr. 2026", "2026-02-02T23:00:00"),
        ("lun., 3 févr. 2026 à 10 h 15", "2026-02-03T09:15:00"),
        ("mardi 3 février 2026", "2026-02-02T23:00:00"),
        ("mar, 24 fév 2026 00:00:00 +0100", "2026-02-23T23:00:00"),
        ("1er mars 2026", "2026-02-28T23:00:00"),
        ("le 14 août 2026 à 9h", "2026-08-14T07:00:00"),
        ("jeu. 3 déc. 2026 18:00", "2026-12-03T17:00:00"),
        ("03/02/2026", "2026-02-02T23:00:00"),
        ("03/02/2026 10:15", "2026-02-03T09:15:00"),
        ("02/25/2026", "2026-02-24T23:00:00"),
        ("2026-02-03T10:15:00Z", "2026-02-03T10:15:00"),
        ("2026-02-03T10:15:00.123+01:00", "2026-02-03T09:15:00"),
        ("2026-02-03T10:15:00+02", "2026-02-03T08:15:00"),
        ("2026-02-03 10:15:00", "2026-02-03T09:15:00"),
        ("20260203T101500Z", "2026-02-03T10:15:00"),
        ("2026-02-03", "2026-02-02T23:00:00"),
        ("Tue Feb  3 10:15:00 CET 2026", "2026-02-03T09:15:00"),
        ("Tue Feb  3 10:15:00 2026", "2026-02-03T09:15:00"),
        ("February 3, 2026 10:15 PM EST", "2026-02-04T03:15:00"),
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40"),
        ("1770113700", "2026-02-03T10:15:00"),
        ("1770113700000", "2026-02-03T10:15:00"),
        ("Mon, 01 Jan 2099 00:00:00 GMT", "2099-01-01T00:00:00"),
    ],
)
def test_dates_as_feeds_write_them(text, expected):
    assert read_date(text, PARIS) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "", None, "hier", "31 février 2024", "Fri, 31 Feb 2026 10:00:00 GMT", "2026-13-01", "0000-00-00", "32/01/2026",
        "Mon, 01 Jan 0001 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 GMT", "2026-02-03T25:00:00Z", "9" * 100_000,
        "Tue, 03 Feb 2026 10:15:00 +9900", "3 " * 1_000_000, "99999-01-01",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text):
    assert read_date(text, PARIS) is None


def test_a_naive_date_is_of_the_source_s_own_zone_in_summer_too():
    assert read_date("2026-07-14 12:00", PARIS) == datetime(2026, 7, 14, 10, 0, tzinfo=UTC)
