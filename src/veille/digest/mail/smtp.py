"""SMTP, phase by phase, so that the outcome of each mail is exact.

`smtplib.SMTP.sendmail` does not say whether a lost connection was lost before or after the final dot. Before it, the
server cannot have taken the mail: « deferred ». After it, nobody knows: « uncertain », and nothing here tries again.
"""

import contextlib
import select
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from veille.errors import InputError, RelayUnavailable
from veille.model import DeliveryState, OutgoingMail, SendOutcome

#: RFC 5321 §4.5.3.2: 5 min for a command, 10 min for the answer to the final dot. A small relay near us answers in
#: seconds, so commands wait less; the dot waits as long as the RFC asks, since giving up there costs a doubt.
COMMAND_SECONDS, DOT_SECONDS = 60.0, 600.0
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
#: Connections lost in a row, at any phase, after which the relay is left alone.
_PATIENCE = 3
_REPLY_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mails go, as `[mail] url` says."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def parse_relay(url: str) -> Relay:
    """Read `smtp://[name:password@]host[:port]`, `smtps://…`, `smtp+starttls://…`; raises InputError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError("mail.url : port ou hôte illisible", cure="écrivez smtp://hôte:port") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise InputError(
            f"mail.url : « {parts.scheme or url[:20]} » inconnu ou hôte absent",
            cure="écrivez file:DOSSIER, smtp://hôte:port, smtps:// ou smtp+starttls://",
        )
    return Relay(
        parts.scheme,
        parts.hostname,
        port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


class SmtpMailer:
    """Sends over one kept connection; a lost one is opened again for the next mail."""

    def __init__(
        self,
        relay: Relay,
        *,
        command_seconds: float = COMMAND_SECONDS,
        dot_seconds: float = DOT_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.relay = relay
        self._command_seconds = command_seconds
        self._dot_seconds = dot_seconds
        self._context = context
        self._smtp: smtplib.SMTP | None = None
        self._lost = 0

    def send(self, mails: Sequence[OutgoingMail]) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
        """Send each mail once, in order; raises RelayUnavailable when no connection can be had or kept."""
        for mail in mails:
            yield mail, self._one(mail)
            if self._lost >= _PATIENCE:
                raise RelayUnavailable(
                    f"le relais {self.relay} coupe la connexion ({self._lost} fois de suite)",
                    cure="rien n'est perdu : relancez « veille digest send » plus tard",
                )

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def _one(self, mail: OutgoingMail) -> SendOutcome:
        smtp = self._smtp or self._connect()
        try:
            refusal = self._envelope(smtp, mail)
            if refusal is not None:
                return refusal
            smtp.send(_stuffed(mail.raw))
            if _answered(smtp):
                return self._cut(DeliveryState.DEFERRED, "le relais a coupé ou parlé avant la fin du message")
        except (smtplib.SMTPException, OSError) as error:
            return self._cut(DeliveryState.DEFERRED, f"connexion coupée avant la fin : {_said(error)}")
        return self._finish(smtp)

    def _envelope(self, smtp: smtplib.SMTP, mail: OutgoingMail) -> SendOutcome | None:
        """MAIL, RCPT, DATA: return the outcome of the first that is refused."""
        commands = ((f"MAIL FROM:<{mail.sender}>", 2), (f"RCPT TO:<{mail.recipient}>", 2), ("DATA", 3))
        for command, wanted in commands:
            code, reply = smtp.docmd(command)
            if code // 100 != wanted:
                return self._refused(smtp, code, reply)
        return None

    def _finish(self, smtp: smtplib.SMTP) -> SendOutcome:
        """Send the final dot. From here on the server may have the mail."""
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._dot_seconds)
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._command_seconds)
        except (smtplib.SMTPException, OSError) as error:
            return self._cut(DeliveryState.UNCERTAIN, f"connexion coupée après la fin : {_said(error)}")
        if code // 100 == 2:  # noqa: PLR2004 - RFC 5321 §4.2.1, positive completion
            self._lost = 0
            return SendOutcome(state=DeliveryState.SENT, reply=_text(reply), smtp_code=code)
        if code // 100 not in {4, 5}:
            return self._cut(DeliveryState.UNCERTAIN, f"réponse illisible après la fin : {_text(reply)}")
        return self._refused(smtp, code, reply, reset=False)

    def _refused(self, smtp: smtplib.SMTP, code: int, reply: bytes, *, reset: bool = True) -> SendOutcome:
        """4xx: later; 5xx: never; 421 and unreadable answers end the connection too (RFC 5321 §3.8, §4.2.1)."""
        permanent = code // 100 == 5  # noqa: PLR2004 - RFC 5321 §4.2.1
        outcome = SendOutcome(
            state=DeliveryState.REJECTED if permanent else DeliveryState.DEFERRED,
            reply=_text(reply),
            smtp_code=code if code > 0 else None,
        )
        if code == 421 or code // 100 not in {4, 5}:  # noqa: PLR2004 - RFC 5321 §3.8
            self._lost += 1
            self._drop()
            return outcome
        self._lost = 0
        if reset:
            self._reset(smtp)
        return outcome

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Leave the refused transaction; a connection that does not answer is dropped."""
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _cut(self, state: DeliveryState, reply: str) -> SendOutcome:
        self._lost += 1
        self._drop()
        return SendOutcome(state=state, reply=reply)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connect(self) -> smtplib.SMTP:
        relay = self.relay
        try:
            if relay.scheme == "smtps":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    relay.host, relay.port, timeout=self._command_seconds, context=self._tls()
                )
            else:
                smtp = smtplib.SMTP(relay.host, relay.port, timeout=self._command_seconds)
            self._smtp = smtp
            self._greet(smtp)
        except ssl.SSLError as error:
            raise self._unavailable(f"certificat ou TLS refusé ({error.reason or error})") from error
        except smtplib.SMTPAuthenticationError as error:
            raise self._unavailable("nom ou mot de passe refusés", cure="corrigez [mail] url") from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._unavailable(_said(error)) from error
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self.relay.scheme == "smtp+starttls":
            smtp.starttls(context=self._tls())
            smtp.ehlo()
        if self.relay.user:
            smtp.login(self.relay.user, self.relay.password)

    def _tls(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()

    def _unavailable(self, cause: str, *, cure: str = "") -> RelayUnavailable:
        self._drop()
        return RelayUnavailable(
            f"relais {self.relay} injoignable : {cause}",
            cure=cure or "vérifiez [mail] url et le réseau ; tout reste en attente, rien n'est perdu",
        )


def _answered(smtp: smtplib.SMTP) -> bool:
    """Tell whether the server hung up or spoke before the final dot: it has not taken the mail then."""
    return smtp.sock is not None and bool(select.select([smtp.sock], [], [], 0)[0])


def _stuffed(raw: bytes) -> bytes:
    """Double leading dots (RFC 5321 §4.5.2); the bytes end with CRLF, so that the dot is ours alone to send."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    return (b"." + stuffed) if raw.startswith(b".") else stuffed


def _said(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "nom d'hôte inconnu"
    if isinstance(error, TimeoutError):
        return "pas de réponse à temps"
    if isinstance(error, ConnectionRefusedError):
        return "connexion refusée"
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return f"{error.smtp_code} {_text(reply if isinstance(reply, bytes) else reply.encode())}"
    return f"{type(error).__name__} {error}"[:_REPLY_SHOWN]


def _text(reply: bytes) -> str:
    return " ".join(reply.decode("utf-8", "replace").split())[:_REPLY_SHOWN]
