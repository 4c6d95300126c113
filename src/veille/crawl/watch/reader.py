"""The reader of kind `watch`: a page's text against what is remembered of it (pure)."""

from datetime import UTC, datetime
from typing import Any

from veille.config.source_kinds import WatchOptions
from veille.crawl.entries import safe_link
from veille.crawl.html import tree_of
from veille.crawl.kinds import ALONE, Background
from veille.crawl.markup import TITLE_LIMIT, cut, plain_line
from veille.crawl.watch.changes import seen
from veille.crawl.watch.memory import Memory, Told
from veille.crawl.watch.shown import check_lines, shown_lines
from veille.model import PageChange, ParsedEntry, ParsedFeed, Source

_NAMES = frozenset(WatchOptions.model_fields)


def read_watch(body: bytes, content_type: str, url: str, source: Source, background: Background = ALONE) -> ParsedFeed:
    """Read a watched page; its first visit gives no entry. Raises ParseError where there is nothing to watch."""
    options = WatchOptions.model_validate({key: value for key, value in source.options.items() if key in _NAMES})
    root = tree_of(body, content_type)
    reserved, title = _stated(root)
    lines = shown_lines(root, options.select, options.ignore)
    check_lines(lines, body, url, options.select)
    now = background.now or datetime.now(UTC)
    known = Memory.read_from(background.memory)
    outcome = seen(known, lines, now, least=options.min_change)
    told = {name: outcome.memory.told[name] for name in outcome.changed}
    return ParsedFeed(
        title=title,
        language=source.language,
        entries=tuple(_entry(name, one, url, source) for name, one in told.items()),
        sentence=outcome.sentence,
        again=outcome.waiting,
        reserved=reserved,
        listed=len(lines),
        memory=outcome.memory.written(),
        page_changes=tuple(PageChange(name, one.added, one.removed) for name, one in told.items()),
    )


def _entry(name: str, told: Told, url: str, source: Source) -> ParsedEntry:
    """Return a change as an entry; its words are plain text already, cleaned line by line."""
    return ParsedEntry(
        guid=name,
        title=cut(told.title, TITLE_LIMIT),
        link=safe_link(url),
        published=told.at,
        text=told.text,
        language=source.language,
    )


def _stated(root: Any) -> tuple[bool | None, str]:
    """Return whether a page reserves its text from mining, and its title."""
    stated, title = root.find(".//meta[@name='tdm-reservation']"), root.find(".//title")
    reserved = None if stated is None else (stated.get("content") or "").strip() == "1"
    return reserved, plain_line("".join(title.itertext())) if title is not None else ""
