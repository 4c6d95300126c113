"""E01 to E12: BOM, then HTTP charset, then declaration, then UTF-8 (RFC 7303 §3), under every framing of HTTP/1.1."""

import asyncio
import gzip
import zlib

from tests.conformance.documents import item, rss
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Reply, always, head, reply

TITLE = "Filière bois : où déposer avant l’été ?"
WESTERN = "Filière forêt, août à Nîmes"


def _document(encoding: str | None, title: str = TITLE) -> str:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else '<?xml version="1.0"?>'
    return rss(item(title, "https://exemple.test/1", "1"), declaration=declaration)


def _bytes(data: bytes, content_type: str, **fields: str) -> Feed:
    said = {name.replace("_", "-"): value for name, value in fields.items()}
    return Feed(always(reply(data, fields=said, content_type=content_type)))


def _title(case: Case, title: str = TITLE) -> None:
    assert case.titles(1) == [title]
    assert case.titles(3) == [title]


@rule("E01", "SHOULD", _bytes(b"\xef\xbb\xbf" + _document("utf-8").encode(), "text/xml; charset=iso-8859-1"))
def mark(case: Case) -> None:
    """A byte-order mark beats the charset of HTTP."""
    _title(case)


@rule("E02", "SHOULD", _bytes(_document("iso-8859-1").encode(), "application/rss+xml; charset=utf-8"))
def http_charset(case: Case) -> None:
    """The charset of HTTP beats the declaration."""
    _title(case)


@rule("E03", "MUST", _bytes(_document("windows-1252").encode("cp1252"), "application/xml"))
def declared(case: Case) -> None:
    """The declaration is believed where HTTP says nothing."""
    _title(case)


@rule("E04", "MUST", _bytes(_document(None).encode(), "application/rss+xml"))
def default(case: Case) -> None:
    """UTF-8 where nothing is said."""
    _title(case)


@rule("E05", "MUST", _bytes(_document("utf-8").encode(), "text/xml"))
def text_xml(case: Case) -> None:
    """text/xml without charset is not us-ascii."""
    _title(case)


@rule("E06", "SHOULD", _bytes(_document(None, WESTERN).encode("latin-1"), "application/rss+xml"))
def undeclared(case: Case) -> None:
    """Undeclared Latin-1 is guessed; no accent is lost."""
    _title(case, WESTERN)


@rule("E07", "SHOULD", _bytes(_document("utf-16").encode("utf-16"), "application/rss+xml"))
def wide(case: Case) -> None:
    """UTF-16 with its mark is read."""
    _title(case)


@rule("E08", "MUST", _bytes(gzip.compress(_document("utf-8").encode()), "application/xml", Content_Encoding="gzip"))
def gzipped(case: Case) -> None:
    """gzip is inflated."""
    _title(case)


@rule(
    "E09", "SHOULD", _bytes(zlib.compress(_document("utf-8").encode()), "application/xml", Content_Encoding="deflate")
)
def deflated(case: Case) -> None:
    """Deflate with its zlib header is inflated."""
    _title(case)


_RAW = zlib.compress(_document("utf-8").encode(), wbits=-15)


@rule("E10", "SHOULD", _bytes(_RAW, "application/xml", Content_Encoding="deflate"))
def raw_deflated(case: Case) -> None:
    """Deflate without it too, as some servers send it."""
    _title(case)


def _chunked(data: bytes, size: int) -> Reply:
    """Send chunks of `size` bytes, which split characters."""
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    body = b"".join(b"%x;nom=valeur\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    fields = {"Content-Type": "application/xml", "Transfer-Encoding": "chunked", "Connection": "close"}

    async def send(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, fields) + body + b"0\r\n\r\n")
        await writer.drain()

    return send


@rule("E11", "MUST", Feed(always(_chunked(_document("utf-8").encode(), 1))))
def chunks(case: Case) -> None:
    """Chunks that split characters are joined before they are read."""
    _title(case)


@rule("E12", "MUST", Feed(always(reply(_document("utf-8"), length=-1, version="1.0", content_type="application/xml"))))
def old_http(case: Case) -> None:
    """HTTP/1.0, its body ended by closing."""
    _title(case)
