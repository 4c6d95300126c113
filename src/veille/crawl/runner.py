"""The crawl stage: one piece of work is one host; it owns `asyncio.run` and a single thread for the store.

Fetching runs on the event loop, parsing in other processes, reading and writing the store in one thread: nothing waits
for anything but its own turn. Each source is recorded in its own transaction as its answer comes; a host's lease is
finished only after that.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial

from veille.crawl.courier import Courier, Crowd
from veille.crawl.decide import current, is_due
from veille.crawl.kinds import KINDS
from veille.crawl.parsing import FeedParsers
from veille.crawl.planning import everywhere, plan
from veille.crawl.politeness import Pace, by_host
from veille.crawl.recording import Recorder
from veille.crawl.rhythm import retry_after
from veille.crawl.robots import Sites
from veille.crawl.visiting import Visitor, in_thread
from veille.errors import StoreBusy, StoreError
from veille.model import CrawlReport, Site, Source, SourceHealth, SourceState, Work
from veille.protocols import Clock, CrawlOptions, Engine, Fetcher, Progress, SiteStore, SourceStore
from veille.protocols.letters import LetterStores

#: Hosts leased at once: enough that a slow one leaves nobody waiting, few enough to renew all leases in a second.
_BATCH = 200
_ELSEWHERE = "relevée par un autre processus"


@dataclass(frozen=True, slots=True)
class _Manners:
    host_delay: float
    concurrency: int
    respect_robots_for_feeds: bool


@dataclass(slots=True)
class _Pass:
    """What one pass is asked to fetch and what came of it."""

    started: datetime
    #: Host → its sources of this pass, in the order of their turn.
    hosts: dict[str, list[Source]]
    #: Ids to fetch whatever their due time, with when they had been checked last.
    forced: Mapping[str, datetime | None]
    advance: Callable[[int], None]
    reports: dict[str, CrawlReport] = field(default_factory=dict)

    def report(self, report: CrawlReport) -> None:
        self.reports[report.id] = report
        self.advance(1)

    def wants(self, source: Source, state: SourceState | None) -> bool:
        """Say whether a source is still to be fetched: another process may have done it since the pass was planned."""
        if source.id in self.forced:
            return (state.checked_at if state else None) == self.forced[source.id]
        return is_due(source, state, self.started)


class FeedCrawler:
    """Crawls the feeds of an instance; implements `protocols.Crawler`."""

    def __init__(
        self,
        *,
        sources: Sequence[Source],
        store: SourceStore,
        fetcher: Fetcher,
        engine: Engine,
        clock: Clock,
        host_delay: float = 1.0,
        concurrency: int = 20,
        respect_robots_for_feeds: bool = False,
        sites: SiteStore | None = None,
        letters: LetterStores | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._sources = tuple(source for source in sources if source.kind in KINDS)
        if any(source.recipe or source.kind == "watch" for source in self._sources):
            from veille.crawl.recipes import check_recipes  # noqa: PLC0415 - lxml, where there is a page to read

            check_recipes(self._sources)
        self._store = store
        self._fetcher = fetcher
        self._engine = engine
        self._clock = clock
        self._manners = _Manners(host_delay, concurrency, respect_robots_for_feeds)
        #: Without a store, what sites ask is read anew at each pass.
        self._sites = sites
        self._letters = letters
        self._progress = progress

    def crawl(self, options: CrawlOptions = CrawlOptions()) -> Sequence[CrawlReport]:  # noqa: B008 - frozen
        """Fetch what is due, one pass; one report a source of the pass, in the order of sources.yaml."""
        started = self._clock.now()
        self._rename()
        wanted, states = plan(self._sources, self._store, options, started)
        checked = {source.id: state.checked_at if (state := states.get(source.id)) else None for source in wanted}
        task = self._progress.task("Relève", len(wanted)) if self._progress else nullcontext(lambda _: None)
        with task as advance:
            forced = checked if options.force or options.only else {}
            reports = self._run(_Pass(started, by_host(wanted, states), forced, advance))
        missing = [source.id for source in wanted if source.id not in reports]
        after = self._store.states(missing) if missing else {}
        return [reports.get(source.id) or _unasked(source, after.get(source.id), _ELSEWHERE) for source in wanted]

    def _run(self, this_pass: _Pass) -> Mapping[str, CrawlReport]:
        stage = CrawlStage(
            self._sources,
            self._store,
            self._sites,
            self._letters,
            self._fetcher,
            self._clock,
            self._manners,
            this_pass,
        )
        self._engine.deposit(stage.name, this_pass.hosts)
        self._engine.run(stage)
        return this_pass.reports

    def _rename(self) -> None:
        """Give the history of former ids to the sources that name them in `formerly`."""
        formerly = {old: source.id for source in self._sources for old in source.formerly}
        known = self._store.states([*formerly, *formerly.values()]) if formerly else {}
        for old, new in formerly.items():
            if old in known and new not in known:
                self._store.rename(old, new)


@dataclass(frozen=True, slots=True)
class _There:
    """The hosts of one batch: their sources of this pass, and what is known of these."""

    sources: Mapping[str, Sequence[Source]]
    states: Mapping[str, SourceState]


class CrawlStage:
    """One pass as the engine sees it: given hosts, it fetches what is due there."""

    name = "crawl"
    batch = _BATCH

    def __init__(
        self,
        sources: Sequence[Source],
        store: SourceStore,
        sites: SiteStore | None,
        letters: LetterStores | None,
        fetcher: Fetcher,
        clock: Clock,
        manners: _Manners,
        this_pass: _Pass,
    ) -> None:
        self._sources = sources
        self._store = store
        self._sites = sites
        self._letters = letters
        self._fetcher = fetcher
        self._clock = clock
        self._manners = manners
        self._pass = this_pass

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        """Fetch the due sources of each host; a host is finished once all of them are recorded."""
        there = {piece.key: self._there(piece.key) for piece in work}
        # read again: the leases are ours only since now
        states = self._store.states([source.id for sources in there.values() for source in sources])
        with ThreadPoolExecutor(1, thread_name_prefix="store") as thread:
            asyncio.run(self._hosts(work, finish, _There(there, states), thread))

    def _urls(self) -> frozenset[str]:
        """Return the addresses of all sources where one of them may list others."""
        listing = any(KINDS[source.kind].lists for source in self._sources)
        return frozenset(source.url for source in self._sources) if listing else frozenset()

    async def _hosts(
        self,
        work: Sequence[Work],
        finish: Callable[[Work], None],
        there: "_There",
        thread: ThreadPoolExecutor,
    ) -> None:
        crowd = Crowd(self._manners.concurrency)
        courier = Courier(
            fetcher=self._fetcher,
            sites=self._remembered(thread),
            clock=self._clock,
            crowd=crowd,
            respect_robots_for_feeds=self._manners.respect_robots_for_feeds,
        )
        with FeedParsers() as parsers:
            recorder = Recorder(store=self._store, clock=self._clock, thread=thread, started=self._pass.started)
            visitor = Visitor(
                courier=courier,
                store=self._store,
                clock=self._clock,
                parsers=parsers,
                recorder=recorder,
                thread=thread,
                letters=self._letters,
                urls=self._urls(),
            )

            async def host(piece: Work) -> None:
                async with crowd:
                    await self._host(visitor, piece.key, self._due(piece.key, there))
                    await visitor.stored(finish, piece)

            try:
                await _all_of([asyncio.create_task(host(piece)) for piece in work])
            finally:
                await self._fetcher.aclose()

    def _remembered(self, thread: ThreadPoolExecutor) -> Sites:
        """Return the rules of sites, over what the store remembers of them, read and written in its thread."""
        store = self._sites

        async def recall(name: str) -> Site | None:
            return await in_thread(thread, partial(store.site, name)) if store else None

        async def remember(site: Site) -> None:
            if store:
                await in_thread(thread, partial(store.remember, site))

        return Sites(recall, remember, self._clock.now)

    def _there(self, host: str) -> Sequence[Source]:
        """Return this pass's share of a host, or all its sources where a dead process left the work."""
        return self._pass.hosts[host] if host in self._pass.hosts else self._everywhere.get(host, [])

    @cached_property
    def _everywhere(self) -> Mapping[str, Sequence[Source]]:
        """All enabled sources by host; a pass in which nobody asks for patience never needs it."""
        return everywhere(self._sources, self._store.places())

    def _due(self, host: str, there: "_There") -> list[tuple[Source, SourceState]]:
        """Return what to fetch on a host."""
        states = there.states
        wanted = [source for source in there.sources[host] if self._pass.wants(source, states.get(source.id))]
        return [(source, current(source, states.get(source.id))) for source in wanted]

    async def _host(self, visitor: Visitor, host: str, due: Sequence[tuple[Source, SourceState]]) -> None:
        """Visit the sources of one host one after the other; stop when it asks for patience; wait for their records."""
        pace = Pace(self._manners.host_delay)
        settled: list[asyncio.Future[CrawlReport]] = []
        for source, state in due:
            for early in settled:
                if early.done():
                    early.result()  # a database that refuses need not be brought more
            report, outcome = await visitor.visit(source, state, pace)
            settled.append(report)
            patience = retry_after(outcome, self._clock.now())
            if patience is not None:
                await asyncio.gather(*settled)
                await self._be_patient(visitor, host, due[len(settled) :], patience)
                break
        for done in await asyncio.gather(*settled):
            self._pass.report(done)

    async def _be_patient(
        self, visitor: Visitor, host: str, unasked: Sequence[tuple[Source, SourceState]], until: datetime
    ) -> None:
        """Put off every source of a host that answered Retry-After; those still due in this pass are not asked."""
        names = [source.id for source in await visitor.stored(self._known_on, host)]
        await visitor.stored(self._store.postpone, names, until)
        for source, state in unasked:
            self._pass.report(await visitor.stored(self._put_off, source, state, until))

    def _known_on(self, host: str) -> Sequence[Source]:
        return self._everywhere.get(host, [])

    def _put_off(self, source: Source, state: SourceState, until: datetime) -> CrawlReport:
        """Remember the patience asked for a source that was due, even one never fetched, which has no row yet."""
        sentence = "reportée : son site demande d'attendre"
        if state.checked_at is None:
            self._store.record(source, replace(state, sentence=sentence, next_check_at=until), [], self._clock.now())
        return _unasked(source, state, sentence)


def _unasked(source: Source, state: SourceState | None, sentence: str) -> CrawlReport:
    health = state.health if state else SourceHealth.WAITING
    return CrawlReport(id=source.id, state=health, sentence=sentence, http_status=None, new=0, changed=0, seconds=0.0)


async def _all_of(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Let every host end, then raise the first mistake any met; a database that refuses stops them all."""
    pending = set(tasks)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
            if any(isinstance(task.exception(), StoreError | StoreBusy) for task in done):
                break
    finally:
        for task in pending:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    mistakes = [result for result in results if isinstance(result, Exception)]
    if mistakes:
        raise mistakes[0]
