"""The pool of parsers: born with the first body, outliving any body."""

import asyncio
import errno
import os
import signal
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crawl.builders import item, rss
from veille.crawl import parsing
from veille.crawl.parsing import Body, FeedParsers
from veille.errors import ParseError
from veille.model import ParsedFeed

GOOD = Body(rss(item("Un")), "application/xml", "https://a.exemple/f")
#: A document that takes minutes of CPU: a million open elements.
HOSTILE = Body(b"<rss><channel><item><title>x</title>" + b"<a>" * 4_000_000, "", "")


def read(*bodies: Body) -> list[ParsedFeed | ParseError]:
    async def all_of_them() -> list[ParsedFeed | ParseError]:
        with FeedParsers(2) as parsers:
            return await asyncio.gather(*(parsers.parse(body) for body in bodies))

    return asyncio.run(all_of_them())


def test_no_body_no_pool() -> None:
    with FeedParsers() as parsers:
        assert parsers._pool is None


def test_an_error_comes_back_as_a_value_with_its_cure() -> None:
    (error,) = read(Body(b"<html></html>", "", ""))
    assert isinstance(error, ParseError)
    assert error.cure


def test_a_body_that_takes_too_long_stops_alone() -> None:
    start = time.monotonic()
    hostile, *others = read(HOSTILE, *[GOOD] * 5)
    assert isinstance(hostile, ParseError)
    assert all(isinstance(other, ParsedFeed) for other in others)
    assert time.monotonic() - start < 60


def test_a_body_that_takes_too_much_memory_stops_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile, good = read(
        Body(b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"[]," * 14_000_000 + b"0]}", "", ""), GOOD
    )
    assert isinstance(hostile, ParseError)
    assert isinstance(good, ParsedFeed)


def test_a_worker_that_dies_costs_nobody_else_anything() -> None:
    async def murder() -> list[ParsedFeed | ParseError]:
        with FeedParsers(2) as parsers:
            await parsers.parse(GOOD)
            assert parsers._pool is not None
            victim = next(iter(parsers._pool._processes))
            slow = [asyncio.create_task(parsers.parse(GOOD)) for _ in range(3)]
            os.kill(victim, signal.SIGKILL)
            return [*await asyncio.gather(*slow), await parsers.parse(GOOD)]

    assert all(isinstance(reading, ParsedFeed) for reading in asyncio.run(murder()))


def test_a_server_of_workers_that_dies_costs_nobody_anything() -> None:
    """It may die with bodies in hand, or between two: what it started is lost with it, and nobody is blamed."""

    async def murder() -> list[ParsedFeed | ParseError]:
        with FeedParsers(2) as parsers:
            await parsers.parse(GOOD)
            assert parsers._pool is not None
            server = parsers._pool.submit(os.getppid).result()
            slow = [asyncio.create_task(parsers.parse(GOOD)) for _ in range(3)]
            await asyncio.sleep(0)
            os.kill(server, signal.SIGKILL)
            return [*await asyncio.gather(*slow), await parsers.parse(GOOD)]

    assert all(isinstance(reading, ParsedFeed) for reading in asyncio.run(murder()))


def kill_all(body: Body) -> ParsedFeed:
    """Kill what starts workers, and the worker at hand; only the first time where the body names a file."""
    mark = Path(body.url) if body.url else None
    if mark is not None and mark.exists():
        return parsing._read(replace(body, url=""))
    if mark is not None:
        mark.touch()
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(1)


def test_a_body_in_hand_when_the_server_dies_is_read_once_more(tmp_path: Path) -> None:
    async def read_it() -> ParsedFeed | ParseError:
        with FeedParsers(1) as parsers:
            return await parsers._by_itself(kill_all, replace(GOOD, url=str(tmp_path / "mark")))

    assert isinstance(asyncio.run(read_it()), ParsedFeed)


def test_a_body_with_which_the_server_dies_twice_is_to_blame() -> None:
    async def read_both() -> list[ParsedFeed | ParseError]:
        with FeedParsers(1) as parsers:
            return [await parsers.run(kill_all, replace(GOOD, url="")), await parsers.parse(GOOD)]

    hostile, good = asyncio.run(read_both())
    assert isinstance(hostile, ParseError)
    assert "tomber" in hostile.message
    assert isinstance(good, ParsedFeed)


@pytest.mark.parametrize("refusal", [ConnectionRefusedError(), BrokenPipeError(), EOFError()])
def test_a_server_that_is_dying_is_asked_again(monkeypatch: pytest.MonkeyPatch, refusal: Exception) -> None:
    """It hears nobody any more, and is not gone yet: two times, then another one answers."""
    real, refused = parsing._pool, []

    class Dying(ProcessPoolExecutor):
        def submit(self, *_args: object, **_named: object) -> "Future[object]":  # type: ignore[override]
            refused.append(refusal)
            raise refusal

    monkeypatch.setattr(parsing, "_pool", lambda workers: Dying(1) if len(refused) < 2 else real(workers))
    (good,) = read(GOOD)
    assert isinstance(good, ParsedFeed)
    assert len(refused) == 2


class Breaking(ProcessPoolExecutor):
    """A pool that is given work while it breaks: its pipes are closed already."""

    fault = errno.EBADF

    def submit(self, *_args: object, **_named: object) -> "Future[object]":  # type: ignore[override]
        raise OSError(self.fault, os.strerror(self.fault))


def test_a_pool_that_breaks_while_it_is_given_work_costs_nobody_anything() -> None:
    async def read() -> list[ParsedFeed | ParseError]:
        with FeedParsers(2) as parsers:
            parsers._pool = Breaking(1)
            return [await parsers.parse(GOOD), await parsers.parse(GOOD)]

    assert all(isinstance(reading, ParsedFeed) for reading in asyncio.run(read()))


def test_a_machine_that_can_start_no_worker_says_so() -> None:
    async def read() -> ParsedFeed | ParseError:
        with FeedParsers(2) as parsers:
            parsers._pool = Breaking(1)
            parsers._pool.fault = errno.ENOMEM  # type: ignore[attr-defined]
            return await parsers.parse(GOOD)

    with pytest.raises(OSError, match=os.strerror(errno.ENOMEM)):
        asyncio.run(read())


def test_a_body_that_kills_its_worker_twice_is_named_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        parsing,
        "_submitted",
        lambda pool, work, body: (
            pool.submit(os._exit, 1) if body is HOSTILE else pool.submit(parsing.limited, work, body)
        ),
    )
    hostile, good = read(HOSTILE, GOOD)
    assert isinstance(hostile, ParseError)
    assert "tomber" in hostile.message
    assert isinstance(good, ParsedFeed)


def test_connections_go_on_while_the_pool_is_born(monkeypatch: pytest.MonkeyPatch) -> None:
    born = parsing._born

    def slowly(workers: int) -> object:
        time.sleep(1)
        return born(workers)

    monkeypatch.setattr(parsing, "_born", slowly)

    async def ticks_meanwhile() -> int:
        ticks = 0
        with FeedParsers(1) as parsers:
            reading = asyncio.create_task(parsers.parse(GOOD))
            while not reading.done():
                await asyncio.sleep(0.05)
                ticks += 1
            assert isinstance(await reading, ParsedFeed)
        return ticks

    assert asyncio.run(ticks_meanwhile()) > 5
