"""A letter's plain text to the same lines as HTML gives: titles by rules, capitals or bullets; links bare (pure)."""

import re
from collections.abc import Iterator

from veille.crawl.newsletters.lines import MAX_LINES, MAX_LINKS, Line, Link
from veille.text import clean

#: Parentheses and points that a sentence puts around an address are not of it.
_ADDRESS = re.compile(r"[<(\[]?\b(https?://[^\s<>\"«»]+?)(?=[)\]>.,;:!?»\"]*(?:\s|$))[)\]>]?")
_RULE = re.compile(r"\s*([=_*~#–—-])(?:\s?\1){3,}\s*")
_BULLET = re.compile(r"\s*(?:[*•·▪◦►‣>→–—-]|o(?=\s)|\d{1,2}[.)/])\s+(?=\S)")
#: The header that mail programs repeat above what they forward.
_FIELD = re.compile(
    r"\s*(?:de|from|exp[ée]diteur|envoy[ée]|sent|date|[àa]|to|pour|objet|subject|sujet|cc)\s?:\s", re.IGNORECASE
)
_SIGNATURE = re.compile(r"--\s*")
_TITLE_LIMIT = 140
#: Larger than the text, as a rule or capitals make a line look.
_TITLE_SIZE = 20.0
_TITLE_LINES = 2
#: Letters are wrapped at 72 characters or so; a longer line was not wrapped at all.
_WIDEST = 100
_LETTERS = 4


def plain_lines(text: str) -> list[Line]:
    """Return what a reader sees of a plain letter, in order."""
    found: list[Line] = []
    links = 0
    named = False
    width = max((len(line) for line in text.splitlines() if len(line) <= _WIDEST), default=0)
    for group, ruled in _groups(text):
        for line in _group_lines(_titled(group, width), title=ruled, named=named):
            links += len(line.links)
            if len(found) >= MAX_LINES or links > MAX_LINKS:
                return found
            found.append(line)
        named = ruled
    return found


def _groups(text: str) -> Iterator[tuple[list[str], bool]]:
    """Yield what stands between empty lines, rules and bullets; True for a line or two that a rule underlines."""
    group: list[str] = []
    above = False
    for raw in text.splitlines():
        line = clean(raw.rstrip())
        if _SIGNATURE.fullmatch(line):
            break
        if _RULE.fullmatch(line):
            underlined = 0 < len(group) <= _TITLE_LINES and not any(_ADDRESS.search(one) for one in group)
            if group:
                yield group, underlined and (above or len(line.strip()) >= _LETTERS)
            group, above = [], True
        elif not line.strip():
            if group:
                yield group, False
            group, above = [], above and not group
        else:
            if (_BULLET.match(line) or _FIELD.match(line)) and group:
                yield group, False
                group = []
            group.append(line)
    if group:
        yield group, False


def _titled(group: list[str], width: int) -> list[str]:
    """Return a numbered or bulleted group with its first line set apart where nothing but its author ended it."""
    if len(group) < _TITLE_LINES or not _BULLET.match(group[0]) or _ADDRESS.search(group[0]):
        return group
    first = group[1].strip().split(" ", 1)[0]
    ended_early = len(group[0]) + 1 + len(first) <= width and first[:1].isupper()
    return [group[0], "", *group[1:]] if ended_early and len(group[0]) <= _TITLE_LIMIT else group


def _group_lines(group: list[str], *, title: bool, named: bool) -> Iterator[Line]:
    """Yield the lines of a group; `named`: a title stands right above it, so none of its own words is one."""
    if title:
        yield Line(" ".join(" ".join(group).split()), size=_TITLE_SIZE, bold=True)
        return
    bullet = _BULLET.match(group[0])
    words: list[str] = []
    if bullet and len(group) > 1 and not group[1]:
        yield Line(group[0][bullet.end() :].strip(), size=_TITLE_SIZE, bold=True)
        group, bullet, named = group[2:], None, True
    for place, raw in enumerate(group):
        line = raw[bullet.end() :] if bullet and place == 0 else raw.strip()
        found = list(_ADDRESS.finditer(line))
        if not found:
            words.append(line.strip())
            continue
        label = line[: found[0].start()].strip(" :<([-–—→>")
        told, _, label = label.rpartition(". ")
        if told:
            words.append(f"{told}.")
        if bullet or (not named and not label and len(words) == 1 and len(words[0]) <= _TITLE_LIMIT):
            name = " ".join([*words, label]).strip()
            yield Line(name, (Link(found[0][1], name),), bullet=bullet is not None)
        else:
            yield from _told(words)
            yield Line(label or found[0][1], tuple(Link(one[1], label) for one in found))
        words = []
    yield from _told(words)


def _told(words: list[str]) -> Iterator[Line]:
    """Yield the text of a group; a first line in capitals is its title."""
    if not words:
        return
    first = words[0]
    if first.isupper() and sum(map(str.isalpha, first)) > _LETTERS and len(first) <= _TITLE_LIMIT:
        yield Line(first, size=_TITLE_SIZE, bold=True)
        words = words[1:]
    if words:
        yield Line(" ".join(" ".join(words).split()))
