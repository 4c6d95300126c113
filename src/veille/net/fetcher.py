"""The guarded GET: one function through which every source, page and document is asked."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import httpcore
import httpx

from veille.config.settings import Fetch
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Redirect, Request, Validators
from veille.net.addresses import Guard
from veille.net.dialler import GuardedBackend
from veille.net.exchange import Answer, exchange
from veille.net.faults import Stopped
from veille.net.headers import (
    FEED_TYPES,
    added_fields,
    location_of,
    request_fields,
    response_fields,
    storable,
    user_agent,
)
from veille.net.inflate import Body, too_big
from veille.net.resolver import Resolver, SystemResolver
from veille.net.sockets import AsyncioBackend
from veille.net.tls import verified
from veille.net.urls import join, vet_url
from veille.protocols import Clock

#: Hops followed (browsers 20, Miniflux 10): five cover http→https→www→new path→slash.
MAX_REDIRECTS = 5
UNCONDITIONAL = Validators()
_SPEAKING = "http/1.1"
_MOVED = frozenset({301, 302, 303, 307, 308})
#: What is kept of an error page, and how long we listen to it: its status has already said what matters.
ERROR_BODY_BYTES = 65_536
ERROR_BODY_SECONDS = 3.0


@dataclass(slots=True)
class _Trip:
    """How far one fetch has come, told when it stops."""

    url: str
    validators: Validators
    accept: str
    #: What is added to a plain GET.
    request: Request
    redirects: list[Redirect] = field(default_factory=list)
    status: int | None = None
    doing: str = "l'attente de la réponse"


class GuardedFetcher:
    """Implements `Fetcher` over the real network.

    One total deadline, vetted addresses, bounded headers and bodies, redirects by our own loop, no immediate retry,
    no proxy (a proxy would resolve names behind the guard's back). Use it inside one event loop at a time and close it
    there: `async with fetcher: …` or `aclose()`; it may then be used again in another loop.
    """

    def __init__(
        self,
        settings: Fetch,
        *,
        contact: str,
        clock: Clock,
        resolver: Resolver | None = None,
        dial: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._agent = user_agent(contact)
        self._clock = clock
        self._backend = GuardedBackend(
            Guard(tuple(settings.allow)), resolver or SystemResolver(), dial or AsyncioBackend()
        )
        self._context = verified(tls, _SPEAKING) if tls else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Leave the event loop: no connection outlives its request, so there is nothing to close."""

    def _tls(self) -> ssl.SSLContext:
        """Return what verifies certificates; reading the authorities takes a while, so not before it is needed."""
        self._context = self._context or verified(None, _SPEAKING)
        return self._context

    async def fetch(
        self, url: str, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """GET `url` once; every expected failure is a `FetchFailed` with a French sentence."""
        return await self.send(Request(url=url), validators, accept=accept)

    async def send(
        self, request: Request, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """Send `request` once, as `fetch` does; one with a body is a POST, and no redirect of it is followed."""
        # a condition on a POST asks for something else (RFC 9110 §13.1.2)
        conditions = storable(validators) if request.body is None else UNCONDITIONAL
        trip = _Trip(request.url, conditions, accept, request)
        start = self._clock.monotonic()
        try:
            async with asyncio.timeout(self._settings.deadline) as deadline:
                answer = await self._follow(trip)
        except Stopped as stop:
            return self._failed(trip, stop, start)
        except TimeoutError:
            if not deadline.expired():
                raise
            return self._failed(trip, self._late(trip), start)
        return replace(answer, seconds=self._clock.monotonic() - start)

    def _late(self, trip: _Trip) -> Stopped:
        limit = f"{self._settings.deadline:g} s en tout"
        return Stopped(FetchFault.TIMEOUT, f"délai dépassé : {limit} ne suffisent pas, arrêt pendant {trip.doing}")

    def _failed(self, trip: _Trip, stop: Stopped, start: float) -> FetchFailed:
        return FetchFailed(
            url=trip.url,
            fault=stop.fault,
            sentence=stop.sentence,
            status=trip.status,
            redirects=tuple(trip.redirects),
            seconds=self._clock.monotonic() - start,
        )

    async def _follow(self, trip: _Trip) -> Fetched:
        url = vet_url(trip.url)
        seen = {str(url)}
        while True:
            with _hop(trip):
                answer = await self._ask(url, trip)
            target = location_of(answer.headers) if answer.status in _MOVED else None
            if target is None or trip.request.body is not None or not trip.request.follow:
                return answer
            url = self._next(trip, url, answer.status, target, seen)

    @staticmethod
    def _next(trip: _Trip, url: httpx.URL, status: int, location: str, seen: set[str]) -> httpx.URL:
        try:
            target = join(url, location)
        except Stopped as stop:
            sentence = f"redirection ({status}) non suivie vers « {location[:120]} » : {stop.sentence}"
            raise Stopped(FetchFault.REFUSED_REDIRECT, sentence) from stop
        trip.redirects.append(Redirect(status, str(url), str(target)))
        if str(target) in seen:
            raise Stopped(FetchFault.REDIRECTS, f"redirections en boucle : {str(target)[:120]} renvoie à elle-même")
        if len(trip.redirects) > MAX_REDIRECTS:
            raise Stopped(FetchFault.REDIRECTS, f"plus de {MAX_REDIRECTS} redirections d'affilée")
        seen.add(str(target))
        return target

    async def _ask(self, url: httpx.URL, trip: _Trip) -> Fetched:
        trip.status, trip.doing = None, "l'attente de la réponse"
        fields = request_fields(url.netloc, self._agent, trip.accept, trip.validators)
        fields += added_fields(trip.request, str(url))
        async with exchange(self._backend, self._tls, url, fields, trip.request.body) as response:
            trip.status, trip.doing = response.status, "la lecture du corps"
            headers = response_fields(response.headers)
            body = await self._body(response, headers, trip)
        return Fetched(
            url=trip.url,
            final_url=str(url),
            status=response.status,
            headers=headers,
            body=body,
            redirects=tuple(trip.redirects),
        )

    async def _body(self, response: Answer, headers: dict[str, str], trip: _Trip) -> bytes:
        if response.status < 200:  # noqa: PLR2004 - RFC 9110 §15.2: we never asked to switch protocols
            raise Stopped(FetchFault.PROTOCOL, f"réponse HTTP inattendue ({response.status})")
        if response.status == 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
            if trip.validators == UNCONDITIONAL:
                raise Stopped(FetchFault.PROTOCOL, "« inchangé » (304) en réponse à une demande sans condition")
            return await _read(response, Body("", 0))
        if response.status in _MOVED and location_of(headers) is not None:
            return b""
        if response.status >= 400:  # noqa: PLR2004 - RFC 9110 §15.5
            return await _error_page(response, headers)
        cap = self._settings.max_bytes
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > cap:
            raise too_big(cap)
        return await _read(response, Body(headers.get("content-encoding", ""), cap))


async def _read(response: Answer, body: Body) -> bytes:
    while (raw := await response.piece()) is not None:
        body.feed(raw)
    return body.finish()


async def _error_page(response: Answer, headers: dict[str, str]) -> bytes:
    """Return what can be read of an error page: nothing in it may hide the status and its Retry-After."""
    body = None
    # too long, too slow, cut or badly compressed: what has arrived is enough
    with contextlib.suppress(Stopped, TimeoutError):
        async with asyncio.timeout(ERROR_BODY_SECONDS):
            body = Body(headers.get("content-encoding", ""), ERROR_BODY_BYTES)
            await _read(response, body)
    return b"" if body is None else bytes(body.data[:ERROR_BODY_BYTES])


@contextlib.contextmanager
def _hop(trip: _Trip) -> Iterator[None]:
    """Say of a refused address after a redirect that it was the redirect which led there."""
    try:
        yield
    except Stopped as stop:
        if trip.redirects and stop.fault in {FetchFault.REFUSED_URL, FetchFault.REFUSED_ADDRESS}:
            sentence = f"redirection non suivie vers « {trip.redirects[-1].target[:120]} » : {stop.sentence}"
            raise Stopped(FetchFault.REFUSED_REDIRECT, sentence) from stop
        raise
