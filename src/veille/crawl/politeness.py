"""Pace: one request at a time on a host, a pause between two starts; hosts beside each other (pure)."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from veille.model import Source, SourcePlace, SourceState

#: After this many failures in a row the place a source moved to, or the feed that was found on its page, is given up
#: for the address that a person wrote.
GIVEN_UP = 3


def asked_url(source: Source, state: SourceState | SourcePlace | None) -> str:
    """Return the URL that is really asked: where the source moved to for good, the feed found, else the one written."""
    if state is None or state.feed not in {"", source.url}:
        return source.url
    found = state.found_feed if state.failures < GIVEN_UP else None
    return state.moved_to or found or source.url


def host_of(url: str) -> str:
    """Return the host whose pace a URL obeys, lower-case, whatever the port: it is one machine's patience."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return (host or url).lower()[:255]


def by_host(sources: Iterable[Source], states: Mapping[str, SourceState]) -> dict[str, list[Source]]:
    """Group sources by host; those that waited longest first."""
    hosts: dict[str, list[Source]] = {}
    for source in sorted(sources, key=lambda one: _turn(one, states.get(one.id))):
        hosts.setdefault(host_of(asked_url(source, states.get(source.id))), []).append(source)
    return hosts


def _turn(source: Source, state: SourceState | None) -> tuple[float, str]:
    due = state.next_check_at if state else None
    return (due.timestamp() if due else 0.0, source.id)


class Pace:
    """When the next request to one host may start, on the monotonic clock."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._last: float | None = None

    def slow_down(self, delay: float) -> None:
        """Leave at least this many seconds between two starts from now on."""
        self._delay = max(self._delay, delay)

    def wait(self, now: float) -> float:
        """Return the seconds to wait before a start."""
        return 0.0 if self._last is None else max(0.0, self._last + self._delay - now)

    def start(self, now: float) -> None:
        """Note that a request starts."""
        self._last = now
