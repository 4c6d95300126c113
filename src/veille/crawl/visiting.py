"""One visit to one source: fetch, read, decide, record. Expected failures become its state, never an exception."""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import ParamSpec, TypeVar

from veille.crawl.decide import Visit, decide_entries, next_state
from veille.crawl.parsing import Body, FeedParsers
from veille.crawl.politeness import asked_url
from veille.model import CrawlReport, EntryIntent, Fetched, FetchOutcome, ParsedFeed, Source, SourceState
from veille.protocols import Clock, Fetcher, SourceStore

#: Feed types first, anything after: some servers answer 406 to a list without */* (openrss.org/app).
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
#: RFC 9110 §15.3: a whole document; 203 is one that a proxy has touched.
_WHOLE = frozenset({200, 203})

P = ParamSpec("P")
T = TypeVar("T")


class Visitor:
    """Visits sources during one pass."""

    def __init__(
        self, *, fetcher: Fetcher, store: SourceStore, clock: Clock, parsers: FeedParsers, thread: ThreadPoolExecutor
    ) -> None:
        self._fetcher = fetcher
        self._store = store
        self._clock = clock
        self._parsers = parsers
        self._thread = thread

    async def visit(self, source: Source, state: SourceState, started: datetime) -> tuple[CrawlReport, FetchOutcome]:
        """Visit a source and record it; return its report and what the server answered."""
        outcome = await self._fetcher.fetch(asked_url(source, state), state.validators, accept=ACCEPT)
        visit = await self._read(outcome, state)
        return await self.stored(self._settle, source, state, visit, started), outcome

    async def stored(self, work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        """Do something with the store in its one thread; once begun it is finished, even if we are cancelled."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work, *args))

    async def _read(self, outcome: FetchOutcome, state: SourceState) -> Visit:
        """Read the body, unless it is the very one that was read before."""
        if not isinstance(outcome, Fetched) or outcome.status not in _WHOLE:
            return Visit(outcome, None)
        digest = hashlib.sha256(outcome.body).hexdigest()
        if digest == state.body_hash:
            return Visit(outcome, None, digest, same_body=True)
        body = Body(outcome.body, outcome.headers.get("content-type", ""), outcome.final_url)
        reading = await self._parsers.parse(body)
        if isinstance(reading, ParsedFeed) and _reserved(outcome):
            reading = replace(reading, entries=tuple(replace(entry, text="") for entry in reading.entries))
        return Visit(replace(outcome, body=b""), reading, digest)

    def _settle(self, source: Source, state: SourceState, visit: Visit, started: datetime) -> CrawlReport:
        """Decide and record, in the store's thread."""
        intents: list[EntryIntent] = []
        if visit.feed is not None and visit.feed.entries:
            intents = decide_entries(source, visit.feed, self._store.known(source.id))
        now = self._clock.now()
        after = next_state(source, state, visit, novel=bool(intents), started=started, now=now)
        new, changed = self._store.record(source, after, intents, now)
        return CrawlReport(
            id=source.id,
            state=after.health,
            sentence=after.sentence,
            http_status=after.http_status,
            new=new,
            changed=changed,
            seconds=round(visit.outcome.seconds, 3),
        )


def _reserved(outcome: Fetched) -> bool:
    """Say whether the site reserves its text from mining: then title and link only (W3C TDMRep, 2024-05-10)."""
    return outcome.headers.get("tdm-reservation", "").strip() == "1"
