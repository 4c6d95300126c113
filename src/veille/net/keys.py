"""Keys of APIs: named in sources.yaml as `${VEILLE_KEY_…}`, read from the environment at the moment of asking.

What they become is in no file, database, message or log; it is sent in headers only, over https, to the origin that the
request names (redirects to another origin drop it, see `headers.added_fields`), and never in place of another variable.
"""

import asyncio
import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, TokenRequest, Validators
from veille.net.fetcher import UNCONDITIONAL
from veille.net.headers import FEED_TYPES
from veille.protocols import Clock, Fetcher

#: Only such variables are read: a source that somebody else wrote must not send our other secrets away.
REFERENCE = re.compile(r"\$\{(VEILLE_KEY_[A-Z0-9_]{1,64})\}")
#: What a header value may hold and still be one line (RFC 9110 §5.5).
_PLAIN = re.compile(r"[\x20-\x7e\xa0-\xff]{1,4096}")
#: Seconds a token is used where its service does not say: aides-territoires gives a day, most OAuth services an hour.
_LIFETIME = 3_000.0
_LONGEST = 43_200.0
#: Seconds before its end at which a token is asked anew.
_MARGIN = 60.0
_TOKEN_BYTES = 65_536
_UNAUTHORISED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    #: On the monotonic clock.
    until: float


class _Missing(Exception):
    """A key cannot be used; the message is its French cause."""


class Keyed:
    """Implements `Fetcher`: puts keys, and the tokens they are exchanged for, into the requests that name them."""

    def __init__(self, web: Fetcher, keys: Mapping[str, str], clock: Clock, *, pause: float = 0.0) -> None:
        self._web = web
        self._keys = keys
        self._clock = clock
        #: Seconds between an exchange and the request it is for: they go to the same host.
        self._pause = pause
        self._tokens: dict[TokenRequest, _Token] = {}

    async def fetch(
        self, url: str, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """GET `url`, which names no key."""
        return await self._web.fetch(url, validators, accept=accept)

    async def send(
        self, request: Request, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """Send `request` with its keys; one that is missing is a `FetchFailed` which names its variable."""
        try:
            headers = self._resolved(request.url, request.headers)
            token = await self._token(request, accept)
        except _Missing as missing:
            return _failed(request, str(missing))
        if isinstance(token, Fetched | FetchFailed):
            return token
        if token is not None:
            headers = (*headers, token)
        outcome = await self._web.send(replace(request, headers=headers, token=None), validators, accept=accept)
        return self._judged(request, outcome, with_token=token is not None)

    async def aclose(self) -> None:
        """Close the web."""
        await self._web.aclose()

    def _resolved(self, url: str, headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return headers with their keys in place; raises _Missing."""
        if any(REFERENCE.search(value) for _, value in headers) and not _private(url):
            raise _Missing("clé non envoyée : l'adresse doit commencer par https://")
        return tuple((name, REFERENCE.sub(self._value, value)) for name, value in headers)

    def _value(self, found: re.Match[str]) -> str:
        name = found[1]
        value = self._keys.get(name, "").strip()
        if not value:
            raise _Missing(f"clé absente : la variable d'environnement {name} n'est pas définie")
        if not _PLAIN.fullmatch(value):
            raise _Missing(f"clé inutilisable : la variable {name} contient un caractère qu'un en-tête ne peut porter")
        return value

    # ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _token(self, request: Request, accept: str) -> tuple[str, str] | FetchOutcome | None:
        """Return the header that carries the token, None where there is none, or why it could not be had."""
        wanted = request.token
        if wanted is None or (wanted.optional and self._absent(wanted)):
            return None
        if not _private(request.url):
            raise _Missing("clé non envoyée : l'adresse doit commencer par https://")
        kept = self._tokens.get(wanted)
        if kept is None or kept.until <= self._clock.monotonic():
            outcome = await self._exchanged(wanted, accept)
            if not isinstance(outcome, _Token):
                return outcome
            kept = self._tokens[wanted] = outcome
            await asyncio.sleep(self._pause)
        return wanted.header, wanted.prefix + kept.value

    def _absent(self, wanted: TokenRequest) -> bool:
        return any(not self._keys.get(name, "").strip() for name in _names(wanted.headers))

    async def _exchanged(self, wanted: TokenRequest, accept: str) -> _Token | FetchOutcome:
        request = Request(
            url=wanted.url,
            headers=self._resolved(wanted.url, wanted.headers),
            body=wanted.body,
            content_type=wanted.content_type,
        )
        outcome = await self._web.send(request, accept=accept)
        if not isinstance(outcome, Fetched):
            return replace(outcome, sentence=f"jeton non obtenu : {outcome.sentence}")
        if outcome.status in _UNAUTHORISED:
            names = ", ".join(_names(wanted.headers))
            raise _Missing(f"clé refusée : le service n'échange pas {names} contre un jeton (HTTP {outcome.status})")
        if not 200 <= outcome.status < 300:  # noqa: PLR2004 - RFC 9110 §15.3
            return outcome
        return self._read(wanted, outcome.body)

    def _read(self, wanted: TokenRequest, body: bytes) -> _Token:
        answer = _object(body)
        value = answer.get(wanted.field)
        if not isinstance(value, str) or not _PLAIN.fullmatch(value):
            raise _Missing(f"jeton non obtenu : la réponse n'a pas de texte sous « {wanted.field} »")
        said = answer.get("expires_in")
        seconds = float(said) if isinstance(said, int) and not isinstance(said, bool) and said > 0 else _LIFETIME
        lifetime = max(0.0, min(seconds, _LONGEST) - _MARGIN)
        return _Token(value, self._clock.monotonic() + lifetime)

    def _judged(self, request: Request, outcome: FetchOutcome, *, with_token: bool) -> FetchOutcome:
        """Say of a refusal that it was the key: the one that is missing, or the token that is no longer good."""
        if request.token is None or not isinstance(outcome, Fetched) or outcome.status not in _UNAUTHORISED:
            return outcome
        names = ", ".join(_names(request.token.headers))
        if with_token:
            del self._tokens[request.token]
            return _failed(request, f"jeton refusé (HTTP {outcome.status}) : vérifiez {names}", outcome.status)
        sentence = (
            f"clé absente : ce service demande un jeton (HTTP {outcome.status}), la variable {names} n'est pas définie"
        )
        return _failed(request, sentence, outcome.status)


def _names(headers: Sequence[tuple[str, str]]) -> list[str]:
    """Return the variables that headers name, once each."""
    return list(dict.fromkeys(name for _, value in headers for name in REFERENCE.findall(value)))


def _object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a small answer, empty for anything else."""
    try:
        answer = json.loads(body) if len(body) <= _TOKEN_BYTES else None
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _private(url: str) -> bool:
    """Say whether nobody on the way can read what is sent: https, or this very machine."""
    parts = urlsplit(url)
    if parts.scheme.lower() == "https":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def _failed(request: Request, sentence: str, status: int | None = None) -> FetchFailed:
    return FetchFailed(url=request.url, fault=FetchFault.KEY, sentence=sentence, status=status)
