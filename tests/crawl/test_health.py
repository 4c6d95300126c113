"""Each state of a source, with its French sentence and next step."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.crawl.builders import DAY, NOW, entry, failed, feed, fetched, good, source, state
from veille.crawl.decide import Visit, current, is_due, may_be_forced, next_state
from veille.errors import ParseError
from veille.model import FetchFault, SourceHealth, SourceState, Validators


def after(visit: Visit, before: SourceState | None = None, *, novel: bool = False) -> SourceState:
    return next_state(source(), before or state(), visit, novel=novel, started=NOW, now=NOW)


def test_a_read_feed_is_ok() -> None:
    found = after(good(), novel=True)
    assert (found.health, found.sentence, found.failures) == (SourceHealth.OK, "1 entrée lue", 0)
    assert (found.checked_at, found.succeeded_at) == (NOW, NOW)


def test_a_remark_of_the_reader_is_passed_on() -> None:
    found = after(Visit(fetched(), feed(entry(), remark="XML mal formé, lu avec tolérance"), "h"))
    assert "mal formé" in found.sentence


def test_a_304_is_unchanged() -> None:
    before = state(validators=Validators('"a"'), entries=3)
    assert after(Visit(fetched(304), None), before).health is SourceHealth.UNCHANGED


def test_a_304_to_an_unconditional_request_is_a_failure() -> None:
    found = after(Visit(fetched(304), None))
    assert found.health is SourceHealth.FAILING
    assert "sans condition" in found.sentence


def test_the_same_body_again_is_unchanged() -> None:
    found = after(Visit(fetched(200), None, "h", same_body=True), state(entries=3, body_hash="h"))
    assert found.health is SourceHealth.UNCHANGED


def test_an_empty_feed_is_empty_and_no_failure() -> None:
    found = after(Visit(fetched(), feed(), "h"), state(failures=2))
    assert (found.health, found.failures) == (SourceHealth.EMPTY, 0)


def test_html_is_invalid() -> None:
    error = ParseError("l'adresse sert une page HTML, pas un flux", cure="vérifiez l'adresse")
    found = after(Visit(fetched(), error, "h"))
    assert (found.health, found.sentence) == (SourceHealth.INVALID, "l'adresse sert une page HTML, pas un flux")
    assert found.next_step == "vérifiez l'adresse"


@pytest.mark.parametrize(
    ("status", "health"),
    [
        (204, SourceHealth.INVALID),
        (206, SourceHealth.INVALID),
        (300, SourceHealth.FAILING),
        (400, SourceHealth.FAILING),
        (401, SourceHealth.BLOCKED),
        (403, SourceHealth.BLOCKED),
        (404, SourceHealth.FAILING),
        (410, SourceHealth.STOPPED),
        (418, SourceHealth.FAILING),
        (429, SourceHealth.BLOCKED),
        (451, SourceHealth.BLOCKED),
        (500, SourceHealth.FAILING),
        (503, SourceHealth.FAILING),
    ],
)
def test_every_status_has_a_state_a_sentence_and_a_next_step(status: int, health: SourceHealth) -> None:
    found = after(Visit(fetched(status), None))
    assert (found.health, found.http_status) == (health, status)
    assert str(status) in found.sentence
    assert found.next_step


@pytest.mark.parametrize("fault", list(FetchFault))
def test_every_fault_has_a_state_a_sentence_and_a_next_step(fault: FetchFault) -> None:
    found = after(Visit(failed(fault), None))
    assert found.health in {SourceHealth.BLOCKED, SourceHealth.FAILING, SourceHealth.INVALID}
    assert found.sentence
    assert found.next_step


def test_failures_are_counted_and_forgotten_at_the_first_success() -> None:
    found = after(Visit(failed(), None), state(failures=4))
    assert found.failures == 5
    assert after(good(), found).failures == 0


def test_a_failure_keeps_what_was_learnt() -> None:
    before = state(entries=12, gap=3600, ttl=60, body_hash="h", succeeded_at=NOW - DAY, changed_at=NOW - DAY)
    found = after(Visit(fetched(500), None), before)
    assert (found.entries, found.gap, found.ttl, found.body_hash) == (12, 3600, 60, "h")
    assert found.succeeded_at == NOW - DAY


def test_a_source_silent_for_three_times_its_gap_says_so() -> None:
    before = state(entries=9, gap=4 * 86_400, changed_at=NOW - 13 * DAY, validators=Validators('"a"'))
    found = after(Visit(fetched(304), None), before)
    assert found.health is SourceHealth.SILENT
    assert "13 jours" in found.sentence


def test_a_busy_source_is_not_silent_over_a_long_weekend() -> None:
    before = state(entries=9, gap=3_600, changed_at=NOW - 4 * DAY, validators=Validators('"a"'))
    assert after(Visit(fetched(304), None), before).health is SourceHealth.UNCHANGED


def test_a_feed_dead_for_years_is_silent_at_its_first_import() -> None:
    old = [entry(f"T{n}", f"https://a.exemple/{n}", published=NOW - (400 + n) * DAY) for n in range(8)]
    assert after(good(*old), novel=True).health is SourceHealth.SILENT


def test_a_truncated_feed_is_read_again_even_if_the_bytes_are_the_same() -> None:
    found = after(Visit(fetched(), feed(entry(), complete=False), "h"))
    assert found.body_hash is None


def test_a_feed_cut_short_is_not_parsed_again_while_its_bytes_are_the_same_and_gives_no_validators() -> None:
    first = after(Visit(fetched(etag='"a"'), feed(entry(), complete=False, cut=True), "h"))
    assert (first.body_hash, first.cut, first.validators) == ("h", True, Validators())
    again = after(Visit(fetched(etag='"b"'), None, "h", same_body=True), first)
    assert again.validators == Validators()
    assert "coupé" in again.sentence
    assert again.entries == 1
    whole = after(Visit(fetched(etag='"c"'), feed(entry()), "h2"), again)
    assert (whole.cut, whole.validators) == (False, Validators('"c"'))


# ── what is due ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_source_never_fetched_is_due() -> None:
    assert is_due(source(), None, NOW)


def test_a_source_is_due_at_its_time() -> None:
    assert not is_due(source(), state(next_check_at=NOW + DAY), NOW)
    assert is_due(source(), state(next_check_at=NOW), NOW)


def test_a_source_is_left_in_peace_in_the_hours_it_names_for_a_day_at_most() -> None:
    quiet = state(next_check_at=NOW - timedelta(minutes=90), skip_hours=frozenset({NOW.hour}))
    assert not is_due(source(), quiet, NOW)
    assert is_due(source(), quiet, NOW + timedelta(hours=1))
    assert is_due(source(), quiet, NOW + DAY)


def test_a_source_gone_for_good_is_never_due_nor_forced() -> None:
    gone = after(Visit(fetched(410), None))
    assert gone.next_check_at is None
    assert not is_due(source(), gone, NOW + 400 * DAY)
    assert not may_be_forced(source(), gone, NOW + 400 * DAY)


def test_force_leaves_in_peace_a_site_that_asked_for_it() -> None:
    waiting = after(Visit(fetched(429, retry_after="3600"), None))
    assert not may_be_forced(source(), waiting, NOW)
    assert may_be_forced(source(), waiting, NOW + DAY)
    assert may_be_forced(source(), state(next_check_at=NOW + DAY), NOW)


def test_a_new_address_in_the_file_starts_afresh() -> None:
    gone = after(Visit(fetched(410), None), state(validators=Validators('"a"'), moved_to="https://b.exemple/"))
    moved = replace(source(), url="https://nouveau.exemple/flux")
    found = current(moved, gone)
    assert is_due(moved, gone, NOW)
    assert (found.validators, found.moved_to, found.health) == (Validators(), None, SourceHealth.WAITING)
