"""What a page repeats: links or headings at the same place in its tree, each with the element that is its own (pure).

Anchors (links, or headings) are grouped by their tags from the root (Miao et al. 2009, « tag path clustering »); the
item of an anchor is the widest element that holds no other anchor of its group.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from veille.crawl.discovery.classes import classes_of, cost
from veille.crawl.discovery.regions import live_elements
from veille.crawl.entries import safe_link
from veille.crawl.html import attribute, text_of
from veille.crawl.normalize import canonical_link
from veille.text import fold

#: Fewer than this are no list that a watch can follow.
FEWEST = 2
#: Anchors of the same kind that one item may hold, and the share of the items that must hold as many.
_MOST_HELD, _MOSTLY = 4, 0.8
_MOST_GROUPS, _MOST_ANCHORS, _MOST_PARTS = 60, 3_000, 12
#: Classes that cost more say how a thing looks.
_TELLING = 2.0
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary"})
_NAMED = re.compile(r"(?:^|[-_])(?:title|titre|intitule|heading)(?:$|[-_])")
_ROOTS = frozenset({"html", "body", "main"})
#: Lists of what is over: their heading, id or class says so.
_OVER = re.compile(
    r"\b(?:clos(?:e?s|ture\w*)?|clotures?|archives?|passe(?:e?s)?|termine(?:e?s)?|anciens?|expire(?:e?s)?|closed|past)\b"
)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Elements that a page repeats, in its order, each with the link or heading that stands for it."""

    items: tuple[Any, ...]
    anchors: tuple[Any, ...]


def link_of(element: Any, base: str) -> str | None:
    """Return the page that a link leads to: http(s), not a place in the same page."""
    href = attribute(element, "href")
    if not href or href.startswith("#"):
        return None
    url = safe_link(href, base)
    return None if url is None or urldefrag(url)[0] == urldefrag(base)[0] else url


def repeats(root: Any, base: str) -> list[Repeat]:
    """Return what a page repeats, the longest lists first."""
    links, headings = _anchors(root, base)
    found: dict[tuple[int, ...], Repeat] = {}
    for anchors in (*_groups(links), *_groups(headings)):
        for whole in _at_heights(_one_per_page(anchors, base)):
            for repeat in _parts(whole):
                found.setdefault(tuple(map(id, repeat.items)), repeat)
    return sorted(found.values(), key=lambda repeat: -len(repeat.items))[:_MOST_GROUPS]


def _anchors(root: Any, base: str) -> tuple[list[Any], list[Any]]:
    links, headings = [], []
    for element in live_elements(root):
        if element.tag == "a":
            if link_of(element, base):
                links.append(element)
        elif element.tag in _HEADINGS or any(_NAMED.search(name) for name in (element.get("class") or "").split()[:10]):
            headings.append(element)
    return links[:_MOST_ANCHORS], headings[:_MOST_ANCHORS]


def _groups(anchors: Iterable[Any]) -> Iterator[list[Any]]:
    """Group anchors by their place in the tree, and by place and class: both may be the list."""
    by_place: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for anchor in anchors:
        place = _place(anchor)
        by_place[place].append(anchor)
        own = classes_of(anchor) or classes_of(anchor.getparent())
        if own:
            by_place[(*place, *sorted(own))].append(anchor)
    for group in by_place.values():
        if len(group) >= FEWEST:
            yield group


def _place(element: Any) -> tuple[str, ...]:
    """Return the tags from the root to an element; cells of a table count by their column."""
    return tuple(_step(above) for above in (element, *element.iterancestors()))


def _step(element: Any) -> str:
    if element.tag not in {"td", "th"}:
        return str(element.tag)
    return f"{element.tag}{sum(1 for _ in element.itersiblings(preceding=True))}"


def _one_per_page(anchors: Sequence[Any], base: str) -> list[Any]:
    """Keep one of neighbouring links to the same page, the one with most words: image, title and « lire la suite »."""
    kept: list[Any] = []
    last = None
    for anchor in anchors:
        url = link_of(anchor, base) if anchor.tag == "a" else None
        page = canonical_link(url) if url else None
        if page is not None and page == last:
            if len(text_of(anchor)) > len(text_of(kept[-1])):
                kept[-1] = anchor
        else:
            kept.append(anchor)
        last = page
    return kept


def _at_heights(anchors: Sequence[Any]) -> Iterator[Repeat]:
    """Climb from each anchor while no other comes into view: yield the items at the height that nearly all reach.

    And at that where most stop: in a list by letters, most letters may hold a single entry.
    """
    seen = Counter(above for anchor in anchors for above in (anchor, *anchor.iterancestors()))
    heights = [_height(anchor, seen) for anchor in anchors]
    if not heights:
        return
    usual, reached = Counter(heights).most_common(1)[0][0], sorted(heights)[len(heights) // 10]
    for wanted in sorted({usual, reached}):
        pairs = [
            (_above(anchor, wanted), anchor)
            for anchor, height in zip(anchors, heights, strict=True)
            if height >= wanted
        ]
        yield Repeat(_descended([item for item, _ in pairs]), tuple(anchor for _, anchor in pairs))


def _descended(items: list[Any]) -> tuple[Any, ...]:
    """Step down from wrappers that hold one element each and say nothing, to elements whose class does."""
    found = items
    while found and all(len(item) == 1 and not (item.text or "").strip() for item in found):
        inner = [item[0] for item in found]
        shared = set.intersection(*(set(classes_of(one)) for one in inner))
        if (
            len({one.tag for one in inner}) > 1
            or inner[0].tag == "a"
            or not any((cost(name) or 9) <= _TELLING for name in shared)
        ):
            break
        found = inner
    return tuple(found)


def _height(anchor: Any, seen: Counter[Any]) -> int:
    height, parent = 0, anchor.getparent()
    while parent is not None and parent.tag not in _ROOTS and seen[parent] == 1:
        height, parent = height + 1, parent.getparent()
    return height


def _above(element: Any, height: int) -> Any:
    for _ in range(height):
        element = element.getparent()
    return element


def _parts(whole: Repeat) -> Iterator[Repeat]:
    """Yield a repeat as a whole (but for what its page says is over), and by the elements that hold its items."""
    if len(whole.items) < FEWEST:
        return
    held: dict[Any, list[int]] = defaultdict(list)
    for rank, item in enumerate(whole.items):
        held[item.getparent()].append(rank)
    over = {holder for holder in held if _is_over(holder)}
    going_on = {holder: ranks for holder, ranks in held.items() if holder not in over} or held
    if len(going_on) < len(held):
        yield from _of(whole, [rank for ranks in going_on.values() for rank in ranks])
    else:
        yield whole
    if len(held) > 1:
        for ranks in list(going_on.values())[:_MOST_PARTS]:
            yield from _of(whole, ranks)
        yield from _of_holders(list(going_on.items()))


def _of_holders(held: Sequence[tuple[Any, list[int]]]) -> Iterator[Repeat]:
    """Yield what holds the same few anchors each time: a link to the category, then one to the entry."""
    usual = Counter(len(ranks) for _, ranks in held).most_common(1)[0][0]
    alike = [holder for holder, ranks in held if len(ranks) == usual]
    if 1 < usual <= _MOST_HELD and len(alike) > FEWEST and len(alike) >= _MOSTLY * len(held):
        yield from _at_heights(alike)


def _of(whole: Repeat, ranks: Sequence[int]) -> Iterator[Repeat]:
    if FEWEST <= len(ranks) < len(whole.items):
        yield Repeat(tuple(whole.items[rank] for rank in ranks), tuple(whole.anchors[rank] for rank in ranks))


def _is_over(holder: Any) -> bool:
    """Say whether the list that an element holds is one of closed calls or past events."""
    for level, above in enumerate((holder, *holder.iterancestors())):
        if level > 2 or above.tag in _ROOTS:  # noqa: PLR2004 - list, its block, its section
            return False
        heading = next((one for one in above.itersiblings(preceding=True) if one.tag in _HEADINGS), None)
        words = [above.get("id") or "", above.get("class") or "", "" if heading is None else text_of(heading)[:200]]
        if _OVER.search(fold(" ".join(words))):
            return True
        if heading is not None:
            return False
    return False
