"""The pool of parsers: born with the first body, outliving any body."""

import asyncio
import errno
import os
import signal
import time
from concurrent.futures import Future, ProcessPoolExecutor

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
