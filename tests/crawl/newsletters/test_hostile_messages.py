"""Messages that no program writes: read within bounds, or left aside; never an exception, never markup or controls."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bad_inputs import cases, value_of
from tests.crawl.newsletters.letters import mail, passed
from tests.crawl.newsletters.test_letters import URL, read, source
from veille.crawl.markup import TEXT_LIMIT
from veille.crawl.newsletters.parts import (
    SUBJECT_LIMIT,
    body_of,
    date_of,
    header,
    message_id_of,
    parse_message,
    subject_of,
)
from veille.crawl.newsletters.reader import read_mailbox
from veille.crawl.parsing import CPU, Body, FeedParsers
from veille.errors import ParseError
from veille.model import ParsedFeed
from veille.net.mailpack import CONTENT_TYPE, Delivered, Mailbox, pack, unpack

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
#: A third of what the worker has for the messages of a whole visit.
PATIENCE = CPU / 3
TITLED = (
    "<h2><a href='https://region.exemple/a'>{}</a></h2><p>Texte</p>"
    "<h2><a href='https://region.exemple/b'>Autre sujet</a></h2>"
)


def packed(*raw: bytes) -> bytes:
    return pack(Mailbox(messages=tuple(Delivered(raw=one, arrived=NOW) for one in raw), listed=len(raw)))


def timed(*raw: bytes) -> tuple[ParsedFeed, float]:
    """Read messages; return what they gave and the seconds of CPU they took."""
    start = time.process_time()
    return read_mailbox(packed(*raw), CONTENT_TYPE, URL, source()), time.process_time() - start


def test_messages_are_read_in_a_worker() -> None:
    body = Body(packed(mail(TITLED.format("Bonne nouvelle"))), CONTENT_TYPE, URL, source())

    async def scenario() -> ParsedFeed | ParseError:
        with FeedParsers(1) as parsers:
            return await parsers.parse(body)

    found = asyncio.run(scenario())
    assert isinstance(found, ParsedFeed)
    assert [entry.title for entry in found.entries] == ["Bonne nouvelle", "Autre sujet"]


def headed(*lines: bytes, body: bytes = b"Bonjour") -> bytes:
    """A message of these header lines, by an admitted author."""
    first = (f"Authentication-Results: {passed('region.exemple')}".encode(), b"From: lettre@region.exemple")
    return b"\r\n".join([*first, *lines, b"", body])


@pytest.mark.parametrize("case", cases("parse"))
def test_a_hostile_document_as_the_body_of_a_letter(case: dict[str, Any]) -> None:
    value = value_of(case)
    if not isinstance(value, str | bytes):
        value = "".join(map(str, value))
    body = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    raw = headed(b"Subject: x", b"Content-Type: text/html; charset=utf-8", body=body[:20_000_000])
    good = mail(TITLED.format("Appel à projets"), message_id="<2@x>")
    found, seconds = timed(raw, good)
    assert "Appel à projets" in [entry.title for entry in found.entries]
    assert seconds < PATIENCE
    for entry in found.entries:
        assert len(entry.title) <= 500
        assert len(entry.text) <= TEXT_LIMIT
        assert not any(ord(letter) < 32 and letter != "\n" for letter in entry.title + entry.text)
        assert "\u202e" not in entry.title


@pytest.mark.parametrize("case", cases("email", classes={"header"}))
def test_a_hostile_subject(case: dict[str, Any]) -> None:
    value = str(value_of(case))
    lines = value.encode("utf-8", "surrogatepass").replace(b"\n", b"\n ").replace(b"\r", b"")
    for raw in (headed(b"Subject: " + lines), headed(b"Subject: =?utf-8?b?" + b"w6k=" * 20_000 + b"?=")):
        subject = subject_of(parse_message(raw))
        assert len(subject) <= SUBJECT_LIMIT
        assert not any(ord(letter) < 32 or letter in "\u2028\u0085\u202e" for letter in subject)


#: What a browser would run; the other cases of these numbers are scenarios of the console.
MARKUP = [
    case for case in cases("web") if case.id == "absent" or (case.id < "WEB-020" and "scenario" not in case.values[0])
]


@pytest.mark.parametrize("case", MARKUP)
def test_markup_that_runs_is_text_or_nothing(case: dict[str, Any]) -> None:
    value = str(value_of(case))
    found = read(mail(TITLED.format("Bonjour à tous") + value))
    for entry in found.entries:
        assert entry.link is None or entry.link.startswith(("http://", "https://"))
    assert "javascript:" not in "".join(f"{entry.link}" for entry in found.entries).lower()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"\r\n\r\n",
        b"From: lettre@region.exemple",
        headed(b"Content-Type: multipart/mixed"),
        headed(b"Content-Type: multipart/mixed; boundary="),
        headed(b'Content-Type: multipart/mixed; boundary="a"', body=b"--a\r\n" * 50_000),
        headed(b'Content-Type: multipart/mixed; boundary="a"', body=b"--a\r\n\r\nx\r\n" * 9_000),
        headed(b"Content-Type: text/html; charset=unicode_escape", body=b"\\u202e" * 1000),
        headed(b"Content-Type: text/html; charset=punycode", body=b"a-" * 100_000),
        headed(b"Content-Type: text/html", b"Content-Transfer-Encoding: base64", body=b"!!!!" * 1000),
        headed(b"Content-Type: text/html", b"Content-Transfer-Encoding: quoted-printable", body=b"=ZZ" * 100_000),
        headed(b"Content-Type: text/html", b"Content-Transfer-Encoding: x-uuencode", body=b"begin 644 x\n#0V%T\n"),
        headed(b"Subject: =?utf-8?b?not base64?=", b"Date: yesterday"),
        headed(b"Subject: =?punycode?q?" + b"a" * 4_000 + b"?="),
        headed(b"Message-ID: <" + b"x" * 1_000_000 + b"@x>"),
        headed(b"To: " + b"a@b.fr, " * 50_000),
        headed(b"Content-Type: text/plain", body=b"http://" * 100_000),
        headed(b"Content-Type: text/plain", body=b"* x\r\n" * 200_000),
        headed(b"Content-Type: text/plain", body=b"=" * 1_000_000),
        headed(b"Content-Type: text/html", body=b"<a href=https://x.exemple/a>x</a>" * 40_000),
        headed(b"Content-Type: text/html", body=b"<div style='font-size:9em'>" * 20_000 + b"x"),
        headed(b"Content-Type: text/html", body=b"<b>a</b> " * 100_000),
        headed(b"Content-Type: text/html", body=b"<td>" * 100_000 + b"x"),
        headed(b"Content-Type: text/html", body=b"<style>" + b"@a{x{y}" * 100_000 + b"</style><p class=x>a"),
        headed(b"Content-Type: text/html", body=b"<style>" + b"/*" * 400_000 + b"</style><p class=x>a"),
        headed(b"Content-Type: text/html", body=b"<style>" + b"@a" * 400_000 + b"</style><p class=x>a"),
        headed(b"Content-Type: text/html", body=b"<style>" + b".a," * 300_000 + b"{font:x}</style><p class=a>a"),
        headed(b"Content-Type: message/rfc822", body=b"Content-Type: message/rfc822\r\n\r\n" * 2_000),
    ],
    ids=range(29),
)
def test_a_message_that_is_none_costs_little_and_breaks_nothing(raw: bytes) -> None:
    found, seconds = timed(raw)
    assert len(found.entries) <= 40
    assert seconds < PATIENCE


def nested(depth: int) -> bytes:
    body = b"Content-Type: text/html\r\n\r\n<h2>Au fond</h2>"
    for level in range(depth):
        mark = b"b%d" % level
        head = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n'
        body = head + b"--" + mark + b"\r\n" + body + b"\r\n--" + mark + b"--\r\n"
    return b"From: lettre@region.exemple\r\n" + body


@pytest.mark.parametrize(("depth", "read_to_the_end"), [(3, True), (50, False), (150, False)])
def test_parts_within_parts_are_read_to_a_depth(depth: int, read_to_the_end: bool) -> None:
    assert bool(body_of(parse_message(nested(depth))).html) is read_to_the_end


def test_parts_within_parts_without_end_are_refused() -> None:
    with pytest.raises(ParseError):
        parse_message(nested(1_000))


def test_an_unreadable_message_is_counted_and_the_others_are_read() -> None:
    found = read(headed(b"Content-Type: text/html", body=b"\n--" * 30_000), mail(TITLED.format("Bonne nouvelle")))
    assert [entry.title for entry in found.entries] == ["Bonne nouvelle", "Autre sujet"]
    assert "1 message illisible" in found.remark


def test_attachments_and_other_people_s_scripts_are_not_read() -> None:
    html = TITLED.format("Titre") + "<script>alert('Appel caché')</script><style>p{}</style><p hidden>Appel caché</p>"
    assert "caché" not in " ".join(entry.text for entry in read(mail(html)).entries)
    parts = (
        b"--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment\r\n\r\n<h1>Joint</h1>\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nLu.\r\n--b--\r\n"
    )
    body = body_of(parse_message(headed(b'Content-Type: multipart/mixed; boundary="b"', body=parts)))
    assert (body.html, body.plain.strip()) == (b"", "Lu.")


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ("Fri, 20 Nov 2026 09:30:00 +0100", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("ven., 20 nov. 2026 09:30:00 +0100", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("Mon, 01 Jan 2099 00:00:00 GMT", NOW),
        ("Thu, 1 Jan 1970 00:00:00 GMT", NOW),
        ("yesterday", NOW),
        ("", NOW),
    ],
)
def test_a_date_far_from_the_server_s_is_not_believed(stated: str, wanted: datetime) -> None:
    message = parse_message(f"Date: {stated}\r\n\r\n".encode())
    assert date_of(message, NOW) == wanted


def test_headers_in_raw_bytes_are_read() -> None:
    for raw in ("Réunion à Orléans".encode(), "Réunion à Orléans".encode("latin-1")):
        message = parse_message(b"Subject: " + raw + b"\r\n\r\n")
        assert subject_of(message) == "Réunion à Orléans"
    split = b"Subject: =?utf-8?q?R=C3=A9union_?=\r\n =?utf-8?q?=C3=A0_Orl=C3=A9ans?=\r\n\r\n"
    assert subject_of(parse_message(split)) == "Réunion à Orléans"
    assert header(parse_message(b"X: a\r\n\r\n"), "y") == ""
    assert message_id_of(parse_message(b"Message-ID: <a@b>\r\n\r\n")) == "a@b"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_no_bytes_at_all_raise(raw: bytes) -> None:
    body = packed(headed(b"MIME-Version: 1.0") + raw, raw)
    assert isinstance(read_mailbox(body, CONTENT_TYPE, URL, source()), ParsedFeed)
    with pytest.raises(ParseError):
        read_mailbox(raw, CONTENT_TYPE, URL, source())


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(0, 9))
def test_what_was_packed_is_unpacked_whatever_the_bytes(raws: list[bytes], left: int) -> None:
    mailbox = Mailbox(messages=tuple(Delivered(raw=raw, arrived=NOW, body=False) for raw in raws), listed=3, left=left)
    assert unpack(pack(mailbox)) == mailbox


def test_a_cut_container_is_refused() -> None:
    body = packed(b"x" * 100)
    for end in (10, len(body) - 3):
        with pytest.raises((ValueError, KeyError)):
            unpack(body[:end])
