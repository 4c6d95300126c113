"""Past projects: items of the watch that name an organisation as winner or partner → what it can bring (pure)."""

import re
from collections.abc import Iterator, Sequence

from veille.members.enriching.quoting import Proposal, Source
from veille.model import Item, Scheme
from veille.text import Folded, fold, sentence_around

#: Items proposed of one organisation, the newest.
MOST = 6
#: Characters of a sentence that a profile line can hold.
_LONGEST = 300
#: Types of items that say who won or took part.
_TYPES = frozenset({"laureats-attributions"})
_WON = re.compile(
    r"\b(laureat\w*|attribu\w*|titulaires?|partenaires?|consortium|porte par|coordonn\w*|retenu\w*|projets?)\b"
)


def proposals(name: str, items: Sequence[Item]) -> Iterator[Proposal]:
    """Yield the sentences of items that name an organisation as winner or partner of something; the newest first."""
    found = 0
    for item in sorted(items, key=lambda one: -one.id):
        source = Source(_origin(item), f"{item.title}\n{item.text}")
        sentence = _sentence(name, item, source.text)
        if sentence:
            yield Proposal("contributions", _line(sentence), sentence, source)
            found += 1
        if found == MOST:
            return


def _origin(item: Item) -> str:
    return f"n° {item.id} {item.url or ''}".strip()


def _sentence(name: str, item: Item, text: str) -> str:
    """Return the sentence that names it as one who won or takes part; empty where none does."""
    folded = Folded(text)
    won = any(tag.term in _TYPES for tag in item.of(Scheme.TYPE))
    for found in re.finditer(rf"(?<![a-z0-9]){re.escape(fold(name))}(?![a-z0-9])", folded.text):
        start, end = folded.span(found.start(), found.end())
        if not text[start : start + 1].isupper():
            continue
        first, last = sentence_around(text, start, end, limit=_LONGEST)
        sentence = text[first:last].strip()
        if won or _WON.search(fold(sentence)):
            return sentence
    return ""


def _line(sentence: str) -> str:
    return " ".join(sentence.split())
