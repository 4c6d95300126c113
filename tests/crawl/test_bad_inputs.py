"""The hostile documents of shared/bad_inputs.yaml, each read as a feed in a worker, with the outcome it states."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest

from tests.bad_inputs import cases, value_of
from tests.crawl.builders import item, rss, source
from veille.config.opml import read_opml
from veille.crawl.dates import read_date
from veille.crawl.entries import MAX_ENTRIES
from veille.crawl.feeds import SOURCE_ZONE
from veille.crawl.files.reader import read_folder
from veille.crawl.markup import TEXT_LIMIT, plain_line, plain_text
from veille.crawl.normalize import normal_title
from veille.crawl.parsing import CPU, Body, FeedParsers
from veille.crawl.recipes import SelectorRefused, compiled
from veille.errors import InputError, ParseError
from veille.model import ParsedFeed, Recipe
from veille.net.bundle import BUNDLE_TYPE, Bundle, NamedFile, pack

Reading = ParsedFeed | ParseError

#: Seconds on the wall: the CPU limit, on a machine that does other things besides.
PATIENCE = 8 * CPU
#: Cases whose input is a value of the feed rather than a document.
TITLES = {"PAR-019", "PAR-021"}


def read(value: Any) -> tuple[Reading, float]:
    """Read one document in a worker; return the outcome and the seconds it took."""
    body = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value

    async def in_worker() -> Reading:
        with FeedParsers(1) as parsers:
            return await parsers.parse(Body(body, "application/xml", "https://pole.exemple/flux"))

    start = time.monotonic()
    return asyncio.run(in_worker()), time.monotonic() - start


def read_as(kind: str, value: Any) -> Reading:
    """Read one document in a worker as a listing page or a sitemap."""
    body = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    listing = source(kind=kind, recipe=Recipe(item="p, td, a", title="xpath:.", link="a"))

    async def in_worker() -> Reading:
        with FeedParsers(1) as parsers:
            return await parsers.parse(Body(body, "text/html", "https://pole.exemple/liste", listing))

    return asyncio.run(in_worker())


def titles(reading: Reading) -> list[str]:
    assert isinstance(reading, ParsedFeed), reading
    return [entry.title for entry in reading.entries]


def no_bomb(reading: Reading) -> None:
    """The entities of a DTD are not expanded."""
    assert isinstance(reading, ParseError) or all(len(title) < 1_000 for title in titles(reading))


def nothing_external(reading: Reading) -> None:
    """No DTD is fetched: the read ends, without entries, and the loopback port it names was never reached."""
    assert isinstance(reading, ParseError) or reading.entries == ()


def one_entry_or_stopped(reading: Reading) -> None:
    assert isinstance(reading, ParseError) or titles(reading) == ["x"]


def refused(reading: Reading) -> None:
    assert isinstance(reading, ParseError)
    assert reading.message
    assert reading.cure


def capped_and_counted(reading: Reading) -> None:
    assert isinstance(reading, ParsedFeed)
    assert len(reading.entries) == MAX_ENTRIES
    assert reading.dropped == 100_000 - MAX_ENTRIES
    assert str(reading.dropped) in reading.remark


def no_controls(reading: Reading) -> None:
    assert titles(reading) == ["ab"]


def replacement_character(reading: Reading) -> None:
    assert titles(reading) == ["a\ufffdb"]


def accents(reading: Reading) -> None:
    assert titles(reading) == ["Énergie"]


def future_kept_as_published(reading: Reading) -> None:
    """The store clamps the item's date (test_source_store); the entry keeps what its source wrote."""
    assert isinstance(reading, ParsedFeed)
    assert reading.entries[0].published is not None
    assert reading.entries[0].published.year == 2099


def hashed_guid(reading: Reading) -> None:
    assert isinstance(reading, ParsedFeed)
    assert len(reading.entries[0].guid or "") < 100


DOCUMENTS: dict[str, Callable[[Reading], None]] = {
    "PAR-002": no_bomb,
    "PAR-005": nothing_external,
    "PAR-006": refused,
    "PAR-007": one_entry_or_stopped,
    "PAR-009": refused,
    "PAR-010": capped_and_counted,
    "PAR-012": refused,
    "PAR-015": refused,
    "PAR-016": refused,
    "PAR-017": no_controls,
    "PAR-018": replacement_character,
    "PAR-022": accents,
    "PAR-027": future_kept_as_published,
    "PAR-030": hashed_guid,
    "PAR-031": refused,
    "PAR-038": refused,
    "PAR-040": refused,
}


def workbook_refused_before_it_grows(value: bytes) -> None:
    body = pack(Bundle((NamedFile("aides.xlsx", value),)))
    with pytest.raises(ParseError, match="classeur"):
        read_folder(body, BUNDLE_TYPE, "file:///tableaux", source(kind="file", url="file:///tableaux"))


def text_is_cut(value: str) -> None:
    assert len(plain_text(value)) == TEXT_LIMIT


def title_without_bidi(value: str) -> None:
    assert plain_line(value) == "Appel FDP.exe projets"


def capped_marks(value: str) -> None:
    assert len(plain_line(value)) < 10


def one_title(values: list[str]) -> None:
    assert normal_title(values[0]) == normal_title(values[1])


def no_date(value: str) -> None:
    assert read_date(value, SOURCE_ZONE) is None


def css_refused_with_a_position(value: str) -> None:
    with pytest.raises(SelectorRefused) as refused:
        compiled(value)
    assert refused.value.column == len(value) + 1


def xpath_refused_with_a_position(value: str) -> None:
    with pytest.raises(SelectorRefused, match="unparsed-text") as refused:
        compiled(f"xpath:{value}")
    assert refused.value.column == 1


def opml_with_a_dtd_refused(value: bytes) -> None:
    with NamedTemporaryFile(suffix=".opml") as file:
        file.write(value)
        file.flush()
        with pytest.raises(InputError, match="DTD"):
            read_opml(Path(file.name))


VALUES: dict[str, Callable[[Any], None]] = {
    "PAR-038": opml_with_a_dtd_refused,
    "PAR-040": workbook_refused_before_it_grows,
    "PAR-019": title_without_bidi,
    "PAR-020": one_title,
    "PAR-021": capped_marks,
    "PAR-028": no_date,
    "PAR-041": css_refused_with_a_position,
    "PAR-042": xpath_refused_with_a_position,
    "PAR-045": text_is_cut,
}


@pytest.mark.parametrize("case", cases("parse"))
def test_bad_input(case: dict[str, Any]) -> None:
    name = case["id"]
    assert name in DOCUMENTS or name in VALUES, f"{name} is not tested"
    if name in VALUES:
        VALUES[name](value_of(case))
    if name in DOCUMENTS:
        reading, seconds = read(value_of(case))
        DOCUMENTS[name](reading)
        assert seconds < PATIENCE


@pytest.mark.parametrize("case", [case for case in cases("parse") if case.id in DOCUMENTS])
@pytest.mark.parametrize("kind", ["page", "sitemap"])
def test_bad_input_as_another_kind_ends_in_time(kind: str, case: dict[str, Any]) -> None:
    start = time.monotonic()
    reading = read_as(kind, value_of(case))
    assert isinstance(reading, ParseError) or len(reading.entries) <= MAX_ENTRIES
    assert isinstance(reading, ParseError) or case["id"] != "PAR-006" or kind != "sitemap"
    assert time.monotonic() - start < PATIENCE


@pytest.mark.parametrize("case", [case for case in cases("parse") if case.id in TITLES])
def test_bad_title_inside_a_feed(case: dict[str, Any]) -> None:
    (title,) = titles(read(rss(item(value_of(case))))[0])
    assert "\u202e" not in title
    assert len(title) < 100


def test_a_text_of_twelve_megabytes_inside_a_feed_is_cut_and_said() -> None:
    reading, _ = read(rss(f"<title>t</title><description>&lt;p&gt;{'x' * 12_000_000}</description>"))
    assert isinstance(reading, ParsedFeed)
    assert reading.entries[0].text.endswith("…")
    assert len(reading.entries[0].text) == TEXT_LIMIT
