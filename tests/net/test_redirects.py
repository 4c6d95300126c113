"""Redirects are followed by our own loop: each hop is vetted like a first URL."""

import pytest

from tests.net.hostile import Behaviour, Hostile, ask, ask_public, fetcher, hostile, moved, reply, run
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, Validators


def test_hops_are_kept_with_their_statuses() -> None:
    routes = {
        "/a": moved("/b", "301 Moved"),
        "/b": moved("/c", "308 Permanent"),
        "/c": moved("d?x=1", "302 Found"),
        "/d?x=1": reply(b"<rss/>"),
    }
    outcome, server = ask(routes, "/a")
    assert isinstance(outcome, Fetched)
    assert outcome.url == server.url + "/a"
    assert outcome.final_url == server.url + "/d?x=1"
    assert [(hop.status, hop.permanent) for hop in outcome.redirects] == [(301, True), (308, True), (302, False)]
    assert [hop.target for hop in outcome.redirects] == [server.url + path for path in ("/b", "/c", "/d?x=1")]


def test_a_location_in_raw_utf8_is_understood() -> None:
    routes = {"/": moved("/actualit\u00c3\u00a9s"), "/actualit%C3%A9s": reply(b"x")}  # as latin-1 on the wire
    outcome, _ = ask(routes)
    assert isinstance(outcome, Fetched)
    assert outcome.status == 200


def test_conditional_headers_survive_a_redirect() -> None:
    routes = {"/": moved("/new", "307 Temporary"), "/new": reply(status="304 Not Modified", length=False)}
    outcome, server = ask(routes, validators=Validators('W/"a"', "yesterday"))
    assert isinstance(outcome, Fetched)
    assert outcome.status == 304
    assert [request.headers["if-none-match"] for request in server.requests] == [b'W/"a"'] * 2


def test_nothing_is_added_to_the_second_request() -> None:
    routes = {
        "/": reply(status="302 Found", headers=("Location: /b", "Set-Cookie: id=1")),
        "/b": reply(b"x"),
    }
    _, server = ask(routes)
    assert set(server.requests[1].headers) == {"host", "user-agent", "accept", "accept-encoding"}


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://127.0.0.1:25/_MAIL", "data:text/xml,<rss/>", "ftp://example.com/", "javascript:1"],
)
def test_a_redirect_to_another_scheme_is_not_followed(location: str) -> None:
    outcome, server = ask(moved(location, "301 Moved"))
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.REFUSED_REDIRECT
    assert location in outcome.sentence
    assert "schéma interdit" in outcome.sentence
    assert outcome.status == 301
    assert len(server.requests) == 1


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    to_metadata = moved("http://169.254.169.254/latest/meta-data/")
    outcome, _, dial = ask_public(to_metadata, "http://feeds.example/", {"feeds.example": [["93.184.216.34"]]})
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.REFUSED_REDIRECT
    assert "169.254.169.254" in outcome.sentence
    assert dial.dialled == [("93.184.216.34", 80)]


def test_a_redirect_to_a_name_with_a_private_address_is_not_followed() -> None:
    answers = {"feeds.example": [["93.184.216.34"]], "intranet.example": [["10.0.0.5"]]}
    outcome, _, dial = ask_public(moved("http://intranet.example/"), "http://feeds.example/", answers)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.REFUSED_REDIRECT
    assert "10.0.0.5" in outcome.sentence
    assert len(dial.dialled) == 1


def test_five_hops_are_followed_and_six_are_not() -> None:
    routes = {f"/{number}": moved(f"/{number + 1}") for number in range(6)} | {"/6": reply(b"x")}
    assert isinstance(ask(routes, "/1")[0], Fetched)
    outcome, server = ask(routes, "/0")
    assert isinstance(outcome, FetchFailed)
    assert (outcome.fault, outcome.sentence) == (FetchFault.REDIRECTS, "plus de 5 redirections d'affilée")
    assert len(server.requests) == 6


@pytest.mark.parametrize("routes", [{"/": moved("/")}, {"/": moved("/b"), "/b": moved("/")}, {"/": moved("#again")}])
def test_a_loop_is_told_at_once(routes: dict[str, Behaviour]) -> None:
    outcome, server = ask(routes)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.REDIRECTS
    assert "en boucle" in outcome.sentence
    assert len(server.requests) == len(routes)


@pytest.mark.parametrize("status", ["302 Found", "300 Multiple", "304 Not Modified"])
def test_a_redirect_without_target_is_an_answer(status: str) -> None:
    outcome, _ = ask(reply(b"", status=status), validators=Validators('"a"'))
    assert isinstance(outcome, Fetched)
    assert outcome.status == int(status[:3])
    assert outcome.redirects == ()


def test_a_refused_location_keeps_the_hops_before_it() -> None:
    routes = {"/": moved("/b", "301 Moved"), "/b": moved("file:///etc/passwd")}
    outcome, _ = ask(routes)
    assert isinstance(outcome, FetchFailed)
    assert [hop.status for hop in outcome.redirects] == [301]


def test_a_redirect_that_is_the_answer_is_not_followed() -> None:
    async def scenario() -> tuple[FetchOutcome, Hostile]:
        async with hostile({"/": moved("/next"), "/next": reply(b"x")}) as server, fetcher() as client:
            return await client.send(Request(url=f"{server.url}/", follow=False)), server

    outcome, server = run(scenario())
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.headers["location"], outcome.redirects) == (302, "/next", ())
    assert [request.path for request in server.requests] == ["/"]
