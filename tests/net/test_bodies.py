"""Bodies: decoded under a cap, whole or refused."""

import gzip
import zlib

import pytest

from tests.net.hostile import Behaviour, ask, flood, reply, say
from veille.model import Fetched, FetchFailed, FetchFault

FEED = b"<rss>" + b"<item>\xc3\xa9</item>" * 5000 + b"</rss>"
GZIP = ("Content-Encoding: gzip",)
DEFLATE = ("Content-Encoding: deflate",)


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


def chunked(body: bytes, size: int, *headers: str) -> Behaviour:
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for start in range(0, len(body), size)
        for part in [body[start : start + size]]
    )
    head = "\r\n".join(("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers, "", ""))
    return say(head.encode() + chunks + b"0\r\n\r\n")


@pytest.mark.parametrize(
    "behaviour",
    [
        reply(FEED),
        reply(gzip.compress(FEED), headers=GZIP),
        reply(gzip.compress(FEED), headers=("Content-Encoding: X-GZip",)),
        reply(gzip.compress(FEED[:100]) + gzip.compress(FEED[100:]), headers=GZIP),
        reply(gzip.compress(FEED) + b"\0" * 512, headers=GZIP),
        reply(zlib.compress(FEED), headers=DEFLATE),
        reply(raw_deflate(FEED), headers=DEFLATE),
        reply(FEED, headers=("Content-Encoding: identity",)),
        chunked(FEED, 7),
        chunked(gzip.compress(FEED), 1, *GZIP),
        chunked(zlib.compress(FEED), 1, *DEFLATE),
        chunked(raw_deflate(FEED), 1, *DEFLATE),
        say(b"HTTP/1.0 200 OK\r\n\r\n" + FEED, close=True),
    ],
    ids=[
        "plain", "gzip", "x-gzip", "gzip members", "gzip padded", "zlib", "raw deflate", "identity", "chunks",
        "gzip byte by byte", "zlib byte by byte", "deflate byte by byte", "until close",
    ],
)  # fmt: skip
def test_a_body_arrives_whole(behaviour: Behaviour) -> None:
    outcome, _ = ask(behaviour)
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


def test_an_empty_body_may_be_called_gzip() -> None:
    outcome, _ = ask(reply(b"", headers=GZIP))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b""


@pytest.mark.parametrize(
    "behaviour",
    [
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>", close=True),
        say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", close=True),
        say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<rss>\r\n", close=True),
        reply(gzip.compress(FEED)[:-20], headers=GZIP),
        reply(gzip.compress(FEED)[:1], headers=GZIP),
        reply(zlib.compress(FEED)[:-6], headers=DEFLATE),
        reply(raw_deflate(FEED)[:-6], headers=DEFLATE),
    ],
    ids=["content-length", "chunks", "bad chunk", "gzip", "gzip first byte", "zlib", "raw deflate"],
)
def test_a_cut_body_is_a_failure_and_not_a_short_feed(behaviour: Behaviour) -> None:
    outcome, _ = ask(behaviour)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.TRUNCATED
    assert outcome.status == 200
    assert "tronquée" in outcome.sentence


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (GZIP, "annonce une compression gzip qui n'en est pas une"),
        (DEFLATE, "annonce une compression deflate qui n'en est pas une"),
        (("Content-Encoding: br",), "« br », que nous n'acceptons pas"),
        (("Content-Encoding: zstd",), "« zstd »"),
        (("Content-Encoding: gzip, gzip",), "plusieurs compressions"),
        (("Content-Encoding: gzip", "Content-Encoding: deflate"), "plusieurs compressions"),
    ],
)
def test_a_coding_that_is_wrong_or_was_not_offered_is_said(headers: tuple[str, ...], words: str) -> None:
    outcome, _ = ask(reply(b"\xff" + FEED, headers=headers))
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.ENCODING
    assert words in outcome.sentence


@pytest.mark.parametrize(
    "behaviour",
    [
        reply(b"x" * 10_001),
        reply(gzip.compress(b"\0" * 10_001), headers=GZIP),
        reply(zlib.compress(b"\0" * 10_001), headers=DEFLATE),
        chunked(b"x" * 10_001, 1000),
        flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"3e8\r\n" + b"x" * 1000 + b"\r\n"),
        flood(b"HTTP/1.0 200 OK\r\n\r\n", b"x" * 1000),
    ],
    ids=["announced", "gzip", "zlib", "chunks", "endless chunks", "endless"],
)
def test_a_body_beyond_the_cap_is_refused(behaviour: Behaviour) -> None:
    outcome, _ = ask(behaviour, max_bytes=10_000)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.TOO_BIG
    assert "réponse trop grosse" in outcome.sentence


def test_a_body_at_the_cap_is_accepted() -> None:
    outcome, _ = ask(reply(gzip.compress(b"\0" * 10_000), headers=GZIP), max_bytes=10_000)
    assert isinstance(outcome, Fetched)


def test_a_thousand_empty_gzip_members_are_refused() -> None:
    outcome, _ = ask(reply(gzip.compress(b"") * 1001, headers=GZIP))
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.ENCODING


@pytest.mark.parametrize(
    "behaviour",
    [
        flood(b"HTTP/1.1 503 No\r\nRetry-After: 60\r\n\r\n", b"x" * 1000),
        reply(b"not gzip", status="503 No", headers=("Retry-After: 60", *GZIP)),
        reply(b"?", status="503 No", headers=("Retry-After: 60", "Content-Encoding: br")),
        say(b"HTTP/1.1 503 No\r\nRetry-After: 60\r\nContent-Length: 99\r\n\r\nsorry", close=True),
        reply(gzip.compress(b"\0" * 50_000_000), status="503 No", headers=("Retry-After: 60", *GZIP)),
    ],
    ids=["endless", "false gzip", "br", "cut", "bomb"],
)
def test_nothing_in_an_error_page_hides_its_status(behaviour: Behaviour) -> None:
    outcome, _ = ask(behaviour)
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.headers["retry-after"]) == (503, "60")
    assert len(outcome.body) <= 65_536


@pytest.mark.parametrize(
    "head",
    [
        "".join(f"X-{number}: a\r\n" for number in range(101)),
        "".join(f"X-{number}: a\r\n" for number in range(100_000)),
        "X: " + "a" * 66_000 + "\r\n",
        "X: " + "a" * 1_000_000 + "\r\n",
    ],
    ids=["101 fields", "100,000 fields", "66 kB", "1 MB"],
)
def test_an_oversized_header_is_refused(head: str) -> None:
    outcome, _ = ask(say(f"HTTP/1.1 200 OK\r\n{head}Content-Length: 0\r\n\r\n".encode(), close=True))
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.HEADERS
    assert "100 champs" in outcome.sentence


def test_a_hundred_fields_are_accepted() -> None:
    fields = tuple(f"X-{number}: a" for number in range(99))
    assert isinstance(ask(reply(b"", headers=fields))[0], Fetched)
