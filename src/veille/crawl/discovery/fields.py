"""What the items of a list say where: title, link, dates, summary, each a column of elements (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from veille.crawl.discovery.columns import Column, around, columns_of, is_generic
from veille.crawl.discovery.datewords import Dates, meanings
from veille.crawl.discovery.repeats import Repeat, link_of
from veille.crawl.html import text_of
from veille.crawl.normalize import canonical_link

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"})
_TITLE_CLASS = re.compile(r"(?:^|[-_])(?:title|titre|intitule|heading|libelle|headline)(?:$|[-_])", re.IGNORECASE)
_SUMMARY_CLASS = re.compile(
    r"(?:^|[-_])(?:chapo|desc\w*|intro\w*|resume|excerpt|extrait|summary|teaser|accroche|abstract|body|text\w*)(?:$|[-_])",
    re.IGNORECASE,
)
#: A column is the list's own where most items have it; a deadline may be that of some only.
_MOST, _SOME = 0.7, 0.2
#: Characters of a title, and from where a text is a summary.
_SHORTEST_TITLE, _LONGEST_TITLE, _SHORTEST_SUMMARY = 6, 220, 40
#: A date that stands in more text than this is part of a story.
_LONGEST_DATED, _LONGEST_NAMED = 120, 400


@dataclass(frozen=True, slots=True)
class Fields:
    """Where an item says what; each tuple holds an element or None for each item."""

    items: tuple[Any, ...]
    titles: tuple[Any, ...]
    links: tuple[Any, ...]
    dates: tuple[Any, ...]
    deadlines: tuple[Any, ...]
    summaries: tuple[Any, ...]


def fields_of(repeat: Repeat, base: str, *, calls: bool) -> Fields | None:
    """Return what the items of a repeat say where; None where they have no titles or no pages of their own.

    `calls`: the page lists calls or aids, whose periods end in a deadline.
    """
    columns = columns_of(repeat.items, around(repeat.items))
    titles = _titles(columns)
    if titles is None:
        return None
    named = [
        rank for rank, cell in enumerate(titles.cells) if cell is not None and cell.text and not is_generic(cell.text)
    ]
    if _MOST * len(repeat.items) <= len(named) < len(repeat.items):  # a promotion, « Suite » in a line of its own
        kept = Repeat(tuple(repeat.items[rank] for rank in named), tuple(repeat.anchors[rank] for rank in named))
        return fields_of(kept, base, calls=calls)
    links = _links(repeat, columns, titles, base)
    if links is None:
        return None
    dated = _dated(columns, titles)
    deadlines = _deadlines(dated, calls=calls)
    dates = _dates(dated, deadlines, calls=calls)
    return Fields(
        items=repeat.items,
        titles=_elements(titles),
        links=links,
        dates=_elements(dates),
        deadlines=_elements(deadlines),
        summaries=_elements(_summaries(columns, titles, dated)),
    )


def _elements(column: Column | None) -> tuple[Any, ...]:
    if column is None:
        return ()
    return tuple(None if cell is None else cell.element for cell in column.cells)


def _titles(columns: Sequence[Column]) -> Column | None:
    """Return the column that names the items: different in each, short, in a heading where there is one."""
    possible = [column for column in columns if column.share >= _MOST and _may_be_title(column)]
    return max(possible, key=_title_worth, default=None)


def _may_be_title(column: Column) -> bool:
    short = _SHORTEST_TITLE <= column.length <= _LONGEST_TITLE
    return short and column.distinct >= _MOST and column.generic <= 0.3 and not _is_date(column)  # noqa: PLR2004 - a few


def _is_date(column: Column) -> bool:
    """Say whether a column says little more than a date."""
    lengths = [len(cell.text) - sum(map(len, cell.dates)) for cell in column.present if cell.dates]
    return 2 * len(lengths) > len(column.present) and sum(lengths) < 40 * len(lengths)


def _title_worth(column: Column) -> float:
    names = [name for cell in column.present[:3] for name in (cell.element.get("class") or "").split()]
    worth = 2.0 * column.distinct + column.share
    worth += 2.0 if column.tag in _HEADINGS else 0.0
    worth += 1.5 if any(_TITLE_CLASS.search(name) for name in names) else 0.0
    worth += 1.2 if column.tag == "a" else 0.0
    worth += 0.5 if column.tag in {"strong", "b"} else 0.0
    worth += min(column.length, 40) / 40
    worth -= 1.5 if any(_SUMMARY_CLASS.search(name) for name in names) else 0.0
    worth -= 2.0 * column.dated + 0.02 * column.order
    worth -= 1.5 if _holds_blocks(column) or _is_made_of_parts(column) else 0.0
    return worth - len(column.key) * 0.01


def _holds_blocks(column: Column) -> bool:
    """Say whether the elements of a column hold several parts: a card whole, not its title."""
    parts = ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "time", "dd", "td", "span")
    return any(sum(1 for tag in parts for _ in cell.element.iter(tag)) > 2 for cell in column.present[:5])  # noqa: PLR2004 - itself, one more


def _is_made_of_parts(column: Column) -> bool:
    """Say whether most elements of a column hold two parts that say something: a name and a lead in one link."""
    parts = [sum(1 for part in cell.element if len(text_of(part)) >= _SHORTEST_TITLE) for cell in column.present[:10]]
    return 2 * sum(count > 1 for count in parts) > len(parts)


def _links(repeat: Repeat, columns: Sequence[Column], titles: Column, base: str) -> tuple[Any, ...] | None:
    """Return the link of each item: in or around its title, else the one that leads somewhere else in each."""
    named = [
        _link_at(item, cell.element if cell else None, base)
        for item, cell in zip(repeat.items, titles.cells, strict=True)
    ]
    if _lead_apart(named, base):
        return tuple(named)
    possible = [_elements(column) for column in columns if column.tag == "a" and column.filled >= _MOST]
    usable = [[one if one is not None and link_of(one, base) else None for one in elements] for elements in possible]
    best = next((one for one in usable if _lead_apart(one, base)), None)
    return tuple(best) if best else None


def _link_at(item: Any, title: Any, base: str) -> Any:
    """Return the link in a title, or the one around it within its item."""
    if title is None:
        return None
    inside = next((one for one in title.iter("a") if link_of(one, base)), None)
    if inside is not None or title is item:
        return inside
    for above in title.iterancestors():
        if above.tag == "a" and link_of(above, base):
            return above
        if above is item:
            return None
    return None


def _lead_apart(links: Sequence[Any], base: str) -> bool:
    """Say whether most items have a link, and nearly each to another page."""
    pages = [canonical_link(url) for one in links if one is not None and (url := link_of(one, base))]
    return len(pages) >= _MOST * len(links) and len(set(pages)) >= 0.8 * len(pages)


def _dated(columns: Sequence[Column], titles: Column) -> list[Column]:
    """Return the columns that hold a date, but for those whose every date stands in a column within them."""
    found = [column for column in columns if column.dated >= _SOME and column.key != titles.key]
    smallest = [column for column in found if not _is_told_by_parts(column, found)]
    return [column for column in smallest if _is_short(column)]


def _is_short(column: Column) -> bool:
    """Say whether a column's text is about its dates: little else, or words that call the date a deadline."""
    dated = [cell for cell in column.present if cell.dates]
    length = sum(len(cell.text) for cell in dated) / len(dated)
    return length <= _LONGEST_DATED or (length <= _LONGEST_NAMED and _meaning_of(column)[1] is Dates.DEADLINE)


def _is_told_by_parts(outer: Column, columns: Sequence[Column]) -> bool:
    """Say whether each date of a column stands in a part of it that is a column by itself."""
    inside = outer.key[:-1]
    inner = [one for one in columns if len(one.key) > len(outer.key) and one.key[: len(inside)] == inside]
    for rank, cell in enumerate(outer.cells):
        if cell is None or not cell.dates:
            continue
        parts = [one.cells[rank] for one in inner]
        told = {date for part in parts if part and cell.element in part.element.iterancestors() for date in part.dates}
        if not set(cell.dates) <= told:
            return False
    return bool(inner)


def _meaning_of(column: Column) -> tuple[Dates, Dates]:
    """Return what most of a column's first and last dates say."""
    said = [
        meanings(cell.text if cell.dates and cell.text else " ".join(cell.dates), cell.label)
        for cell in column.present
        if cell.dates
    ]
    firsts, lasts = [first for first, _ in said], [last for _, last in said]
    return max(firsts, key=firsts.count), max(lasts, key=lasts.count)


def _deadlines(dated: Sequence[Column], *, calls: bool) -> Column | None:
    said = [(column, _meaning_of(column)) for column in dated]
    named = [column for column, (_, last) in said if last is Dates.DEADLINE]
    periods = [column for column, (_, last) in said if last is Dates.RANGE] if calls else []
    return max(named, key=lambda column: column.dated, default=None) or max(
        periods, key=lambda column: column.dated, default=None
    )


def _dates(dated: Sequence[Column], deadlines: Column | None, *, calls: bool) -> Column | None:
    """Return the column of the date that a list gives its items; never the one after which it is too late."""
    ranks = {Dates.PUBLISHED: 3, Dates.PLAIN: 2, Dates.OPENING: 0 if calls else 1}
    worth: dict[int, float] = {}
    for place, column in enumerate(dated):
        first, last = _meaning_of(column)
        if column.dated < _MOST or ranks.get(first, 0) == 0 or (column is deadlines and first is not Dates.PUBLISHED):
            continue
        if first is Dates.PLAIN and last is Dates.DEADLINE:
            continue
        worth[place] = ranks[first] + column.dated - 0.001 * column.order
    return dated[max(worth, key=lambda place: worth[place])] if worth else None


def _summaries(columns: Sequence[Column], titles: Column, dated: Sequence[Column]) -> Column | None:
    """Return the column that tells most in few elements, if any tells something."""
    own = {column.key for column in dated} | {titles.key}
    possible = [
        column
        for column in columns
        if column.key not in own
        and column.share >= 0.5  # noqa: PLR2004 - half of the items
        and column.length >= _SHORTEST_SUMMARY
        and column.tag in {"p", "div", "span", "dd", "td"}
        and column.generic < 0.5  # noqa: PLR2004 - as above
        and not any(_has(cell, title) for cell, title in zip(column.cells, titles.cells, strict=True))
        and not _holds_blocks(column)
    ]
    return max(possible, key=lambda column: (column.share * min(column.length, 300), -column.order), default=None)


def _has(cell: Any, title: Any) -> bool:
    """Say whether a cell holds the title of its item, or is in it."""
    if cell is None or title is None:
        return False
    return title.element is cell.element or title.element in cell.element.iter() or cell.element in title.element.iter()


def is_nameless(fields: Fields) -> bool:
    """Say whether the titles are words that any item could bear."""
    return sum(is_generic(text_of(one)) for one in fields.titles if one is not None) > 0.3 * len(fields.titles)
