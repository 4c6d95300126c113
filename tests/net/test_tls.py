"""Certificates are always verified, against the name that was asked."""

import asyncio
import gc
from typing import Any

import pytest

from tests.net.hostile import Hostile, Names, ToLoopback, ask_public, fetcher, hostile, reply, run, silence
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome


def over_tls(
    certificate: str, host: str = "feeds.example", **settings: Any
) -> tuple[FetchOutcome, Hostile, ToLoopback]:
    return ask_public(reply(b"<rss/>"), f"https://{host}/", {host: [["93.184.216.34"]]}, certificate, **settings)


def test_a_valid_certificate_is_checked_against_the_name_although_an_address_was_dialled() -> None:
    outcome, server, dial = over_tls("valid")
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss/>"
    assert server.names == ["feeds.example"]
    assert dial.dialled == [("93.184.216.34", 443)]
    assert server.requests[0].headers["host"] == b"feeds.example"


@pytest.mark.parametrize(
    ("certificate", "host", "words"),
    [
        ("expired", "feeds.example", "le certificat a expiré"),
        ("self_signed", "feeds.example", "auto-signé"),
        ("valid", "other.example", "le certificat est celui d'un autre nom d'hôte"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(certificate: str, host: str, words: str) -> None:
    outcome, server, _ = over_tls(certificate, host)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.TLS
    assert words in outcome.sentence
    assert server.requests == []


def test_a_handshake_that_never_ends_is_left_at_the_deadline_and_its_socket_closed() -> None:
    outcome, _, _ = over_tls("", deadline=1)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.TIMEOUT
    gc.collect()  # an unclosed socket would warn here, and warnings are errors


@pytest.mark.parametrize(
    ("greeting", "words"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong version number"), (b"", "coupé pendant la poignée de main")],
)
def test_a_server_that_does_not_speak_tls_is_said(greeting: bytes, words: str) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def scenario() -> FetchOutcome:
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        async with server, fetcher() as client:
            return await client.fetch(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    outcome = run(scenario())
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.TLS
    assert words in outcome.sentence


def test_the_usual_authorities_do_not_know_the_tests_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    from veille.clock import SystemClock
    from veille.config.settings import Fetch
    from veille.net.fetcher import GuardedFetcher

    async def scenario() -> FetchOutcome:
        async with hostile(silence, "valid") as server:
            dial = ToLoopback(server.port)
            names = Names({"feeds.example": [["93.184.216.34"]]})
            async with GuardedFetcher(Fetch(), contact="", clock=SystemClock(), resolver=names, dial=dial) as client:
                return await client.fetch("https://feeds.example/")

    outcome = run(scenario())
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.TLS
    assert "autorité" in outcome.sentence
