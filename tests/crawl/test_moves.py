"""Permanent moves are stored at their second identical sighting, half an hour later, if they lead to a feed."""

from datetime import timedelta

from tests.crawl.builders import NOW, URL, failed, feed, fetched, good, source, state
from veille.crawl.decide import Visit, next_state
from veille.crawl.moves import permanent_target
from veille.crawl.politeness import asked_url
from veille.errors import ParseError
from veille.model import Redirect, SourceHealth, SourceState, Validators

NEW = "https://nouveau.exemple/flux.xml"
LATER = timedelta(minutes=31)


def hops(*statuses: int) -> tuple[Redirect, ...]:
    """Return a chain through /1, /2 … whose last hop leads to NEW."""
    stops = [URL, *(f"https://pole.exemple/{n}" for n in range(1, len(statuses))), NEW]
    return tuple(Redirect(status, stops[n], stops[n + 1]) for n, status in enumerate(statuses))


def twice(first: Visit, second: Visit, *, after: timedelta = LATER) -> SourceState:
    seen = next_state(source(), state(validators=Validators('"a"')), first, novel=False, started=NOW, now=NOW)
    assert seen.moved_to is None
    return next_state(source(), seen, second, novel=False, started=NOW + after, now=NOW + after)


def moved(*statuses: int) -> Visit:
    return good(redirects=hops(*statuses))


def test_a_301_seen_twice_is_stored() -> None:
    assert twice(moved(301), moved(301)).moved_to == NEW


def test_a_308_seen_twice_is_stored() -> None:
    assert twice(moved(308), moved(308)).moved_to == NEW


def test_a_301_seen_twice_within_half_an_hour_is_not_stored() -> None:
    assert twice(moved(301), moved(301), after=timedelta(minutes=29)).moved_to is None


def test_two_different_moves_are_not_stored() -> None:
    other = good(redirects=(Redirect(301, URL, "https://ailleurs.exemple/"),))
    assert twice(moved(301), other).moved_to is None


def test_a_302_and_a_307_are_never_stored() -> None:
    for status in (302, 303, 307):
        assert twice(moved(status), moved(status)).moved_to is None


def test_only_the_permanent_beginning_of_a_mixed_chain_is_stored() -> None:
    assert twice(moved(301, 302), moved(301, 302)).moved_to == "https://pole.exemple/1"
    assert twice(moved(302, 301), moved(302, 301)).moved_to is None


def test_a_chain_of_permanent_moves_is_stored_to_its_end() -> None:
    assert permanent_target(fetched(redirects=hops(301, 308))) == NEW


def test_a_301_to_a_404_is_not_stored() -> None:
    lost = Visit(fetched(404, redirects=hops(301)), None)
    assert twice(lost, lost).moved_to is None


def test_a_301_to_an_html_page_is_not_stored() -> None:
    parked = Visit(fetched(redirects=hops(301)), ParseError("page HTML"), "h")
    assert twice(parked, parked).moved_to is None


def test_a_301_to_an_unchanged_feed_is_stored() -> None:
    assert twice(moved(301), Visit(fetched(304, redirects=hops(301)), None)).moved_to == NEW


def test_a_downgrade_to_http_is_not_stored() -> None:
    down = good(redirects=(Redirect(301, URL, "http://pole.exemple/flux.xml"),))
    assert twice(down, down).moved_to is None


def test_the_stored_address_is_asked_and_the_written_one_is_kept() -> None:
    found = twice(moved(301), moved(301))
    assert asked_url(source(), found) == NEW
    assert found.feed == URL


def test_a_move_that_fails_three_times_is_given_up() -> None:
    found = state(moved_to=NEW)
    for _ in range(3):
        found = next_state(source(), found, Visit(failed(), None), novel=False, started=NOW, now=NOW)
    assert asked_url(source(), found) == URL


def test_a_301_to_a_feed_without_entries_is_not_stored() -> None:
    parked = Visit(fetched(redirects=hops(301)), feed(), "h")
    assert twice(parked, parked).moved_to is None


def test_a_move_is_believed_through_a_failure_between_its_two_sightings() -> None:
    seen = next_state(source(), state(), moved(301), novel=True, started=NOW, now=NOW)
    down = next_state(source(), seen, Visit(failed(), None), novel=False, started=NOW + LATER, now=NOW + LATER)
    assert next_state(source(), down, moved(301), novel=False, started=NOW + LATER, now=NOW + LATER).moved_to == NEW


def test_a_site_that_moves_back_is_asked_where_a_person_wrote() -> None:
    away = state(moved_to=NEW, validators=Validators('"a"'))
    back = good(redirects=(Redirect(301, NEW, URL),))
    seen = next_state(source(), away, back, novel=False, started=NOW, now=NOW)
    assert asked_url(source(), seen) == NEW
    found = next_state(source(), seen, back, novel=False, started=NOW + LATER, now=NOW + LATER)
    assert asked_url(source(), found) == URL


def test_410_of_where_a_source_had_moved_to_is_no_word_of_the_address_that_a_person_wrote() -> None:
    away = state(moved_to=NEW, validators=Validators('"a"'), body_hash="h")
    found = next_state(source(), away, Visit(fetched(410), None), novel=False, started=NOW, now=NOW)
    assert (found.health, found.http_status) == (SourceHealth.FAILING, 410)
    assert asked_url(source(), found) == URL
    assert (found.validators, found.body_hash) == (Validators(), None)
    assert found.next_check_at is not None
    gone = next_state(source(), found, Visit(fetched(410), None), novel=False, started=NOW, now=NOW)
    assert gone.health is SourceHealth.STOPPED
