"""The items of a list side by side: the same place in each is a column, with its texts and its dates (pure).

Where a list is flat (a heading, then its paragraphs, then the next heading) what follows an item up to the next one
belongs to it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

from veille.crawl.discovery.classes import classes_of, cost
from veille.crawl.discovery.datewords import dates_in, is_label
from veille.crawl.html import attribute, text_of
from veille.text import fold

#: An item with more elements than this is a section of a page.
MOST_ELEMENTS = 400
#: Elements that follow an item in a flat list and are looked at.
MOST_FOLLOWING = 6
#: Share of the items that something must follow for a list to be flat: the last one may be bare.
_MOSTLY = 0.6
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Classes that cost more say how a thing looks, or what one item is about.
_TELLING = 2.0
_SKIPPED = frozenset(
    {"script", "style", "template", "noscript", "svg", "iframe", "img", "br", "hr", "input", "source", "picture"}
)
_GENERIC = re.compile(
    r"^(?:(?:en )?savoir plus|en savoir \+|lire(?: la suite| plus| l article| l actualite| la fiche)|la suite"
    r"|voir(?: plus| le detail| la fiche| l appel| l offre| tout\w*| l article| l aide| l evenement| le projet)"
    r"|plus d infos?\w*|cliquez ici|read more|learn more|view more|je m inscris|s inscrire|continuer la lecture"
    r"|en detail)\b"
)
#: Generic where hardly anything follows: « Télécharger (PDF) », but not « Découvrir les métiers du bois à Epinal ».
_GENERIC_VERB = re.compile(
    r"^(?:lire|voir|decouvrir|consulter|acceder|telecharger|deposer|postuler|participer|candidater|plus|details?|ici"
    r"|suite|more|view|lien|acces|download)\b"
)
_FEW_WORDS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One element of an item, with what a reader sees of it and what stands beside it."""

    element: Any
    text: str
    label: str

    @property
    def dates(self) -> list[str]:
        """The dates of its text, or the one that a `time` states for machines."""
        stated = attribute(self.element, "datetime") if self.element.tag == "time" else ""
        return dates_in(self.text) or dates_in(stated)


@dataclass(frozen=True)
class Column:
    """The same place in every item; None where an item has nothing there."""

    #: Tags and classes from the item down, and its rank among its like.
    key: tuple[Any, ...]
    cells: tuple[Cell | None, ...]
    #: How far from the beginning of an item it usually stands.
    order: int

    @cached_property
    def present(self) -> list[Cell]:
        """The cells that are there and say something."""
        return [cell for cell in self.cells if cell is not None and cell.text]

    @cached_property
    def share(self) -> float:
        """Share of the items that have it."""
        return len(self.present) / len(self.cells)

    @cached_property
    def distinct(self) -> float:
        """Share of different texts among those that are there."""
        return len({cell.text for cell in self.present}) / max(1, len(self.present))

    @cached_property
    def length(self) -> float:
        """Mean length of its texts."""
        return sum(len(cell.text) for cell in self.present) / max(1, len(self.present))

    @cached_property
    def generic(self) -> float:
        """Share of texts that any item could bear (« lire la suite »)."""
        return sum(is_generic(cell.text) for cell in self.present) / max(1, len(self.present))

    @cached_property
    def dated(self) -> float:
        """Share of the items that have a date here."""
        return sum(bool(cell.dates) for cell in self.present) / len(self.cells)

    @cached_property
    def filled(self) -> float:
        """Share of the items that have an element here, with or without words (a picture that is a link)."""
        return sum(cell is not None for cell in self.cells) / len(self.cells)

    @property
    def tag(self) -> str:
        """The tag of its elements."""
        return next(str(cell.element.tag) for cell in self.cells if cell is not None)


def is_generic(text: str) -> bool:
    """Say whether a text could stand under anything: « En savoir plus », « Lire la suite »."""
    folded = fold(text)
    short = len(re.findall(r"[a-z]{2,}", folded)) <= _FEW_WORDS
    return bool(_GENERIC.match(folded) or (short and _GENERIC_VERB.match(folded)))


@dataclass(frozen=True, slots=True)
class Around:
    """How many elements before and after an item of a flat list are its own; none where an item holds all its own."""

    before: int = 0
    after: int = 0

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def around(items: Sequence[Any]) -> Around:
    """Say what stands between the items of a flat list, and to which of its neighbours it belongs."""
    parent = items[0].getparent()
    if (
        parent is None
        or any(item.getparent() is not parent for item in items)
        or items[0].tag in {"li", "tr", "article"}
    ):
        return Around()
    known = set(items)
    between = [_names(item.itersiblings(), known) for item in items[:-1]]
    usual = Counter(between).most_common(1)[0][0] if between else ()
    if sum(bool(names) for names in between) < _MOSTLY * len(between):
        return Around()
    last, first = _names(items[-1].itersiblings(), known), _names(items[0].itersiblings(preceding=True), known)[::-1]
    after = next((place for place, (one, other) in enumerate(zip_longest(usual, last)) if one != other), len(usual))
    before = len(usual) - after
    if before and first[-before:] == usual[after:]:
        return Around(before, after)
    return Around(0, max(map(len, between), default=0))


def _names(siblings: Iterable[Any], known: set[Any]) -> tuple[str, ...]:
    """Return the tags up to the next item."""
    names = []
    for count, sibling in enumerate(siblings):
        if sibling in known or count >= MOST_FOLLOWING:
            break
        names.append(str(sibling.tag))
    return tuple(names)


def own_siblings(item: Any, items: Sequence[Any], own: Around) -> Iterator[tuple[int, Any]]:
    """Yield (distance, element) of what belongs to an item of a flat list; before it the distance is negative."""
    known = set(items)
    for step, most in ((-1, own.before), (1, own.after)):
        for count, sibling in enumerate(item.itersiblings(preceding=step < 0), 1):
            if sibling in known or count > most:
                break
            yield step * count, sibling


def columns_of(items: Sequence[Any], own: Around) -> list[Column]:
    """Return the columns of some items, in the order in which they stand; none where items are whole sections."""
    found: dict[tuple[Any, ...], dict[int, Cell]] = defaultdict(dict)
    orders: dict[tuple[Any, ...], int] = {}
    for rank, item in enumerate(items):
        seen: dict[tuple[Any, ...], int] = defaultdict(int)
        for order, (place, element) in enumerate(_elements(item, items, own)):
            if order > MOST_ELEMENTS:
                return []
            key = (*place, seen[place])
            seen[place] += 1
            found[key][rank] = Cell(element, text_of(element)[:2_000], label_of(element))
            orders[key] = min(order, orders.get(key, order))
    columns = [
        Column(key, tuple(cells.get(rank) for rank in range(len(items))), orders[key]) for key, cells in found.items()
    ]
    return sorted(columns, key=lambda column: column.order)


def _elements(item: Any, items: Sequence[Any], own: Around) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (place, element) of all that is an item's, itself first."""
    yield from _within(item, ())
    for distance, sibling in own_siblings(item, items, own):
        yield from _within(sibling, (f"{distance:+}",))


def _within(top: Any, start: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    todo = [(start, top)]
    while todo:
        place, element = todo.pop()
        if element.tag in _SKIPPED:
            continue
        here = (*place, _name(element) if place else str(element.tag))
        yield here, element
        todo += [(here, child) for child in reversed(element)]


def _name(element: Any) -> str:
    """Return what an element is called among its like: its column in a table, or its tag and its most telling class."""
    if element.tag in {"td", "th"}:
        return f"{element.tag}:{sum(1 for _ in element.itersiblings(preceding=True))}"
    names = {name: price for name in classes_of(element) if (price := cost(name)) is not None and price <= _TELLING}
    best = min(names, key=lambda name: ("--" in name, names[name]), default="")
    tag = "h" if element.tag in _HEADINGS else element.tag  # the first entry of a list is often shown larger
    return f"{tag}.{best}"


def label_of(element: Any) -> str:
    """Return the words that name an element: beside it, above its column, its term in a list, its classes."""
    parts = [_before(element), _header(element), attribute(element, "data-label"), attribute(element, "itemprop")]
    parts += [
        attribute(element, "class"),
        attribute(element.getparent(), "class") if element.getparent() is not None else "",
    ]
    return " ".join(part for part in parts if part)[:300]


def _before(element: Any) -> str:
    """Return the label just before an element: text, a sibling element, or its parent's term."""
    sibling, parent = element.getprevious(), element.getparent()
    if element.tag == "dd":
        term = next((one for one in element.itersiblings(preceding=True) if one.tag == "dt"), None)
        return text_of(term)[:60] if term is not None and is_label(text_of(term)) else ""
    leading = (sibling.tail if sibling is not None else parent.text if parent is not None else "") or ""
    words = [leading.strip()[-60:], text_of(sibling)[-60:] if sibling is not None else ""]
    return next((one for one in words if one and is_label(one)), "")


def _header(element: Any) -> str:
    """Return the heading of an element's column in its table."""
    cell = next((above for above in (element, *element.iterancestors()) if above.tag == "td"), None)
    if cell is None:
        return ""
    table = next((above for above in cell.iterancestors() if above.tag == "table"), None)
    row = table.find(".//tr") if table is not None else None
    place = sum(1 for _ in cell.itersiblings(preceding=True))
    heads = [one for one in row if one.tag in {"th", "td"}] if row is not None else []
    return text_of(heads[place])[:60] if place < len(heads) and row is not cell.getparent() else ""
