"""Whatever the bytes, only ParseError comes out of the readers."""

from contextlib import suppress
from datetime import UTC
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crawl.builders import NOW, entry, feed, item, known, rss, source
from veille.crawl.charset import decode
from veille.crawl.dates import read_date
from veille.crawl.decide import decide_entries
from veille.crawl.entries import safe_link
from veille.crawl.feeds import parse_feed
from veille.crawl.markup import TEXT_LIMIT, plain_text
from veille.crawl.normalize import canonical_link
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed

FRAGMENTS = st.sampled_from(
    [
        *("<rss", ' version="2.0">', "<channel>", "<item>", "</item>", "</channel>", "</rss>", "<title>", "</title>"),
        *("<link>", "</link>", "<link href='/x'/>", "<guid>", "</guid>", "<pubDate>", "</pubDate>", "31 févr. 2026"),
        *("<![CDATA[", "]]>", "<!DOCTYPE x [", "<!ENTITY a 'b'>", "]>", "&a;", "&amp;", "&", "&#0;", "&#xD800;"),
        *("&#99999999999;", "<?xml", "?>", ' encoding="utf-16"', "\x00", "\x0b", "\ud800", "<entry>", "</entry>"),
        *("<feed xmlns='http://www.w3.org/2005/Atom'>", "<content type='xhtml'>", "<div>", "</feed>", "<rdf:RDF"),
        *(" xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>", "xml:base='javascript:x'", "texte", " ", "é"),
        *('{"version": "https://jsonfeed.org/version/1.1", "items": [', '{"id": 1, "url": "', '"title": null}', "]}"),
    ]
)
SAFE = {"http", "https"}


def harmless(found: ParsedFeed) -> None:
    for one in found.entries:
        one.title.encode()
        one.text.encode()
        assert one.title
        assert "\x00" not in one.title + one.text
        assert one.link is None or urlsplit(one.link).scheme in SAFE


@given(st.lists(FRAGMENTS, max_size=30))
@settings(max_examples=400, deadline=None)
def test_shuffled_fragments_of_feeds(fragments: list[str]) -> None:
    with suppress(ParseError):
        harmless(parse_feed("".join(fragments).encode("utf-8", "surrogatepass"), url="https://a.exemple/f"))


@given(st.binary(max_size=400), st.sampled_from(["", "text/xml", "text/xml; charset=utf-16", "x; charset=\x00"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes(body: bytes, content_type: str) -> None:
    decode(body, content_type)
    with suppress(ParseError):
        harmless(parse_feed(b"<rss>" + body, content_type=content_type))


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_feed(data: st.DataObject) -> None:
    body = bytearray(rss(item("Un", pubDate="Tue, 03 Feb 2026 10:15:00 GMT"), item("Deux"), head="<ttl>60</ttl>"))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.integers(0, 255))
    with suppress(ParseError):
        harmless(parse_feed(bytes(body[: data.draw(st.integers(0, len(body)))])))


@given(st.text())
@settings(max_examples=500, deadline=None)
def test_any_text_as_markup_date_and_link(text: str) -> None:
    assert len(plain_text(text)) <= TEXT_LIMIT
    read = read_date(text, UTC)
    assert read is None or read.tzinfo is not None
    link = safe_link(text, "https://a.exemple/x")
    assert link is None or urlsplit(link).scheme in SAFE
    assert canonical_link(canonical_link(text)) == canonical_link(text) or not text.startswith("http")


@given(st.from_regex(r"https?://[a-z.:@\[\]0-9]{0,20}(/[a-zA-Z0-9%;=&?#!._~-]{0,30})?", fullmatch=True))
@settings(max_examples=500, deadline=None)
def test_any_link_has_one_canonical_form(url: str) -> None:
    link = safe_link(url)
    if link is not None:
        assert canonical_link(canonical_link(link)) == canonical_link(link)


ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([None, "https://a.exemple/", "https://a.exemple/1", "https://a.exemple/1?utm_x=2", "https://a.exemple/2"]),
        guid=st.sampled_from([None, "1", "2", "https://a.exemple/1"]),
        published=st.sampled_from([None, NOW]),
        text=st.sampled_from(["", "x"]),
    ),
    max_size=8,
)  # fmt: skip


@given(ENTRIES)
@settings(max_examples=500, deadline=None)
def test_deciding_twice_on_one_feed_decides_nothing_the_second_time(entries: list[ParsedEntry]) -> None:
    first = decide_entries(source(), feed(*entries), {})
    assert len({intent.key for intent in first}) == len(first)
    assert decide_entries(source(), feed(*entries), known(first)) == []


@given(ENTRIES, ENTRIES)
@settings(max_examples=500, deadline=None)
def test_two_feeds_one_after_the_other_never_write_one_key_twice(
    before: list[ParsedEntry], after: list[ParsedEntry]
) -> None:
    first = decide_entries(source(), feed(*before), {})
    second = decide_entries(source(), feed(*after), known(first))
    assert len({intent.key for intent in second}) == len(second)
    stored = {intent.key for intent in first}
    assert all((intent.changed is None) == (intent.key not in stored) for intent in second)
