"""Deciding on what visits brought and recording it, many at once, in the one thread of the store.

While one transaction is written, the visits that end wait for the next: one at a time on a quiet day, twenty when many
answers come at once, which costs a tenth of as many transactions. A visit is settled once it is in the store.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from veille.crawl.alarm import event_of
from veille.crawl.decide import Visit, decide_entries, is_baseline, next_state
from veille.crawl.details.planning import with_wishes
from veille.errors import StoreBusy, StoreError
from veille.model import CrawlReport, EntryIntent, KnownEntry, Source, SourceState
from veille.protocols import Clock, VisitRecord

#: Visits of one transaction: others wait for its lock, and it is lost as a whole where the process is killed.
_MANY = 50


@dataclass(frozen=True, slots=True)
class _Settlement:
    """One visit that waits to be decided and recorded."""

    source: Source
    state: SourceState
    visit: Visit
    report: "asyncio.Future[CrawlReport]"


class Records(Protocol):
    """What visits read and write of the store."""

    def known(self, source_id: str) -> Mapping[str, KnownEntry]:
        """Return the entries of a source by key."""
        ...

    def known_all(self, source_ids: Collection[str]) -> Mapping[str, Mapping[str, KnownEntry]]:
        """Return the entries of several sources, by source and key; a source that has none may be left out."""
        ...

    def memory(self, state: SourceState) -> Mapping[str, Any] | None:
        """Return what is remembered of a watched page under the address and definition of `state`."""
        ...

    def record_all(self, visits: Sequence[VisitRecord], now: datetime) -> Sequence[tuple[int, int]]:
        """Write visits to different sources, all or none; return (new entries, changed entries) of each."""
        ...


class Recorder:
    """Settles the visits of one pass."""

    def __init__(self, *, store: Records, clock: Clock, thread: ThreadPoolExecutor, started: datetime) -> None:
        self._store = store
        self._clock = clock
        self._thread = thread
        self._started = started
        self._waiting: list[_Settlement] = []
        #: What was read and is not yet written takes memory: whoever brings more than this waits.
        self._room = asyncio.Semaphore(2 * _MANY)
        self._writing: asyncio.Task[None] | None = None

    async def settle(self, source: Source, state: SourceState, visit: Visit) -> "asyncio.Future[CrawlReport]":
        """Let a visit be decided and recorded; its report is there once that is committed."""
        await self._room.acquire()
        report: asyncio.Future[CrawlReport] = asyncio.get_running_loop().create_future()
        report.add_done_callback(lambda _: self._room.release())
        self._waiting.append(_Settlement(source, state, visit, report))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return report

    async def _write(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:_MANY], self._waiting[_MANY:]
            await self._settled(some)

    async def _settled(self, some: Sequence[_Settlement]) -> None:
        """Settle visits together; where one of them cannot be, the others are settled each on its own."""
        writing = asyncio.get_running_loop().run_in_executor(self._thread, partial(self._record, some))
        await asyncio.wait({writing})  # once begun it is finished, even if we are cancelled
        error = writing.exception()
        if error is None:
            for one, report in zip(some, writing.result(), strict=True):
                _answer(one, report)
        elif len(some) > 1 and not isinstance(error, StoreError | StoreBusy):
            for one in some:
                await self._settled([one])
        else:
            for one in some:
                _answer(one, error)

    def _record(self, some: Sequence[_Settlement]) -> list[CrawlReport]:
        """Decide and record, in the store's thread."""
        now = self._clock.now()
        read = [one.source.id for one in some if one.visit.feed is not None and one.visit.feed.entries]
        known = self._store.known_all(read) if read else {}
        records = [self._decided(one, known.get(one.source.id, {}), now) for one in some]
        counts = self._store.record_all(records, now)
        return [_report(one, record, count) for one, record, count in zip(some, records, counts, strict=True)]

    def _decided(self, one: _Settlement, known: Mapping[str, KnownEntry], now: datetime) -> VisitRecord:
        intents: list[EntryIntent] = []
        feed = one.visit.feed
        if feed is not None and feed.entries:
            decided = decide_entries(one.source, feed, known, baseline=is_baseline(one.state))
            intents = with_wishes(one.source, decided)
        after = next_state(one.source, one.state, one.visit, novel=bool(intents), started=self._started, now=now)
        return VisitRecord(
            source=one.source,
            state=after,
            intents=intents,
            event=event_of(one.state, after, now),
            memory=feed.memory if feed is not None else None,
            page_changes=feed.page_changes if feed is not None else (),
        )


def _report(one: _Settlement, record: VisitRecord, count: tuple[int, int]) -> CrawlReport:
    new, changed = count
    return CrawlReport(
        id=one.source.id,
        state=record.state.health,
        sentence=record.state.sentence,
        http_status=record.state.http_status,
        new=new,
        changed=changed,
        seconds=round(one.visit.outcome.seconds, 3),
    )


def _answer(one: _Settlement, answer: CrawlReport | BaseException) -> None:
    """Give a visit its report, or what kept it from being recorded, unless nobody waits any more."""
    if one.report.done():
        return
    if isinstance(answer, BaseException):
        one.report.set_exception(answer)
    else:
        one.report.set_result(answer)
