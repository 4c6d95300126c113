"""The hostile documents of shared/bad_inputs.yaml as an entry's page and as a document: read or refused, in time."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bad_inputs import cases, value_of
from veille.crawl.details.page import read_page
from veille.crawl.details.pdf import read_pdf
from veille.crawl.markup import TEXT_LIMIT, TITLE_LIMIT
from veille.crawl.parsing import CPU, Body, FeedParsers
from veille.errors import ParseError
from veille.model.details import DocumentRead, PageRead

#: Seconds on the wall: the CPU limit, on a machine that does other things besides.
PATIENCE = 8 * CPU


def in_worker(read: Callable[[Body], Any], value: Any, content_type: str) -> Any:
    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")

    async def run() -> Any:
        with FeedParsers(1) as parsers:
            return await parsers.run(read, Body(data, content_type, "https://a.exemple/x"))

    return asyncio.run(run())


@pytest.mark.parametrize("case", cases("parse"))
def test_a_hostile_page_ends_in_time(case: dict[str, Any]) -> None:
    started = time.monotonic()
    found = in_worker(read_page, value_of(case), "text/html")
    assert time.monotonic() - started < PATIENCE
    if isinstance(found, ParseError):
        assert found.message
        return
    assert isinstance(found, PageRead)
    assert len(found.text) <= TEXT_LIMIT
    assert len(found.title) <= TITLE_LIMIT
    assert not {"\x00", "\x01", "\u202e"} & {*found.text, *found.title}


@pytest.mark.parametrize("case", cases("parse"))
def test_what_is_no_document_is_refused(case: dict[str, Any]) -> None:
    found = in_worker(read_pdf, value_of(case), "application/pdf")
    assert isinstance(found, ParseError)
    assert found.message == "ce n'est pas un PDF"


@given(st.binary(max_size=2_000))
@settings(max_examples=100, deadline=None)
def test_any_bytes_as_a_page_give_text_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(ParseError):
        assert isinstance(read_page(Body(data, "text/html", "https://a.exemple/x")), PageRead)


PIECES = [
    "<h1>", "</h1>", "<p>", "<a href='/x.pdf'>", "</a>", "<li>", "<ul>", "<dl>", "<dt>", "<dd>", "<table>", "<tr>",
    "<td>", "<div class='menu'>", "<aside>", "<nav>", "</div>", "Règlement", "Date limite", "15 mars 2027", "<br>",
    "<script>", "<!--", "-->", "<style>", "&amp;", "<svg>", "<template>", "<button aria-expanded=x>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_markup_as_a_page_gives_text(pieces: list[str]) -> None:
    with contextlib.suppress(ParseError):
        body = Body("".join(["<html>", *pieces]).encode(), "text/html; charset=utf-8", "https://a.exemple/x")
        assert isinstance(read_page(body), PageRead)


@given(st.binary(max_size=1_000))
@settings(max_examples=100, deadline=None)
def test_any_bytes_behind_the_magic_give_text_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(ParseError):
        body = Body(b"%PDF-1.4\n" + data, "application/pdf", "https://a.exemple/x")
        assert isinstance(read_pdf(body), DocumentRead)
