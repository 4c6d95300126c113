"""Selectors that find again what was found: stable classes and meaningful tags first, positions last (pure)."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from veille.crawl.discovery.classes import built_prefix, classes_of, cost, id_of
from veille.crawl.recipes import SelectorRefused, compiled

#: What a tag alone says of a thing, the less the better; any other is 7.
_TAG_COSTS = {
    "time": 0.5, "article": 2.0, "h1": 2.5, "h2": 2.5, "h3": 2.5, "h4": 2.5, "h5": 2.5, "summary": 2.5, "dt": 2.5,
    "dd": 3.0, "tr": 3.0, "li": 4.0, "p": 4.5, "section": 4.5, "a": 5.0, "strong": 5.5, "td": 6.5,
}  # fmt: skip
_ANY_TAG = 7.0
#: What holds a list and is named for it.
_CONTEXT_TAGS = {"main": 1.0, "table": 2.0, "tbody": 2.5, "dl": 2.0, "ul": 3.0, "ol": 3.0, "section": 4.0}
_TELLING_TAGS = frozenset({"article", "details"})
#: Attributes that say what an element is, and values fit for a selector.
_ATTRIBUTES = re.compile(r"itemtype|typeof|role|valign|data-(?!v-|reactid|uid|id$|index|src|date)[a-z-]{2,30}")
_VALUE = re.compile(r"[\w:/. -]{2,80}")
_ALONE = 4.0
_BELOW, _CHILD, _PLACE, _BUILT, _PATH = 0.5, 0.25, 3.0, 3.5, 12.0
#: Ancestors that may stand before an item or a field in its selector.
_CONTEXTS = 5
#: A selector that misses more than this share of what it should find is none.
_EXACT = 0.95
#: A selector may find this share of others beside the items, where nothing is read of them.
_OTHERS = 0.34
#: What a name that says what it means is worth.
_MEANT = 2.0

Value = Callable[[Any], object]


@dataclass(frozen=True, order=True, slots=True)
class Choice:
    """A selector and what it costs; the less the better."""

    cost: float
    selector: str


def item_selector(root: Any, items: Sequence[Any]) -> tuple[str, tuple[Any, ...]] | None:
    """Return the cheapest selector of a page that finds these elements, with the few others that it finds beside them.

    Others are of the same kind and stand in the same place: a promotion between two entries, a line of heads.
    """
    wanted = set(items)
    places = {_place(item) for item in items}
    for choice in sorted(set(_item_choices(items))):
        found = _select(choice.selector, root)
        others = tuple(one for one in found if one not in wanted and len(one))
        if not wanted <= set(found) or len(others) > _OTHERS * len(items):
            continue
        if all(_place(one) in places for one in others):
            return _without(choice.selector, root, wanted, others)
    return None


def _place(element: Any) -> tuple[str, Any]:
    """Return what elements beside each other share: the tag of their parent, and where that one stands."""
    parent = element.getparent()
    return ("", None) if parent is None else (str(parent.tag), parent.getparent())


def _without(selector: str, root: Any, wanted: set[Any], others: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Leave out elements by a class that they have and no item has, where there is one."""
    shared = set.intersection(*(set(classes_of(one)) for one in others)) if others else set()
    for name in sorted(shared - {name for item in wanted for name in classes_of(item)}):
        narrower = f"{selector}:not(.{name})"
        if set(_select(narrower, root)) == wanted:
            return narrower, ()
    return selector, others


def field_selector(
    items: Sequence[Any], targets: Sequence[Any], value: Value, *, others: Sequence[Any] = (), prefer: str = ""
) -> str | None:
    """Return the cheapest selector that finds in each item what its target says, and nothing where it has none.

    `targets` holds an element or None for each item; `value` says what is read of an element, so that two elements that
    say the same are as good as one another. In `others` it finds nothing. Selectors that match `prefer` (a regular
    expression) say what they mean, and are cheaper.
    """
    sample = next(
        ((item, target) for item, target in zip(items, targets, strict=True) if target is not None), (None, None)
    )
    if sample[1] is None:
        return None
    meant = [None if target is None else value(target) for target in targets]
    meaningful = re.compile(prefer or "$^", re.IGNORECASE)
    tags = sorted({str(target.tag) for target in targets if target is not None})
    either = [Choice(sum(_TAG_COSTS.get(tag, _ANY_TAG) for tag in tags), ", ".join(tags))] if len(tags) > 1 else []
    choices = {
        Choice(choice.cost - _MEANT * bool(meaningful.search(choice.selector)), choice.selector)
        for choice in (*_field_choices(*sample), *either)
    }
    for choice in sorted(choices):
        if any(_select(choice.selector, other) for other in others):
            continue
        found = [next(iter(_select(choice.selector, item)), None) for item in items]
        said = [None if one is None else value(one) for one in found]
        right = sum(one == other for one, other in zip(said, meant, strict=True))
        if right >= _EXACT * len(items):
            return choice.selector
    return None


def _select(selector: str, element: Any) -> list[Any]:
    try:
        found = compiled(selector)(element)
    except (SelectorRefused, etree.LxmlError):
        return []
    return [one for one in found if etree.iselement(one)] if isinstance(found, list) else []


def _item_choices(items: Sequence[Any]) -> Iterator[Choice]:
    simple = list(_common(items))
    bare = str(items[0].tag)
    for one in simple:
        # a tag alone, anywhere in the page, finds tomorrow what nobody meant today
        yield one if one.selector != bare or bare in _TELLING_TAGS else Choice(one.cost + _ALONE, one.selector)
    contexts = list(_contexts(items[0], items))
    for context in contexts:
        for one in simple:
            yield Choice(context.cost + one.cost + _BELOW, f"{context.selector} {one.selector}")
            yield Choice(context.cost + one.cost + _BELOW + _CHILD, f"{context.selector} > {one.selector}")
    parents = {item.getparent() for item in items}
    if len(parents) == 1 and len({item.tag for item in items}) == 1:
        parent = parents.pop()
        top = [*parent.iterancestors()][-1] if parent.getparent() is not None else parent
        yield Choice(2 * _PATH, f"xpath:/{top.tag}/{_path(top, parent)}/{bare}".replace("//", "/"))


def _common(items: Sequence[Any]) -> Iterator[Choice]:
    """Yield selectors made of what all the items have in common."""
    tag = str(items[0].tag) if len({item.tag for item in items}) == 1 else "*"
    shared = set.intersection(*(set(classes_of(item)) for item in items))
    yield from _named(tag, sorted(shared))
    prefixes = set.intersection(
        *({built_prefix(name) for name in (item.get("class") or "").split()} - {""} for item in items)
    )
    for prefix in prefixes:
        yield Choice(_BUILT, f"{tag}[class*='{prefix}']")
    for name in sorted(set.intersection(*(set(item.keys()) for item in items))):
        values = {item.get(name) for item in items}
        value = values.pop() if len(values) == 1 else ""
        if _ATTRIBUTES.fullmatch(name) and _VALUE.fullmatch(value):
            yield Choice(1.5 if name.startswith("data-") or name == "itemtype" else 4.0, f"{tag}[{name}='{value}']")


def _named(tag: str, names: Sequence[str]) -> Iterator[Choice]:
    """Yield a tag with no, one or two of its classes."""
    if tag != "*":
        yield Choice(_TAG_COSTS.get(tag, _ANY_TAG), tag)
    prices = {name: price for name in names if (price := cost(name)) is not None}
    for name, price in prices.items():
        yield Choice(price + 0.1, f".{name}")
        if tag != "*":
            yield Choice(price, f"{tag}.{name}")
        for other, more in prices.items():
            if name < other:
                yield Choice(price + more + 0.1, f".{name}.{other}")


def _contexts(element: Any, items: Sequence[Any]) -> Iterator[Choice]:
    """Yield selectors of what holds all the items, nearest first."""
    for level, above in enumerate(element.iterancestors()):
        if above.tag in {"body", "html"} or level >= 3 * _CONTEXTS:
            return
        # a row of a grid holds some of the items only: what all rows have in common may still be said
        if level > 1 and not all(above in set(item.iterancestors()) for item in items):
            continue
        far = 0.2 * level
        identity = id_of(above)
        if identity:
            yield Choice(1.5 + far, f"#{identity}")
        if above.tag in _CONTEXT_TAGS:
            yield Choice(_CONTEXT_TAGS[above.tag] + far, str(above.tag))
        for name in classes_of(above)[:4]:
            yield Choice((cost(name) or _ANY_TAG) + 0.5 + far, f".{name}")


def _field_choices(item: Any, target: Any) -> Iterator[Choice]:
    if target is item:
        yield Choice(0.0, "xpath:self::*")
        return
    if item not in set(target.iterancestors()):
        for axis, siblings in (("following", item.itersiblings()), ("preceding", item.itersiblings(preceding=True))):
            yield from _beside_choices(axis, siblings, target)
        return
    simple = list(_simple(target))
    yield from simple
    for level, above in enumerate(target.iterancestors()):
        if above is item or level >= _CONTEXTS:
            break
        for outer in _simple(above):
            for one in simple:
                price = outer.cost + one.cost + _BELOW + 0.2 * level
                yield Choice(price, f"{outer.selector} {one.selector}")
                yield Choice(price + _CHILD, f"{outer.selector} > {one.selector}")
    yield Choice(_PATH, f"xpath:{_path(item, target)}")


def _simple(element: Any) -> Iterator[Choice]:
    """Yield selectors of one element by itself."""
    tag = str(element.tag)
    yield from _named(tag, classes_of(element)[:6])
    for name in (element.get("class") or "").split()[:6]:
        if prefix := built_prefix(name):
            yield Choice(_BUILT, f"{tag}[class*='{prefix}']")
    meant = element.get("itemprop")
    if meant and meant.isalpha():
        yield Choice(1.0, f"[itemprop='{meant}']")
    if tag == "time" and element.get("datetime"):
        yield Choice(0.75, "time[datetime]")
    if tag in {"td", "th"}:
        yield Choice(_PLACE, f"{tag}:nth-child({1 + sum(1 for _ in element.itersiblings(preceding=True))})")
    elif tag != "a":
        place = 1 + sum(1 for _ in element.itersiblings(tag, preceding=True))
        yield Choice(_TAG_COSTS.get(tag, _ANY_TAG) + _PLACE, f"{tag}:nth-of-type({place})")


def _beside_choices(axis: str, siblings: Iterable[Any], target: Any) -> Iterator[Choice]:
    """Yield XPath for what stands beside an item in a flat list: the n-th element from it, and what is below that."""
    for place, sibling in enumerate(siblings, 1):
        if place > _CONTEXTS + 1:
            return
        if sibling is target:
            for name in classes_of(sibling):
                test = f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
                yield Choice((cost(name) or _ANY_TAG) + place, f"xpath:{axis}-sibling::*[{place}][{test}]")
            yield Choice(5.0 + place, f"xpath:{axis}-sibling::*[{place}][self::{sibling.tag}]")
            return
        if sibling in set(target.iterancestors()):
            step = f"{axis}-sibling::*[{place}][self::{sibling.tag}]"
            yield Choice(6.0 + place, f"xpath:{step}//{target.tag}")
            yield Choice(_PATH + place, f"xpath:{step}/{_path(sibling, target)}")
            return


def _path(item: Any, target: Any) -> str:
    """Return the steps from an item down to an element below it."""
    steps: list[str] = []
    element = target
    while element is not item:
        place = 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))
        steps.append(f"{element.tag}[{place}]")
        element = element.getparent()
    return "/".join(reversed(steps))
