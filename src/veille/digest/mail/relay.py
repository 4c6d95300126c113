"""The relay that `[mail] url` names."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from veille.errors import InputError

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mails go."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Tell whether it is this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_relay(url: str) -> Relay:
    """Read `smtp://[name:password@]host[:port]`, `smtps://…`, `smtp+starttls://…`; raises InputError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError("mail.url : port ou hôte illisible", cure="écrivez smtp://hôte:port") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise InputError(
            f"mail.url : « {parts.scheme} » inconnu ou hôte absent" if parts.scheme else "mail.url : protocole absent",
            cure="écrivez file:DOSSIER, smtp://hôte:port, smtps:// ou smtp+starttls://",
        )
    relay = Relay(
        parts.scheme,
        parts.hostname,
        port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
    if relay.user and relay.scheme == "smtp" and not relay.loopback:
        raise InputError(
            f"mail.url : le mot de passe partirait en clair vers {relay.host}",
            cure="écrivez smtp+starttls:// (port 587) ou smtps:// (port 465)",
        )
    return relay
