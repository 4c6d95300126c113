"""S: one bad source costs little and stops nobody. Each of these feeds recovers in the second run."""

import asyncio
import gzip
import struct
import zlib

from tests.conformance.documents import PLAIN, item, rss
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Reply, always, by_run, head, reply

#: Seconds that a busy machine may add to a deadline.
GRACE = 4.0
#: Far beyond fetch.max_bytes, the default of which is 15 MB.
ENDLESS = 64 << 20
_MEGABYTE = b"<!-- " + b"x" * ((1 << 20) - 9) + b" -->"


async def _silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


def _dripped(first: bytes, drop: bytes) -> Reply:
    """Send a drop every quarter of a second: no timeout per read ever rings."""

    async def send(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.25)

    return send


def _pouring(fields: dict[str, str], first: bytes, piece: bytes, total: int) -> Reply:
    """Pour a huge body until it ends or the client leaves."""

    async def send(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"Content-Type": "application/rss+xml", "Connection": "close", **fields}) + first)
        for _ in range(total // len(piece)):
            writer.write(piece)
            await writer.drain()
            if writer.is_closing():
                return

    return send


async def _reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)  # on, no seconds: close() sends RST
    writer.get_extra_info("socket").setsockopt(1, 13, linger)  # SOL_SOCKET, SO_LINGER
    writer.transport.abort()


def _bomb(size: int) -> bytes:
    """Return a gzip body of `size` zeroes, made a megabyte at a time."""
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    blocks = [engine.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*blocks, engine.flush()])


def _once(bad: Reply) -> Feed:
    return Feed(by_run(bad, reply(PLAIN)))


def _given_up(case: Case) -> None:
    request = case.one(1)
    assert request.ended - request.began < case.evidence.limits.deadline + GRACE
    assert case.state(1) in {"en panne", "invalide"}
    assert case.entries(1) == []
    assert case.titles(2) == ["Article 1", "Article 2"]


@rule("S01", "MUST", _once(_silent))
def silent(case: Case) -> None:
    """A server that never answers is left after the total deadline."""
    _given_up(case)


_OK = head(200, {"Content-Type": "application/rss+xml", "Connection": "close"})


@rule("S02", "MUST", _once(_dripped(_OK + b"<?xml version='1.0'?><rss><channel>", b" ")))
def dripped_body(case: Case) -> None:
    """A dripped body is left after the total deadline: a timeout per read never rings."""
    _given_up(case)


@rule("S03", "MUST", _once(_dripped(b"HTTP/1.1 200 OK\r\nX-Goutte: ", b"x")))
def dripped_header(case: Case) -> None:
    """A dripped header too."""
    _given_up(case)


@rule("S04", "MUST", _once(_pouring({}, b"<rss><channel>", _MEGABYTE, ENDLESS)))
def endless_body(case: Case) -> None:
    """An endless body is left at the cap."""
    _given_up(case)


@rule("S05", "MUST", _once(_pouring({"Content-Length": str(ENDLESS + 14)}, b"<rss><channel>", _MEGABYTE, ENDLESS)))
def announced(case: Case) -> None:
    """A body that announces more than the cap is not read."""
    _given_up(case)


@rule("S06", "MUST", _once(reply(_bomb(256 << 20), fields={"Content-Encoding": "gzip"})))
def bomb(case: Case) -> None:
    """The cap counts inflated bytes; the whole run stays under 200 MB beside a bomb of 256."""
    _given_up(case)
    assert case.evidence.runs[0].peak_mb < 200


def _entities(declarations: str, use: str) -> str:
    document = rss(item(f"Titre {use}", "https://exemple.test/1", "1")).replace("&amp;", "&")
    return document.replace("<rss", f"<!DOCTYPE rss {declarations}><rss", 1)


_SECRET = "contenu-du-fichier-local"
_EXTERNAL = '[<!ENTITY local SYSTEM "file:///etc/passwd"><!ENTITY web SYSTEM "/entite">]'


@rule(
    "S07",
    "MUST",
    Feed(
        always(reply(_entities(_EXTERNAL, "&local; &web;"))),
        more={"/entite": always(reply(_SECRET)), "/dtd": always(reply("", content_type="application/xml-dtd"))},
    ),
    Feed(always(reply(_entities('SYSTEM "/dtd"', ""))), "dtd", more={"/dtd": always(reply(""))}),
)
def external_entity(case: Case) -> None:
    """No external entity and no DTD is fetched or read."""
    assert {request.path for request in case.requests()} == {"/flux"}
    told = str(case.entries(3))
    assert _SECRET not in told
    assert "root:" not in told


def _laughs() -> str:
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10)]
    return f"[{''.join(lines)}]"


@rule("S08", "MUST", Feed(always(reply(_entities(_laughs(), "&l9;")))))
def laughs(case: Case) -> None:
    """A billion laughs are survived in little time and memory."""
    assert case.state(1)
    assert case.evidence.runs[0].code == 0
    assert all(len(entry["title"]) < 1_000 for entry in case.entries(1))


@rule(
    "S09",
    "MUST",
    Feed(always(reply(b"\x00\xff\xfe<<<>>>&&&" * 400)), "octets"),
    Feed(always(reply("<rss>" * 5_000)), "profond"),
    Feed(always(reply(gzip.compress(PLAIN.encode())[:-9], fields={"Content-Encoding": "gzip"})), "gzip"),
    Feed(always(_dripped(b"bonjour, je ne parle pas HTTP\r\n\r\n", b"\r\n")), "bavard"),
)
def garbage(case: Case) -> None:
    """What is no feed, no gzip or no HTTP is the state of one source, and no entry."""
    for name in ("octets", "profond", "gzip", "bavard"):
        assert case.state(1, name) in {"en panne", "invalide"}, name
        assert case.entries(3, name) == []


@rule("S10", "MUST", Feed(always(reply(PLAIN))))
def cycle_ends(case: Case) -> None:
    """Bad sources never stop the run: it exits 0, and every source has a report."""
    assert {run.code for run in case.evidence.runs} == {0}
    assert len(case.evidence.runs[0].reports) == case.evidence.sources
    assert case.titles(1) == ["Article 1", "Article 2"]


@rule("S11", "MUST", Feed(always(_reset)))
def no_retry_reset(case: Case) -> None:
    """A connection that was reset is not tried again at once."""
    assert len(case.requests(1)) == 1
    assert case.state(1) == "en panne"
