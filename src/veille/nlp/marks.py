"""The places of a text that speak for its tags and facts, as spans to be marked (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from veille.model import Evidence, Origin
from veille.nlp.explain import Explained, Explanation, Means, Refusal
from veille.text import sentences

#: What is marked besides the schemes of tags.
FACT, DENIED = "fact", "denied"
#: Characters of a text beyond which only the sentences that hold marks are shown.
_WHOLE = 6_000
#: Sorts whose words are another mark's: a horizon follows from the type.
_SAID_TWICE = frozenset({"horizon"})
#: Characters beyond which a fact's proof is a sentence: marked, it would cover every other mark. It is quoted instead.
_WORDS = 60
#: Facts proved by the sentence of another one.
_BESIDE = frozenset({"deadline_kind", "deadline_time", "status"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A span, what it speaks for (a scheme, `fact` or `denied`) and which one (a term, a fact's name)."""

    start: int
    end: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under the same marks."""

    text: str
    marks: tuple[Mark, ...] = ()


#: Between two sentences that do not follow each other.
GAP = Segment(" […] ")


def marks(explained: Explanation, where: str) -> list[Mark]:
    """Return the marks of one field (« title », « text »), in order."""
    size = len(explained.text.title if where == "title" else explained.text.text)
    found = dict.fromkeys(
        Mark(said.start, said.end, kind, name)
        for said, kind, name in _said(explained)
        if said.where == where and said.start is not None and said.end is not None and said.start < said.end <= size
    )
    return sorted(found, key=lambda mark: (mark.start, -mark.end))


def _said(explained: Explanation) -> Iterator[tuple[Evidence, str, str]]:
    for one in explained.tags:
        if one.tag.scheme.value not in _SAID_TWICE:
            yield from ((said, one.tag.scheme.value, one.tag.term) for said in _words(one))
    for fact in explained.tagged.facts:
        if fact.name not in _BESIDE:
            # The sentence comes first, then the very words.
            said_by = fact.evidence[1:] or fact.evidence
            yield from ((said, FACT, fact.name) for said in said_by if len(said.text) <= _WORDS)
    for left in explained.left_out:
        if left.refusal is Refusal.DENIED:
            yield from ((said, DENIED, left.term) for said in left.evidence)


def _words(one: Explained) -> Iterator[Evidence]:
    """Yield the words that a tag is said by; those of the model only where it alone says it."""
    for part in one.parts:
        if part.means is not Means.MODEL or one.tag.origin is Origin.MODEL:
            yield from part.evidence


def segments(text: str, found: Sequence[Mark]) -> list[Segment]:
    """Return a text in stretches, each with the marks that cover it."""
    edges = sorted({0, len(text), *(mark.start for mark in found), *(mark.end for mark in found)})
    made: list[Segment] = []
    for start, end in pairwise(edges):
        over = tuple(mark for mark in found if mark.start <= start and end <= mark.end)
        made.append(Segment(text[start:end], over))
    return made


def shown(text: str, found: Sequence[Mark], *, sparing: bool) -> list[Segment]:
    """Return what is shown of a text: all, or the sentences that hold marks where it is long or the press's."""
    if not sparing and len(text) <= _WHOLE:
        return segments(text, found)
    made: list[Segment] = []
    reach = 0
    for start, end in sentences(text):
        inside = [mark for mark in found if mark.start < end and start < mark.end]
        if not inside:
            continue
        if text[reach:start].strip():
            made.append(GAP)
        elif made:
            made.append(Segment(text[reach:start]))
        moved = [Mark(max(0, m.start - start), min(end, m.end) - start, m.kind, m.name) for m in inside]
        made += segments(text[start:end], moved)
        reach = end
    if text[reach:].strip():
        made.append(GAP)
    return made
