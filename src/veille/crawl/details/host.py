"""One host in one pass over pages and documents: what waits there is asked for one after the other."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import ParamSpec, TypeVar

from veille.crawl.details import judging
from veille.crawl.details.visiting import SAME, Reader
from veille.crawl.politeness import by_host
from veille.crawl.rhythm import retry_after
from veille.crawl.visiting import in_thread
from veille.model import FetchOutcome, Source
from veille.model.details import DueRead, Outcome, ReadState
from veille.protocols import Clock, Engine, Fetcher, Progress, SiteStore, SourceStore
from veille.protocols.details import DetailStore

#: A host that could not be reached that often in a row is left for an hour.
_UNREACHABLE = 2
_REST = timedelta(hours=1)
#: Seconds after which a slow host's rest waits for the next pass: a stop asked for meanwhile is heeded within them.
_TURN = 60.0

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Manners:
    """How hosts are treated."""

    host_delay: float = 1.0
    #: Hosts asked at once.
    concurrency: int = 20
    #: Pages and documents asked of one host in one pass.
    per_host: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the stage works with; app.py fills it."""

    #: All that may ask for pages, the built-in one for what people add by hand included.
    sources: Sequence[Source]
    store: DetailStore
    source_store: SourceStore
    sites: SiteStore | None
    fetcher: Fetcher
    engine: Engine
    clock: Clock
    manners: Manners = Manners()
    progress: Progress | None = None


@dataclass(slots=True)
class Pass:
    """What one pass may still ask for, and what came of it."""

    budget: dict[str, int]
    advance: Callable[[int], None]
    counts: Counter[str] = field(default_factory=Counter)
    stopped: dict[str, str] = field(default_factory=dict)

    def note(self, outcome: Outcome, host: str) -> None:
        """Count one page or document of a host."""
        self.budget[host] -= 1
        self.advance(1)
        if outcome.state is ReadState.WAITING:
            self.counts["postponed"] += 1
        elif outcome.state is ReadState.LEFT:
            self.counts["left"] += 1
        else:
            self.counts["documents" if outcome.document else "pages"] += 1


@dataclass(slots=True)
class Host:
    """One host in one pass."""

    desk: Desk
    this_pass: Pass
    host: str
    reader: Reader
    thread: ThreadPoolExecutor

    async def read(self, sources: Mapping[str, Source], pages: set[str], documents: set[str]) -> None:
        """Read what waits here, until the cap, or until the host asks for patience or answers no more."""
        desk, now = self.desk, self.desk.clock.now()
        left = self.this_pass.budget.setdefault(self.host, desk.manners.per_host)
        due = await self._stored(desk.store.due, self.host, now, pages_of=pages, documents_of=documents, limit=left)
        failures, started = 0, desk.clock.monotonic()
        for one in due:
            if desk.clock.monotonic() - started > _TURN:
                self.this_pass.budget[self.host] = 0
                return
            outcome, answer = await self._outcome(one, sources[one.source_id])
            if await self._stored(desk.store.record, one, outcome, desk.clock.now()):
                self.this_pass.note(outcome, self.host)
            patience = retry_after(answer, desk.clock.now()) if answer is not None else None
            if patience is not None:
                await self._rest(patience, "le site demande d'attendre", sources)
                return
            failures = failures + 1 if answer is not None and judging.unreachable(answer) else 0
            if failures == _UNREACHABLE:
                await self._rest(desk.clock.now() + _REST, outcome.sentence, {})
                return

    async def _outcome(self, due: DueRead, source: Source) -> tuple[Outcome, FetchOutcome | None]:
        """Return what becomes of a page or a document; one that another item read already is not asked for."""
        now = self.desk.clock.now()
        if due.document_id is not None and not due.again:
            known = await self._stored(self.desk.store.same_document, due.key, now - SAME)
            if known is not None:
                return judging.read_document(due, known, reserved=False, now=now), None
        return await self.reader.visit(due, source, now)

    async def _rest(self, until: datetime, why: str, sources: Mapping[str, Source]) -> None:
        """Leave the host alone until then, its lists too where `sources` are given."""
        self.this_pass.stopped[self.host] = why
        self.this_pass.counts["postponed"] += await self._stored(
            self.desk.store.put_off, self.host, until, self.desk.clock.now()
        )
        if sources:
            await self._stored(self._postpone_lists, sources, until)

    def _postpone_lists(self, sources: Mapping[str, Source], until: datetime) -> None:
        store = self.desk.source_store
        here = by_host(sources.values(), store.states()).get(self.host, [])
        store.postpone([source.id for source in here], until)

    async def _stored(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        return await in_thread(self.thread, partial(work, *args, **named))
