"""Documents attached to an item: read after its own text, for what that leaves unsaid, and quoted with their page.

The page wins: an extension is announced there, while the rules that were attached in spring stay as they were. So a
document says until when, how much and for whom only where the page says nothing of it; and what an item is about is
read in a document only where the item itself is a few lines.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from veille.model import DocumentText, Evidence, Fact, Tag, TextToTag
from veille.model.tags import NO_FACTS
from veille.nlp.quoting import READ

#: Characters of title and text under which an item says too little of itself to be tagged by.
_FEW = 1_500
#: Characters of documents that such an item is tagged by: their first pages say what they are about.
_OPENING = 8_000
#: Parts two pages: no sentence runs over it.
_BREAK = "\n\n"
#: Pages that say until when, how much or for whom come before those that do not.
_TELLING = re.compile(
    r"date limite|au plus tard|clôture|échéance|calendrier|dépôt|déposer|remise des|candidater|deadline|montant|plafon"
    r"|taux|enveloppe|€|euros|éligib|bénéficiaire|subvention",
    re.IGNORECASE,
)
#: Facts that are read together: where the text gives one, the document's others would be of another date.
_CLOSING = frozenset({"deadline", "deadline_time", "deadline_kind"})
#: What is said of them beside: a page that says « mi-juin » leaves the day to a document.
_BESIDE = frozenset({"deadline_zone", "deadline_state"})


@dataclass(frozen=True, slots=True)
class Joined:
    """Pages as one text, and where each begins."""

    text: str
    starts: tuple[int, ...]
    #: « reglement.pdf, p. 3 », by page.
    names: tuple[str, ...]

    def located(self, said: Evidence) -> Evidence:
        """Return evidence with its page, and its place on it."""
        if said.start is None or said.end is None or said.where != "text":
            return said
        place = bisect_right(self.starts, said.start) - 1
        if place < 0:
            return said
        start = self.starts[place]
        return replace(said, where=self.names[place], start=said.start - start, end=said.end - start)


def joined(pages: Iterable[tuple[str, str]], *, limit: int, after: str = "") -> Joined:
    """Return (name, text) pages as one text behind `after`, cut at `limit` characters of pages."""
    text, starts, names, left = after, list[int](), list[str](), limit
    for name, page in pages:
        if left <= 0:
            break
        text += _BREAK if text else ""
        starts.append(len(text))
        names.append(name)
        text += page[:left]
        left -= len(page)
    return Joined(text, tuple(starts), tuple(names))


def completed(text: TextToTag) -> tuple[TextToTag, Joined]:
    """Return what an item is tagged by: its text, and the opening of its documents where it says too little."""
    if not text.documents or len(text.title) + len(text.text) >= _FEW:
        return text, Joined(text.text, (), ())
    whole = joined((page for one in text.documents for page in _named(one)), limit=_OPENING, after=text.text)
    return replace(text, text=whole.text), whole


def from_documents(text: TextToTag, known: Iterable[Fact], read: Callable[[TextToTag], Iterable[Fact]]) -> list[Fact]:
    """Return the facts of the documents, the first one's first, that nothing known says already."""
    said = {fact.name for fact in known}
    said |= _CLOSING | _BESIDE if said & _CLOSING else set()
    found: list[Fact] = []
    for document in text.documents:
        pages = joined(_telling_first(document), limit=READ)
        alone = replace(text, title="", text=pages.text, facts=NO_FACTS, documents=())
        facts = [_located(fact, pages) for fact in read(alone) if fact.name not in said]
        found += facts
        said |= {fact.name for fact in facts}
        said |= _CLOSING | _BESIDE if said & _CLOSING else set()
    return found


def located(tags: tuple[Tag, ...], pages: Joined) -> tuple[Tag, ...]:
    """Return tags whose words name the page they stand on."""
    if not pages.starts:
        return tags
    return tuple(replace(tag, evidence=tuple(map(pages.located, tag.evidence))) for tag in tags)


def _located(fact: Fact, pages: Joined) -> Fact:
    return replace(fact, evidence=tuple(map(pages.located, fact.evidence)))


def _named(document: DocumentText) -> list[tuple[str, str]]:
    return [(f"{document.name}, p. {number}", page) for number, page in enumerate(document.pages, 1) if page]


def _telling_first(document: DocumentText) -> list[tuple[str, str]]:
    """Return the pages in order where all can be read, else those that say until when and how much first."""
    pages = _named(document)
    if sum(len(page) for _, page in pages) <= READ:
        return pages
    return sorted(pages, key=lambda page: _TELLING.search(page[1]) is None)
