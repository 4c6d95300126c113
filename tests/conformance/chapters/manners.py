"""P and H: pace per host, and who we say we are (openrss.org/app, rachelbythebay.com/fs/help, Kroll's score table)."""

import asyncio
import itertools
import re

from tests.conformance.documents import PLAIN, numbered, rss
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Behaviour, Reply, Request, always, reply

#: Seconds that a request of these hosts takes.
SLOW = 0.4


def _slow(_: Request) -> Reply:
    answer = reply(PLAIN)

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(SLOW)
        await answer(reader, writer)

    return send


def _on_one_host(answer: Behaviour) -> list[Feed]:
    return [Feed(answer, name, f"/{name}", host="un") for name in ("a", "b", "c", "d")]


def _together(requests: list[Request]) -> int:
    """Return how many requests were under way at once."""
    marks = sorted([(one.began, 1) for one in requests] + [(one.ended, -1) for one in requests])
    return max(itertools.accumulate((step for _, step in marks), initial=0))


@rule("P01", "MUST", *_on_one_host(_slow))
def few_at_once(case: Case) -> None:
    """At most two requests at once on a host."""
    assert len(case.requests(1)) == 4
    assert _together(case.requests(1)) <= 2


@rule("P02", "SHOULD", *_on_one_host(always(reply(PLAIN))))
def spaced(case: Case) -> None:
    """Requests to a host are spaced out."""
    starts = [request.began for request in case.requests(1)]
    assert len(starts) == 4
    # the clock that counts is the client's; ours sees the same gaps through a busy machine
    assert min(later - earlier for earlier, later in itertools.pairwise(starts)) > 0.6 * case.evidence.limits.host_delay


@rule("P03", "SHOULD", *(Feed(_slow, name) for name in ("a", "b", "c", "d")))
def hosts_in_parallel(case: Case) -> None:
    """Different hosts are asked beside each other."""
    assert _together(case.requests(1)) >= 2


PLAINLY = Feed(always(reply(PLAIN)))


def _agents(case: Case) -> set[str | None]:
    return {request.header("user-agent") for request in case.evidence.log}


@rule("H01", "MUST", PLAINLY)
def honest(case: Case) -> None:
    """The User-Agent is our own name and version, no library's and no browser's."""
    agent = case.one(1).header("user-agent") or ""
    assert re.match(r"veille/\d", agent)
    assert not re.search(r"mozilla|python|httpx|feedparser", agent, re.IGNORECASE)


@rule("H02", "SHOULD", PLAINLY)
def contact(case: Case) -> None:
    """It says where its operator can be reached."""
    assert re.search(r"\(\+(?:https?://\S+|\S+@\S+)\)", case.one(1).header("user-agent") or "")


@rule("H03", "SHOULD", PLAINLY)
def accept(case: Case) -> None:
    """Accept names the feed types, and does not refuse others."""
    said = case.one(1).header("accept") or ""
    for kind in ("application/rss+xml", "application/atom+xml", "*/*"):
        assert kind in said


@rule("H04", "SHOULD", PLAINLY)
def compression(case: Case) -> None:
    """Compression is offered: gzip."""
    assert "gzip" in (case.one(1).header("accept-encoding") or "")


_COOKIE = reply(PLAIN, fields={"Set-Cookie": "suivi=1; Path=/"})


@rule("H06", "SHOULD", Feed(always(_COOKIE)))
def no_cookie(case: Case) -> None:
    """No cookie comes back."""
    assert len(case.requests()) == 3
    assert all(request.header("cookie") is None for request in case.evidence.log)


_MOVED = reply(status=302, fields={"Location": "/ailleurs"})


@rule("H07", "SHOULD", Feed(always(_MOVED), more={"/ailleurs": always(reply(PLAIN))}))
def no_referer(case: Case) -> None:
    """No Referer, nor after a redirect."""
    assert len(case.requests(1)) == 2
    assert all(request.header("referer") is None for request in case.evidence.log)


@rule("H08", "SHOULD", Feed(always(reply(rss(numbered(1)))), path="/flux?format=rss&n=%C3%A9"))
def no_query(case: Case) -> None:
    """The address is asked as it was written: no parameter added, none re-encoded."""
    assert {request.path for request in case.requests()} == {"/flux?format=rss&n=%C3%A9"}


@rule("H09", "SHOULD", PLAINLY)
def stable(case: Case) -> None:
    """The User-Agent is the same for every host and run."""
    assert len(_agents(case)) == 1
