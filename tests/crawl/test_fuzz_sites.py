"""Whatever a site answers, pages, sitemaps, JSON feeds, robots.txt and headers give a value or a ParseError."""

import json
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crawl.builders import NOW, source
from tests.crawl.test_fuzz import SAFE, harmless
from veille.crawl.feeds import parse_feed
from veille.crawl.normalize import canonical_guid, canonical_link, identifying_link, key, normal_title
from veille.crawl.pages import read_page
from veille.crawl.politeness import host_of
from veille.crawl.rhythm import MAX_FRESHNESS, MAX_RETRY_AFTER, next_check, outside, retry_after
from veille.crawl.robots import MAX_DELAY, learnt, reservations, rules_of, site_of
from veille.crawl.sitemaps import read_sitemap
from veille.crawl.validators import kept_validators
from veille.errors import ParseError
from veille.model import Expect, Recipe, SourceHealth, SourceState, Validators
from veille.testing import answer

URL = "https://a.exemple/liste"
HTML = st.sampled_from(
    [
        *("<ul>", "<li>", "</li>", "</ul>", "<a href='/1'>", "<a href='javascript:x'>", "</a>", "<h3>", "</h3>"),
        *("<time>", "<time datetime='2026-02-30T99:00'>", "</time>", "<base href='//[::1'>", "<base href='data:x'>"),
        *("<script type='application/ld+json'>", '{"@type": "Event", "name": "N", "url": "/e"', "}", "</script>"),
        *("<div itemscope itemtype='https://schema.org/Event'>", "<i itemprop='name'>", "[", "]", "<p>", "</div>"),
        *("<meta itemprop=url content='/x'>", "<meta name='tdm-reservation' content='1'>", "<link rel=next href='?p'>"),
        *("31 février 2026", "01/02/2026", "é", "&#0;", "&#xD800;", "<svg>", "<template>", "<![CDATA[", "]]>", "<!--"),
        *("<table><tr>", " ", "texte", "\x00", "\ufffe"),
    ]
)
MAPS = st.sampled_from(
    [
        *("<urlset>", "</urlset>", "<sitemapindex>", "</sitemapindex>", "<url>", "</url>", "<sitemap>", "</sitemap>"),
        *("<loc>", "</loc>", "https://a.exemple/1", "http://[::1", "javascript:x", "<lastmod>", "</lastmod>", "é", " "),
        *("2026-13-99", "&amp;", "&x;", "<news:title>", "</news:title>", "<!DOCTYPE x [", "<!ENTITY x 'y'>", "]>"),
        *("<?xml version='1.0'?>", "\x00", "<:>", "<a:b:c>"),
    ]
)
RECIPES = st.sampled_from(
    [
        None,
        Recipe(item="li", title="h3", link="a", date="time", deadline="time", summary="p", next="a"),
        Recipe(item="xpath://li", title="xpath:.", link="xpath:.//@href", date="xpath:string(.)", next="xpath://@href"),
        Recipe(item="*", title="xpath:count(.)", link="xpath:true()"),
    ]
)


@given(st.lists(HTML, max_size=40), RECIPES, st.sampled_from([None, "%d/%m/%Y", "%", "%B %Q"]))
@settings(max_examples=400, deadline=None)
def test_any_page(pieces: list[str], recipe: Recipe | None, date_format: str | None) -> None:
    listing = source(kind="page", url=URL, recipe=recipe, expect=Expect(date_format=date_format))
    with suppress(ParseError):
        harmless(read_page("".join(pieces).encode("utf-8", "surrogatepass"), "text/html", URL, listing))


@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/html; charset=utf-16", "x/y; charset=\x00", ""]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_as_page_sitemap_and_json_feed(body: bytes, content_type: str) -> None:
    listing = source(kind="page", url=URL, recipe=Recipe(item="li"))
    with suppress(ParseError):
        harmless(read_page(body, content_type, URL, listing))
    for start in (b"", b"\x1f\x8b", b"<urlset>"):
        with suppress(ParseError):
            harmless(read_sitemap(start + body, content_type, URL, listing))
    with suppress(ParseError):
        harmless(parse_feed(b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + body, url=URL))


@given(st.lists(MAPS, max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_sitemap(pieces: list[str]) -> None:
    with suppress(ParseError):
        found = read_sitemap("".join(pieces).encode(), "application/xml", URL, source(kind="sitemap", url=URL))
        harmless(found)
        assert all(urlsplit(part.url).scheme in SAFE for part in found.parts)


_KEYS = ["items", "id", "url", "title", "date_published", "content_html", "authors", "tags", "language", "location"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=20,
)


@given(JSON, st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_json_feed(document: object, whole: bool) -> None:

    entries = document if whole and isinstance(document, list) else [document]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": document, "items": entries})
    with suppress(ParseError):
        harmless(parse_feed(body.encode("utf-8", "surrogatepass"), url=URL))


@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: f"User-agent: *\n{text}".encode("utf-8", "replace"))
)
@settings(max_examples=300, deadline=None)
def test_any_robots_txt(body: bytes) -> None:
    rules = rules_of(learnt(None, site_of(URL), answer(URL, body), NOW), NOW)
    assert 0 <= rules.delay <= MAX_DELAY
    rules.verdict(URL)
    lines = reservations(answer(URL, body))
    assert lines is not None


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_tdmrep(document: object) -> None:

    lines = reservations(answer(URL, json.dumps(document).encode()))
    assert lines is not None
    assert all(line.startswith(("Allow: /", "Disallow: /")) for line in lines.splitlines())


FIELD = st.text(st.characters(max_codepoint=255), max_size=60) | st.sampled_from(
    [
        "max-age=9" * 40,
        "max-age=-1",
        "no-cache, max-age=5",
        "Wed, 21 Oct 2099 07:28:00 GMT",
        "-5",
        "1e9",
        "NaN",
        "9" * 400,
    ]
)


@given(st.dictionaries(st.sampled_from(["retry-after", "cache-control", "expires", "date", "age", "etag"]), FIELD))
@settings(max_examples=500, deadline=None)
def test_any_header_asks_for_a_time_within_bounds(headers: dict[str, str]) -> None:
    for status in (200, 304, 429, 503):
        seen = answer(URL, status=status, headers=headers)
        state = SourceState(source_id="x", health=SourceHealth.OK if status < 400 else SourceHealth.BLOCKED)
        _, due = next_check(source(), state, seen, novel=False, started=NOW, now=NOW)
        assert due is not None
        assert NOW <= due <= NOW + MAX_RETRY_AFTER
        assert status > 400 or due <= NOW + MAX_FRESHNESS
        assert status > 400 or retry_after(seen, NOW) is None
        kept_validators(Validators('"a"'), seen, None)


@given(st.frozensets(st.integers(0, 23)), st.integers(0, 10_000))
@settings(max_examples=200, deadline=None)
def test_any_skipped_hours_put_off_by_less_than_a_day(hours: frozenset[int], minutes: int) -> None:
    due = NOW + timedelta(minutes=minutes)
    moved = outside(hours, due)
    assert due <= moved < due + timedelta(days=1)
    assert len(hours) == 24 or moved.hour not in hours


@given(st.text(max_size=80) | st.from_regex(r"[a-z]{1,6}:/{0,3}[^ ]{0,40}", fullmatch=True))
@settings(max_examples=600, deadline=None)
def test_any_text_as_an_address(text: str) -> None:
    for read in (canonical_link, canonical_guid, identifying_link, host_of, normal_title, key):
        read(text)
    assert len(host_of(text)) <= 255
    with suppress(ValueError):
        site_of(text)
