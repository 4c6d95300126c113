"""Deadlines listed under one heading: « Dates limites : - volet recherche : 15 mars - volet formation : 30 avril »."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from veille.nlp.dates import deadline_cues as cues
from veille.nlp.levelled import level

#: How far up, in characters, a list is followed to its heading.
_FAR = 700
_HEADING = re.compile(r"(?P<heading>[^\n.;¤]{5,160}):\s*[•*·▪➢✓–-]\s")
_ITEM = re.compile(r"\n\s*")
_MARKS = frozenset("•*·▪➢✓–-;¤")
#: Words that tell one part of a call from another: shorter ones are articles.
_WORD = re.compile(r"[a-z]{4,}")
#: One shared word is chance.
_SHARED = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """A date's place in a list of deadlines."""

    heading: str
    #: What the list says of the date.
    label: str


def listed(masked: str, start: int) -> Listed | None:
    """Return heading and label of the date at `start`, in a text whose dates are « ¤ »; None outside such a list."""
    low = max(0, start - _FAR)
    before = masked[low:start]
    headings = list(_HEADING.finditer(before))
    if not headings:
        return None
    heading = headings[-1]
    lines = _ITEM.split(before[heading.end() :])
    if any(line[:1] not in _MARKS for line in lines[1:] if line):
        return None
    title, label = heading["heading"], "\n".join(lines[-2:]) if not lines[-1] else lines[-1]
    if not _announces(title) or _says_otherwise(label):
        return None
    return Listed(heading=title, label=label)


def _announces(heading: str) -> bool:
    """Return True where a heading speaks of deadlines last."""
    closing = [found.start() for found in cues.CLOSING.finditer(heading)]
    other = [found.start() for found in cues.OTHER.finditer(heading)]
    return bool(closing) and max(closing) > max(other, default=-1)


def _says_otherwise(label: str) -> bool:
    own = label[label.rfind("¤") + 1 :]
    return any(cue.search(own) for cue in (cues.OTHER, cues.DOING, cues.SINCE, cues.QUESTIONS))


def named_by(title: str, labels: Mapping[str, str]) -> str | None:
    """Return the day (key) whose label (value) clearly shares the most words with a title; None if none does."""
    words = set(_WORD.findall(level(title)))
    shared = sorted(((len(words & set(_WORD.findall(label))), day) for day, label in labels.items()), reverse=True)
    if len(shared) < 2 or shared[0][0] < max(_SHARED, shared[1][0] + 1):  # noqa: PLR2004 - a choice takes two
        return None
    return shared[0][1]
