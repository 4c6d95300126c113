"""Ask every source once, as the crawl would, and write nothing: what answers, what moved, what stands in its place."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from veille.config.settings import Fetch
from veille.crawl.courier import Courier, Crowd
from veille.crawl.decide import current
from veille.crawl.discovery.asking import without_memory
from veille.crawl.kinds import KINDS
from veille.crawl.parsing import FeedParsers
from veille.crawl.politeness import Pace, by_host
from veille.crawl.recording import Recorder
from veille.crawl.rhythm import retry_after
from veille.crawl.visiting import Visitor
from veille.model import (
    EntryIntent,
    KnownEntry,
    Source,
    SourceHealth,
    SourceState,
)
from veille.protocols import Clock, Fetcher, Progress, VisitRecord


class Verdict(StrEnum):
    """What a probe says of a source, as staff read it."""

    ANSWERS = "répond"
    MOVED = "déplacée"
    PAGE = "page, non flux"
    EMPTY = "vide"
    BROKEN = "recette cassée"
    UNREADABLE = "illisible"
    BLOCKED = "bloquée"
    DOWN = "en panne"
    SKIPPED = "non sondée"


#: Verdicts after which something is to be done before a source can serve.
FAULTS = frozenset({Verdict.BROKEN, Verdict.UNREADABLE, Verdict.BLOCKED, Verdict.DOWN})
_HEALTHS = {
    SourceHealth.BLOCKED: Verdict.BLOCKED,
    SourceHealth.INVALID: Verdict.UNREADABLE,
    SourceHealth.EMPTY: Verdict.EMPTY,
    SourceHealth.FAILING: Verdict.DOWN,
    SourceHealth.STOPPED: Verdict.DOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How one source answered."""

    source: Source
    verdict: Verdict
    #: French.
    sentence: str
    #: What to change or do, French; empty if nothing.
    advice: str = ""
    http_status: int | None = None
    entries: int = 0
    #: Newest date among its entries.
    newest: datetime | None = None
    #: When it was asked.
    at: datetime


def probe_sources(
    sources: Sequence[Source], fetcher: Fetcher, clock: Clock, manners: Fetch, progress: Progress | None = None
) -> list[Probe]:
    """Probe sources, hosts beside each other, each at its own pace; one probe a source, in their order."""
    task = progress.task("Sonde", len(sources)) if progress else nullcontext(lambda _: None)
    with task as advance, ThreadPoolExecutor(1, thread_name_prefix="store") as thread:
        round_ = _Round(fetcher, clock, manners, advance)
        found = asyncio.run(round_.of(sources, thread))
    return [found[source.id] for source in sources]


@dataclass(slots=True)
class _Notebook:
    """Stands where the crawl has its store: knows nothing of before, and keeps what each visit tells it."""

    states: dict[str, SourceState] = field(default_factory=dict)
    intents: dict[str, Sequence[EntryIntent]] = field(default_factory=dict)

    def known(self, source_id: str) -> Mapping[str, KnownEntry]:  # noqa: ARG002 - the protocol's signature
        return {}

    def known_all(self, source_ids: Collection[str]) -> Mapping[str, Mapping[str, KnownEntry]]:  # noqa: ARG002 - as above
        return {}

    def memory(self, state: SourceState) -> Mapping[str, Any] | None:  # noqa: ARG002 - as above
        return None

    def record_all(self, visits: Sequence[VisitRecord], now: datetime) -> Sequence[tuple[int, int]]:  # noqa: ARG002 - as above
        for visit in visits:
            self.states[visit.source.id], self.intents[visit.source.id] = visit.state, visit.intents
        return [(len(visit.intents), 0) for visit in visits]


class _Round:
    """One probe of some sources."""

    def __init__(self, fetcher: Fetcher, clock: Clock, manners: Fetch, advance: Callable[[int], None]) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._manners = manners
        self._advance = advance
        self._notebook = _Notebook()
        self._found: dict[str, Probe] = {}

    async def of(self, sources: Sequence[Source], thread: ThreadPoolExecutor) -> Mapping[str, Probe]:
        crowd = Crowd(self._manners.concurrency)
        courier = Courier(
            fetcher=self._fetcher,
            sites=without_memory(self._clock),
            clock=self._clock,
            crowd=crowd,
            respect_robots_for_feeds=self._manners.respect_robots_for_feeds,
        )
        asked = [source for source in sources if self._may_be_asked(source)]
        try:
            with FeedParsers() as parsers:
                notebook, started = self._notebook, self._clock.now()
                recorder = Recorder(store=notebook, clock=self._clock, thread=thread, started=started)
                visitor = Visitor(
                    courier=courier,
                    store=notebook,
                    clock=self._clock,
                    parsers=parsers,
                    recorder=recorder,
                    thread=thread,
                )

                async def host(there: Sequence[Source]) -> None:
                    async with crowd:
                        await self._host(visitor, there)

                async with asyncio.TaskGroup() as group:
                    for there in by_host(asked, {}).values():
                        group.create_task(host(there))
        finally:
            await self._fetcher.aclose()
        return self._found

    def _may_be_asked(self, source: Source) -> bool:
        """Leave out what is not on the web: a mailbox or a folder is looked into by the crawl alone."""
        if source.kind in KINDS and source.url.lower().startswith(("http:", "https:")):
            return True
        self._skip(source, "cette nature de source ne se sonde pas : relevez-la")
        return False

    async def _host(self, visitor: Visitor, there: Sequence[Source]) -> None:
        """Probe the sources of one host one after the other, first pages only; stop when it asks for patience."""
        pace = Pace(self._manners.host_delay)
        for place, source in enumerate(there):
            started = self._clock.now()
            first = replace(source, pages=1)
            report, outcome = await visitor.visit(first, current(first, None), pace)
            await report
            self._note(source, started)
            if retry_after(outcome, self._clock.now()) is not None:
                for other in there[place + 1 :]:
                    self._skip(other, "son site demande d'attendre : sondez-la plus tard")
                return

    def _note(self, source: Source, at: datetime) -> None:
        state = self._notebook.states[source.id]
        dates = [
            when
            for intent in self._notebook.intents[source.id]
            if (when := intent.entry.published or intent.entry.updated) and when <= at
        ]
        verdict, advice = _judged(source, state)
        self._found[source.id] = Probe(
            source=source,
            verdict=verdict,
            sentence=_sentence(verdict, state),
            advice=advice,
            http_status=state.http_status,
            entries=state.entries,
            newest=max(dates, default=None),
            at=at,
        )
        self._advance(1)

    def _skip(self, source: Source, sentence: str) -> None:
        self._found[source.id] = Probe(source=source, verdict=Verdict.SKIPPED, sentence=sentence, at=self._clock.now())
        self._advance(1)


def _sentence(verdict: Verdict, state: SourceState) -> str:
    """Say how a source answered: how much there is, and what the crawl would say of it."""
    count = f"{state.entries} entrée{'s' if state.entries > 1 else ''}"
    if verdict is Verdict.PAGE:
        return f"l'adresse est une page, qui déclare un flux ({count})"
    if verdict in {Verdict.ANSWERS, Verdict.MOVED} and state.health is SourceHealth.SILENT:
        return f"{count}, {state.sentence}"
    return state.sentence


def _judged(source: Source, state: SourceState) -> tuple[Verdict, str]:
    """Return the verdict on a source, and what to change in sources.yaml."""
    if state.found_feed:
        return Verdict.PAGE, f'écrivez url: "{state.found_feed}"'
    verdict = _HEALTHS.get(state.health, Verdict.ANSWERS)
    if verdict is Verdict.UNREADABLE and source.recipe is not None:
        return Verdict.BROKEN, f"refaites sa recette : veille sources propose {source.url}"
    if verdict is Verdict.ANSWERS and state.move_candidate:
        return Verdict.MOVED, f'écrivez url: "{state.move_candidate}"'
    return verdict, state.next_step
