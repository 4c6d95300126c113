"""What is asked of a server, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Validators:
    """Opaque validators, echoed byte for byte (RFC 9110 §8.8, §13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """How a key is exchanged for the token that requests carry; asked by POST."""

    url: str
    #: Where the key stands, as a reference (see `Request.headers`).
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    content_type: str = "application/json"
    #: The field of the answer, a JSON object, that holds the token.
    field: str = "token"
    #: The header that carries it, and what stands before it there.
    header: str = "Authorization"
    prefix: str = "Bearer "
    #: Without the key, ask without a token.
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a server; a request with a body is a POST."""

    url: str
    #: Added to our own. A key stands here as a reference, `${VEILLE_KEY_…}`, that net resolves at the last moment; what
    #: it becomes never follows a redirect to another origin.
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str = "application/json"
    token: TokenRequest | None = None
    #: False: a redirect is the answer, and is not followed.
    follow: bool = True


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop that was followed."""

    status: int
    url: str
    target: str

    @property
    def permanent(self) -> bool:
        """RFC 9110 §15.4: 301 and 308."""
        return self.status in {301, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete answer: 200 with a decoded body, 304, or any other status the server chose."""

    url: str
    final_url: str
    status: int
    #: Lower-case names; repeated fields joined by ", ".
    headers: Mapping[str, str]
    #: Content-decoded (gzip, deflate) bytes, never more than the cap; empty for 304.
    body: bytes = b""
    redirects: tuple[Redirect, ...] = ()
    #: Seconds on the monotonic clock.
    seconds: float = 0.0


class FetchFault(StrEnum):
    """Why no complete answer came."""

    REFUSED_URL = "refused_url"
    REFUSED_ADDRESS = "refused_address"
    REFUSED_REDIRECT = "refused_redirect"
    DNS = "dns"
    #: The name could not be looked up: our own resolver, or the name's servers, do not answer for now.
    UNRESOLVED = "unresolved"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_BIG = "too_big"
    HEADERS = "headers"
    TRUNCATED = "truncated"
    ENCODING = "encoding"
    PROTOCOL = "protocol"
    REDIRECTS = "redirects"
    #: Never asked: robots.txt forbids it, or could not be had.
    ROBOTS = "robots"
    #: A key that the source needs is missing, or was refused.
    KEY = "key"
    #: A folder that the settings do not allow; one that cannot be read.
    FOLDER_REFUSED = "folder_refused"
    FOLDER = "folder"
    #: A mail server refuses who we say we are; it knows no such folder.
    LOGIN = "login"
    MAILBOX = "mailbox"
    ROBOTS_DOWN = "robots_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No complete answer: an expected failure of one source is a value."""

    url: str
    fault: FetchFault
    #: French, names the rule or the cause.
    sentence: str
    status: int | None = None
    redirects: tuple[Redirect, ...] = ()
    seconds: float = 0.0
    #: What to do, French, where the fault alone does not say it.
    cure: str = ""


FetchOutcome = Fetched | FetchFailed
