"""PDFs of our own making: a page is a list of lines in Helvetica; and the ways in which a PDF can be hostile."""

import io
import zlib

from pypdf import PdfReader, PdfWriter

_ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})


class Objects:
    """Numbered objects and the table that finds them."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def add(self, body: bytes) -> int:
        self.bodies.append(body)
        return len(self.bodies)

    def stream(self, data: bytes, extra: bytes = b"") -> int:
        return self.add(b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data))

    def file(self, root: int, info: int | None = None) -> bytes:
        out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
        for number, body in enumerate(self.bodies, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        named = b" /Info %d 0 R" % info if info else b""
        out += b"trailer\n<< /Size %d /Root %d 0 R%s >>\n" % (len(places) + 1, root, named)
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def pdf(*pages: str, title: str = "", metadata: bytes = b"") -> bytes:
    """Return a PDF of these pages."""
    objects = Objects()
    font = objects.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    contents = [objects.stream(zlib.compress(_drawn(page)), b"/Filter /FlateDecode") for page in pages]
    tree = len(objects.bodies) + len(pages) + 1
    kids = [
        objects.add(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 %d 0 R >> >> >>" % (tree, content, font)
        )
        for content in contents
    ]
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), listed))
    extra = b""
    if metadata:
        extra = b" /Metadata %d 0 R" % objects.stream(metadata, b"/Type /Metadata /Subtype /XML")
    root = objects.add(b"<< /Type /Catalog /Pages %d 0 R%s >>" % (tree, extra))
    info = objects.add(b"<< /Title (%s) >>" % title.translate(_ESCAPES).encode("cp1252")) if title else None
    return objects.file(root, info)


def _drawn(page: str) -> bytes:
    lines = [line.translate(_ESCAPES).encode("cp1252", "replace") for line in page.splitlines()]
    return b"BT /F1 11 Tf 50 790 Td 14 TL\n" + b"".join(b"(%s) Tj T*\n" % line for line in lines) + b"ET"


def encrypted(data: bytes, password: str, algorithm: str = "AES-128") -> bytes:
    """Return a PDF that asks for a password (none to read it where it is empty)."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, "maître", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned(pages: int = 2) -> bytes:
    """Return pages that hold pictures only."""
    objects = Objects()
    content = objects.stream(b"q 500 0 0 700 40 60 cm /I1 Do Q")
    picture = objects.stream(
        bytes(64), b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    tree = len(objects.bodies) + pages + 1
    kids = [
        objects.add(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /XObject << /I1 %d 0 R >> >> >>" % (tree, content, picture)
        )
        for _ in range(pages)
    ]
    objects.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(b"%d 0 R" % kid for kid in kids)))
    return objects.file(objects.add(b"<< /Type /Catalog /Pages %d 0 R >>" % tree))


def one_page(content: bytes, extra: bytes = b"") -> bytes:
    """Return one page whose content stream is given as it stands."""
    objects = Objects()
    font = objects.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    stream = objects.stream(content, extra)
    page = objects.add(
        b"<< /Type /Page /Parent 4 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
        b" /Resources << /Font << /F1 %d 0 R >> >> >>" % (stream, font)
    )
    objects.add(b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % page)
    return objects.file(objects.add(b"<< /Type /Catalog /Pages 4 0 R >>"))


def bomb(megabytes: int = 300) -> bytes:
    """Return a page whose few kilobytes inflate to this."""
    packer, out = zlib.compressobj(9), bytearray()
    for _ in range(megabytes):
        out += packer.compress(bytes(1_000_000))
    return one_page(bytes(out + packer.flush()), b"/Filter /FlateDecode")


def nested_bomb(times: int = 5) -> bytes:
    """Return a page compressed several times over."""
    data = zlib.compress(bytes(50_000_000), 9)
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return one_page(data, b"/Filter [%s]" % (b" /FlateDecode" * times))


def circular() -> bytes:
    """Return a tree of pages that contains itself."""
    objects = Objects()
    objects.add(b"<< /Type /Pages /Count 2 /Kids [2 0 R] >>")
    objects.add(b"<< /Type /Pages /Count 2 /Parent 1 0 R /Kids [1 0 R 2 0 R] >>")
    return objects.file(objects.add(b"<< /Type /Catalog /Pages 1 0 R >>"))


def calls_itself() -> bytes:
    """Return a page that draws a form which draws itself."""
    objects = Objects()
    content = objects.stream(b"/X1 Do")
    objects.stream(
        b"BT (encore) Tj ET /X1 Do /X1 Do",
        b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 2 0 R >> >>",
    )
    objects.add(
        b"<< /Type /Page /Parent 4 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
        b" /Resources << /XObject << /X1 2 0 R >> >> >>" % content
    )
    objects.add(b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
    return objects.file(objects.add(b"<< /Type /Catalog /Pages 4 0 R >>"))


def deep_array(depth: int = 100_000) -> bytes:
    """Return a page whose content is an array inside an array inside…"""
    return one_page(b"[" * depth + b"]" * depth + b" TJ")


def many_operators(count: int = 3_000_000) -> bytes:
    """Return a page that moves its pen millions of times."""
    data = b"BT /F1 11 Tf " + b"1 0 Td (a) Tj " * count + b"ET"
    return one_page(zlib.compress(data), b"/Filter /FlateDecode")
