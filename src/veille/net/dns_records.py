"""TXT and MX records of the DNS: for the checks of `veille mail doctor`, and for whose pace a domain goes by."""

from collections.abc import Callable, Sequence

import dns.exception
import dns.resolver

#: Seconds for one name in all: a doctor that waits longer is not asked again.
_SECONDS = 4.0

#: Name → its TXT records; None where the DNS could not be asked.
TxtLookup = Callable[[str], Sequence[str] | None]


def txt_records(name: str) -> Sequence[str] | None:
    """Return the TXT records of a name, empty if there are none, None where no server answered."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def mx_hosts(domain: str) -> Sequence[str] | None:
    """Return the hosts that take a domain's mail, empty if none are named, None where no server answered."""
    try:
        answer = dns.resolver.resolve(domain, "MX", lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError):
        return None
    return [record.exchange.to_text() for record in answer]
