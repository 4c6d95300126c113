"""How a source is asked: at its host's pace, and by its site's rules where they bind."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from types import TracebackType

from veille.crawl.kinds import KINDS
from veille.crawl.politeness import Pace
from veille.crawl.robots import Rules, Sites
from veille.model import Fetched, FetchOutcome, Request, Source, SourceState, Validators
from veille.protocols import Clock, Fetcher


@dataclass(frozen=True, slots=True)
class Errand:
    """One source, what is known of it, and its host's patience."""

    source: Source
    state: SourceState
    pace: Pace


class Crowd(AbstractAsyncContextManager[None]):
    """How many hosts are busy at once; one that only waits for its pace leaves its place to another."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)

    async def __aenter__(self) -> None:
        await self._places.acquire()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._places.release()

    async def rest(self, seconds: float) -> None:
        """Wait outside; whoever calls has a place, and has it again afterwards."""
        if seconds <= 0:
            return
        self._places.release()
        try:
            await asyncio.sleep(seconds)
        finally:
            await self._places.acquire()


class Courier:
    """Asks for sources during one pass."""

    def __init__(
        self, *, fetcher: Fetcher, sites: Sites, clock: Clock, crowd: Crowd, respect_robots_for_feeds: bool
    ) -> None:
        self._fetcher = fetcher
        self._sites = sites
        self._clock = clock
        self._crowd = crowd
        self._feeds_bound = respect_robots_for_feeds

    async def ask(self, errand: Errand, request: Request, validators: Validators) -> FetchOutcome:
        """Send one request when its host's pace allows it."""
        await self._crowd.rest(errand.pace.wait(self._clock.monotonic()))
        errand.pace.start(self._clock.monotonic())
        accept = KINDS[errand.source.kind].accept
        if request == Request(url=request.url):
            return await self._fetcher.fetch(request.url, validators, accept=accept)
        return await self._fetcher.send(request, validators, accept=accept)

    async def allowed(self, errand: Errand, request: Request, validators: Validators) -> FetchOutcome:
        """Ask if the site lets programs ask; where a redirect led is held to the same rules."""
        if not self._bound(errand.source):
            return await self.ask(errand, request, validators)
        rules = await self.rules(errand, request.url)
        errand.pace.slow_down(rules.delay)
        outcome = rules.refusal(request.url) or await self.ask(errand, request, validators)
        if isinstance(outcome, Fetched) and outcome.redirects:
            reached = await self.rules(errand, outcome.final_url)
            return reached.refusal(outcome.final_url) or outcome
        return outcome

    async def rules(self, errand: Errand, url: str) -> Rules:
        """Return what the site of a URL asks, nothing where its kind is offered to programs."""
        if not heeds_robots(errand.source):
            return Rules()
        return await self._sites.rules(url, partial(self.ask, errand), binding=self._bound(errand.source))

    def _bound(self, source: Source) -> bool:
        kind = KINDS[source.kind]
        return kind.robots or (kind.noted and self._feeds_bound)


def heeds_robots(source: Source) -> bool:
    """Say whether robots.txt is read for a source, binding or not."""
    kind = KINDS[source.kind]
    return kind.robots or kind.noted
