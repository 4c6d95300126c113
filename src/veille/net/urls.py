"""Which URLs may be asked: one type (httpx.URL) from the check to the socket, so that no second parser can disagree."""

import ipaddress
import re
import unicodedata
from functools import lru_cache

import httpx

from veille.model import FetchFault
from veille.net.faults import Stopped

#: Longer than any feed address seen; browsers and proxies cut near 2,000.
MAX_LENGTH = 2048
SCHEMES = ("http", "https")

#: What a DNS name may look like once IDNA-encoded; underscores exist in the wild (RFC 1035 §2.3.1, 63 octets a label).
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
#: WHATWG URL §3.5 « ends in a number »: such a host is an IPv4 address in some spelling, never a name.
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)")


#: httpx drops a usual port only behind a scheme in small letters: « HTTP://a:80 » would be another address than itself.
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*(?=:)")


def vet_url(text: str) -> httpx.URL:
    """Return the URL to ask, without fragment; raises Stopped where a rule refuses it. No socket, no DNS."""
    _check_text(text)
    try:
        url = httpx.URL(_SCHEME.sub(lambda match: match[0].lower(), text))
        if "#" in text:
            url = url.copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _refused("elle ne se lit pas comme une adresse web") from error
    _check_parts(url)
    return url


def join(base: httpx.URL, location: str) -> httpx.URL:
    """Resolve a redirect's target against the page that gave it, then vet it like any URL."""
    _check_text(location)
    try:
        target = str(base.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise _refused("elle ne se lit pas comme une adresse web") from error
    return vet_url(target)


def _check_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise _refused(f"elle dépasse {MAX_LENGTH} caractères")
    if "\\" in text:
        raise _refused("elle contient une barre oblique inverse, que chaque logiciel lit à sa façon")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise _refused("elle contient un caractère de contrôle")


def _check_parts(url: httpx.URL) -> None:
    if not url.scheme:
        raise _refused("il manque http:// ou https://")
    if url.scheme not in SCHEMES:
        raise _refused(f"schéma interdit « {url.scheme[:20]}: », seuls http et https sont permis")
    if url.userinfo:
        raise _refused("elle contient un identifiant (nom@hôte)")
    if url.port == 0 or (url.port or 1) > 65_535:  # noqa: PLR2004 - RFC 9293: 16 bits
        raise _refused(f"port impossible ({url.port})")
    if len(str(url)) > MAX_LENGTH:
        raise _refused(f"elle dépasse {MAX_LENGTH} caractères une fois encodée")
    _check_host(url.raw_host.decode("ascii"))


def _check_host(host: str) -> None:
    if not host:
        raise _refused("il manque le nom d'hôte")
    if literal(host) is not None:
        return
    last = host.rstrip(".").rpartition(".")[2]
    if _NUMBER.fullmatch(last):
        raise Stopped(
            FetchFault.REFUSED_ADDRESS,
            f"adresse refusée : l'adresse IP « {host[:60]} » n'est pas écrite en quatre nombres décimaux",
        )
    if len(host) > 254 or not _NAME.fullmatch(host):  # noqa: PLR2004 - RFC 1035 §2.3.4: 253, and a final dot
        raise _refused(f"« {host[:60]} » n'est pas un nom d'hôte")


@lru_cache(maxsize=1_024)
def literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a host spells canonically, or None for a name or an odd spelling."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return None if getattr(address, "scope_id", None) else address


def _refused(why: str) -> Stopped:
    return Stopped(FetchFault.REFUSED_URL, f"adresse refusée : {why}")
