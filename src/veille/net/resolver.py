"""Names to addresses by the system's resolver, in threads that nothing waits for."""

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable

from veille.files import cause
from veille.model import FetchFault
from veille.net.addresses import Address
from veille.net.faults import Stopped

#: Resolve a host name to all its addresses, best first; raises Stopped(DNS).
Resolver = Callable[[str], Awaitable[tuple[Address, ...]]]

#: Lookups under way, abandoned ones included: getaddrinfo cannot be cancelled and may hang for half a minute when the
#: DNS is down. Three times the default concurrency; beyond it the DNS is plainly not answering.
MAX_LOOKUPS = 64


class SystemResolver:
    """getaddrinfo, one daemon thread a lookup: an executor would make the program wait for a dead DNS when it ends."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(MAX_LOOKUPS)

    async def __call__(self, host: str) -> tuple[Address, ...]:
        """Return every address of `host`, in the system's order of preference (RFC 6724)."""
        if not self._slots.acquire(blocking=False):
            raise Stopped(FetchFault.UNRESOLVED, f"le DNS ne répond pas ({MAX_LOOKUPS} demandes en attente)")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[Address, ...]] = loop.create_future()
        threading.Thread(target=self._look_up, args=(host, loop, answer), name="veille-dns", daemon=True).start()
        return await answer

    def _look_up(
        self, host: str, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[tuple[Address, ...]]"
    ) -> None:
        try:
            result = _addresses(host)
        finally:
            self._slots.release()
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is waiting any more
            loop.call_soon_threadsafe(_settle, answer, result)


def _settle(answer: "asyncio.Future[tuple[Address, ...]]", result: tuple[Address, ...] | Stopped) -> None:
    if answer.done():
        return
    if isinstance(result, Stopped):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def _addresses(host: str) -> tuple[Address, ...] | Stopped:
    try:
        # bytes: Python would run its own IDNA 2003 over a str
        found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return _refused(host, error)
    except OSError as error:
        return Stopped(FetchFault.DNS, f"le nom {host} n'a pas pu être résolu ({cause(error)})")
    return tuple(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))


def _refused(host: str, error: socket.gaierror) -> Stopped:
    if error.errno == socket.EAI_AGAIN:
        return Stopped(FetchFault.UNRESOLVED, f"le DNS ne répond pas pour {host} ; réessai au prochain passage")
    return Stopped(FetchFault.DNS, f"le nom {host} n'existe pas (ou plus) dans le DNS")
