"""One way out for every kind of address: web addresses go to the guarded client, others to the door of their scheme."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from veille.model import FetchFailed, FetchFault, FetchOutcome, Request, Validators
from veille.net.fetcher import UNCONDITIONAL
from veille.net.headers import FEED_TYPES
from veille.protocols import Fetcher


class Doors:
    """Implements `Fetcher`; a scheme without a door is refused with a French sentence."""

    def __init__(self, web: Fetcher, others: Mapping[str, Fetcher]) -> None:
        self._web = web
        self._others = others

    async def fetch(
        self, url: str, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """Ask the door of this address."""
        return await self.send(Request(url=url), validators, accept=accept)

    async def send(
        self, request: Request, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """Send through the door of this address."""
        scheme = urlsplit(request.url).scheme.lower()
        if scheme in {"http", "https"}:
            return await self._web.send(request, validators, accept=accept)
        door = self._others.get(scheme)
        if door is None:
            sentence = f"adresse refusée : « {scheme}: » n'est pas permis dans cette instance"
            return FetchFailed(url=request.url, fault=FetchFault.REFUSED_URL, sentence=sentence)
        return await door.send(request, validators, accept=accept)

    async def aclose(self) -> None:
        """Close every door."""
        for door in (self._web, *self._others.values()):
            await door.aclose()
