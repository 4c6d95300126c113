"""Parse in a small process pool: one hostile body may kill its worker, never the run.

Every body goes to the pool, small ones too. Measured on 334 real feeds (35 MB, 2 cores): parsing takes 26 ms of CPU on
average and holds the GIL throughout; the way to a worker and back takes 0.6 ms. A body parsed in this process would
stall every connection meanwhile, and a hostile one would take the run down with it. The pool starts with the first
changed body (0.2 s): a pass in which nothing changed never pays for it.
"""

import asyncio
import errno
import multiprocessing
import multiprocessing.connection
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Self, TypeVar

from veille.crawl.kinds import ALONE, Background, read_with
from veille.errors import ParseError
from veille.model import ParsedFeed, Source

#: Address space of a worker, bytes. The largest body allowed (15 MB) takes 250 MB here; a bomb stops at this.
MEMORY = 1_000_000_000
#: CPU seconds for one body. The slowest real feed measured takes 0.3 s; 200,000 nested elements 2.7 s.
CPU = 10
#: CPU seconds after which the kernel ends a worker that no longer answers its own alarm (a loop inside C code).
CPU_KILL = 15
#: How often, and every how many seconds, a worker is asked for while the server that starts them is dying: measured,
#: it is gone within milliseconds.
_BIRTHS, _MOMENT = 30, 0.1
#: What giving it work meets then: it hears nobody, or hangs up.
_SERVER_DIED = (ConnectionError, EOFError)
_CURE = "signalez ce flux à son éditeur ; ses autres entrées restent en base"

#: What some work on a body gives: never None, and able to leave its worker.
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Body:
    """What a worker needs: bytes, how they were labelled, and the source they are read for (None: a feed)."""

    data: bytes
    content_type: str
    url: str
    source: Source | None = None
    background: Background = ALONE


class _TooLong(Exception):
    """The alarm of a worker's own CPU clock rang."""


def prepare_worker() -> None:
    """Initialise a worker: import the parsers, then take away memory and the keyboard."""
    import veille.crawl.feeds  # noqa: F401, PLC0415 - imported here so that the limit below does not hit imports

    threading.Thread(target=_die_with_parent, name="parent", daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it lets bodies in flight end
    signal.signal(signal.SIGVTALRM, _ring)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent() -> None:
    """End this worker once the crawl was killed: it holds both ends of its queue, so it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _TooLong


def limited(work: Callable[[Body], T], body: Body) -> T | ParseError:
    """Do some work on one body under the CPU limits; whatever is wrong with it comes back as a value."""
    _renew_cpu_limit()
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU)
    try:
        return work(body)
    except ParseError as error:
        return ParseError(error.message, cure=error.cure)
    except _TooLong:
        return ParseError(
            f"lecture arrêtée après {CPU} secondes de calcul : ce document n'est pas raisonnable", cure=_CURE
        )
    except MemoryError:
        return ParseError("lecture arrêtée : ce document demande trop de mémoire", cure=_CURE)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _read(body: Body) -> ParsedFeed:
    from veille.crawl.feeds import parse_feed  # noqa: PLC0415 - the parent never imports the parsers

    if body.source is None:
        return parse_feed(body.data, content_type=body.content_type, url=body.url)
    return read_with(body.source.kind, body.data, body.content_type, body.url, body.source, body.background)


def _renew_cpu_limit() -> None:
    """Give this body its own seconds: RLIMIT_CPU counts from the worker's birth, and only its soft half may grow."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(spent.ru_utime + spent.ru_stime) + CPU_KILL
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


class FeedParsers:
    """A pool that is born with the first body, rebuilt when a worker dies, and gone at the end of the pass."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or min(2, os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None
        #: Bodies beyond the workers' number wait here, not in the pool's pipe: memory stays flat.
        self._slots = asyncio.Semaphore(self._workers + 1)
        self._alone = asyncio.Lock()
        self._birth = asyncio.Lock()

    async def parse(self, body: Body) -> ParsedFeed | ParseError:
        """Parse a body; one whose worker dies is retried alone, and a second death is its own fault."""
        return await self.run(_read, body)

    async def run(self, work: Callable[[Body], T], body: Body) -> T | ParseError:
        """Do some work on a body, a function of a module, in a worker, as `parse` does."""
        async with self._slots:
            done = await self._beside_others(work, body)
        return await self._by_itself(work, body) if done is None else done

    async def _beside_others(self, work: Callable[[Body], T], body: Body) -> T | ParseError | None:
        """Work in the shared pool; None where a worker died, perhaps by a neighbour's doing."""
        pool: ProcessPoolExecutor | None = None
        try:
            pool = await self._shared()
            return await asyncio.wrap_future(_submitted(pool, work, body))
        except BrokenProcessPool:
            if self._pool is pool:  # a broken pool ends by itself: to shut it down as well would race with that
                self._pool = None
            return None

    async def _by_itself(self, work: Callable[[Body], T], body: Body) -> T | ParseError:
        """Work on a body alone; where what starts workers died as well, that may be why: it is done once more."""
        async with self._alone:
            blamed: int | None = None
            for _ in range(2):
                pool, server = await asyncio.to_thread(_born, 1)
                if blamed == server:  # the worker died alone
                    pool.shutdown(wait=False, cancel_futures=True)
                    break
                try:
                    done = await asyncio.wrap_future(_submitted(pool, work, body))
                except BrokenProcessPool:
                    blamed = server
                    continue
                pool.shutdown(wait=False, cancel_futures=True)
                return done
            return ParseError("ce document fait tomber son lecteur : il est laissé de côté", cure=_CURE)

    async def _shared(self) -> ProcessPoolExecutor:
        """Return the shared pool; it is born in a thread, while connections go on: that may take a second."""
        async with self._birth:
            if self._pool is None:
                pool, _ = await asyncio.to_thread(_born, self._workers)
                self._pool = pool
            return self._pool

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
            self._pool = None


def _submitted(pool: ProcessPoolExecutor, work: Callable[[Body], T], body: Body) -> "Future[T | ParseError]":
    """Give work to a pool; raises BrokenProcessPool where a worker of it died, or what starts workers.

    The pool starts a missing worker as it takes work: one that breaks at that very moment has closed its pipes already.
    """
    try:
        return pool.submit(limited, work, body)
    except _SERVER_DIED as error:
        raise BrokenProcessPool("the server that starts workers died") from error
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
        raise BrokenProcessPool("the pool broke while it was given work") from error


def _born(workers: int) -> tuple[ProcessPoolExecutor, int]:
    """Return a pool whose first worker answers, and the process id of the server that started it.

    A server that is dying refuses workers until the kernel has ended it; the next call after that starts another.
    """
    for left in reversed(range(_BIRTHS)):
        pool = _pool(workers)
        try:
            return pool, pool.submit(os.getppid).result()
        except (BrokenProcessPool, *_SERVER_DIED):
            if not left:
                raise
            time.sleep(_MOMENT)
    raise AssertionError("a loop of at least one turn returns or raises")


def _pool(workers: int) -> ProcessPoolExecutor:
    """Fork from a small server that has the parsers loaded, never from this process with its threads and sockets.

    All that every worker needs is loaded there, once: what a worker imports by itself is memory of its own (12 MB).
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["veille.crawl.feeds", "veille.crawl.parsing"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=prepare_worker)
