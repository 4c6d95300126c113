"""Visits that end together are recorded together; what is wrong with one does not cost the others."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from tests.crawl.builders import NOW, entry, fetched, good, source, state
from veille.crawl.decide import Visit
from veille.crawl.recording import Recorder
from veille.errors import DiskFull
from veille.model import CrawlReport, KnownEntry
from veille.protocols import VisitRecord
from veille.testing import FrozenClock


class Notebook:
    """Notes what it is told to write, in transactions; refuses some sources."""

    def __init__(self, refused: str = "", error: type[Exception] = ValueError) -> None:
        self.refused = refused
        self.error = error
        self.transactions: list[list[str]] = []
        self.asked: list[str] = []

    def known(self, source_id: str) -> Mapping[str, KnownEntry]:
        return self.known_all([source_id])

    def known_all(self, source_ids: Collection[str]) -> Mapping[str, Mapping[str, KnownEntry]]:
        self.asked.extend(source_ids)
        return {}

    def record_all(self, visits: Sequence[VisitRecord], _now: datetime) -> Sequence[tuple[int, int]]:
        names = [visit.source.id for visit in visits]
        if self.refused in names:
            raise self.error(self.refused)
        self.transactions.append(names)
        return [(len(visit.intents), 0) for visit in visits]


def written(notebook: Notebook) -> list[str]:
    return [name for names in notebook.transactions for name in names]


async def settled(notebook: Notebook, names: Sequence[str]) -> list[CrawlReport | BaseException]:
    """Settle one visit for each name at once; return reports and errors in their order."""
    with ThreadPoolExecutor(1) as thread:
        recorder = Recorder(store=notebook, clock=FrozenClock(NOW), thread=thread, started=NOW)
        reports = [await recorder.settle(source(name), state(name), good(entry(name, guid=name))) for name in names]
        return await asyncio.gather(*reports, return_exceptions=True)


def test_visits_that_end_while_others_are_written_share_a_transaction() -> None:
    notebook = Notebook()
    names = [f"s{n}" for n in range(120)]
    reports = asyncio.run(settled(notebook, names))
    assert [report.id for report in reports if isinstance(report, CrawlReport)] == names
    assert written(notebook) == names
    assert len(notebook.transactions) < 10
    assert max(map(len, notebook.transactions)) <= 50


def test_a_mistake_in_one_visit_is_its_own() -> None:
    notebook = Notebook(refused="b")
    reports = asyncio.run(settled(notebook, ["a", "b", "c"]))
    assert [type(report) for report in reports] == [CrawlReport, ValueError, CrawlReport]
    assert sorted(written(notebook)) == ["a", "c"]


def test_a_full_disk_is_everybodys_and_is_not_tried_again_for_each() -> None:
    notebook = Notebook(refused="b", error=DiskFull)
    reports = asyncio.run(settled(notebook, ["a", "b", "c"]))
    assert DiskFull in {type(report) for report in reports}
    assert notebook.transactions in ([], [["a"]])


def test_a_visit_that_read_nothing_looks_for_no_history() -> None:
    notebook = Notebook()

    async def visited() -> None:
        with ThreadPoolExecutor(1) as thread:
            recorder = Recorder(store=notebook, clock=FrozenClock(NOW), thread=thread, started=NOW)
            await (await recorder.settle(source("a"), state("a"), Visit(fetched(304), None)))
            await (await recorder.settle(source("b"), state("b"), good()))

    asyncio.run(visited())
    assert notebook.asked == ["b"]


def test_a_visit_that_nobody_waits_for_any_more_is_recorded_all_the_same() -> None:
    notebook = Notebook()

    async def visited() -> None:
        with ThreadPoolExecutor(1) as thread:
            recorder = Recorder(store=notebook, clock=FrozenClock(NOW), thread=thread, started=NOW)
            given_up = await recorder.settle(source("a"), state("a"), good())
            given_up.cancel()
            report = await (await recorder.settle(source("b"), state("b"), good()))
            assert report.new == 1

    asyncio.run(visited())
    assert sorted(written(notebook)) == ["a", "b"]
