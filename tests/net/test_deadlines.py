"""One total deadline: httpx's own timeouts are per read, and a drip outlives them."""

import asyncio
import time

import pytest

from tests.net.hostile import Behaviour, Request, ask, drip, flood, moved, say, silence
from veille.model import Fetched, FetchFailed, FetchFault


@pytest.mark.parametrize(
    ("behaviour", "stage"),
    [
        (silence, "l'attente de la réponse"),
        (drip(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n"), "l'attente de la réponse"),
        (drip(b"", b"H"), "l'attente de la réponse"),
        (drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), "la lecture du corps"),
        (drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), "la lecture du corps"),
        (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "l'attente de la réponse"),
        (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500), "l'attente de la réponse"),
        (
            flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5000),
            "la lecture du corps",
        ),
    ],
    ids=[
        "silent",
        "dripped header",
        "dripped nonsense",
        "dripped body",
        "dripped chunks",
        "endless 100",
        "flood of 100",
        "flood of tiny chunks",
    ],
)
def test_a_slow_server_is_left_at_the_deadline(behaviour: Behaviour, stage: str) -> None:
    start = time.monotonic()
    outcome, server = ask(behaviour, deadline=1)
    assert time.monotonic() - start < 8  # a busy machine; without the deadline it would never end
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault in {FetchFault.TIMEOUT, FetchFault.PROTOCOL}
    if outcome.fault is FetchFault.TIMEOUT:
        assert outcome.sentence == f"délai dépassé : 1 s en tout ne suffisent pas, arrêt pendant {stage}"
    assert len(server.requests) == 1


def test_the_deadline_covers_every_hop() -> None:
    slow = say(b"", pause=0.4)

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        await slow(request, writer)
        await moved(request.path + "x")(request, writer)

    outcome, server = ask(behave, deadline=1)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.TIMEOUT
    assert 1 <= len(outcome.redirects) <= 3
    assert len(server.requests) <= 3


def test_a_dripping_error_page_does_not_hide_its_status() -> None:
    outcome, _ = ask(drip(b"HTTP/1.1 429 No\r\nRetry-After: 60\r\n\r\n", b"x"))
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.headers["retry-after"]) == (429, "60")
    assert 3 <= outcome.seconds < 10
