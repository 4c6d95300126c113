"""The fast reader says what feedparser says, or leaves the feed to it."""

from dataclasses import fields
from pathlib import Path

import pytest
from benchmarks.feed_agreement import compare

from tests.crawl.builders import item, rss
from tests.crawl.odd_feeds import odd_feed
from tests.shared import shared
from veille.crawl import feeds
from veille.crawl.fast_feeds import read_ordinary
from veille.crawl.feeds import parse_feed
from veille.errors import ParseError
from veille.model import ParsedFeed

URL = "https://pole.exemple/actus/flux.xml"
#: As the issue of agreement demands; measured: 1.0 on 8,986 entries.
AGREEMENT = 0.998
#: Share of the captured feeds that need no feedparser; measured: 0.93.
ORDINARY = 0.9


def by_feedparser(body: bytes, monkeypatch: pytest.MonkeyPatch) -> ParsedFeed:
    """Read a feed with the engine of record alone."""
    with monkeypatch.context() as alone:
        alone.setattr(feeds, "read_ordinary", lambda _document, _url: None)
        return parse_feed(body, url=URL)


def differences(body: bytes, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[object, object]]:
    ours, theirs = parse_feed(body, url=URL), by_feedparser(body, monkeypatch)
    return {
        field.name: (mine, their)
        for field in fields(ParsedFeed)
        if (mine := getattr(ours, field.name)) != (their := getattr(theirs, field.name))
    }


def is_ordinary(body: bytes) -> bool:
    return read_ordinary(body.decode(), URL) is not None


@pytest.mark.parametrize("start", range(0, 6_000, 1_000))
def test_whatever_order_and_nesting_a_feed_has_both_readers_say_the_same(
    start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = 0
    for seed in range(start, start + 1_000):
        document = odd_feed(seed)
        if read_ordinary(document, URL) is None:
            continue
        fast += 1
        try:
            assert differences(document.encode(), monkeypatch) == {}, f"odd_feed({seed})"
        except ParseError:  # feedparser trips over some of them: nothing to compare
            continue
    assert fast > 250


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"{}><title>t</title>{}</feed>'
ORDINARY_FEEDS = {
    "links relative to the document": rss(item("T", "/2026/appel?a=1&amp;b=2")),
    "an id that is a link": rss("<title>T</title><guid>https://pole.exemple/1</guid>"),
    "an id that is none": rss("<title>T</title><guid isPermaLink='false'>https://pole.exemple/1</guid>"),
    "an enclosure beside no link": rss("<title>T</title><enclosure url='https://pole.exemple/a.mp3' type='audio/x'/>"),
    "a link that is the enclosure": rss(
        "<title>T</title><link>https://pole.exemple/a.mp3</link><enclosure url='https://pole.exemple/a.mp3'/>"
    ),
    "an origin of FeedBurner": rss(item() + "<f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>x</f:origLink>"),
    "a French date": rss(item(pubDate="mar., 3 févr. 2026 à 10 h 15")),
    "a date in an odd zone": rss(item(pubDate="Tue, 03 Feb 2026 10:15:00 CEST")),
    "two descriptions": rss(item(description="court", summary="plus long que l'autre")),
    "ttl and skipHours": rss(item(), head="<ttl>90</ttl><skipHours><hour>1</hour><hour>23</hour></skipHours>"),
    "a rhythm of its own": rss(
        item(),
        head="<u:updatePeriod xmlns:u='http://purl.org/rss/1.0/modules/syndication/'>daily</u:updatePeriod>"
        "<u:updateFrequency xmlns:u='http://purl.org/rss/1.0/modules/syndication/'>2</u:updateFrequency>",
    ),
    "text encoded twice": rss(item("\u00c3\u00a9t\u00c3\u00a9")),
    "a picture of the site": rss(item(), head="<image><url>u</url><title>x</title><link>y</link></image>"),
    "RSS 0.90": (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
        b"<channel><title>c</title></channel><item><title>T</title><link>/1</link></item></rdf:RDF>"
    ),
    "RSS 1.0": (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>c</title></channel>'
        b'<item rdf:about="urn:1"><title>T</title><link>https://pole.exemple/1</link><dc:date>2026-02-03</dc:date>'
        b"<dc:subject>eau</dc:subject><dc:creator>A</dc:creator></item></rdf:RDF>"
    ),
    "Atom with several links": ATOM.format(
        ' xml:lang="fr-FR"',
        "<entry><id>urn:1</id><title type='html'>T &amp;amp; U</title><link rel='self' href='/s'/><link rel='replies' "
        "href='/r'/><link type='application/pdf' href='/p.pdf'/><link rel='alternate' type='text/html' href='/h'/>"
        "<author><name>N</name><email>n@pole.exemple</email></author><category term='t' label='L'/></entry>",
    ).encode(),
    "Atom relative to xml:base": ATOM.format(
        ' xml:base="https://autre.exemple/a/"', "<entry xml:base='b/'><title>T</title><link href='c'/></entry>"
    ).encode(),
    "Atom with its text inline": ATOM.format(
        "",
        "<entry><title>T</title><link href='/1'/><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        "<p>Un &amp; deux</p><p>trois</p></div></content></entry>",
    ).encode(),
    "prefixed Atom": (
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>t</a:title><a:entry><a:id>urn:1</a:id><a:title>T</a:title>'
        b"<a:link href='/1'/></a:entry></a:feed>"
    ),
    "Atom without a namespace": b"<feed><title>t</title><entry><title>T</title><link href='/1'/></entry></feed>",
    "a document type": b'<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "x.dtd">' + rss(item()).partition(b"?>")[2],
    "a script for a link": rss(item("T", "javascript:alert(1)")),
}  # fmt: skip


@pytest.mark.parametrize("body", ORDINARY_FEEDS.values(), ids=ORDINARY_FEEDS)
def test_an_ordinary_feed_is_read_at_once_and_as_feedparser_reads_it(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_ordinary(body)
    assert differences(body, monkeypatch) == {}
    assert parse_feed(body, url=URL).entries


UNUSUAL_FEEDS = {
    "broken XML": rss(item("T & U")),
    "an entity that is not declared": rss(item("T &eacute;")),
    "entities of its own": b'<!DOCTYPE rss [<!ENTITY e "x">]>' + rss(item("&e;")),
    "a character that XML forbids": rss(item("T &#x1; U")),
    "a prefix that is not declared": rss(item() + "<dc:creator>A</dc:creator>"),
    "markup inside a link": rss("<title>T</title><link>https://pole.exemple/<b>1</b></link>"),
    "base64": ATOM.format("", "<entry><title mode='base64'>VA==</title></entry>").encode(),
    "a document": ATOM.format("", "<entry><content type='application/pdf'>VA==</content></entry>").encode(),
    "a page around the feed": b"<html><body>" + rss(item()) + b"</body></html>",
    "items outside of the channel": b"<rss><channel><title>t</title></channel><item><title>T</title></item></rss>",
    "items inside of another": rss(item() + "<foo><item><title>U</title></item></foo>"),
    "nothing": rss(),
    "depths without end": rss(item(description="<b>" * 400 + "</b>" * 400)),
}


@pytest.mark.parametrize("body", UNUSUAL_FEEDS.values(), ids=UNUSUAL_FEEDS)
def test_what_feedparser_has_a_rule_for_is_left_to_it(body: bytes) -> None:
    assert not is_ordinary(body)


def test_a_feed_of_no_address_is_left_to_feedparser() -> None:
    assert read_ordinary(rss(item()).decode(), "") is None


@pytest.mark.shared
def test_titles_links_dates_and_ids_of_captured_feeds_agree() -> None:
    found = compare(shared("corpus", "feeds"))
    assert found.entries > 8_000
    assert found.share >= AGREEMENT, found.differences
    assert found.ordinary / found.feeds >= ORDINARY


@pytest.fixture
def corpus() -> list[Path]:
    return sorted(shared("corpus", "feeds").glob("*.xml"))


@pytest.mark.slow
@pytest.mark.shared
def test_captured_feeds_cut_anywhere_are_read_as_feedparser_reads_them(
    corpus: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in corpus[::12]:
        body = path.read_bytes()
        for share in (0.3, 0.7, 0.999):
            cut = body[: int(len(body) * share)]
            try:
                assert differences(cut, monkeypatch) == {}, path.name
            except ParseError:
                continue
