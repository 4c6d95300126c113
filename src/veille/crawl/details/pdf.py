"""A PDF's bytes to the text of its pages, under caps; whatever is wrong with it is said in a French sentence (pure).

pypdf (BSD-3-Clause) reads it: plain Python over hostile bytes cannot be made to run them. PDFium reads ten times as
fast (1 ms a page, against 11), with the same words on what was compared, but a host is asked once a second at most.
"""

import io
import logging
import re
import struct
import time
import zlib
from collections import Counter
from typing import Any

from veille.crawl.markup import cut, plain_line
from veille.crawl.parsing import Body
from veille.errors import ParseError
from veille.model.details import DocumentRead
from veille.text import clean

#: What a PDF must show in its first kilobyte (ISO 32000-2 §7.5.2; readers accept junk before it).
MAGIC, _HEAD = b"%PDF-", 1_024
#: Pages read of one document: the rules of a call stand in its first; the longest specification seen has about 60.
PAGES = 80
#: Characters kept of one page and of the whole.
_PAGE_LIMIT, _TEXT_LIMIT = 20_000, 200_000
#: CPU seconds for one document, below those of its worker: what was read until then is kept.
SECONDS = 6.0
#: Bytes that one stream may take once decompressed; an honest page of text takes some ten thousand.
_STREAM = 20_000_000
#: Fewer characters a page than this: the pages are pictures.
_SCANNED = 15
_CURE = "ouvrez-le vous-même : son adresse reste sur la fiche"
#: Code over hostile bytes: what pypdf did not foresee comes out as one of these.
_MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, RecursionError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
#: A word cut at the end of a line, and a line that goes on on the next.
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])[-\u00ad]\n(?=[a-zà-ÿ])")
_GOES_ON = re.compile(r"(?<=[^\n.!?:;…])\n(?=[a-zà-ÿ(€%])(?![a-z]\))|(?<=,)\n(?=\S)")
#: No line ends with a word that announces the next.
_ANNOUNCES = re.compile(r"(\b(?:de|du|des|d'|le|la|les|l'|au|aux|à|et|ou|en|un|une|par|pour|sur|est|sont))\n(?=\S)")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
#: Names that programs give, no titles.
_NO_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel)\b|untitled|sans titre|document\d*$|présentation powerpoint)|"
    r"\.(?:docx?|odt|pptx?|xlsx?|indd|html?|pdf)$",
    re.IGNORECASE,
)
_RESERVED = re.compile(rb"tdm:?-?reservation\s*(?:=\s*[\"']|>)\s*([01])", re.IGNORECASE)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on broken files are not ours


def is_pdf(data: bytes) -> bool:
    """Say whether bytes claim to be a PDF."""
    return MAGIC in data[:_HEAD]


def read_pdf(body: Body) -> DocumentRead:
    """Read a PDF; raises ParseError with a French sentence for one that gives no text."""
    from pypdf import apply_configuration  # noqa: PLC0415 - 0.1 s, paid by the worker that reads a first document
    from pypdf.errors import DependencyError, PyPdfError  # noqa: PLC0415

    if not is_pdf(body.data):
        raise ParseError("ce n'est pas un PDF", cure=_CURE)
    try:
        with apply_configuration(
            zlib_maximum_output_length=_STREAM,
            lzw_maximum_output_length=_STREAM,
            run_length_maximum_output_length=_STREAM,
            array_based_stream_maximum_output_length=_STREAM,
            stream_decoding_work_maximum_length=3 * _STREAM,
            jbig2dec_binary=None,  # pictures are not read, and no other program is run
        ):
            return _Document(body.data).read()
    except DependencyError as error:
        raise ParseError("PDF chiffré d'une manière que ce programme ne lit pas", cure=_CURE) from error
    except RecursionError as error:
        raise ParseError("PDF qui renvoie à lui-même sans fin", cure=_CURE) from error
    except (PyPdfError, *_MALFORMED) as error:
        raise ParseError(f"PDF abîmé ou mal formé ({type(error).__name__})", cure=_CURE) from error


class _Document:
    """One document."""

    def __init__(self, data: bytes) -> None:
        from pypdf import PdfReader  # noqa: PLC0415 - see read_pdf

        self._started = time.process_time()
        self._reader = PdfReader(io.BytesIO(data), root_object_recovery_limit=2_000)
        if self._reader.is_encrypted and not self._reader.decrypt(""):
            raise ParseError("PDF protégé par un mot de passe", cure=_CURE)
        self._count = len(self._reader.pages)

    def read(self) -> DocumentRead:
        if not self._count:
            raise ParseError("PDF sans aucune page", cure=_CURE)
        pages, broken = self._pages()
        if sum(map(len, pages)) < _SCANNED * max(1, min(len(pages), 10)):
            raise ParseError("PDF sans texte : ses pages sont des images (document numérisé)", cure=_CURE)
        return DocumentRead(
            title=self._title(),
            page_count=self._count,
            pages=tuple(_without_running_heads(pages)),
            remark=self._remark(len(pages), broken),
            reserved=self._reserved(),
        )

    def _pages(self) -> tuple[list[str], int]:
        """Return the text of the pages until a cap stops us, and how many could not be read."""
        pages, broken, size = list[str](), 0, 0
        for number in range(min(self._count, PAGES)):
            if time.process_time() - self._started > SECONDS or size > _TEXT_LIMIT:
                break
            try:
                text = _tidy(self._reader.pages[number].extract_text() or "")
            except _MALFORMED:  # one page of many: the others are worth having
                text, broken = "", broken + 1
            pages.append(text)
            size += len(text)
        if broken == len(pages):
            raise ParseError("PDF abîmé : aucune page lisible", cure=_CURE)
        return pages, broken

    def _remark(self, read: int, broken: int) -> str:
        remarks = []
        if read < self._count:
            remarks.append(f"{self._count} pages, les {read} premières sont lues")
        if broken:
            remarks.append(f"{broken} page{'s' if broken > 1 else ''} illisible{'s' if broken > 1 else ''}")
        return " ; ".join(remarks)

    def _title(self) -> str:
        try:
            said = self._reader.metadata.title if self._reader.metadata else None
        except _MALFORMED:  # its metadata may be broken where its pages are not
            said = None
        title = plain_line(said.replace("<", "&lt;")) if isinstance(said, str) else ""
        return "" if _NO_TITLE.search(title) else title

    def _reserved(self) -> bool | None:
        """Return what the document's own metadata says of mining (TDMRep §8), None if nothing."""
        try:
            stream: Any = self._reader.root_object.get("/Metadata")
            data = stream.get_object().get_data() if stream is not None else b""
        except _MALFORMED:
            return None
        found = _RESERVED.search(data[:_STREAM])
        return found[1] == b"1" if found else None


def _tidy(text: str) -> str:
    """Return a page's text with whole words and sentences, one line a line that ends."""
    lines = _LINES.sub("\n", _SPACES.sub(" ", clean(text.translate(_LIGATURES)))).strip()
    return cut(_ANNOUNCES.sub(r"\1 ", _GOES_ON.sub(" ", _HYPHEN.sub("", lines))), _PAGE_LIMIT)


#: Lines at the top and foot of a page that may run through the document, and the share of pages that proves it.
_EDGE, _RUNS, _FEWEST = 2, 0.5, 4
#: The number of a page, at either end of such a line.
_NUMBER = re.compile(r"^\d+\b|\b\d+(?: ?(?:/|sur|of) ?\d+)?$")


def _without_running_heads(pages: list[str]) -> list[str]:
    """Drop the lines that most pages begin or end with, page numbers apart."""
    if len(pages) < _FEWEST:
        return pages
    split = [page.splitlines() for page in pages]
    counts = Counter(_NUMBER.sub("#", line) for lines in split for line in {*lines[:_EDGE], *lines[-_EDGE:]})
    running = {line for line, count in counts.items() if count >= max(_FEWEST - 1, _RUNS * len(pages))}
    return ["\n".join(_inner(lines, running)) for lines in split]


def _inner(lines: list[str], running: set[str]) -> list[str]:
    edges = {*range(_EDGE), *range(len(lines) - _EDGE, len(lines))}
    return [line for place, line in enumerate(lines) if place not in edges or _NUMBER.sub("#", line) not in running]
