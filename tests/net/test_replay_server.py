"""The demonstration's server, asked by the real fetcher."""

import gc
import socket
import threading

import pytest

from tests.net.hostile import fetcher, run
from veille.demo.server import Document, ReplayServer
from veille.model import Fetched, FetchOutcome, Validators
from veille.net.headers import validators_of

FEED: Document = ("application/rss+xml", b"<rss/>", {"Last-Modified": "Mon, 16 Nov 2026 06:00:00 GMT"})


def get(url: str, validators: Validators = Validators()) -> Fetched:  # noqa: B008 - frozen
    async def scenario() -> FetchOutcome:
        async with fetcher() as client:
            return await client.fetch(url, validators)

    outcome = run(scenario())
    assert isinstance(outcome, Fetched)
    return outcome


def test_a_document_is_served_then_unchanged() -> None:
    with ReplayServer({"/feed": FEED}) as server:
        first = get(server.url + "/feed?x=1")
        kept = validators_of(first.headers)
        again = get(server.url + "/feed", kept)
        by_date = get(server.url + "/feed", Validators(last_modified=kept.last_modified))
        other = get(server.url + "/feed", Validators('"other"', kept.last_modified))
        assert server.log == (("/feed", 200), ("/feed", 304), ("/feed", 304), ("/feed", 200))
    assert (first.body, first.headers["content-type"]) == (b"<rss/>", "application/rss+xml")
    assert (again.status, by_date.status, other.status) == (304, 304, 200)


def test_documents_may_change_and_may_be_missing() -> None:
    with ReplayServer({"/feed": ("text/xml", b"a")}) as server:
        first = get(server.url + "/feed")
        server.documents = lambda path: ("text/xml", b"b") if path == "/feed" else None
        assert get(server.url + "/feed", validators_of(first.headers)).body == b"b"
        assert get(server.url + "/absent").status == 404


def test_it_is_quiet_and_leaves_nothing_behind(capfd: pytest.CaptureFixture[str]) -> None:
    before = threading.active_count()
    with ReplayServer({"/feed": FEED}) as server:
        get(server.url + "/feed")
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as client:
            client.sendall(b"GET /feed HTTP/1.1\r\n\r\n")  # and leaves without reading
    gc.collect()
    assert threading.active_count() == before
    assert capfd.readouterr() == ("", "")
    with pytest.raises(RuntimeError):
        _ = server.url
