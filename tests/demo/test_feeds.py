"""The corpus as documents: valid, dated, and as odd as real feeds are."""

import io
import json
from datetime import datetime

import feedparser
import pytest

from veille.demo.corpus import PARIS, corpus
from veille.demo.feeds import pages, render

LATE = datetime(2026, 11, 26, 18, 0, tzinfo=PARIS)
HEALTHY = [source for source in corpus() if not source.fault]


@pytest.mark.parametrize("source", HEALTHY, ids=lambda source: source.id)
def test_every_feed_is_well_formed_and_complete(source):
    _, body = render(source, LATE)
    wanted = {(item.title, item.link) for item in source.items}
    if source.format == "json":
        found = {(item["title"], item["url"]) for item in json.loads(body)["items"]}
    else:
        feed = feedparser.parse(io.BytesIO(body))
        assert not feed.bozo, feed.bozo_exception
        found = {(entry.title, entry.link) for entry in feed.entries}
    assert found == wanted


def test_a_feed_shows_only_what_was_published_by_then():
    source = next(source for source in HEALTHY if source.id == "aides-regionales")
    _, body = render(source, datetime(2026, 10, 22, 18, 0, tzinfo=PARIS))
    assert "cheque-innovation-pme" in body.decode()
    assert "alimentation-et-prevention" not in body.decode()


def test_an_amended_call_changes_its_text_under_the_same_link():
    source = next(source for source in HEALTHY if source.id == "banque-innovation")
    before = render(source, datetime(2026, 11, 5, 18, 0, tzinfo=PARIS))[1].decode()
    after = render(source, LATE)[1].decode()
    assert "15 décembre 2026" in before
    assert "15 janvier 2027 à 12 h" in after
    assert "15 janvier 2027 à 12 h" not in before


def test_the_corpus_has_every_format_and_oddity():
    assert {source.format for source in HEALTHY} == {"rss", "rdf", "atom", "json"}
    for oddity in ("cdata", "full_content", "relative_links", "french_dates"):
        assert any(getattr(source, oddity) for source in HEALTHY), oddity
    assert {source.encoding for source in HEALTHY} == {"utf-8", "iso-8859-1"}
    assert {source.fault for source in corpus()} == {"", "html", "empty", "truncated"}


def test_paths_and_links_are_fictional_and_unambiguous():
    assert len(pages(LATE)) == len(corpus())
    links = [(source.id, item.link) for source in corpus() for item in source.items]
    assert len(set(links)) == len(links)
    assert [link for _, link in links if ".example/" not in link] == []


def test_nothing_is_published_after_the_last_pass():
    moments = [item.published for source in corpus() for item in source.items]
    assert max(moments) < LATE
