"""The door of `imaps://` addresses: one folder of a mailbox, read without changing anything in it.

The password of an account goes to the host that its settings name and to no other: a source that somebody else wrote
cannot send it elsewhere. A refused password is not tried again in the same pass: ten folders of one mailbox would make
ten refusals, and hosts lock accounts for less.
"""

import asyncio
import imaplib
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import SplitResult, unquote, urlsplit

from veille.config.mail_accounts import MailAccount
from veille.files import cause
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, Validators
from veille.net.addresses import Address, Guard
from veille.net.dialler import CONNECT_SECONDS, MAX_ADDRESSES
from veille.net.faults import Stopped
from veille.net.fetcher import UNCONDITIONAL
from veille.net.headers import FEED_TYPES
from veille.net.imap import Bounds, Connection, FolderMissing, LoginRefused, MailServerBusy, TooMuch, spoken
from veille.net.imap_visit import Visited, Wish, position, visit
from veille.net.mailpack import CONTENT_TYPE, asked_of, pack
from veille.net.resolver import Resolver, SystemResolver
from veille.net.tls import describe, verified
from veille.net.urls import literal
from veille.net.xoauth2 import AccessTokens, TokenRefused
from veille.protocols import Clock

#: RFC 8314 §3.2: IMAP over TLS from the first byte.
PORT = 993
#: Seconds for one visit: fifty letters of 100 kB over a slow line. What was read by then is kept.
MAX_SECONDS = 45.0
#: A name of the DNS.
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
#: What would end a line of the protocol, or part a token's answer in two.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WAIT = "rien à faire : la prochaine relève réessaiera"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an address leads."""

    host: str
    port: int
    user: str
    folder: str


class _Failure(Exception):
    """This visit ends here; the message is its French cause."""

    def __init__(self, fault: FetchFault, sentence: str, cure: str = "") -> None:
        super().__init__(sentence)
        self.fault = fault
        self.cure = cure


class Mailboxes:
    """Implements `Fetcher` for IMAP folders; the validator is the folder's UIDVALIDITY and the next UID to read."""

    def __init__(
        self,
        accounts: Mapping[str, MailAccount],
        *,
        guard: Guard,
        tokens: AccessTokens,
        clock: Clock,
        max_bytes: int,
        seconds: float = MAX_SECONDS,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._accounts = accounts
        self._guard = replace(guard, ports=frozenset({PORT}))
        self._tokens = tokens
        self._clock = clock
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._resolve = resolver or SystemResolver()
        self._context = verified(tls) if tls else None
        #: Accounts that were refused since the last `aclose`.
        self._refused: dict[str, _Failure] = {}

    async def fetch(
        self, url: str, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """Return the new messages of a folder; 304 where there are none."""
        return await self.send(Request(url=url), validators, accept=accept)

    async def send(
        self,
        request: Request,
        validators: Validators = UNCONDITIONAL,
        *,
        accept: str = FEED_TYPES,  # noqa: ARG002 - a folder has one representation
    ) -> FetchOutcome:
        """Read the folder of a request, as `fetch` does; its headers say for whom (see `mailpack.Asked`)."""
        start = self._clock.monotonic()
        try:
            found = await self._visited(request, validators)
        except _Failure as failure:
            seconds = self._clock.monotonic() - start
            return FetchFailed(
                url=request.url, fault=failure.fault, sentence=str(failure), cure=failure.cure, seconds=seconds
            )
        headers = {"etag": str(found.reached), "content-type": CONTENT_TYPE}
        seconds = self._clock.monotonic() - start
        answer = Fetched(url=request.url, final_url=request.url, status=304, headers=headers, seconds=seconds)
        return answer if found.mailbox is None else replace(answer, status=200, body=pack(found.mailbox))

    async def aclose(self) -> None:
        """Forget who was refused: the next pass may try again."""
        self._refused.clear()

    async def _visited(self, request: Request, validators: Validators) -> Visited:
        asked = asked_of(request)
        place = _place(request.url)
        if asked.account in self._refused:
            raise self._refused[asked.account]
        account = self._account(asked.account, place)
        token = await self._token(asked.account, account)
        addresses = await self._addresses(place)
        wish = Wish(
            folder=place.folder,
            senders=asked.senders,
            since=(self._clock.now() - timedelta(days=asked.days)).date(),
            after=position(validators.etag),
        )
        bounds = Bounds(self._seconds, self._max_bytes)
        try:
            return await asyncio.to_thread(self._read, place, addresses, account, token, wish, bounds)
        except asyncio.CancelledError:
            bounds.abandon()
            raise
        except LoginRefused as refused:
            self._tokens.forget(asked.account)
            failure = _login_refused(asked.account, str(refused), by_token=bool(token))
            self._refused[asked.account] = failure
            raise failure from refused

    def _account(self, name: str, place: _Place) -> MailAccount:
        account = self._accounts.get(name)
        prefix = f"VEILLE_MAILBOX_{name.upper().replace('-', '_')}"
        if account is None or not account.usable:
            raise _Failure(
                FetchFault.LOGIN,
                f"aucun mot de passe ni jeton pour la boîte « {name} »",
                f"définissez {prefix}_HOST et {prefix}_PASSWORD dans l'environnement (ou de quoi demander un jeton)",
            )
        if _CONTROL.search(account.password.get_secret_value()):
            raise _Failure(
                FetchFault.LOGIN,
                f"le mot de passe de « {name} » contient un saut de ligne ou un caractère de contrôle",
                f"redonnez {prefix}_PASSWORD sans retour à la ligne à la fin",
            )
        if account.host.lower() != place.host:
            raise _Failure(
                FetchFault.LOGIN,
                f"le mot de passe de « {name} » est pour {account.host or 'aucun serveur'}, pas pour {place.host}",
                f"corrigez l'adresse dans sources.yaml, ou {prefix}_HOST si ce serveur est bien le vôtre",
            )
        return account

    async def _token(self, name: str, account: MailAccount) -> str:
        if account.password.get_secret_value():
            return ""
        try:
            return await self._tokens.get(name, account)
        except TokenRefused as refused:
            cure = _WAIT if refused.passing else "redonnez l'accès à la boîte : voir « jeton » dans la documentation"
            failure = _Failure(FetchFault.LOGIN, str(refused), cure)
            self._refused[name] = failure
            raise failure from refused

    async def _addresses(self, place: _Place) -> tuple[Address, ...]:
        try:
            address = literal(place.host)
            if address is None:
                self._guard.before_lookup(place.host, place.port)
            found = await self._resolve(place.host) if address is None else (address,)
            return self._guard.vet(place.host, place.port, found)
        except Stopped as stop:
            cure = "vérifiez le nom du serveur dans sources.yaml" if stop.fault is FetchFault.DNS else ""
            raise _Failure(stop.fault, stop.sentence, cure) from stop

    # ── in the thread ───────────────────────────────────────────────────────────────────────────────────────────────
    def _read(
        self,
        place: _Place,
        addresses: tuple[Address, ...],
        account: MailAccount,
        token: str,
        wish: Wish,
        bounds: Bounds,
    ) -> Visited:
        try:
            connection = self._connected(place, addresses, bounds)
            try:
                connection.enter(place.user, password=account.password.get_secret_value(), token=token)
                return visit(connection, wish)
            finally:
                connection.leave()
        except FolderMissing as error:
            raise _folder_missing(place, str(error)) from error
        except MailServerBusy as error:
            raise _Failure(
                FetchFault.CONNECT, f"le serveur de courriel est en panne ou occupé ({error})", _WAIT
            ) from error
        except TooMuch as error:
            limit = self._max_bytes // 1_000_000
            raise _Failure(FetchFault.TOO_BIG, f"le serveur de courriel envoie plus de {limit} Mo") from error
        except TimeoutError as error:
            raise _late(self._seconds) from error
        except imaplib.IMAP4.error as error:
            raise _broken_off(error) from error
        except OSError as error:
            raise _Failure(FetchFault.CONNECT, f"connexion coupée par le serveur ({cause(error)})", _WAIT) from error

    def _connected(self, place: _Place, addresses: tuple[Address, ...], bounds: Bounds) -> Connection:
        """Return an encrypted connection to the first vetted address that answers."""
        problem: OSError | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                plain = socket.create_connection(
                    (str(address), place.port), timeout=min(CONNECT_SECONDS, bounds.remaining())
                )
            except OSError as error:
                problem = problem or error
                continue
            return Connection(self._encrypted(plain, place.host), bounds)
        why = "pas de réponse" if isinstance(problem, TimeoutError) else cause(problem) if problem else "aucune adresse"
        raise _Failure(FetchFault.CONNECT, f"{place.host} : connexion impossible ({why})", _WAIT)

    def _tls(self) -> ssl.SSLContext:
        """Return what verifies certificates, read once a folder is asked for: most passes read none."""
        self._context = self._context or verified(None)
        return self._context

    def _encrypted(self, plain: socket.socket, host: str) -> ssl.SSLSocket:
        plain.settimeout(CONNECT_SECONDS)
        try:
            return self._tls().wrap_socket(plain, server_hostname=host)
        except TimeoutError as error:
            plain.close()
            raise _Failure(FetchFault.TIMEOUT, f"pas de poignée de main TLS en {CONNECT_SECONDS:g} s", _WAIT) from error
        except (ssl.SSLError, OSError) as error:
            plain.close()
            cure = "vérifiez l'adresse et le port (993) auprès de votre hébergeur : son certificat n'est jamais ignoré"
            raise _Failure(FetchFault.TLS, describe(error), cure) from error


def _place(url: str) -> _Place:
    """Return where an address that `source_kinds` accepted leads; raises _Failure for any other."""
    try:
        parts: SplitResult = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or PORT
    except ValueError as error:
        raise _Failure(FetchFault.REFUSED_URL, "adresse refusée : elle ne se lit pas") from error
    user, folder = unquote(parts.username or ""), unquote(parts.path.lstrip("/")) or "INBOX"
    if not (_HOST.fullmatch(host) or literal(host)) or not user or _CONTROL.search(user + folder):
        raise _Failure(FetchFault.REFUSED_URL, "adresse refusée : écrivez imaps://nom@serveur/Dossier")
    return _Place(host, port, user, folder)


def _login_refused(name: str, said: str, *, by_token: bool) -> _Failure:
    prefix = f"VEILLE_MAILBOX_{name.upper().replace('-', '_')}"
    if by_token:
        return _Failure(
            FetchFault.LOGIN,
            f"le serveur de courriel refuse le jeton de « {name} » ({said})",
            "vérifiez que l'application a le droit de lire par IMAP, et que le nom d'utilisateur est le bon",
        )
    return _Failure(
        FetchFault.LOGIN,
        f"le serveur de courriel refuse le mot de passe de « {name} » ({said})",
        f"vérifiez {prefix}_PASSWORD ; les grands hébergeurs demandent un mot de passe d'application ou un jeton",
    )


def _folder_missing(place: _Place, said: str) -> _Failure:
    return _Failure(
        FetchFault.MAILBOX,
        f"le dossier « {place.folder} » n'existe pas dans cette boîte ({said})",
        "créez-le dans votre messagerie, ou corrigez la fin de l'adresse dans sources.yaml",
    )


def _late(seconds: float) -> _Failure:
    return _Failure(FetchFault.TIMEOUT, f"délai dépassé : le serveur de courriel ne répond pas en {seconds:g} s", _WAIT)


def _broken_off(error: imaplib.IMAP4.error) -> _Failure:
    """Word what imaplib could not go on with: a connection that closed, with or without a goodbye, or no IMAP."""
    said = spoken(error)
    if isinstance(error, imaplib.IMAP4.abort) and "unexpected" not in said:
        why = f" ({said})" if said != "connection closed" else ""
        return _Failure(FetchFault.TRUNCATED, f"le serveur de courriel a coupé la connexion{why}", _WAIT)
    return _Failure(FetchFault.PROTOCOL, f"réponse inattendue du serveur de courriel ({said})", _WAIT)
