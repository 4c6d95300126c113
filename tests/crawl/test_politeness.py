from datetime import timedelta

from tests.crawl.builders import NOW, source, state
from veille.crawl.politeness import Pace, asked_url, by_host, host_of


def test_a_host_is_one_whatever_the_port_case_or_scheme() -> None:
    assert {host_of(url) for url in ("http://A.exemple/x", "https://a.exemple:8443/y")} == {"a.exemple"}


def test_a_url_without_host_is_its_own_host() -> None:
    assert host_of("http://[::1") == "http://[::1"


def test_sources_are_grouped_by_the_host_that_is_really_asked() -> None:
    sources = [source("a"), source("b"), source("c", url="https://autre.exemple/f")]
    moved = {"b": state("b", moved_to="https://autre.exemple/g")}
    assert {host: [one.id for one in there] for host, there in by_host(sources, moved).items()} == {
        "pole.exemple": ["a"],
        "autre.exemple": ["b", "c"],
    }


def test_a_move_stored_for_another_address_is_not_followed() -> None:
    stale = state(feed="https://vieux.exemple/", moved_to="https://ailleurs.exemple/")
    assert asked_url(source(), stale) == source().url


def test_what_waited_longest_comes_first() -> None:
    states = {name: state(name, next_check_at=NOW - wait) for name, wait in
              (("a", timedelta(hours=1)), ("b", timedelta(hours=3)))}  # fmt: skip
    (there,) = by_host([source("a"), source("b"), source("c")], states).values()
    assert [one.id for one in there] == ["c", "b", "a"]


def test_the_first_request_starts_at_once_and_the_next_after_the_delay() -> None:
    pace = Pace(1.0)
    assert pace.wait(10.0) == 0
    pace.start(10.0)
    assert pace.wait(10.5) == 0.5
    assert pace.wait(12.0) == 0
