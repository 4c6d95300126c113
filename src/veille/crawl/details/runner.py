"""The stage that reads entries' own pages and documents: one piece of work is one host, as in crawl.

Pages first, then the documents that they link to: each obeys the pace and the rules of the host it stands on. A page
or document is recorded as soon as it was read, so that whoever dies in between costs one more request at most.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from functools import partial

from veille.crawl.courier import Crowd
from veille.crawl.details.asking import Asking
from veille.crawl.details.host import Desk, Host, Pass
from veille.crawl.details.planning import reads_documents, reads_pages
from veille.crawl.details.visiting import Reader
from veille.crawl.kinds import KINDS
from veille.crawl.parsing import FeedParsers
from veille.crawl.politeness import Pace, asked_url, host_of
from veille.crawl.robots import Sites
from veille.crawl.visiting import in_thread
from veille.model import Site, Source, SourceState, Work
from veille.model.details import DetailReport

#: The ledger's name of this stage.
STAGE = "detail"
_BATCH = 200
#: Pages, then the documents that they link to.
_ROUNDS = 2


class DetailReader:
    """Reads the pages and documents that wait, one pass at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, only: Sequence[str] = ()) -> DetailReport:
        """Read what waits of these sources (all if empty), within the cap of each host; the rest waits its turn."""
        desk = self._desk
        desk.store.purge(desk.clock.now())
        wanted = [source for source in desk.sources if _is_read(source) and (not only or source.id in only)]
        pages = {source.id for source in wanted if reads_pages(source) or reads_documents(source)}
        documents = {source.id for source in wanted if reads_documents(source)}
        stage = _Stage(desk, wanted, pages, documents)
        total = sum(stage.waiting().values())
        if not total:
            return DetailReport()
        task = desk.progress.task("Pages de détail", total) if desk.progress else nullcontext(lambda _: None)
        with task as advance:
            stage.this_pass = Pass({}, advance)
            for _ in range(_ROUNDS):
                hosts = stage.to_ask()
                if not hosts:
                    break
                desk.engine.deposit(STAGE, hosts)
                desk.engine.run(stage)
        counts = stage.this_pass.counts
        return DetailReport(
            pages=counts["pages"],
            documents=counts["documents"],
            left=counts["left"],
            postponed=counts["postponed"],
            waiting=sum(stage.waiting().values()),
            stopped=stage.this_pass.stopped,
        )


class _Stage:
    """One pass as the engine sees it: given hosts, it reads what waits there."""

    name = STAGE
    batch = _BATCH

    def __init__(self, desk: Desk, sources: Sequence[Source], pages: set[str], documents: set[str]) -> None:
        self._desk = desk
        self._sources = {source.id: source for source in sources}
        self._pages = pages
        self._documents = documents
        self.this_pass = Pass({}, lambda _: None)

    def waiting(self) -> Mapping[str, int]:
        """Return how many pages and documents of our sources may be asked for now, by host."""
        counts: Counter[str] = Counter()
        for one in self._desk.store.waiting(self._desk.clock.now()):
            if one.source_id in (self._documents if one.document else self._pages):
                counts[one.host] += one.count
        return counts

    def to_ask(self) -> list[str]:
        """Return the hosts that may be asked for more in this pass."""
        found = self.waiting()
        patient = self._patient() if found else set()
        for host in found:
            self.this_pass.budget.setdefault(host, 0 if host in patient else self._desk.manners.per_host)
        return [host for host in found if self.this_pass.budget[host] > 0 and host not in self.this_pass.stopped]

    def _patient(self) -> set[str]:
        """Return the hosts whose own sources were told to wait (429, 503)."""
        now, states = self._desk.clock.now(), self._desk.source_store.states()
        told = [
            (source, state)
            for source in self._sources.values()
            if (state := states.get(source.id)) is not None and _waits(state, now)
        ]
        return {host_of(asked_url(source, state)) for source, state in told}

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        """Read what waits on each host; a host is finished once what was read there is recorded."""
        with ThreadPoolExecutor(1, thread_name_prefix="store") as thread:
            asyncio.run(self._hosts(work, finish, thread))

    async def _hosts(self, work: Sequence[Work], finish: Callable[[Work], None], thread: ThreadPoolExecutor) -> None:
        crowd, sites = Crowd(self._desk.manners.concurrency), remembered(self._desk, thread)
        with FeedParsers() as parsers:

            async def host(piece: Work) -> None:
                async with crowd:
                    pace = Pace(self._desk.manners.host_delay)
                    pace.start(self._desk.clock.monotonic())  # its lists may have been asked for just now
                    asking = Asking(
                        fetcher=self._desk.fetcher, sites=sites, clock=self._desk.clock, crowd=crowd, pace=pace
                    )
                    await Host(self._desk, self.this_pass, piece.key, Reader(asking, parsers), thread).read(
                        self._sources, self._pages, self._documents
                    )
                    await in_thread(thread, partial(finish, piece))

            try:
                results = await asyncio.gather(*map(host, work), return_exceptions=True)
            finally:
                await self._desk.fetcher.aclose()
        for result in results:
            if isinstance(result, BaseException):
                raise result


def _is_read(source: Source) -> bool:
    return source.enabled and source.kind in KINDS


def _waits(state: SourceState, now: datetime) -> bool:
    return state.http_status in {429, 503} and state.next_check_at is not None and state.next_check_at > now


def remembered(desk: Desk, thread: ThreadPoolExecutor) -> Sites:
    """Return the rules of sites, over what the store remembers of them, read and written in its thread."""
    store = desk.sites

    async def recall(name: str) -> Site | None:
        return await in_thread(thread, partial(store.site, name)) if store else None

    async def remember(site: Site) -> None:
        if store:
            await in_thread(thread, partial(store.remember, site))

    return Sites(recall, remember, desk.clock.now)
