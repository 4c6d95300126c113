"""Header fields: what we say, what we accept to hear, and which validators are worth keeping."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from veille import __version__
from veille.model import FetchFault, Request, Validators
from veille.net.faults import Stopped

#: Said by default; some servers choose the representation by it, others log it. `*/*` last: half of the feeds of the
#: field are served as text/html or octet-stream, and some servers answer 406 to a list without it (openrss.org/app).
FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
#: Brotli and zstd are not offered: their decoders give no bounded output (165 bytes became 210 MB).
CODINGS = "gzip, deflate"

MAX_FIELDS = 100
MAX_HEADER_BYTES = 65_536
#: Longest validator kept: servers send 30 to 80 bytes; a longer one would only fill the store and the request.
MAX_VALIDATOR_BYTES = 1024
#: A tab may stand inside a field value (RFC 9110 §5.5).
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

Fields = list[tuple[bytes, bytes]]


def user_agent(contact: str) -> str:
    """Return our honest, stable name with the contact, reduced to what a header comment may hold (RFC 9110 §5.6.5)."""
    safe = re.sub(r"[^\x21-\x7e]|[()\\]", "", contact)
    return f"veille/{__version__} (+{safe})" if safe else f"veille/{__version__}"


def request_fields(host: bytes, agent: str, accept: str, validators: Validators) -> Fields:
    """Return the whole header of a request: no cookie, no Referer, no credentials, ever."""
    fields = [
        (b"Host", host),
        (b"User-Agent", agent.encode("ascii")),
        (b"Accept", accept.encode("ascii")),
        (b"Accept-Encoding", CODINGS.encode("ascii")),
    ]
    if validators.etag is not None:
        fields.append((b"If-None-Match", validators.etag.encode("latin-1")))
    if validators.last_modified is not None:
        fields.append((b"If-Modified-Since", validators.last_modified.encode("latin-1")))
    return fields


def added_fields(request: Request, url: str) -> Fields:
    """Return what a request adds to the header: its own fields for its own origin only, and what its body is."""
    fields: Fields = []
    if origin(request.url) == origin(url):
        fields += [(name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers]
    if request.body is not None:
        fields.append((b"Content-Type", request.content_type.encode("ascii")))
        fields.append((b"Content-Length", b"%d" % len(request.body)))
    return fields


def origin(url: str) -> tuple[str, str]:
    """Return scheme and authority (RFC 6454 §4)."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def response_fields(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return lower-case names to values, verbatim (latin-1), repeated ones joined; raises Stopped beyond the caps."""
    fields: dict[str, str] = {}
    size = 0
    for count, (name, value) in enumerate(raw, 1):
        size += len(name) + len(value) + 4  # « : » and CRLF
        if count > MAX_FIELDS or size > MAX_HEADER_BYTES:
            raise oversized()
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return fields


def oversized() -> Stopped:
    """Return the refusal of a response whose header passes the caps."""
    return Stopped(
        FetchFault.HEADERS,
        f"en-têtes refusés : plus de {MAX_FIELDS} champs ou de {MAX_HEADER_BYTES // 1024} Ko",
    )


def storable(validators: Validators) -> Validators:
    """Return the validators that can be kept and echoed: under 1 KB, no control characters; others become None."""
    return Validators(etag=_fit(validators.etag), last_modified=_fit(validators.last_modified))


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Return what a complete answer lets us ask next time, verbatim, odd and unquoted forms included."""
    return storable(Validators(etag=headers.get("etag"), last_modified=headers.get("last-modified")))


def _fit(value: str | None) -> str | None:
    if not value or len(value) > MAX_VALIDATOR_BYTES or _CONTROL.search(value):
        return None
    # what came from a header is latin-1; anything wider was never sent by a server
    return value if all(ord(character) < 256 for character in value) else None  # noqa: PLR2004 - latin-1


def location_of(headers: Mapping[str, str]) -> str | None:
    """Return a redirect's target; many servers send it in raw UTF-8."""
    value = headers.get("location", "").strip()
    if not value:
        return None
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
