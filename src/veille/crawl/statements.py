"""What a page states of its own entries for machines: JSON-LD and microdata of schema.org, to entries (pure)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from veille.crawl.dates import read_date
from veille.crawl.entries import entry, safe_link
from veille.crawl.html import attribute, text_of
from veille.crawl.normalize import canonical_link
from veille.model import ParsedEntry, StructuredFacts
from veille.model.tags import NO_FACTS

_ZONE = ZoneInfo("Europe/Paris")
#: schema.org types that are entries of a list; any subtype of Event ends in « Event » or « Festival ».
_TYPES = frozenset(
    {"Event", "Festival", "Hackathon", "Grant", "MonetaryGrant", "NewsArticle", "Article", "BlogPosting", "ListItem"}
)
#: A place in an ItemList.
_PLACE = "ListItem"
#: Lists of what stands around a page.
_NO_LISTS = frozenset({"BreadcrumbList", "SiteNavigationElement"})
#: Objects looked at in one page, and how deep they may nest.
_MANY, _DEEP = 2_000, 12
_EUROS = re.compile(r"[1-9]\d{0,13}(?:\.\d{1,2})?")
_DATES = (("startDate", "Début"), ("endDate", "Fin"), ("applicationDeadline", "Date limite"))


def stated_entries(root: Any, base: str) -> list[ParsedEntry]:
    """Return the events, grants and articles that a page declares, in its order, with a title and a link."""
    entries = []
    for thing in [*_json_ld(root), *_microdata(root)][:_MANY]:
        found = _entry(thing, base) if _is_entry(thing) else None
        if found is not None:
            entries.append(found)
    return entries


def stated_of_itself(root: Any, base: str, url: str) -> ParsedEntry | None:
    """Return what a page declares of what it is about; None where it declares nothing, or several things."""
    things = [thing for thing in [*_json_ld(root), *_microdata(root)][:_MANY] if _is_entry(thing)]
    found = [entry for thing in things if (entry := _entry(thing, base, url)) is not None]
    here = canonical_link(url)
    own = [one for one in found if one.link and canonical_link(one.link) == here]
    chosen = own or (found if len(found) == 1 else [])
    return max(chosen, key=lambda one: (one.facts != NO_FACTS, one.published is not None), default=None)


def _json_ld(root: Any) -> Iterator[Mapping[str, Any]]:
    for script in root.iterfind(".//script[@type='application/ld+json']"):
        try:
            document = json.loads(script.text or "")
        except (ValueError, RecursionError):  # one broken block of a page's many is the site's affair
            continue
        yield from _walk(document, 0)


def _walk(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEP:
        return
    if isinstance(value, list):
        for one in value[:_MANY]:
            yield from _walk(one, depth + 1)
    elif isinstance(value, dict) and value.get("@type") not in _NO_LISTS:
        inner = value.get("item")
        # the place in a list often holds what its thing leaves out, and the other way round
        yield {**inner, **value} if value.get("@type") == _PLACE and isinstance(inner, dict) else value
        for name in ("@graph", "itemListElement", "item", "mainEntity", "hasPart", "subEvent"):
            yield from _walk(value.get(name), depth + 1)


def _microdata(root: Any) -> Iterator[Mapping[str, Any]]:
    for scope in root.iterfind(".//*[@itemscope]"):
        kind = attribute(scope, "itemtype").rpartition("/")[2]
        if kind and kind != _PLACE:  # in microdata these are nearly always crumbs
            yield {"@type": kind, **_properties(scope)}


def _properties(scope: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for element in scope.iterfind(".//*[@itemprop]"):
        owner = next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)
        if owner is scope:
            for name in attribute(element, "itemprop").split():
                found.setdefault(name, _value(element))
    return found


def _value(element: Any) -> Any:
    if element.get("itemscope") is not None:
        return {"@type": attribute(element, "itemtype").rpartition("/")[2], **_properties(element)}
    for name in ("content", "datetime", "href", "src"):
        if element.get(name):
            return element.get(name)
    return text_of(element)


def _is_entry(thing: Mapping[str, Any]) -> bool:
    kinds = thing.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and (name in _TYPES or name.endswith("Event")) for name in names)


def _entry(thing: Mapping[str, Any], base: str, page: str | None = None) -> ParsedEntry | None:
    """Return a thing as an entry; one that gives no address is at `page`."""
    title = _text(thing, "headline") or _text(thing, "name")
    link = safe_link(_text(thing, "url") or _text(thing, "mainEntityOfPage") or _text(thing, "@id"), base) or page
    if not title or link is None:
        return None
    said = [f"{label} : {_text(thing, name)}" for name, label in _DATES if _text(thing, name)]
    return replace(
        entry(
            guid=None,
            title=title,
            link=link,
            published=read_date(_text(thing, "datePublished"), _ZONE),
            updated=read_date(_text(thing, "dateModified"), _ZONE),
            markup="<br>".join([_text(thing, "description"), *said]),
            author=_text(thing, "author"),
            language=_text(thing, "inLanguage"),
        ),
        facts=_facts(thing),
    )


def _facts(thing: Mapping[str, Any]) -> StructuredFacts:
    deadline = read_date(_text(thing, "applicationDeadline"), _ZONE)
    return StructuredFacts(
        deadline=deadline.astimezone(_ZONE).date() if deadline else None,
        amount=_amount(thing.get("amount")),
        financer=_text(thing, "funder") or _text(thing, "sponsor") or None,
    )


def _amount(value: Any) -> float | None:
    stated = (value.get("value") or value.get("maxValue")) if isinstance(value, dict) else value
    digits = str(stated) if isinstance(stated, str | int | float) else ""
    return float(digits) if _EUROS.fullmatch(digits) else None


def _text(thing: Mapping[str, Any], name: str) -> str:
    """Return a property as text: its own, that of the first of several, or the name of the thing it is."""
    value = thing.get(name)
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@id") or value.get("url") or value.get("@value")
    return value.strip() if isinstance(value, str) else ""
