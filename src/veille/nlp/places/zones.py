"""Zones that no list holds: a PETR or a GAL by its printed name, communes under a number of inhabitants."""

import re
from collections.abc import Iterator

from veille.config.gazetteer import plain
from veille.config.zones import PREFIX, UNDER
from veille.nlp.places.places import SMALL, Meaning, Mention

#: What stands before the name of such a zone, folded; the kind of its id.
_HEADS = re.compile(
    r"\b(?:(petr|poles? d'equilibre territorial(?: et rural)?)|(gal|groupes? d'action locale)"
    r"|(pays)(?= (?:de|du|des|d'))) (?:de la |de l'|des |du |de |d'|« ?|\" ?)?"
)
#: « Pays de la Loire » is a région, « pays de l'Union » a country.
_NO_PAYS = re.compile(r"(?:loire|galles|europe|union|ue|ocde|golfe|afrique|asie|sud|nord|monde|france|est|ouest)\b")
#: The words of a name: capitalised ones, small ones between them.
_NAME = re.compile(r"[\w'’]+(?:[ -]+(?:[\w'’]+))*")
_ACRONYMS = frozenset({"petr", "gal"})
_WORD = re.compile(r"[^\s'’-]+")
#: Words of such a name, and characters of its id, at most.
_LONGEST, _WIDEST = 7, 60
_UNDER = re.compile(
    r"\bcommunes?(?: [a-z-]+){0,3}? (?:de|comptant|ayant) moins de ([0-9]{1,3}(?:[ .][0-9]{3})*|[0-9]{3,6})"
    r" ?hab(?:itants|\.)"
)


def find(content: str, folded: str, where: str) -> Iterator[Mention]:
    """Yield the zones of one field that are named after « PETR », « GAL », or a number of inhabitants."""
    if (
        "petr" in folded
        or "gal " in folded
        or "Pays d" in content
        or "action locale" in folded
        or "equilibre territorial" in folded
    ):
        yield from _named(content, folded, where)
    if "moins de" in folded and "hab" in folded:
        for found in _UNDER.finditer(folded):
            people = int(re.sub(r"\D", "", found[1]))
            yield _mention(content, where, found.span(), f"{UNDER}{people}")


def _named(content: str, folded: str, where: str) -> Iterator[Mention]:
    done = 0
    for found in _HEADS.finditer(folded):
        kind = _kind(found, content)
        if not kind or found.start() < done:
            continue
        done = _end_of_name(content, found.end())
        name = _slug(content[found.start() if kind == "pays" else found.end() : done])
        if done > found.end() and name and _ACRONYMS.isdisjoint(name.split("-")):
            yield _mention(content, where, (found.start(), done), f"{PREFIX}{kind}:{name}")


def _kind(found: re.Match[str], content: str) -> str:
    """Return "petr", "gal", "pays", or "" where the words are something else."""
    petr, gal, pays = found.groups()
    head = content[found.start() : found.start() + len((petr or gal or pays).split()[0])]
    if pays:
        return "pays" if head == "Pays" and not _NO_PAYS.match(found.string, found.end()) else ""
    if head.lower() in _ACRONYMS and not head.isupper():
        return ""  # « gal », in lower case, is no group
    return "petr" if petr else "gal"


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
