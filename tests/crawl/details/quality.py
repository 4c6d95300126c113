"""Pages of our own making with their sentences marked: `<!--+-->` begins one of the text, `<!--x-->` one beside it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).parent / "pages"
_MARKED = re.compile(rb"<!--([+x])-->(.*?)<!--/-->", re.DOTALL)
_TAG = re.compile(rb"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and what a reader would call its text."""

    name: str
    body: bytes
    text: tuple[str, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Sentences over all pages."""

    kept: float
    leaked: float
    #: Page → sentences of its text that are missing.
    missing: dict[str, list[str]]


def pages() -> Iterator[Page]:
    """Yield the pages."""
    for path in sorted(PAGES.glob("*.html")):
        body = path.read_bytes()
        marked = [(kind, " ".join(_TAG.sub(b"", words).decode().split())) for kind, words in _MARKED.findall(body)]
        text = tuple(words for kind, words in marked if kind == b"+")
        yield Page(path.stem, body, text, tuple(words for kind, words in marked if kind == b"x"))


def score(read: Callable[[bytes], str]) -> Score:
    """Return the share of the text's sentences that a reader keeps, and of the others that it lets through."""
    found = [(page, " ".join(read(page.body).split())) for page in pages()]
    kept = [words in text for page, text in found for words in page.text]
    leaked = [words in text for page, text in found for words in page.beside]
    missing = {page.name: lost for page, text in found if (lost := [words for words in page.text if words not in text])}
    return Score(sum(kept) / len(kept), sum(leaked) / len(leaked), missing)
