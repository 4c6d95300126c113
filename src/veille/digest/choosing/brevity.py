"""Keep a bulletin as short as was promised: first extracts go, then second reasons, from the end (pure)."""

import re
from collections.abc import Callable
from dataclasses import replace

from veille.model import Bulletin, Line

_WORD = re.compile(r"\w+(?:[’'-]\w+)*")

#: Words that the templates that ship say by themselves: the head; « Pourquoi vous ? », « Cela m'intéresse, ou pas ».
_AROUND, _AROUND_A_LINE = 20, 8


def words(bulletin: Bulletin) -> int:
    """Return how many words are read down to the foot: first sentence, « L'essentiel », titles of sections, lines."""
    titles = (*(section.title for section in bulletin.sections), *(line.title for line in bulletin.stars))
    return _AROUND + sum(map(count_words, (bulletin.opening, *titles))) + sum(map(_words_of, bulletin.lines))


def shortened(bulletin: Bulletin, limit: int) -> Bulletin:
    """Return it within `limit` words if leaving out extracts and second reasons is enough, else as short as that."""
    for shorter in (_without_extract, _with_one_reason):
        count = words(bulletin)
        if count <= limit:
            break
        bulletin = _from_the_end(bulletin, count, limit, shorter)
    return bulletin


def _from_the_end(bulletin: Bulletin, count: int, limit: int, shorter: Callable[[Line], Line]) -> Bulletin:
    sections = list(bulletin.sections)
    for at in reversed(range(len(sections))):
        lines = list(sections[at].lines)
        for place in reversed(range(len(lines))):
            if count <= limit:
                break
            line = shorter(lines[place])
            count -= _words_of(lines[place]) - _words_of(line)
            lines[place] = line
        sections[at] = replace(sections[at], lines=tuple(lines))
    return replace(bulletin, sections=tuple(sections))


def _without_extract(line: Line) -> Line:
    return replace(line, extract="") if line.url else line  # what has no address is read here or nowhere


def _with_one_reason(line: Line) -> Line:
    return replace(line, reasons=line.reasons[:1])


def _words_of(line: Line) -> int:
    facts = (*line.facts, line.badge, line.verb, line.deadline, line.change, line.eligibility, line.eligibility_note)
    told = (line.title, line.extract, line.comment, line.recall, line.published, *line.reasons, *line.sources)
    return _AROUND_A_LINE + sum(map(count_words, (*facts, *told)))


def count_words(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORD.findall(text))
