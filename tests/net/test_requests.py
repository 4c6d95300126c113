"""Requests with fields of their own or a body: what APIs need beyond a plain GET."""

import pytest

from tests.net.hostile import Behaviour, Hostile, fetcher, hostile, moved, reply, run
from veille.model import Fetched, FetchOutcome, Request

KEY = (("X-Api-Key", "secret"),)


def send(routes: dict[str, Behaviour], path: str = "/", **fields: object) -> tuple[FetchOutcome, Hostile]:
    async def scenario() -> tuple[FetchOutcome, Hostile]:
        async with hostile(routes) as server, fetcher() as client:
            return await client.send(Request(url=server.url + path, **fields)), server

    return run(scenario())


def test_a_body_is_posted_with_its_type_and_length() -> None:
    outcome, server = send({"/": reply(b"{}")}, body=b'{"q": 1}')
    assert isinstance(outcome, Fetched)
    (request,) = server.requests
    assert request.headers["content-type"] == b"application/json"
    assert request.headers["content-length"] == b"8"


def test_a_key_is_sent_to_its_own_origin() -> None:
    _, server = send({"/": moved("/2"), "/2": reply(b"x")}, headers=KEY)
    assert [request.headers.get("x-api-key") for request in server.requests] == [b"secret", b"secret"]


def test_a_key_does_not_follow_a_redirect_to_another_origin() -> None:
    async def scenario() -> tuple[Hostile, Hostile]:
        async with hostile({"/": reply(b"x")}) as other, hostile({"/": moved(other.url + "/")}) as first:
            async with fetcher() as client:
                await client.send(Request(url=first.url + "/", headers=KEY))
            return first, other

    first, other = run(scenario())
    assert first.requests[0].headers["x-api-key"] == b"secret"
    assert "x-api-key" not in other.requests[0].headers


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_body_is_never_sent_again_elsewhere(status: str) -> None:
    outcome, server = send({"/": moved("/2", status), "/2": reply(b"x")}, body=b"{}")
    assert isinstance(outcome, Fetched)
    assert outcome.status == int(status[:3])
    assert len(server.requests) == 1
