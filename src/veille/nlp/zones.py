"""Zones that no list holds: a PETR or a GAL by its printed name, communes under a number of inhabitants."""

import re
from collections.abc import Iterator

from veille.config.gazetteer import plain
from veille.config.zones import NAMED, PREFIX, UNDER
from veille.nlp.places import SMALL, Meaning, Mention

#: What stands before the name of such a zone, folded; the kind of its id.
_HEADS = re.compile(
    r"\b(?:(petr|poles? d'equilibre territorial(?: et rural)?)|(gal|groupes? d'action locale))"
    r" (?:de la |de l'|des |du |de |d'|« ?|\" ?)?"
)
#: The words of a name: capitalised ones, small ones between them.
_NAME = re.compile(r"[\w'’]+(?:[ -]+(?:[\w'’]+))*")
_WORD = re.compile(r"[^\s'’-]+")
#: Words of such a name, and characters of its id, at most.
_LONGEST, _WIDEST = 7, 60
_UNDER = re.compile(
    r"\bcommunes?(?: [a-z-]+){0,3}? (?:de|comptant|ayant) moins de ([0-9]{1,3}(?:[ .][0-9]{3})*|[0-9]{3,6})"
    r" ?hab(?:itants|\.)"
)


def find(content: str, folded: str, where: str) -> Iterator[Mention]:
    """Yield the zones of one field that are named after « PETR », « GAL », or a number of inhabitants."""
    if "petr" in folded or "gal " in folded or "action locale" in folded or "equilibre territorial" in folded:
        yield from _named(content, folded, where)
    if "moins de" in folded and "hab" in folded:
        for found in _UNDER.finditer(folded):
            people = int(re.sub(r"\D", "", found[1]))
            yield _mention(content, where, found.span(), f"{UNDER}{people}")


def _named(content: str, folded: str, where: str) -> Iterator[Mention]:
    for found in _HEADS.finditer(folded):
        head = (found[1] or found[2]).split()[0]
        if head in NAMED and not content[found.start() : found.start() + len(head)].isupper():
            continue  # « gal », in lower case, is no group
        end = _end_of_name(content, found.end())
        name = _slug(content[found.end() : end])
        if name and NAMED.keys().isdisjoint(name.split("-")):
            kind = "petr" if found[1] else "gal"
            yield _mention(content, where, (found.start(), end), f"{PREFIX}{kind}:{name}")


def _end_of_name(content: str, start: int) -> int:
    """Return where the capitalised words from `start` end, small words between them included."""
    line = content[start : start + 2 * _WIDEST].split("\n", 1)[0]
    found = _NAME.match(line)
    end = start
    for count, word in enumerate(_WORD.finditer(found[0]) if found else ()):
        if count == _LONGEST:
            break
        if word[0][0].isupper():
            end = start + word.end()
        elif word[0].lower() not in SMALL:
            break
    return end


def _slug(name: str) -> str:
    words = plain(re.sub(r"[’']", " ", name))
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:_WIDEST].strip("-")


def _mention(content: str, where: str, span: tuple[int, int], code: str) -> Mention:
    start, end = span
    printed = content[start:end]
    return Mention(
        meaning=Meaning(), field=where, start=start, end=end, size=len(printed.split()), key=code, printed=printed,
        lower=False, shouted=False, zone=code,
    )  # fmt: skip
