"""Names are resolved in threads that nothing waits for."""

import asyncio
import socket
import threading
import time

import pytest

from tests.net.hostile import run
from veille.clock import SystemClock
from veille.config.settings import Fetch
from veille.model import FetchFailed, FetchFault
from veille.net import resolver
from veille.net.faults import Stopped
from veille.net.fetcher import GuardedFetcher
from veille.net.resolver import SystemResolver


def test_the_systems_resolver_answers() -> None:
    assert {str(address) for address in run(SystemResolver()("localhost"))} & {"127.0.0.1", "::1"}


def test_a_dead_dns_ends_at_the_deadline_and_holds_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> None:
        release.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "again")

    monkeypatch.setattr(resolver.socket, "getaddrinfo", hang)

    async def scenario() -> FetchFailed:
        async with GuardedFetcher(Fetch(deadline=1), contact="", clock=SystemClock()) as client:
            outcome = await client.fetch("http://feeds.example/")
        assert isinstance(outcome, FetchFailed)
        return outcome

    start = time.monotonic()
    outcome = run(scenario())
    release.set()
    assert outcome.fault is FetchFault.TIMEOUT
    assert time.monotonic() - start < 10


def test_lookups_under_way_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        release.wait(20)
        return [(0, 0, 0, "", ("93.184.216.34", 0))]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", hang)
    monkeypatch.setattr(resolver, "MAX_LOOKUPS", 3)

    async def scenario() -> list[object]:
        resolve = SystemResolver()
        waiting = [asyncio.create_task(resolve(f"h{number}.example")) for number in range(5)]
        await asyncio.sleep(0.1)
        release.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = run(scenario())
    assert sum(isinstance(answer, Stopped) for answer in answers) == 2
    assert sum(isinstance(answer, tuple) for answer in answers) == 3


@pytest.mark.parametrize(
    ("error", "fault", "words"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "again"), FetchFault.UNRESOLVED, "le DNS ne répond pas pour feeds.example"),
        (socket.gaierror(socket.EAI_NONAME, "none"), FetchFault.DNS, "le nom feeds.example n'existe pas"),
        (OSError(24, "Too many open files"), FetchFault.DNS, "n'a pas pu être résolu (trop de fichiers ouverts)"),
    ],
)
def test_each_failure_of_the_dns_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, error: OSError, fault: FetchFault, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(resolver.socket, "getaddrinfo", fail)
    with pytest.raises(Stopped) as caught:
        run(SystemResolver()("feeds.example"))
    assert caught.value.fault is fault
    assert words in caught.value.sentence
