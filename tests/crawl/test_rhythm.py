"""When a source is looked at again; one test a rule (the rule's number in the literature in brackets)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.crawl.builders import DAY, NOW, entry, failed, feed, fetched, good, source, state
from veille.crawl.decide import Visit, next_state
from veille.model import FetchFault, Source, SourceState, Validators

HOUR = timedelta(hours=1)
HOURLY = source(every=HOUR)


def wait(
    visit: Visit, before: SourceState | None = None, *, of: Source = HOURLY, now: datetime = NOW, novel: bool = False
) -> timedelta:
    """Return how long after the pass's start the source is due."""
    found = next_state(of, before or state(), visit, novel=novel, started=now, now=now)
    assert found.next_check_at is not None
    return found.next_check_at - now


def unchanged(**headers: str) -> Visit:
    return Visit(fetched(304, **headers), None)


SEEN = state(validators=Validators('"a"'), entries=3, interval=3_600)


# ── the source's own rhythm ─────────────────────────────────────────────────────────────────────────────────────────
def test_an_explicit_interval_is_the_interval_less_a_jitter_of_a_tenth() -> None:
    waits = {wait(good(), of=source(f"s{n}", every=HOUR)) for n in range(50)}
    assert all(0.9 * HOUR <= one <= HOUR for one in waits)
    assert len(waits) > 40


def test_an_explicit_interval_is_never_lengthened_by_silence() -> None:
    before = SEEN
    for _ in range(20):
        before = next_state(HOURLY, before, unchanged(), novel=False, started=NOW, now=NOW)
    assert before.next_check_at is not None
    assert before.next_check_at <= NOW + HOUR


def test_a_source_asked_for_every_minute_is_due_at_each_minute() -> None:
    assert wait(good(), of=source(every=timedelta(minutes=1))) <= timedelta(minutes=1)


def test_the_interval_counts_from_the_beginning_of_the_pass() -> None:
    late = NOW + timedelta(minutes=10)
    found = next_state(HOURLY, state(), good(), novel=True, started=NOW, now=late)
    assert found.next_check_at is not None
    assert found.next_check_at <= NOW + HOUR


def test_a_busy_feed_is_looked_at_hourly_at_most() -> None:
    entries = [entry(f"T{n}", f"https://a.exemple/{n}", published=NOW - n * timedelta(minutes=5)) for n in range(20)]
    assert 0.9 * HOUR <= wait(good(*entries), of=source(), novel=True) <= HOUR


def test_a_slow_feed_is_looked_at_daily_at_least() -> None:
    entries = [entry(f"T{n}", f"https://a.exemple/{n}", published=NOW - n * 30 * DAY) for n in range(20)]
    assert 0.9 * DAY <= wait(good(*entries), of=source(), novel=True) <= DAY


def test_the_adaptive_interval_is_half_of_the_usual_gap() -> None:
    entries = [entry(f"T{n}", f"https://a.exemple/{n}", published=NOW - n * 8 * HOUR) for n in range(20)]
    assert 0.9 * 4 * HOUR <= wait(good(*entries), of=source(), novel=True) <= 4 * HOUR


def test_an_unchanged_source_is_looked_at_a_little_less_each_time_up_to_a_day() -> None:
    found = SEEN
    intervals = []
    for _ in range(30):
        found = next_state(source(), found, unchanged(), novel=False, started=NOW, now=NOW)
        intervals.append(found.interval or 0)
    assert intervals == sorted(intervals)
    assert intervals[-1] == 86_400


# ── failures ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_first_failure_keeps_the_usual_rhythm() -> None:
    assert wait(Visit(failed(), None)) <= HOUR


def test_back_off_starts_at_the_second_failure_and_doubles() -> None:
    waits = [wait(Visit(failed(), None), state(failures=n)) for n in range(5)]
    for n, found in enumerate(waits):
        assert 0.9 * HOUR * 2**n <= found <= HOUR * 2**n


def test_without_dns_nobody_backs_off_and_all_are_asked_again_within_the_hour() -> None:
    for failures in (0, 1, 9):
        assert wait(Visit(failed(FetchFault.UNRESOLVED), None), state(failures=failures)) <= HOUR
        assert wait(Visit(failed(FetchFault.UNRESOLVED), None), state(failures=failures), of=source(every=DAY)) <= HOUR


def test_back_off_grows_to_a_week() -> None:
    assert 0.9 * 7 * DAY <= wait(Visit(failed(), None), state(failures=500)) <= 7 * DAY


def test_a_source_asked_for_every_month_is_not_asked_weekly_because_it_fails() -> None:
    monthly = source(every=30 * DAY)
    assert wait(Visit(failed(), None), state(failures=9), of=monthly) >= 0.9 * 30 * DAY


def test_a_404_backs_off_by_days_from_the_second_in_a_row() -> None:
    often = source(every=timedelta(minutes=1))
    waits = [wait(Visit(fetched(404), None), state(failures=n), of=often) for n in range(6)]
    for found, days in zip(waits[1:], (2, 4, 7, 7, 7), strict=True):
        assert 0.9 * days * DAY <= found <= days * DAY
    assert waits[0] <= timedelta(minutes=1)


def test_a_source_recovers_its_rhythm_at_the_first_success() -> None:
    assert wait(good(), state(failures=9)) <= HOUR


# ── what the server asks ────────────────────────────────────────────────────────────────────────────────────────────
def test_max_age_lengthens() -> None:
    assert wait(good(cache_control="public, max-age=7200")) == 2 * HOUR


def test_age_is_taken_off_max_age() -> None:
    assert wait(good(cache_control="max-age=7200", age="1800")) == 1.5 * HOUR


def test_expires_lengthens() -> None:
    headers = {"expires": "Mon, 23 Nov 2026 11:00:00 GMT", "date": "Mon, 23 Nov 2026 08:00:00 GMT"}
    assert wait(good(**headers)) == 3 * HOUR


def test_max_age_beats_expires() -> None:
    headers = {"expires": "Mon, 23 Nov 2026 20:00:00 GMT", "date": "Mon, 23 Nov 2026 08:00:00 GMT"}
    assert wait(good(cache_control="max-age=7200", **headers)) == 2 * HOUR


def test_no_cache_beats_max_age() -> None:
    assert wait(good(cache_control="no-cache, max-age=7200")) <= HOUR


def test_freshness_is_clamped_to_a_day() -> None:
    for control in ("max-age=504576000", "max-age=" + "9" * 300):
        assert wait(good(cache_control=control)) == DAY


@pytest.mark.parametrize("control", ["max-age=-5", "max-age=abc", "max-age", "s-maxage=9000", "x-max-age=9000", ",,,"])
def test_broken_cache_control_is_ignored(control: str) -> None:
    assert wait(good(cache_control=control)) <= HOUR


def test_a_304_s_freshness_counts_too() -> None:
    assert wait(unchanged(cache_control="max-age=7200"), SEEN) == 2 * HOUR


def test_an_error_page_s_freshness_does_not_count() -> None:
    assert wait(Visit(fetched(500, cache_control="max-age=86400"), None)) <= HOUR


def test_ttl_lengthens_and_is_remembered_through_a_304() -> None:
    read = next_state(
        HOURLY, state(validators=Validators('"a"')), Visit(fetched(etag='"a"'), feed(entry(), ttl=10_800), "h"),
        novel=True, started=NOW, now=NOW,
    )  # fmt: skip
    assert read.next_check_at == NOW + 3 * HOUR
    assert wait(unchanged(), read) == 3 * HOUR


def test_ttl_is_clamped_to_a_day() -> None:
    assert wait(Visit(fetched(), feed(entry(), ttl=10**9), "h")) == DAY


def test_skipped_hours_are_respected() -> None:
    quiet = Visit(fetched(), feed(entry(), skip_hours=frozenset({8, 9, 10})), "h")
    assert NOW + wait(quiet) == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def test_a_feed_that_skips_every_hour_is_not_believed() -> None:
    assert wait(Visit(fetched(), feed(entry(), skip_hours=frozenset(range(24))), "h")) <= HOUR


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_obeyed(status: int) -> None:
    assert wait(Visit(fetched(status, retry_after="9000"), None)) == timedelta(seconds=9000)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_as_a_date_is_obeyed(status: int) -> None:
    assert wait(Visit(fetched(status, retry_after="Mon, 23 Nov 2026 12:00:00 GMT"), None)) == 4 * HOUR


def test_retry_after_as_a_date_is_measured_on_the_server_s_own_clock() -> None:
    headers = {"retry_after": "Mon, 23 Nov 2020 12:00:00 GMT", "date": "Mon, 23 Nov 2020 08:00:00 GMT"}
    assert wait(Visit(fetched(429, **headers), None)) == 4 * HOUR


@pytest.mark.parametrize("asked", ["999999999999", "Wed, 21 Oct 2099 07:28:00 GMT", "9" * 30])
def test_retry_after_is_clamped_to_a_week(asked: str) -> None:
    assert wait(Visit(fetched(429, retry_after=asked), None)) == 7 * DAY


@pytest.mark.parametrize("asked", ["-5", "abc", "", "NaN", "1e9", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_meaningless_retry_after_keeps_the_rhythm(asked: str) -> None:
    assert wait(Visit(fetched(429, retry_after=asked), None)) <= HOUR


def test_retry_after_counts_on_429_and_503_only() -> None:
    assert wait(Visit(fetched(500, retry_after="9000"), None)) <= HOUR


def test_a_429_that_names_no_time_leaves_its_site_alone_for_half_an_hour() -> None:
    often = source(every=timedelta(minutes=1))
    assert wait(Visit(fetched(429), None), of=often) == timedelta(minutes=30)
    assert wait(Visit(fetched(429, retry_after="abc"), None), of=often) == timedelta(minutes=30)
    assert wait(Visit(fetched(503), None), of=often) <= timedelta(minutes=1)


def test_a_source_without_dates_learns_its_rhythm_from_what_it_brings() -> None:
    undated = good(entry(published=None))
    found = next_state(source(), state(), undated, novel=True, started=NOW, now=NOW)
    assert found.gap is None
    for days in (10, 20, 30):
        found = next_state(source(), found, undated, novel=True, started=NOW + days * DAY, now=NOW + days * DAY)
    assert found.gap == 10 * 86_400
    later = NOW + 61 * DAY
    assert next_state(source(), found, unchanged(), novel=False, started=later, now=later).health.value == "en panne"
    known = replace(found, validators=Validators('"a"'))
    assert next_state(source(), known, unchanged(), novel=False, started=later, now=later).health.value == "silencieux"
