"""Ways out: a folder of `.eml` files, a Maildir, or a relay. Under `--now` only harmless ones may send."""

import glob
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from veille.config.settings import Settings
from veille.digest.mail.dialogue import Begin
from veille.digest.mail.opening import AccessToken
from veille.digest.mail.relay import parse_relay
from veille.digest.mail.smtp import CONNECTIONS, SmtpMailer
from veille.errors import InputError
from veille.files import cause, write_atomically
from veille.model import DeliveryState, OutgoingMail, SendOutcome
from veille.net.way_out import access_token
from veille.protocols import Clock, Mailer


class PlainLane:
    """One mail after another through a function that takes or refuses it at once."""

    def __init__(self, one: Callable[[OutgoingMail], SendOutcome]) -> None:
        self._one = one

    async def send(self, mail: OutgoingMail, begin: Begin) -> SendOutcome:
        """Hand one mail over."""
        await begin()
        return self._one(mail)

    async def close(self) -> None:
        """Nothing to release."""


class FileMailer:
    """Writes each mail as a file named by its Message-ID: writing it again changes nothing.

    It is its own accept log: a file that is there was sent, one that is not was not.
    """

    #: A rename is done or not done.
    certain, grace = True, 0.0
    connections = 1

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mails: Sequence[OutgoingMail]) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
        """Write each mail once, in order."""
        self._prepare()
        for mail in mails:
            yield mail, self._one(mail)

    def lane(self) -> PlainLane:
        """Return the one way there is; raises InputError where nothing can be written."""
        self._prepare()
        return PlainLane(self._one)

    def accepted(self, message_ids: Collection[str]) -> set[str]:
        """Return those whose file is there."""
        return {message_id for message_id in message_ids if self.there(message_id)}

    def absent(self, message_ids: Collection[str]) -> set[str]:
        """Return those whose file is not there."""
        return set(message_ids) - self.accepted(message_ids)

    def folders(self) -> tuple[Path, ...]:
        """Return the folders that must exist."""
        return (self.folder,)

    def there(self, message_id: str) -> bool:
        """Tell whether that mail was written."""
        return self.path(message_id).exists()

    def close(self) -> None:
        """Nothing to release."""

    def path(self, message_id: str) -> Path:
        """Return where the mail of that Message-ID is written."""
        return self.folder / (re.sub(r"[^A-Za-z0-9.@_-]", "_", message_id.strip("<>")) + ".eml")

    def _prepare(self) -> None:
        try:
            for folder in self.folders():
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self.folder} : {cause(error)}", cure="choisissez un dossier inscriptible") from error

    def _one(self, mail: OutgoingMail) -> SendOutcome:
        path = self.path(mail.message_id)
        if self.there(mail.message_id):
            return SendOutcome(state=DeliveryState.SENT, reply=f"déjà écrit : {path.name}")
        try:
            write_atomically(path, mail.raw, private=True)
        except OSError as error:
            return SendOutcome(state=DeliveryState.DEFERRED, reply=f"{path} : {cause(error)}")
        return SendOutcome(state=DeliveryState.SENT, reply=f"écrit : {path.name}")


class MaildirMailer(FileMailer):
    """Writes each mail into a Maildir (cr.yp.to/proto/maildir.html), for a mail program of this machine."""

    def folders(self) -> tuple[Path, ...]:
        """Return the three folders of a Maildir."""
        return tuple(self.folder / name for name in ("tmp", "new", "cur"))

    def path(self, message_id: str) -> Path:
        """Return where the mail arrives; a mail program then moves it to `cur`."""
        return self.folder / "new" / super().path(message_id).stem

    def there(self, message_id: str) -> bool:
        """Tell whether that mail was written, be it read since."""
        path = self.path(message_id)
        return path.exists() or any((self.folder / "cur").glob(f"{glob.escape(path.name)}*"))


def mailer_of(settings: Settings, clock: Clock, *, moved_clock: bool) -> Mailer:
    """Return the way out of an instance; raises InputError where `--now` forbids it."""
    return mailer_for(
        settings.mail.url.get_secret_value(),
        settings.home,
        moved_clock=moved_clock,
        connections=settings.pace.connections,
        token=_token(settings, clock),
    )


def mailer_for(
    url: str, home: Path, *, moved_clock: bool, connections: int = CONNECTIONS, token: AccessToken | None = None
) -> Mailer:
    """Return the way out that `[mail] url` names; raises InputError where `--now` forbids it."""
    for scheme, mailer in (("file:", FileMailer), ("maildir:", MaildirMailer)):
        if url.startswith(scheme):
            return mailer(home / url.removeprefix(scheme).removeprefix("//"))
    relay = parse_relay(url)
    if moved_clock and not relay.loopback:
        raise InputError(
            f"sous --now, rien ne part vers {relay.host}",
            cure="retirez --now, ou mettez VEILLE_MAIL_URL=file:var/mail (ou un relais sur 127.0.0.1)",
        )
    return SmtpMailer(relay, connections=connections, token=token)


def _token(settings: Settings, clock: Clock) -> AccessToken | None:
    """Return what gives the relay's access token; raises InputError where the account is not its own."""
    name, url = settings.mail.account, settings.mail.url.get_secret_value()
    if not name or not url.startswith("smtp"):
        return None
    relay, account = parse_relay(url), settings.mailboxes.get(name)
    if account is None or not account.token_url:
        raise InputError(
            f"mail.account : le compte « {name} » n'a pas de quoi obtenir un jeton",
            cure=f"réglez [mailboxes.{name}] token_url et client_id, ou ôtez mail.account",
        )
    if account.host != relay.host or relay.scheme == "smtp" or not relay.user:
        raise InputError(
            f"mail.account : le jeton du compte « {name} » n'est que pour {account.host or 'un serveur à nommer'}",
            cure=f"écrivez mail.url = smtp+starttls://nom%40domaine@{account.host or 'serveur'} et le même host",
        )
    return access_token(settings, clock, name)
