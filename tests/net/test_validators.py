"""Validators are opaque: what a server said is echoed byte for byte."""

import pytest

from tests.net.hostile import ask, reply
from veille.model import Fetched, FetchFailed, FetchFault, Validators
from veille.net.headers import storable, validators_of

ETAGS = ['"abc"', 'W/"abc"', "abc", "'a'", '"a" , "b"', '"\u00e9\u00ff"', '""', '"a\\"b"', "W/", '"a;b=c,d"']


@pytest.mark.parametrize("etag", ETAGS)
def test_an_etag_goes_back_verbatim(etag: str) -> None:
    first, _ = ask(reply(b"x", headers=(f"ETag: {etag}",)))
    assert isinstance(first, Fetched)
    _, server = ask(reply(status="304 Not Modified", length=False), validators=validators_of(first.headers))
    assert server.requests[0].headers["if-none-match"] == etag.encode("latin-1")


@pytest.mark.parametrize(
    "date", ["Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-21", "Sat, 01 Jan 2041 00:00:00 +0100", "hier"]
)
def test_a_date_goes_back_verbatim(date: str) -> None:
    first, _ = ask(reply(b"x", headers=(f"Last-Modified: {date}",)))
    assert isinstance(first, Fetched)
    _, server = ask(reply(status="304 Not Modified", length=False), validators=validators_of(first.headers))
    assert server.requests[0].headers["if-modified-since"] == date.encode()
    assert "if-none-match" not in server.requests[0].headers


def test_both_validators_are_sent() -> None:
    _, server = ask(reply(b"x"), validators=Validators('"a"', "yesterday"))
    assert {"if-none-match", "if-modified-since"} <= set(server.requests[0].headers)


def test_a_304_keeps_its_headers_and_has_no_body() -> None:
    answer = reply(
        status="304 Not Modified", headers=('ETag: "b"', "Content-Encoding: gzip", "Content-Length: 500"), length=False
    )
    outcome, _ = ask(answer, validators=Validators('"a"'))
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.body, outcome.headers["etag"]) == (304, b"", '"b"')


def test_a_304_to_an_unconditional_request_is_a_failure() -> None:
    outcome, _ = ask(reply(status="304 Not Modified", length=False))
    assert isinstance(outcome, FetchFailed)
    assert (outcome.fault, outcome.status) == (FetchFault.PROTOCOL, 304)
    assert "sans condition" in outcome.sentence


@pytest.mark.parametrize("value", ['"' + "x" * 1_000_000 + '"', '"a\r\nX: 1"', '"\0"', '"€"', ""])
def test_a_validator_that_cannot_be_kept_is_dropped(value: str) -> None:
    assert storable(Validators(value, value)) == Validators()
    _, server = ask(reply(b"x"), validators=Validators(value, value))
    assert not {"if-none-match", "if-modified-since", "x"} & set(server.requests[0].headers)
