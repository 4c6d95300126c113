"""The guard at work on real sockets: what is vetted is what is connected to."""

import asyncio
import ssl
import time
from typing import Any

import httpcore
import pytest

from tests.net.hostile import (
    Names,
    ToLoopback,
    ask,
    ask_nobody,
    ask_public,
    fetcher,
    hostile,
    moved,
    reply,
    run,
    say,
)
from veille import __version__
from veille.clock import SystemClock
from veille.config.settings import Fetch
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome
from veille.net.fetcher import GuardedFetcher

PUBLIC = "93.184.216.34"


def test_a_feed_is_fetched_whole() -> None:
    outcome, server = ask(reply(b"<rss/>", headers=("Content-Type: application/rss+xml", "X-A: 1", "X-A: 2")))
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.body, outcome.final_url) == (200, b"<rss/>", server.url + "/")
    assert outcome.headers["x-a"] == "1, 2"
    assert outcome.seconds > 0


def test_a_request_says_who_asks_and_nothing_that_follows_people() -> None:
    _, server = ask(reply(b"x"), "/feed?a=1#part")
    (request,) = server.requests
    assert request.raw.startswith(b"GET /feed?a=1 HTTP/1.1\r\n")
    assert request.headers["user-agent"] == f"veille/{__version__} (+veille@pole.example)".encode()
    assert request.headers["accept-encoding"] == b"gzip, deflate"
    assert b"application/rss+xml" in request.headers["accept"]
    assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding"}


def test_a_contact_cannot_add_a_header() -> None:
    _, server = ask(reply(b"x"), contact="a@b.fr\r\nX-Evil: 1 (é)")
    assert server.requests[0].headers["user-agent"] == f"veille/{__version__} (+a@b.frX-Evil:1)".encode()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/", "http://localhost:8080/", "http://[::1]:8080/", "http://10.0.0.1/"]
)
def test_a_private_address_is_refused_before_any_socket_is_opened(url: str) -> None:
    outcome, _, dial = ask_public(reply(b"x"), url, {})
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.REFUSED_ADDRESS
    assert "fetch.allow" in outcome.sentence
    assert dial.dialled == []


def test_a_host_with_one_private_answer_is_refused() -> None:
    outcome, _, dial = ask_public(reply(b"x"), "http://feeds.example/", {"feeds.example": [[PUBLIC, "10.0.0.5"]]})
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.REFUSED_ADDRESS
    assert "feeds.example mène à 10.0.0.5" in outcome.sentence
    assert dial.dialled == []


def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_vetted() -> None:
    rebinding = {"feeds.example": [[PUBLIC], ["127.0.0.1"]]}
    outcome, _, dial = ask_public(reply(b"x"), "http://feeds.example/", rebinding)
    assert isinstance(outcome, Fetched)
    assert dial.dialled == [(PUBLIC, 80)]


def test_the_host_header_keeps_the_name() -> None:
    _, server, _ = ask_public(reply(b"x"), "http://feeds.example:8080/", {"feeds.example": [[PUBLIC]]})
    assert server.requests[0].headers["host"] == b"feeds.example:8080"


def test_the_second_address_is_tried_when_the_first_does_not_answer() -> None:
    class FirstIsDown(ToLoopback):
        async def connect_tcp(self, host: str, port: int, *rest: Any, **options: Any) -> httpcore.AsyncNetworkStream:
            if not self.dialled:
                self.dialled.append((host, port))
                raise httpcore.ConnectTimeout
            return await super().connect_tcp(host, port, *rest, **options)

    async def scenario() -> tuple[FetchOutcome, list[tuple[str, int]]]:
        async with hostile(reply(b"x")) as server:
            dial = FirstIsDown(server.port)
            names = Names({"feeds.example": [[PUBLIC, "8.8.8.8"]]})
            async with fetcher(allow=(), names=names, dial=dial) as client:
                return await client.fetch("http://feeds.example/"), dial.dialled

    outcome, dialled = run(scenario())
    assert isinstance(outcome, Fetched)
    assert dialled == [(PUBLIC, 80), ("8.8.8.8", 80)]


def test_a_closed_port_is_a_value_with_a_sentence() -> None:
    outcome = ask_nobody("http://127.0.0.1:1/")
    assert isinstance(outcome, FetchFailed)
    assert (outcome.fault, outcome.sentence) == (FetchFault.CONNECT, "127.0.0.1 : connexion refusée par le serveur")


def test_an_unknown_name_is_a_value_with_a_sentence() -> None:
    outcome = ask_nobody("http://nulle-part.invalid/")
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.DNS
    assert "nulle-part.invalid" in outcome.sentence


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
def test_a_refusal_of_the_server_is_an_answer_and_is_not_asked_again(status: int) -> None:
    outcome, server = ask(reply(b"sorry", status=f"{status} No", headers=("Retry-After: 120",)))
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.body, outcome.headers["retry-after"]) == (status, b"sorry", "120")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (b"", FetchFault.CONNECT),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", FetchFault.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", FetchFault.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc", FetchFault.PROTOCOL),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", FetchFault.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nA: b", FetchFault.CONNECT),
    ],
)
def test_an_answer_that_is_not_http_is_a_value_and_is_not_asked_again(said: bytes, fault: FetchFault) -> None:
    outcome, server = ask(say(said, close=True))
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is fault
    assert len(server.requests) == 1


def test_a_server_that_closes_without_saying_so_is_not_taken_for_a_failing_one() -> None:
    async def scenario() -> int:
        closing = say(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", close=True)
        async with hostile(closing) as server, fetcher() as client:
            for number in range(50):
                assert isinstance(await client.fetch(f"{server.url}/{number}"), Fetched)
            return server.connections

    assert run(scenario()) == 50


def test_a_fetcher_serves_one_loop_after_another() -> None:
    client = fetcher()

    async def scenario() -> FetchOutcome:
        async with hostile(reply(b"x")) as server, client:
            return await client.fetch(server.url)

    assert isinstance(run(scenario()), Fetched)
    assert isinstance(run(scenario()), Fetched)


def test_fetches_run_side_by_side() -> None:
    slow = say(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", b"x", pause=0.2)

    async def scenario() -> tuple[list[FetchOutcome], float]:
        async with hostile(slow) as server, fetcher() as client:
            start = time.monotonic()
            outcomes = await asyncio.gather(*(client.fetch(f"{server.url}/{number}") for number in range(20)))
            return outcomes, time.monotonic() - start

    outcomes, seconds = run(scenario())
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert seconds < 6  # twenty in a row would take eight


def test_a_context_that_does_not_verify_is_a_bug() -> None:
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.check_hostname = False
    with pytest.raises(ValueError, match="always verified"):
        GuardedFetcher(Fetch(), contact="", clock=SystemClock(), tls=lax)


def test_cancelling_a_fetch_is_not_swallowed() -> None:
    async def scenario() -> None:
        async with hostile(moved("/")) as server, fetcher() as client:
            task = asyncio.create_task(client.fetch(server.url))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    run(scenario())


def test_localhost_is_reached_where_loopback_is_allowed() -> None:
    async def scenario() -> FetchOutcome:
        async with hostile(reply(b"x")) as server, fetcher() as client:
            return await client.fetch(f"http://localhost:{server.port}/")

    assert isinstance(run(scenario()), Fetched)
