"""Access tokens for mail hosts that refuse passwords: a refresh token is exchanged for one at a time (RFC 6749 §6).

Asked through the guarded client, like any address. Some hosts answer with a new refresh token that outlives the one in
the environment (Microsoft: 90 days each): it is kept in a file that only its owner may read.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from veille.config.mail_accounts import MailAccount
from veille.files import write_atomically
from veille.model import Fetched, FetchFailed, Request
from veille.protocols import Clock, Fetcher

#: Seconds before its end at which a token is no longer used; how long one lives that does not say (hosts give 3600).
_MARGIN, _USUAL = 120.0, 3_000.0
_ANSWER = 65_536
#: RFC 6750 §2.1: what a bearer token may be made of; anything else would break the line it is sent in.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,16384}", re.ASCII)
#: RFC 6749 §5.2, in words.
_ERRORS = {
    "invalid_grant": "le jeton d'actualisation n'est plus valable",
    "invalid_client": "l'identifiant ou le secret de l'application est refusé",
    "unauthorized_client": "l'application n'a pas le droit d'actualiser ce jeton",
    "invalid_scope": "la portée demandée (scope) est refusée",
    "invalid_request": "la demande de jeton est incomplète",
}


class TokenRefused(Exception):
    """No access token; the message is its French cause."""

    def __init__(self, sentence: str, *, passing: bool = False) -> None:
        super().__init__(sentence)
        #: It may work at the next visit, without anybody's doing.
        self.passing = passing


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    #: On the monotonic clock.
    until: float


class AccessTokens:
    """The access tokens of one process, by account."""

    def __init__(self, web: Fetcher, clock: Clock, folder: Path) -> None:
        self._web = web
        self._clock = clock
        self._folder = folder
        self._tokens: dict[str, _Token] = {}

    async def get(self, name: str, account: MailAccount) -> str:
        """Return an access token of an account; raises TokenRefused."""
        kept = self._tokens.get(name)
        if kept is None or kept.until <= self._clock.monotonic():
            kept = self._tokens[name] = await self._exchanged(name, account)
        return kept.value

    def forget(self, name: str) -> None:
        """Ask anew next time: the mail server refused the token."""
        self._tokens.pop(name, None)

    async def _exchanged(self, name: str, account: MailAccount) -> _Token:
        if urlsplit(account.token_url).scheme != "https":
            raise TokenRefused("« token_url » doit être une adresse https://")
        body = urlencode(self._form(name, account)).encode("ascii")
        request = Request(
            url=account.token_url,
            headers=(("Accept", "application/json"),),
            body=body,
            content_type="application/x-www-form-urlencoded",
        )
        outcome = await self._web.send(request, accept="application/json")
        if isinstance(outcome, FetchFailed):
            raise TokenRefused(f"le serveur de jetons ne répond pas : {outcome.sentence}", passing=True)
        told = _told(outcome)
        if outcome.status != 200:  # noqa: PLR2004 - RFC 6749 §5.1
            raise _refusal(outcome.status, told)
        return self._kept(name, account, told)

    def _form(self, name: str, account: MailAccount) -> dict[str, str]:
        secret, refresh = account.client_secret.get_secret_value(), self._refresh_token(name, account)
        form = {
            "grant_type": "refresh_token" if refresh else "client_credentials",
            "client_id": account.client_id,
            "client_secret": secret,
            "refresh_token": refresh,
            "scope": account.scope,
        }
        return {key: value for key, value in form.items() if value}

    def _kept(self, name: str, account: MailAccount, told: dict[str, Any]) -> _Token:
        value, seconds, renewed = told.get("access_token"), told.get("expires_in"), told.get("refresh_token")
        if not isinstance(value, str) or not _TOKEN.fullmatch(value):
            raise TokenRefused("le serveur de jetons a répondu sans jeton utilisable")
        given = account.refresh_token.get_secret_value()
        if given and isinstance(renewed, str) and _TOKEN.fullmatch(renewed) and renewed != given:
            content = json.dumps({"for": _mark(given), "refresh_token": renewed}).encode()
            write_atomically(self._file(name), content, private=True)
        lifetime = float(seconds) if isinstance(seconds, int | float) and 0 < seconds < 1e9 else _USUAL  # noqa: PLR2004 - thirty years
        return _Token(value, self._clock.monotonic() + max(lifetime - _MARGIN, 0.0))

    def _refresh_token(self, name: str, account: MailAccount) -> str:
        """Return the refresh token that was renewed last, unless the environment has been given another since."""
        given = account.refresh_token.get_secret_value()
        file = self._file(name)
        if not given or not file.is_file():
            return given
        kept = _object(file.read_bytes()[:_ANSWER])
        renewed = kept.get("refresh_token")
        return renewed if kept.get("for") == _mark(given) and isinstance(renewed, str) else given

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _told(answer: Fetched) -> dict[str, Any]:
    return _object(answer.body[:_ANSWER])


def _object(text: bytes) -> dict[str, Any]:
    try:
        held = json.loads(text)
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _refusal(status: int, told: dict[str, Any]) -> TokenRefused:
    error = str(told.get("error", ""))
    if status >= 500 or status == 429:  # noqa: PLR2004 - RFC 9110 §15.6, RFC 6585 §4
        return TokenRefused(f"le serveur de jetons est en panne (HTTP {status})", passing=True)
    named = _ERRORS.get(error, "")
    return TokenRefused(f"jeton refusé : {named}" if named else f"jeton refusé (HTTP {status})")


def _mark(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
