"""Open a connection to a relay: greeting, what it can do, encryption with a verified certificate, identification."""

import asyncio
import base64
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from veille.digest.mail.relay import Relay
from veille.digest.mail.replies import Reply
from veille.digest.mail.wire import Lost, Wire
from veille.errors import RelayUnavailable
from veille.net import tls
from veille.net.xoauth2 import TokenRefused

#: Gives the access token of the moment (XOAUTH2).
AccessToken = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that each phase may last: RFC 5321 §4.5.3.2, but for the TCP connection, which is ours to judge."""

    connect: float = 30.0
    banner: float = 300.0
    command: float = 300.0
    data: float = 120.0
    body: float = 180.0
    #: The longest of all: to give up here costs a doubt.
    dot: float = 600.0
    #: To say goodbye; nothing depends on it.
    leave: float = 5.0


class Refused(Exception):
    """The relay will not talk with us; the message is the French cause."""

    def __init__(self, cause: str, *, cure: str = "") -> None:
        super().__init__(cause)
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection ready for mails."""

    wire: Wire
    #: Keyword → parameters, as EHLO told, in capitals.
    offers: Mapping[str, str]
    #: How the relay calls itself.
    server: str


async def open_connection(
    relay: Relay, patience: Patience, *, context: ssl.SSLContext | None = None, token: AccessToken | None = None
) -> Opened:
    """Connect and introduce ourselves; raises RelayUnavailable with cause and cure."""
    try:
        wire = await _connect(relay, patience, context)
    except (OSError, TimeoutError, UnicodeError, Lost) as error:
        raise unavailable(relay, said(error)) from error
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(wire.close)
        try:
            opened = await _introduce(wire, relay, patience, context, token)
        except Refused as error:
            raise unavailable(relay, str(error), cure=error.cure) from error
        except (OSError, Lost, TokenRefused) as error:
            raise unavailable(relay, said(error)) from error
        on_failure.pop_all()
    return opened


def unavailable(relay: Relay, cause: str, *, cure: str = "") -> RelayUnavailable:
    """Return the error that a person reads."""
    return RelayUnavailable(
        f"relais {relay} injoignable : {cause}",
        cure=cure or "vérifiez [mail] url et le réseau ; tout reste en attente, rien n'est perdu",
    )


def said(error: BaseException) -> str:
    """Return the French cause of a failed connection."""
    if isinstance(error, socket.gaierror | UnicodeError):  # or one that IDNA cannot write
        return "nom d'hôte inconnu"
    if isinstance(error, TimeoutError):
        return "pas de réponse à temps"
    if isinstance(error, ConnectionRefusedError):
        return "connexion refusée"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "le relais a coupé la connexion"
    if isinstance(error, ssl.SSLError | ConnectionAbortedError):
        return tls.describe(error)
    return str(error) or type(error).__name__


async def _connect(relay: Relay, patience: Patience, context: ssl.SSLContext | None) -> Wire:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience.connect):
        if relay.scheme == "smtps":
            _, wire = await loop.create_connection(
                Wire, relay.host, relay.port, ssl=tls.verified(context), ssl_handshake_timeout=patience.connect
            )
        else:
            _, wire = await loop.create_connection(Wire, relay.host, relay.port)
    return wire


async def _introduce(
    wire: Wire, relay: Relay, patience: Patience, context: ssl.SSLContext | None, token: AccessToken | None
) -> Opened:
    banner = await wire.reply(patience.banner)
    if banner.code != 220:  # noqa: PLR2004 - RFC 5321 §3.1
        raise Refused(_told(banner))
    offers = await _hello(wire, patience)
    if relay.scheme == "smtp+starttls":
        if "STARTTLS" not in offers:
            raise Refused("il ne propose pas STARTTLS", cure="essayez smtps:// (port 465), ou un autre port")
        await _asked(wire, "STARTTLS", patience, wanted=2)
        await wire.encrypt(tls.verified(context), relay.host, patience.connect)
        offers = await _hello(wire, patience)  # what was said in clear counts no more (RFC 3207 §4.2)
    if relay.user:
        await _identify(wire, relay, offers.get("AUTH", "").split(), patience, token)
    return Opened(wire, offers, (banner.text.split() or [relay.host])[0])


async def _hello(wire: Wire, patience: Patience) -> Mapping[str, str]:
    """Say EHLO (HELO where it is refused) and return what the server offers."""
    name = _our_name(wire)
    reply = await _ask(wire, f"EHLO {name}", patience)
    if reply.kind == 5:  # noqa: PLR2004 - RFC 5321 §4.1.1.1: an old server knows HELO only
        await _asked(wire, f"HELO {name}", patience, wanted=2)
        return {}
    if reply.kind != 2:  # noqa: PLR2004 - RFC 5321 §4.2.1
        raise Refused(_told(reply))
    offers: dict[str, str] = {}
    for line in reply.lines[1:]:
        word, _, rest = line.replace("AUTH=", "AUTH ", 1).partition(" ")
        offers[word.upper()] = f"{offers.get(word.upper(), '')} {rest.upper()}".strip()
    return offers


async def _identify(
    wire: Wire, relay: Relay, mechanisms: list[str], patience: Patience, token: AccessToken | None
) -> None:
    """AUTH by an access token where one is configured, else PLAIN (RFC 4616), else LOGIN."""
    if token is not None:
        if "XOAUTH2" not in mechanisms:
            raise Refused(
                "il n'accepte pas les jetons d'accès (XOAUTH2)", cure="mettez un mot de passe dans [mail] url"
            )
        phrase = f"user={relay.user}\x01auth=Bearer {await token()}\x01\x01"
        reply = await _ask(wire, f"AUTH XOAUTH2 {_base64(phrase)}", patience)
        if reply.kind == 3:  # noqa: PLR2004 - the error as JSON, to be answered by an empty line
            reply = await _ask(wire, "", patience)
    elif "PLAIN" in mechanisms:
        reply = await _ask(wire, f"AUTH PLAIN {_base64(chr(0).join(('', relay.user, relay.password)))}", patience)
    elif "LOGIN" in mechanisms:
        await _asked(wire, "AUTH LOGIN", patience, wanted=3)
        await _asked(wire, _base64(relay.user), patience, wanted=3)
        reply = await _ask(wire, _base64(relay.password), patience)
    else:
        raise Refused(
            "il ne propose aucune identification que nous connaissions (PLAIN, LOGIN)",
            cure="ôtez nom et mot de passe de [mail] url, ou prenez smtp+starttls://",
        )
    if reply.kind == 4:  # noqa: PLR2004 - RFC 4954 §4.7.0: not now
        raise Refused(_told(reply))
    if reply.kind != 2:  # noqa: PLR2004 - RFC 4954 §6
        if token is not None:
            raise Refused(
                f"jeton d'accès refusé ({_told(reply)})",
                cure="vérifiez que [mail] account et url sont de la même boîte, et que « scope » permet l'envoi (SMTP)",
            )
        raise Refused(f"nom ou mot de passe refusés ({_told(reply)})", cure="corrigez [mail] url")


async def _ask(wire: Wire, command: str, patience: Patience) -> Reply:
    wire.write(f"{command}\r\n".encode())
    return await wire.reply(patience.command)


async def _asked(wire: Wire, command: str, patience: Patience, *, wanted: int) -> None:
    reply = await _ask(wire, command, patience)
    if reply.kind != wanted:
        raise Refused(_told(reply))


def _our_name(wire: Wire) -> str:
    """Return our host's full name, else our address as a literal (RFC 5321 §4.1.3); the DNS is not asked."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = wire.own_address
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _told(reply: Reply) -> str:
    return f"{reply.code} {reply.text}".strip()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
