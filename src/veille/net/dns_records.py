"""TXT records of the DNS, for the checks of `veille mail doctor`: the only question we ask of it besides addresses."""

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
