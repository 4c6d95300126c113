"""A listing page without a feed: a recipe says where its entries stand; what it states for machines wins (pure)."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from veille.crawl.dates import read_date, written_dates
from veille.crawl.entries import MAX_ENTRIES, entry, language_of, safe_link
from veille.crawl.html import attribute, base_of, text_of, tree_of
from veille.crawl.markup import plain_line
from veille.crawl.normalize import canonical_link
from veille.crawl.recipes import SelectorRefused, compiled
from veille.crawl.statements import stated_entries
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed, Recipe, Request, Source, StructuredFacts
from veille.model.tags import NO_FACTS

_ZONE = ZoneInfo("Europe/Paris")
_CURE = "corrigez la recette de cette source dans sources.yaml"
_HEADINGS = "xpath:(.//h1|.//h2|.//h3|.//h4|.//h5|.//h6)[1]"
_LINK = "xpath:descendant-or-self::a[@href][1]"
_TIME = "xpath:(.//time)[1]"
_NEXT = "xpath:(//link[@rel='next'][@href] | //a[@rel='next'][@href])[1]"
#: strptime reads months in English only.
_MONTHS = {
    "janvier": "January", "février": "February", "mars": "March", "avril": "April", "mai": "May", "juin": "June",
    "juillet": "July", "août": "August", "septembre": "September", "octobre": "October", "novembre": "November",
    "décembre": "December",
}  # fmt: skip
_MONTH = re.compile("|".join(_MONTHS), re.IGNORECASE)
#: « 1er février » is the 1st for strptime.
_FIRST = re.compile(r"\b1er\b", re.IGNORECASE)


def read_page(body: bytes, content_type: str, url: str, source: Source) -> ParsedFeed:
    """Read a listing page by its source's recipe; raises ParseError."""
    root = tree_of(body, content_type)
    try:
        return _Listing(root, url, source).read()
    except (etree.LxmlError, RecursionError) as error:
        raise ParseError("page trop profonde ou expression XPath inapplicable", cure=_CURE) from error
    except SelectorRefused as refused:
        raise ParseError(f"recette illisible : {refused}", cure=_CURE) from refused


@dataclass(frozen=True, slots=True)
class _Selected:
    """What a selector found first: its text, and its element where it is one."""

    text: str
    element: Any = None

    def said(self, *attributes: str) -> str:
        """Return the first of these attributes that the element has, else the text."""
        if self.element is not None:
            for name in attributes:
                if self.element.get(name):
                    return attribute(self.element, name)
        return self.text


class _Listing:
    """One page, read by one recipe."""

    def __init__(self, root: Any, url: str, source: Source) -> None:
        self._root = root
        self._base = base_of(root, url)
        self._recipe = source.recipe or Recipe()
        self._expect = source.expect
        self._stated = {canonical_link(one.link): one for one in stated_entries(root, self._base) if one.link}

    def read(self) -> ParsedFeed:
        listed = self._listed() if self._recipe.item else list(self._stated.values())
        reserved = self._root.find(".//meta[@name='tdm-reservation']")
        title = self._root.find(".//title")
        return ParsedFeed(
            title=plain_line(text_of(title)) if title is not None else "",
            language=language_of(attribute(self._root, "lang")),
            entries=tuple(listed[:MAX_ENTRIES]),
            dropped=max(0, len(listed) - MAX_ENTRIES),
            next=self._next(),
            reserved=None if reserved is None else attribute(reserved, "content").strip() == "1",
        )

    def _listed(self) -> list[ParsedEntry]:
        items = _elements(self._root, self._recipe.item)
        dates = [self._date(item) for item in items[: 2 * MAX_ENTRIES]]
        self._check_dates(dates)
        entries = [
            found
            for item, (published, _) in zip(items, dates, strict=False)
            if (found := self._entry(item, published)) is not None
        ]
        if entries and self._recipe.link and not any(one.link for one in entries):
            raise ParseError(f"{len(entries)} entrées sans aucun lien : le site a sans doute changé", cure=_CURE)
        return entries

    def _check_dates(self, dates: list[tuple[datetime | None, str]]) -> None:
        """Refuse a page none of whose dates can be read though its recipe names them: the site has changed."""
        written = [text for _, text in dates if text]
        named = self._recipe.date is not None and self._expect.date_format is not None
        if named and dates and not any(when for when, _ in dates):
            shown = f" (« {written[0][:40]} »)" if written else ""
            raise ParseError(f"aucune date au format {self._expect.date_format}{shown}", cure=_CURE)

    def _entry(self, item: Any, published: datetime | None) -> ParsedEntry | None:
        title = _first(item, self._recipe.title or _HEADINGS) or _first(item, self._recipe.link or _LINK)
        if title is None or not title.text:
            return None
        summary = _first(item, self._recipe.summary) if self._recipe.summary else None
        deadline = self._deadline(item)
        read = entry(
            guid=None,
            title=_escaped(title.text),
            link=self._link(item),
            published=published,
            updated=None,
            markup=_escaped(summary.text if summary else ""),
        )
        facts = StructuredFacts(deadline=deadline) if deadline else NO_FACTS
        return self._completed(replace(read, facts=facts))

    def _completed(self, read: ParsedEntry) -> ParsedEntry:
        """Let what the page states of the same link win over what the recipe read."""
        stated = self._stated.get(canonical_link(read.link)) if read.link else None
        if stated is None:
            return read
        deadline = stated.facts.deadline or read.facts.deadline
        return replace(
            stated,
            link=read.link,
            published=stated.published or read.published,
            text=stated.text or read.text,
            facts=replace(stated.facts, deadline=deadline),
        )

    def _link(self, item: Any) -> str | None:
        found = _first(item, self._recipe.link or _LINK)
        if found is None:
            return None
        if found.element is not None and not found.element.get("href"):
            found = _first(found.element, _LINK)
        return safe_link(found.said("href"), self._base) if found else None

    def _date(self, item: Any) -> tuple[datetime | None, str]:
        found = _first(item, self._recipe.date or _TIME)
        if found is not None and not self._recipe.date and self._is_deadline(item, found):
            return None, ""  # nobody named this date, and the recipe says what it is
        return self._instant(found, last=False), found.text if found else ""

    def _is_deadline(self, item: Any, found: _Selected) -> bool:
        named = _first(item, self._recipe.deadline) if self._recipe.deadline else None
        return named is not None and named.element is found.element

    def _deadline(self, item: Any) -> date | None:
        found = _first(item, self._recipe.deadline) if self._recipe.deadline else None
        when = self._instant(found, last=True)
        return when.astimezone(_ZONE).date() if when else None

    def _instant(self, found: _Selected | None, *, last: bool) -> datetime | None:
        """Read a date in the source's own format, else as a person writes one, also inside a sentence."""
        if found is None:
            return None
        text = found.said("datetime", "content")
        if self._expect.date_format:
            shape = self._expect.date_format
            return _formatted(found.text, shape) or _formatted(text, shape)
        whole = read_date(text, _ZONE)
        if whole is not None:
            return whole
        dates = [when for found in written_dates(text) if (when := read_date(found, _ZONE))]
        return (dates[-1] if last else dates[0]) if dates else None

    def _next(self) -> Request | None:
        found = _first(self._root, self._recipe.next or _NEXT)
        link = safe_link(found.said("href"), self._base) if found else None
        return Request(url=link) if link else None


def _formatted(text: str, shape: str) -> datetime | None:
    english = _FIRST.sub("1", _MONTH.sub(lambda month: _MONTHS[month[0].lower()], text.strip()))
    for candidate in (text.strip(), english):
        try:
            when = datetime.strptime(candidate, shape)  # noqa: DTZ007 - the zone is the source's own, set below
        except (ValueError, OverflowError):
            continue
        return when if when.tzinfo else when.replace(tzinfo=_ZONE)
    return None


def _elements(root: Any, selector: str) -> list[Any]:
    found = compiled(selector)(root)
    return [one for one in found if etree.iselement(one)] if isinstance(found, list) else []


def _first(element: Any, selector: str) -> _Selected | None:
    """Return the first thing that a selector finds below an element."""
    found = compiled(selector)(element)
    if isinstance(found, list):
        found = next(iter(found), None)
    if etree.iselement(found):
        return _Selected(text_of(found), found)
    return _Selected(" ".join(found.split())) if isinstance(found, str) and found else None


def _escaped(text: str) -> str:
    """Return text as markup: what looks like a tag in it was written to be read."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
