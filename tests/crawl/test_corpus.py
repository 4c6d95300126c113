"""Every captured feed is read, or refused by its name, in bounded time; the reader agrees with the reference parser."""

import calendar
import io
import time
import warnings
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from tests.shared import shared
from veille.crawl.feeds import parse_feed
from veille.errors import ParseError

#: CPU seconds for one feed: thirty times the slowest one measured here (0.2 s).
SLOWEST = 6


@pytest.fixture(scope="module")
def corpus() -> list[Path]:
    return sorted(path for path in shared("corpus", "feeds").iterdir() if path.suffix in {".xml", ".json"})


@pytest.mark.shared
def test_every_captured_feed_is_read_or_refused_in_bounded_time(corpus: list[Path]) -> None:
    refused = {}
    empty = []
    for path in corpus:
        start = time.process_time()
        try:
            feed = parse_feed(path.read_bytes(), url="https://pole.exemple/flux.xml")
        except ParseError as error:
            refused[path.name] = str(error)
        else:
            if not feed.entries:
                empty.append(path.name)
        assert time.process_time() - start < SLOWEST, path.name
    assert refused == {}
    assert empty == []


@pytest.mark.slow
@pytest.mark.shared
def test_titles_links_and_dates_agree_with_feedparser(corpus: list[Path]) -> None:
    """Where they differ, feedparser is known to be wrong: French dates, year 0001, markup in titles, unsafe links."""
    seen, differ = 0, Counter[str]()
    for path in (path for path in corpus if path.suffix == ".xml"):
        body = path.read_bytes()
        ours = parse_feed(body, url="https://pole.exemple/flux.xml").entries
        theirs = _reference(body)
        assert len(ours) == len(theirs), path.name
        for mine, their in zip(ours, theirs, strict=True):
            seen += 1
            link = their.get("link") or ""
            differ["link"] += link.startswith("http") and " " not in link and mine.link != link
            date = their.get("published_parsed") or their.get("created_parsed") or dict.get(their, "updated_parsed")
            when = mine.published or mine.updated
            if date and date.tm_year > 1970:  # a naive date may differ by the offset of Paris
                differ["date"] += when is None or abs(when.timestamp() - calendar.timegm(date)) not in {0, 3600, 7200}
    assert seen > 8_000
    assert all(count <= seen * 0.001 for count in differ.values()), differ


def _reference(body: bytes) -> list[feedparser.FeedParserDict]:
    headers = {"content-location": "https://pole.exemple/flux.xml", "content-type": "application/xml"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        ).entries
