"""Every hostile input of the shared list that concerns fetching is handled here, or named with its place and reason."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tests.bad_inputs import cases, value_of
from tests.crawl import test_robots
from tests.net import (
    test_bodies,
    test_deadlines,
    test_guarded_fetch,
    test_memory,
    test_redirects,
    test_single_way_out,
    test_tls,
    test_validators,
)
from tests.net.hostile import Names, ToLoopback, ask, fetcher, reply, run
from veille.model import Fetched, FetchFailed, FetchFault, Validators

#: Not this room's: where each is judged.
ELSEWHERE = {
    "FET-122": "tests/crawl/test_bad_fetches.py: crawl clamps Retry-After; net hands it over verbatim (checked below)",
}
REFUSED = {FetchFault.REFUSED_URL, FetchFault.REFUSED_ADDRESS}
#: A public address for every name, so that a refusal is due to the rule and not to the DNS.
PUBLIC = "93.184.216.34"


class EveryName(Names):
    """Any name leads to the same public address."""

    async def __call__(self, host: str) -> Any:
        self.answers.setdefault(host, [[PUBLIC]])
        return await super().__call__(host)


def refused_before_any_socket(url: str) -> None:
    """The literal URLs: nothing is dialled but a public address of the host that the URL names."""

    async def scenario() -> tuple[Any, list[tuple[str, int]]]:
        dial = ToLoopback()  # port 1: nobody answers
        async with fetcher(allow=(), names=EveryName({}), dial=dial) as client:
            return await client.fetch(url), dial.dialled

    outcome, dialled = run(scenario())
    assert isinstance(outcome, FetchFailed)
    if url.startswith("http://example.com#"):
        assert dialled == [(PUBLIC, 80)]  # a fragment is not a host
        return
    assert outcome.fault in REFUSED
    assert outcome.sentence.startswith("adresse refusée : ")
    assert dialled == []


def bytes_are_bytes(body: bytes) -> None:
    outcome, _ = ask(reply(body))
    assert isinstance(outcome, Fetched)
    assert outcome.body == body


def etag_is_not_kept(etag: str) -> None:
    outcome, server = ask(reply(b"x"), validators=Validators(etag=etag))
    assert isinstance(outcome, Fetched)
    assert "if-none-match" not in server.requests[0].headers


def gzip_bomb_is_bounded(_bomb: bytes) -> None:
    test_memory.test_a_bomb_costs_less_than_64_megabytes("gzip")


#: Cases with an input of their own, by class or id.
BY_INPUT: dict[str, Callable[[Any], None]] = {
    "FET-106": bytes_are_bytes,
    "FET-123": test_robots.delay_is_clamped_and_said,
    "FET-124": test_robots.wildcards_are_obeyed,
    "FET-109": gzip_bomb_is_bounded,
    "FET-130": etag_is_not_kept,
}


def bomb(name: str) -> Callable[[], None]:
    return lambda: test_memory.test_a_bomb_costs_less_than_64_megabytes(name)


def each(test: Any) -> Callable[[], None]:
    """Run a parametrised test of this room over its own parameters."""

    def run_all() -> None:
        (mark,) = [mark for mark in test.pytestmark if mark.name == "parametrize"]
        names = [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
        for values in mark.args[1]:
            test(**dict(zip(names, values if len(names) > 1 else (values,), strict=True)))

    return run_all


#: Cases told as a scenario: the test of this room that plays it.
SCENARIOS: dict[str, Callable[[], None]] = {
    "FET-101": test_redirects.test_a_redirect_to_a_private_address_is_not_followed,
    "FET-102": test_guarded_fetch.test_a_name_that_changes_its_answer_is_connected_to_where_it_was_vetted,
    "FET-103": test_guarded_fetch.test_a_host_with_one_private_answer_is_refused,
    "FET-104": each(test_redirects.test_a_redirect_to_another_scheme_is_not_followed),
    "FET-105": test_single_way_out.test_only_net_opens_connections_to_sources,
    "FET-110": bomb("br"),
    "FET-111": bomb("gzip, gzip"),
    "FET-112": bomb("zstd"),
    "FET-113": each(test_deadlines.test_a_slow_server_is_left_at_the_deadline),
    "FET-115": bomb("endless chunks"),
    "FET-116": bomb("headers"),
    "FET-117": each(test_bodies.test_a_coding_that_is_wrong_or_was_not_offered_is_said),
    "FET-118": each(test_bodies.test_a_cut_body_is_a_failure_and_not_a_short_feed),
    "FET-128": test_robots.a_header_reserves,
    "FET-129": test_robots.a_file_or_page_reserves_and_a_header_overrides_the_file,
    "FET-131": test_validators.test_a_304_to_an_unconditional_request_is_a_failure,
    "FET-133": each(test_tls.test_a_certificate_that_does_not_hold_is_refused),
}


@pytest.mark.parametrize("case", cases("fetch", later=ELSEWHERE))
def test_a_hostile_input_meets_its_rule(case: dict[str, Any]) -> None:
    name = case["id"]
    if name in BY_INPUT:
        BY_INPUT[name](value_of(case))
    elif "scenario" in case:
        assert name in SCENARIOS, f"nobody handles {name}: {case['scenario']}"
        SCENARIOS[name]()
    else:
        assert case["class"] in {"ssrf", "url"}, f"nobody handles {name}"
        refused_before_any_socket(value_of(case))


@pytest.mark.parametrize(
    "header",
    [
        "Retry-After: 999999999999",
        "Retry-After: -5",
        "Retry-After: abc",
        "tdm-reservation: 1",
        "TDM-Policy: https://x/",
    ],
)
def test_a_header_that_another_room_reads_arrives_verbatim(header: str) -> None:
    outcome, _ = ask(reply(b"x", status="429 Too Many Requests", headers=(header,)))
    assert isinstance(outcome, Fetched)
    name, _, value = header.partition(": ")
    assert outcome.headers[name.lower()] == value


def test_every_scenario_is_a_test_that_can_be_called() -> None:
    for name, play in SCENARIOS.items():
        assert not inspect.signature(play).parameters, name
