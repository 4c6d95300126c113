"""One visit to one source: fetch, read, decide, record. Expected failures become its state, never an exception."""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import ParamSpec, TypeVar

from veille.crawl.blockers import Blocker, blocker_of
from veille.crawl.courier import Courier, Errand, heeds_robots
from veille.crawl.decide import Visit, decide_entries
from veille.crawl.discovery.announced import announced_feed, may_announce
from veille.crawl.kinds import ALONE, KINDS, Background, page_cap, unlike
from veille.crawl.newsletters.merging import has_opaque, readers_of
from veille.crawl.parsing import Body, FeedParsers
from veille.crawl.politeness import Pace, asked_url, host_of
from veille.crawl.recording import Recorder, Records
from veille.crawl.robots import Rules
from veille.errors import ParseError
from veille.model import (
    CrawlReport,
    Fetched,
    FetchOutcome,
    ParsedEntry,
    ParsedFeed,
    Request,
    Reservation,
    RobotsVerdict,
    Source,
    SourceState,
    StructuredFacts,
    Validators,
)
from veille.protocols import Clock
from veille.protocols.letters import LetterStores

#: RFC 9110 §15.3: a whole document; 203 is one that a proxy has touched.
_WHOLE = frozenset({200, 203})

_RESERVED = "texte réservé par le site : titres, liens et dates seulement"
_UNWATCHABLE = "le site réserve son texte (TDM) : ce qui y change ne peut être suivi"
_ASK = "demandez au site l'autorisation de suivre cette page, ou cherchez son flux ou sa lettre d'information"

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Do something in the one thread of the store; once begun it is finished, even if we are cancelled."""
    return await asyncio.shield(asyncio.get_running_loop().run_in_executor(thread, work))


class Visitor:
    """Visits sources during one pass."""

    def __init__(
        self,
        *,
        courier: Courier,
        store: Records,
        clock: Clock,
        parsers: FeedParsers,
        recorder: Recorder,
        thread: ThreadPoolExecutor,
        letters: LetterStores | None = None,
        urls: frozenset[str] = frozenset(),
    ) -> None:
        self._courier = courier
        self._letters = letters
        self._urls = urls
        self._store = store
        self._clock = clock
        self._parsers = parsers
        self._recorder = recorder
        self._thread = thread

    async def visit(
        self, source: Source, state: SourceState, pace: Pace
    ) -> "tuple[asyncio.Future[CrawlReport], FetchOutcome]":
        """Visit a source; return its report, which comes once it is recorded, and what the server answered."""
        errand = Errand(source, state, pace)
        first = KINDS[source.kind].request(source, asked_url(source, state))
        outcome = await self._courier.allowed(errand, first, state.validators)
        visit = await self._noted(errand, outcome, await self._read(errand, outcome, first))
        if self._letters is not None and visit.feed is not None and visit.feed.suggestions:
            suggestions = self._letters.suggestions
            await self.stored(suggestions.add, source.id, visit.feed.suggestions, self._clock.now())
        return await self._recorder.settle(source, state, visit), visit.outcome

    async def stored(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Do something with the store in its one thread."""
        return await in_thread(self._thread, partial(work, *args, **named))

    async def _noted(self, errand: Errand, answer: FetchOutcome, visit: Visit) -> Visit:
        """Add what the site asks of programs, or who kept us from reading."""
        if isinstance(visit.reading, ParseError) and isinstance(answer, Fetched):
            return replace(visit, blocker=_blocker(errand, answer, visit.reading))
        if visit.feed is None:
            return visit
        if not isinstance(visit.outcome, Fetched):
            return visit
        if not visit.feed.entries and not KINDS[errand.source.kind].remembers:
            return visit
        url = visit.outcome.final_url
        rules = await self._courier.rules(errand, url)
        robots = rules.verdict(url) if heeds_robots(errand.source) else RobotsVerdict.UNASKED
        return replace(visit, robots=robots, reserved=_reservation(visit.outcome, visit.feed, rules))

    async def _read(self, errand: Errand, outcome: FetchOutcome, asked: Request) -> Visit:
        """Read the body, unless it is the very one that was read before, and the pages that follow."""
        if not isinstance(outcome, Fetched) or outcome.status not in _WHOLE:
            return Visit(outcome, None)
        digest = hashlib.sha256(outcome.body).hexdigest()
        if digest == errand.state.body_hash:
            return Visit(outcome, None, digest, same_body=True)
        reading = await self._parsed(errand, outcome, asked)
        if isinstance(reading, ParsedFeed):
            reading = unlike(errand.source, reading, errand.state.entries) or await self._whole(errand, reading)
            reading = await self._followed(errand, reading)
        elif may_announce(errand.source, errand.state, outcome):
            return await self._announced(errand, outcome, reading)
        return Visit(replace(outcome, body=b""), reading, digest)

    async def _followed(self, errand: Errand, reading: ParsedFeed | ParseError) -> ParsedFeed | ParseError:
        """Ask where the opaque links of letters lead, few and once each; without a memory for it nothing is asked."""
        if self._letters is None or isinstance(reading, ParseError) or not has_opaque(reading):
            return reading
        from veille.crawl.newsletters.following import Following  # noqa: PLC0415 - few passes meet such a link

        following = Following(
            self._letters.links,
            ask=partial(self._courier.ask, errand, validators=Validators()),
            stored=self.stored,
            clock=self._clock,
        )
        return await following.resolved(reading, readers_of(errand.source))

    async def _announced(self, errand: Errand, page: Fetched, refusal: ParseError) -> Visit:
        """Read the feed that a page given as a feed declares, by one more GET; where that fails, say it of the page."""
        body = Body(page.body, page.headers.get("content-type", ""), page.final_url)
        feed = await self._parsers.run(announced_feed, body)
        bare = replace(page, body=b"")
        if isinstance(feed, ParseError) or feed in {"", page.final_url}:
            return Visit(bare, refusal)
        outcome = await self._courier.allowed(errand, Request(url=feed), Validators())
        if isinstance(outcome, Fetched) and outcome.status in {429, 503}:
            return Visit(outcome, None)  # what it asks of us counts more than the page that led to it
        if not isinstance(outcome, Fetched) or outcome.status not in _WHOLE:
            why = f"HTTP {outcome.status}" if isinstance(outcome, Fetched) else outcome.sentence
            return Visit(bare, ParseError(f"page HTML ; le flux qu'elle déclare, {feed}, n'a pu être lu : {why}"))
        reading = await self._parsed(errand, outcome, Request(url=feed))
        if isinstance(reading, ParseError):
            message = f"page HTML ; ce qu'elle déclare comme flux, {feed}, n'en est pas un : {reading.message}"
            return Visit(bare, ParseError(message, cure=refusal.cure))
        remark = f"flux trouvé sur la page : {feed}" + (f" ; {reading.remark}" if reading.remark else "")
        digest = hashlib.sha256(outcome.body).hexdigest()
        return Visit(replace(outcome, body=b""), replace(reading, remark=remark), digest, found_feed=feed)

    async def _parsed(self, errand: Errand, answer: Fetched, asked: Request) -> ParsedFeed | ParseError:
        kind = KINDS[errand.source.kind]
        told = await self._background(errand, asked) if kind.told else ALONE
        body = Body(answer.body, answer.headers.get("content-type", ""), answer.final_url, errand.source, told)
        reading = await self._parsers.parse(body)
        if isinstance(reading, ParseError):
            return reading
        if not reading.entries and not kind.remembers:
            return reading
        rules = await self._courier.rules(errand, answer.final_url)
        reserved = _reservation(answer, reading, rules) is not Reservation.NONE
        if reserved and kind.remembers:
            return ParseError(_UNWATCHABLE, cure=_ASK)
        if reserved:
            reading = replace(reading, entries=tuple(map(_bare, reading.entries)))
        slowed = rules.remark if kind.robots else ""
        remarks = [remark for remark in (reading.remark, slowed, _RESERVED if reserved else "") if remark]
        return replace(reading, remark=" ; ".join(remarks))

    async def _background(self, errand: Errand, asked: Request) -> Background:
        """Return what a reader is told besides the answer."""
        kind = KINDS[errand.source.kind]
        memory = await self.stored(self._store.memory, errand.state) if kind.remembers else None
        urls = self._urls if kind.lists else frozenset[str]()
        return Background(request=asked, memory=memory, now=self._clock.now(), urls=urls)

    async def _whole(self, errand: Errand, first: ParsedFeed) -> ParsedFeed:
        """Read on while a list has a next page on its own host that holds something unknown, up to the cap."""
        listed = len(first.entries) + first.dropped + len(first.parts) if first.next or first.parts else first.listed
        whole, page, parts = replace(first, listed=listed), first, list(first.parts)
        asked = {_mark(Request(url=errand.source.url))}
        for _ in range(page_cap(errand.source) - 1):
            following = page.next or (parts.pop(0) if parts else None)
            if following is None or not await self._worth_reading_on(errand.source, first, page):
                break
            if _mark(following) in asked or host_of(following.url) != host_of(errand.source.url):
                break
            asked.add(_mark(following))
            read = await self._next_page(errand, following)
            if isinstance(read, str):
                return replace(whole, complete=False, remark=f"suite de la liste non lue : {read}")
            entries, dropped = whole.entries + read.entries, whole.dropped + read.dropped
            page, whole = read, replace(whole, entries=entries, dropped=dropped)
        return whole

    async def _next_page(self, errand: Errand, request: Request) -> ParsedFeed | str:
        """Fetch and read one more page; return why not, in French, where that fails."""
        outcome = await self._courier.allowed(errand, request, Validators())
        if not isinstance(outcome, Fetched):
            return outcome.sentence
        if outcome.status not in _WHOLE:
            return f"HTTP {outcome.status}"
        reading = await self._parsed(errand, outcome, request)
        return reading.message if isinstance(reading, ParseError) else reading

    async def _worth_reading_on(self, source: Source, first: ParsedFeed, page: ParsedFeed) -> bool:
        """Say whether older pages may hold news: after an index, after news, and where nothing is in order of age."""
        if page.parts or page.unordered or (first.parts and not first.complete):
            return True
        return await self.stored(self._has_news, source, page)

    def _has_news(self, source: Source, page: ParsedFeed) -> bool:
        """Say whether a page holds anything that the store does not know yet, in the store's thread."""
        return bool(decide_entries(source, page, self._store.known(source.id)))


def _mark(request: Request) -> tuple[str, bytes | None]:
    return request.url, request.body


def _blocker(errand: Errand, answer: Fetched, error: ParseError) -> Blocker | None:
    """Name who stands in the place of a document; of a list that was read before, say both counts too."""
    found = blocker_of(answer)
    if found is None or not (KINDS[errand.source.kind].shaped and errand.state.entries):
        return found
    return replace(found, sentence=f"{found.sentence} ; {error.message}")


def _reservation(answer: Fetched, reading: ParsedFeed, rules: Rules) -> Reservation:
    """Say where the site reserves its text from mining: then title and link only (W3C TDMRep, 2024-05-10).

    The page itself overrides its header, which overrides the site's file.
    """
    header = answer.headers.get("tdm-reservation", "").strip()
    if reading.reserved is not None:
        return Reservation.PAGE if reading.reserved else Reservation.NONE
    if header in {"0", "1"}:
        return Reservation.HEADER if header == "1" else Reservation.NONE
    return Reservation.FILE if rules.reserves(answer.final_url) else Reservation.NONE


def _bare(entry: ParsedEntry) -> ParsedEntry:
    """Return what may be kept of an entry whose text is reserved: its title, link and dates."""
    facts = StructuredFacts(deadline=entry.facts.deadline)
    return replace(entry, text="", author=None, categories=(), facts=facts)
