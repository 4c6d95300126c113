"""Which addresses may be connected to: the guard against server-side request forgery (pure).

`ipaddress.is_global` alone is no guard: on Python 3.11 it is True for NAT64, 6to4, multicast, 192.88.99.1 and
192.0.0.8. The table below is IANA's two special-purpose registries, plus what carries an IPv4 address inside.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from veille.model import FetchFault
from veille.net.faults import Stopped

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: 80 and 443, and the two that public sites use beside them; anything else is somebody's internal service.
PORTS = frozenset({80, 443, 8080, 8443})

#: RFC 6761, RFC 6762, ICANN SAC113 (2024), RFC 8375, RFC 7686: names that never denote a public site.
_PRIVATE_NAMES = ("localhost", "local", "internal", "home.arpa", "onion")

_FORBIDDEN: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), rule)
    for network, rule in (
        ("0.0.0.0/8", "« ce réseau » (RFC 1122)"),
        ("10.0.0.0/8", "réseau privé (RFC 1918)"),
        ("100.64.0.0/10", "réseau d'opérateur partagé (RFC 6598)"),
        ("127.0.0.0/8", "cette machine (RFC 1122)"),
        ("169.254.0.0/16", "lien local, métadonnées d'hébergeur (RFC 3927)"),
        ("172.16.0.0/12", "réseau privé (RFC 1918)"),
        ("192.0.0.0/24", "usage protocolaire (RFC 6890)"),
        ("192.0.2.0/24", "documentation (RFC 5737)"),
        ("192.31.196.0/24", "AS112 (RFC 7535)"),
        ("192.52.193.0/24", "AMT (RFC 7450)"),
        ("192.88.99.0/24", "relais 6to4 (RFC 7526)"),
        ("192.168.0.0/16", "réseau privé (RFC 1918)"),
        ("192.175.48.0/24", "AS112 (RFC 7534)"),
        ("198.18.0.0/15", "mesures (RFC 2544)"),
        ("198.51.100.0/24", "documentation (RFC 5737)"),
        ("203.0.113.0/24", "documentation (RFC 5737)"),
        ("224.0.0.0/4", "multidiffusion (RFC 5771)"),
        ("240.0.0.0/4", "réservé ou diffusion (RFC 1112)"),
        ("::/128", "adresse nulle (RFC 4291)"),
        ("::1/128", "cette machine (RFC 4291)"),
        ("::/96", "IPv4 compatible (RFC 4291)"),
        ("64:ff9b::/96", "NAT64 (RFC 6052)"),
        ("64:ff9b:1::/48", "NAT64 local (RFC 8215)"),
        ("2001::/23", "usage protocolaire, Teredo (RFC 2928)"),
        ("2001:db8::/32", "documentation (RFC 3849)"),
        ("2002::/16", "6to4 (RFC 3056)"),
        ("2620:4f:8000::/48", "AS112 (RFC 7534)"),
        ("3fff::/20", "documentation (RFC 9637)"),
        ("fc00::/7", "réseau privé (RFC 4193)"),
        ("fe80::/10", "lien local (RFC 4291)"),
        ("ff00::/8", "multidiffusion (RFC 4291)"),
    )
)
#: The only IPv6 block given out for the public Internet (RFC 4291 §2.4, IANA).
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")


def forbidden(address: Address) -> str | None:
    """Return the French name of the rule that keeps us from this address, or None where it is public."""
    address = unwrap(address)
    for network, rule in _FORBIDDEN:
        if address.version == network.version and address in network:
            return rule
    if address.version == 6 and address not in _PUBLIC_IPV6:  # noqa: PLR2004 - IPv6
        return "hors du réseau public (RFC 4291)"
    if not address.is_global or address.is_multicast or address.is_reserved:
        return "réseau réservé (IANA)"
    return None


def unwrap(address: Address) -> Address:
    """Return the IPv4 address inside an IPv4-mapped one, else the address itself."""
    return getattr(address, "ipv4_mapped", None) or address


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules for one connection; networks of `allow` are exempt from the rules on addresses, ports and names."""

    allow: tuple[Network, ...] = ()
    ports: frozenset[int] = PORTS

    def before_lookup(self, host: str, port: int) -> None:
        """Refuse what no answer of the DNS could make acceptable; raises Stopped."""
        if not self.allow:
            self._check_name(host)
            self._check_port(port)

    def vet(self, host: str, port: int, addresses: Sequence[Address]) -> tuple[Address, ...]:
        """Return the addresses to connect to; raises Stopped if any one of them is refused.

        Where some are exempt only those are used: « localhost » is often ::1 too, and 127.0.0.0/8 alone was allowed.
        """
        exempt = tuple(address for address in addresses if self._exempt(address))
        if exempt:
            return exempt
        for address in addresses:
            rule = forbidden(address)
            if rule is not None:
                where = host if host == str(address) else f"{host} mène à {address}"
                raise Stopped(
                    FetchFault.REFUSED_ADDRESS,
                    f"adresse refusée : {where}, {rule} ; si c'est voulu, ajoutez ce réseau à fetch.allow",
                )
        self._check_name(host)
        self._check_port(port)
        return tuple(addresses)

    def _exempt(self, address: Address) -> bool:
        inner = unwrap(address)
        return any(inner.version == network.version and inner in network for network in self.allow)

    @staticmethod
    def _check_name(host: str) -> None:
        name = host.rstrip(".")
        if any(name == private or name.endswith(f".{private}") for private in _PRIVATE_NAMES):
            raise Stopped(
                FetchFault.REFUSED_ADDRESS,
                f"adresse refusée : {name} est un nom réservé aux réseaux privés ; si c'est voulu, ajoutez son réseau "
                "à fetch.allow",
            )

    def _check_port(self, port: int) -> None:
        if port not in self.ports:
            usual = ", ".join(map(str, sorted(self.ports)))
            where = "du web public" if self.ports == PORTS else "public de ce service"
            raise Stopped(
                FetchFault.REFUSED_URL, f"adresse refusée : le port {port} n'est pas un port {where} ({usual})"
            )
