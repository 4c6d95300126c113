"""A bomb costs its cap, not its size: measured as the growth of the peak memory of a process of its own."""

import asyncio
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.net.hostile import Behaviour, flood, hostile, reply, run, say
from tests.shared import required

MIB = 1 << 20
#: What a process is allowed to grow by; the cap is 15 MB, held twice for a moment (being joined).
ALLOWED = 64 * MIB
_CLIENT = """
import asyncio, re, sys
from pathlib import Path
from veille.clock import SystemClock
from veille.config.settings import Fetch
from veille.net.fetcher import GuardedFetcher

def peak():
    # not getrusage: its peak is inherited from the process that forked us
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024

async def main(url: str):
    options = Fetch.model_validate({"allow": ["127.0.0.0/8"]})
    async with GuardedFetcher(options, contact="", clock=SystemClock()) as client:
        await client.fetch(url + "/small")
        before = peak()
        outcome = await client.fetch(url + "/bomb")
        print(getattr(outcome, "fault", "ok"), peak() - before)

asyncio.run(main(sys.argv[1]))
"""


def compressed(wbits: int, megabytes: int = 200) -> bytes:
    """Zeros, compressed without ever holding them."""
    engine = zlib.compressobj(9, wbits=wbits)
    return b"".join([*(engine.compress(bytes(MIB)) for _ in range(megabytes)), engine.flush()])


def gzip_twice() -> bytes:
    engine = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return engine.compress(compressed(zlib.MAX_WBITS | 16)) + engine.flush()


def coded(body: bytes, coding: str) -> Behaviour:
    return reply(body, headers=(f"Content-Encoding: {coding}",))


CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
BOMBS: dict[str, tuple[Behaviour, str]] = {
    "gzip": (coded(compressed(zlib.MAX_WBITS | 16), "gzip"), "too_big"),
    "deflate": (coded(compressed(-zlib.MAX_WBITS), "deflate"), "too_big"),
    "br": (coded(b"\x5b\xff\xff\x7f" + b"\0" * 161, "br"), "encoding"),
    "zstd": (coded(b"\x28\xb5\x2f\xfd" + b"\0" * 6400, "zstd"), "encoding"),
    "gzip, gzip": (coded(gzip_twice(), "gzip, gzip"), "encoding"),
    "endless chunks": (flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNK), "too_big"),
    "headers": (
        say(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(100_000)), close=True),
        "headers",
    ),
    "within the cap": (coded(compressed(zlib.MAX_WBITS | 16, 14), "gzip"), "ok"),
}


def growth(behaviour: Behaviour) -> tuple[str, int]:
    """Fetch in a process of its own; return (fault, bytes of growth of its peak)."""

    async def scenario() -> bytes:
        async with hostile({"/small": reply(b"x"), "/bomb": behaviour}) as server:
            client = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _CLIENT, server.url, stdout=subprocess.PIPE
            )
            printed, _ = await client.communicate()
            return printed

    fault, grown = run(scenario()).decode().rsplit(maxsplit=1)
    return fault, int(grown)


@pytest.fixture
def proc() -> None:
    """Linux's own files on processes: the peak memory is read there."""
    if not Path("/proc/self/status").exists():
        if required("proc"):
            pytest.fail("/proc is required and absent")
        pytest.skip("the peak memory is read from Linux's /proc")


@pytest.mark.usefixtures("proc")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_less_than_64_megabytes(name: str) -> None:
    behaviour, fault = BOMBS[name]
    said, grown = growth(behaviour)
    assert said == fault
    assert grown < ALLOWED
