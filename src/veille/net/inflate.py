"""Bodies, decoded piece by piece under a cap: 20 bytes of gzip must never become 200 MB of memory."""

import zlib
from collections.abc import Iterator

from veille.model import FetchFault
from veille.net.faults import Stopped

#: Decoded bytes produced at a time (measured: a 200 MB bomb costs 22 MB at this size).
PIECE = 65_536
#: Members of one gzip stream (RFC 1952 §2.2): concatenated logs have a few; a million empty ones would cost seconds.
MAX_MEMBERS = 1000
_GZIP_MAGIC = b"\x1f\x8b"


class Body:
    """The decoded bytes so far; raises Stopped beyond `cap` decoded or received bytes."""

    def __init__(self, coding: str, cap: int) -> None:
        self._coding = _decoder(coding)
        self._cap = cap
        self._received = 0
        self.data = bytearray()

    def feed(self, raw: bytes) -> None:
        """Take the next bytes off the wire."""
        self._received += len(raw)
        if self._received > self._cap:
            raise too_big(self._cap)
        for piece in self._coding.pieces(raw):
            self.data += piece
            if len(self.data) > self._cap:
                raise too_big(self._cap)

    def finish(self) -> bytes:
        """Return the whole body; raises Stopped where the compressed stream has no end."""
        self._coding.finish()
        return bytes(self.data)


def too_big(cap: int) -> Stopped:
    """Return the refusal of a body larger than the cap."""
    return Stopped(FetchFault.TOO_BIG, f"réponse trop grosse : plus de {cap / 1_000_000:g} Mo (fetch.max_bytes)")


def _decoder(coding: str) -> "Plain | Compressed":
    codings = [name for part in coding.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
    if not codings:
        return Plain()
    if len(codings) > 1:
        raise Stopped(FetchFault.ENCODING, f"réponse refusée : plusieurs compressions empilées ({coding[:60]})")
    if codings[0] in {"gzip", "x-gzip"}:
        return Compressed("gzip")
    if codings[0] == "deflate":
        return Compressed("deflate")
    raise Stopped(FetchFault.ENCODING, f"réponse refusée : compression « {codings[0][:20]} », que nous n'acceptons pas")


class Plain:
    """No content-coding."""

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        """Yield the bytes themselves."""
        yield raw

    def finish(self) -> None:
        """Accept any end: the framing of HTTP already told us if it was cut."""


class Compressed:
    """gzip (with its concatenated members) or deflate (zlib, or raw as some servers send it)."""

    def __init__(self, coding: str) -> None:
        self._name = coding
        self._members = 0
        #: Received, but too short to tell the format by.
        self._held = b""
        self._engine: zlib._Decompress | None = None
        #: The stream has ended and something else follows: padding, which browsers ignore too.
        self._over = False

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        """Yield decoded bytes, at most PIECE at a time."""
        pending, self._held = self._held + raw, b""
        while pending and not self._over:
            if self._engine is None:
                if len(pending) < len(_GZIP_MAGIC):
                    self._held = pending
                    return
                self._engine = self._open(pending)
                self._over = self._engine is None
                continue
            yield from self._inflate(self._engine, pending)
            pending = b""
            if self._engine.eof:
                pending, self._engine = self._engine.unused_data, None

    def finish(self) -> None:
        """Refuse a stream cut in its middle; an empty body is no stream at all."""
        if self._engine is not None or (self._held and not self._members):
            raise Stopped(FetchFault.TRUNCATED, f"réponse tronquée : la compression {self._name} n'a pas de fin")

    def _inflate(self, engine: "zlib._Decompress", pending: bytes) -> Iterator[bytes]:
        try:
            while True:
                piece = engine.decompress(pending, PIECE)
                yield piece
                pending = engine.unconsumed_tail
                if engine.eof or (not pending and len(piece) < PIECE):
                    return
        except zlib.error as error:
            raise self._not_compressed() from error

    def _open(self, head: bytes) -> "zlib._Decompress | None":
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise Stopped(FetchFault.ENCODING, f"réponse refusée : plus de {MAX_MEMBERS} morceaux gzip")
        if self._name == "gzip":
            if head.startswith(_GZIP_MAGIC):
                return zlib.decompressobj(zlib.MAX_WBITS | 16)
            if self._members == 1:
                raise self._not_compressed()
            return None
        if self._members > 1:
            return None
        return zlib.decompressobj(zlib.MAX_WBITS if _has_zlib_header(head) else -zlib.MAX_WBITS)

    def _not_compressed(self) -> Stopped:
        return Stopped(
            FetchFault.ENCODING,
            f"réponse illisible : le serveur annonce une compression {self._name} qui n'en est pas une",
        )


def _has_zlib_header(head: bytes) -> bool:
    """RFC 1950 §2.2: method 8, and the first two bytes are a multiple of 31."""
    return head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0  # noqa: PLR2004 - RFC 1950
