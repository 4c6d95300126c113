"""The list that a page repeats, as a recipe that our own reader has read it with (pure).

Candidates are ranked by what a list of news or calls has and a menu has not: titles of some length, each on a page
of its own, dates, headings, text, a place in the main part. The first whose recipe reads what was seen is proposed.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from veille.crawl.discovery.columns import MOST_ELEMENTS
from veille.crawl.discovery.datewords import common_form, dates_in, needs_a_form
from veille.crawl.discovery.fields import Fields, fields_of, is_nameless
from veille.crawl.discovery.findings import Listing
from veille.crawl.discovery.paging import next_selector
from veille.crawl.discovery.regions import is_aside, is_in_main
from veille.crawl.discovery.repeats import Repeat, link_of, repeats
from veille.crawl.discovery.selectors import Value, field_selector, item_selector
from veille.crawl.html import attribute, text_of
from veille.crawl.normalize import canonical_link, normal_title
from veille.crawl.pages import read_page
from veille.crawl.politeness import host_of
from veille.errors import ParseError
from veille.model import Expect, ParsedFeed, Recipe, Source
from veille.text import fold

#: Candidates whose recipe is tried, best first.
_TRIED = 12
#: Below this a repetition is a menu or a row of logos.
_LEAST_WORTH = 4.0
#: Share of the entries seen that a recipe must read, with the same title and link.
_AGREE = 0.9
#: A page of fewer entries than this says little about how few there may be.
_FEW = 6
_CALLS = re.compile(
    r"\b(?:appels?|aap|ami|aides?|subventions?|financements?|concours|candidatures?|marches publics|consultations?"
    r"|bourses?|calls?|grants?|funding|proposals)\b"
)
#: Names in a selector that say what it finds.
_TITLE = r"\bh[1-6]\b|title|titre|headline|summary|intitule"
_DATE = r"\btime\b|date|publi|created|jour"
_DEADLINE = r"limite|deadline|cloture|echeance|\bfin\b|date"
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+){2,}|\d{3,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its list is looked for: its tree, its bytes for the reader, its address, what relative links mean."""

    root: Any
    body: bytes
    content_type: str
    url: str
    base: str


def find_listing(page: Page) -> Listing | None:
    """Return the list of a page with the recipe that reads it; None where nothing on it is repeated like one."""
    calls = _speaks_of_calls(page)
    following = next_selector(page.root, page.base)
    for worth, fields in _ranked(page, calls=calls)[:_TRIED]:
        if worth < _LEAST_WORTH:
            return None
        found = _recipe_of(page, fields, following)
        if found is not None:
            recipe, expect, read = found
            return Listing(recipe, expect, read, round(worth, 2))
    return None


def _ranked(page: Page, *, calls: bool) -> list[tuple[float, Fields]]:
    found: list[tuple[float, Fields]] = []
    for repeat in repeats(page.root, page.base):
        if any(sum(1 for _ in item.iter()) > MOST_ELEMENTS for item in repeat.items[:3]):
            continue
        fields = fields_of(repeat, page.base, calls=calls)
        if fields is not None and not is_nameless(fields):
            found.append((_worth(page, repeat, fields), fields))
    return sorted(found, key=lambda one: -one[0])


def _worth(page: Page, repeat: Repeat, fields: Fields) -> float:
    """Weigh a candidate; each line is one thing that lists have and menus have not."""
    count = len(repeat.items)
    titles = [text_of(one) for one in fields.titles if one is not None]
    urls = [url for one in fields.links if one is not None and (url := link_of(one, page.base))]
    length = sum(map(len, titles)) / max(1, len(titles))
    worth = 2.0 * min(1.0, math.log2(count) / math.log2(10)) + 0.02 * min(count, 50)
    worth += 1.5 * min(1.0, length / 40)
    worth += 2.0 * _share(fields.dates, count) + 1.5 * (_share(fields.deadlines, count) > 0)
    worth += 1.0 * _share(fields.summaries, count)
    worth += 1.0 * (sum(one is not None and _in_heading(one) for one in fields.titles) / count)
    worth += 0.6 * (sum(bool(_SLUG.search(urlsplit(url).path + urlsplit(url).query)) for url in urls) / count)
    worth += 0.6 * (sum(_below(url, page.url) for url in urls) / count)
    worth += 0.7 * all(is_in_main(item) for item in repeat.items[:3])
    worth -= 1.0 * (sum(host_of(url) != host_of(page.url) for url in urls) / count)
    worth -= 2.0 * (1 - len({canonical_link(url) for url in urls}) / max(1, len(urls)))
    worth -= 2.0 * (count < 3)  # noqa: PLR2004 - two of a kind are often a pair of buttons
    worth -= 1.0 * (sum(len(list(item.iter("a"))) > 8 for item in repeat.items) / count)  # noqa: PLR2004 - a section, not an entry
    return worth * (0.6 if is_aside(repeat.items[0]) else 1.0)


def _share(elements: Sequence[Any], count: int) -> float:
    return sum(one is not None for one in elements) / count


def _in_heading(title: Any) -> bool:
    headings = {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"}
    return title.tag in headings or title.getparent().tag in headings


def _below(url: str, page: str) -> bool:
    """Say whether an address lies below that of the page, or beside it."""
    folder = urlsplit(page).path.rstrip("/").rpartition("/")[0] or "/"
    whole = urlsplit(page).path.rstrip("/") or "/"
    path = urlsplit(url).path
    return host_of(url) == host_of(page) and (
        path.startswith(f"{whole}/") or (folder != "/" and path.startswith(f"{folder}/"))
    )


def _recipe_of(page: Page, fields: Fields, following: str | None) -> tuple[Recipe, Expect, ParsedFeed] | None:
    """Return the recipe of some fields, where our own reader reads with it what was seen."""
    chosen = item_selector(page.root, fields.items)
    if chosen is None:
        return None
    item, others = chosen
    whole = _with_others(page, fields, others) if others else None
    if whole is not None:
        return _recipe_of(page, whole, following)
    title = field_selector(fields.items, fields.titles, _text, others=others, prefer=_TITLE)
    link = field_selector(fields.items, fields.links, lambda one: link_of(one, page.base), others=others, prefer=_TITLE)
    if title is None or link is None:
        return None
    recipe = Recipe(
        item=item,
        title=title,
        link=link,
        date=_optional(fields, fields.dates, _date_text, _DATE),
        deadline=_optional(fields, fields.deadlines, _date_text, _DEADLINE),
        summary=_optional(fields, fields.summaries, _text),
        next=following,
    )
    expect = Expect(min_items=_fewest(len(fields.items)), date_format=_form(fields))
    read = _read(page, recipe, expect)
    return (recipe, expect, read) if read is not None and _agrees(page, fields, read) else None


def _with_others(page: Page, fields: Fields, others: Sequence[Any]) -> Fields | None:
    """Return the fields with what their selector also finds, where that is an entry too: a first one shown larger."""
    order = {element: place for place, element in enumerate(page.root.iter())}
    items = tuple(sorted((*fields.items, *others), key=lambda element: order[element]))
    whole = fields_of(Repeat(items, items), page.base, calls=_speaks_of_calls(page))
    if whole is None or len(whole.items) < len(items) or None in {*whole.titles, *whole.links}:
        return None
    return whole if len(set(map(_text, whole.titles))) == len(items) else None


def _optional(fields: Fields, targets: Sequence[Any], value: Value, prefer: str = "") -> str | None:
    return field_selector(fields.items, targets, value, prefer=prefer) if targets else None


def _text(element: Any) -> str:
    return normal_title(text_of(element))


def _date_text(element: Any) -> tuple[str, ...]:
    """Return what a reader makes of an element's dates: what it states, or what it says."""
    return tuple(dates_in(attribute(element, "datetime")) or dates_in(text_of(element)))


def _form(fields: Fields) -> str | None:
    """Return the form that all dates of the list share, where it can serve: not beside dates meant for machines."""
    elements = [one for one in (*fields.dates, *fields.deadlines) if one is not None]
    if not elements or any(one.get("datetime") or one.get("content") for one in elements):
        return None
    texts = [text_of(one) for one in elements]
    if not fields.dates and not needs_a_form(texts):
        return None
    return common_form([text for text in texts if text])


def _fewest(count: int) -> int:
    """Return how few entries would be a broken page: a list of calls may well shorten to a third."""
    return 1 if count < _FEW else count // 3


def _read(page: Page, recipe: Recipe, expect: Expect) -> ParsedFeed | None:
    source = Source(id="-", title="-", kind="page", url=page.url, recipe=recipe, expect=expect)
    try:
        return read_page(page.body, page.content_type, page.url, source)
    except ParseError:
        return None


def _agrees(page: Page, fields: Fields, read: ParsedFeed) -> bool:
    """Say whether the reader found the entries that were seen, and hardly any other."""
    seen = {
        (_text(title), canonical_link(url))
        for title, link in zip(fields.titles, fields.links, strict=True)
        if title is not None and link is not None and (url := link_of(link, page.base))
    }
    found = {(normal_title(entry.title), canonical_link(entry.link)) for entry in read.entries if entry.link}
    links = {link for _, link in found}
    right = len(seen & found)
    # what a page states for machines may word a title otherwise: the same pages are then enough
    same_pages = len(links & {link for _, link in seen})
    return max(right, same_pages) >= _AGREE * len(seen) and len(read.entries) <= len(seen) / _AGREE + 1


def _speaks_of_calls(page: Page) -> bool:
    """Say whether a page lists calls or aids, by its title, its first heading and its address."""
    words = [text_of(one) for one in _some(page.root, ("title", "h1"))]
    return bool(_CALLS.search(fold(" ".join([*words, urlsplit(page.url).path]))))


def _some(root: Any, tags: Iterable[str]) -> list[Any]:
    return [found for tag in tags if (found := root.find(f".//{tag}")) is not None]
