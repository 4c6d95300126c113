"""A letter's HTML to the lines a reader sees, each with its links and how large it is written (pure).

Letters are tables in tables: what is a title shows by size and weight, hardly ever by its element.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from veille.crawl.html import attribute, tree_of
from veille.crawl.newsletters.stylesheet import class_styles
from veille.text import clean

#: Long letters hold 600 lines and 150 links.
MAX_LINES, MAX_LINKS = 4_000, 600
#: Characters of one line.
_LINE_LIMIT = 4_000
_BLOCKS = frozenset({
    "p", "div", "br", "li", "ul", "ol", "dl", "dt", "dd", "tr", "td", "th", "table", "tbody", "h1", "h2", "h3", "h4",
    "h5", "h6", "section", "article", "header", "footer", "center", "blockquote", "hr", "pre", "aside", "main", "nav",
    "address", "figure", "figcaption",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "title", "head", "object", "select"})
#: Pixels: how browsers show headings and `<font size>`, and text without a size.
_HEADINGS = {"h1": 30.0, "h2": 24.0, "h3": 20.0, "h4": 18.0, "h5": 16.0, "h6": 15.0}
_FONTS = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_PLAIN_SIZE = 15.0
_BOLD = frozenset({"b", "strong", "th", "dt"})
_SIZE = re.compile(r"font(?:-size)?\s*:[^;]*?(\d{1,3}(?:\.\d+)?)\s*(px|pt|em|rem|%)", re.IGNORECASE)
_WEIGHT = re.compile(r"font(?:-weight)?\s*:[^;]*?\b(bold(?:er)?|normal|lighter|[1-9]00)\b", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$|!)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
#: Preheaders are filled with these, so that a mail program shows nothing else of the text.
_FILLING = re.compile("[\u00ad\u034f\u061c\u115f\u17b4\u180e\u200b-\u200f\u2007\u2060\ufeff]+")
#: Smaller letters are not meant to be read. Wrappers of size 0 are common: what stands in them has a size of its own.
_UNREADABLE = 2.0
#: A button's words, the ground it is drawn on, and what its class is called.
_BUTTON_LENGTH = 40
_GROUND = re.compile(
    r"background(?:-color)?\s*:(?!\s*(?:transparent|none|inherit|#fff(?:fff)?\b|white))", re.IGNORECASE
)
_BUTTON_CLASS = re.compile(r"btn|button|bouton|\bcta\b", re.IGNORECASE)
#: Wide enough to be a picture of something; icons and spacers are smaller.
_PICTURE = 120


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a line."""

    address: str
    #: Its own text, or its picture's alternative.
    text: str
    picture: bool = False
    #: What its attributes say besides.
    hint: str = ""
    #: It looks like a button, whatever its text.
    button: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What stands between two breaks."""

    text: str
    links: tuple[Link, ...] = ()
    #: Pixels, of most of its letters.
    size: float = _PLAIN_SIZE
    #: All of it is written bold.
    bold: bool = False
    #: 1 to 6 for what is marked as a heading.
    heading: int = 0
    #: The innermost table cell, list item or box it stands in, and those around it, outermost first.
    boxes: tuple[int, ...] = ()
    bullet: bool = False
    #: The innermost table, and which of its columns.
    cell: tuple[int, int] = (0, 0)
    #: The bold words that a line of plain ones begins with.
    lead: str = ""
    #: The innermost table row.
    row: int = 0


@dataclass(slots=True)
class _Style:
    """How text is written at one place of the tree."""

    size: float = _PLAIN_SIZE
    bold: bool = False
    heading: int = 0
    boxes: tuple[int, ...] = ()
    bullet: bool = False
    cell: tuple[int, int] = (0, 0)
    row: int = 0


@dataclass(slots=True)
class _Pending:
    """The line being read."""

    pieces: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    sizes: Counter[float] = field(default_factory=Counter)
    plain: int = 0
    letters: int = 0
    lead: str = ""
    style: _Style = field(default_factory=_Style)


def lines_of(body: bytes, content_type: str) -> list[Line]:
    """Return what a reader sees of a letter, in order; raises ParseError for what is no HTML."""
    return _joined(_Reading().lines(tree_of(body, content_type)))


class _Reading:
    """One walk through one letter."""

    def __init__(self) -> None:
        self._styles: list[_Style] = [_Style()]
        #: Cells met so far in each element that is open.
        self._cells = [0]
        self._pending = _Pending()
        self._link: tuple[Any, list[str], str] | None = None
        self._links = 0
        self._boxes = 0
        self._classes: Mapping[str, str] = {}

    def lines(self, root: Any) -> Iterator[Line]:
        """Yield the lines of a tree."""
        self._classes = class_styles(sheet.text or "" for sheet in root.iter("style"))
        skipped: Any = None
        for count, (event, node) in enumerate(etree.iterwalk(root, events=("start", "end"))):
            if skipped is not None:
                if event == "end" and node is skipped:
                    skipped = None
                    self._text(node.tail)
                continue
            if event == "start" and (node.tag in _SILENT or self._is_hidden(node)):
                skipped = node
                continue
            yield from self._start(node) if event == "start" else self._end(node)
            if count > 200 * MAX_LINES:
                break
        yield from self._flush()

    def _start(self, node: Any) -> Iterator[Line]:
        if node.tag in _BLOCKS:
            yield from self._flush()
        self._styles.append(self._styled(node))
        self._cells.append(0)
        if node.tag == "a" and node.get("href") and self._link is None:
            self._link = (node, [], "")
        if node.tag == "img":
            self._image(node)
        self._text(node.text)

    def _end(self, node: Any) -> Iterator[Line]:
        if self._link is not None and self._link[0] is node:
            self._close_link()
        self._styles.pop()
        self._cells.pop()
        if node.tag in _BLOCKS:
            yield from self._flush()
        self._text(node.tail)

    def _styled(self, node: Any) -> _Style:
        around, style = self._styles[-1], self._declared(node)
        size, bold, heading = around.size, around.bold, around.heading
        if node.tag in _HEADINGS:
            size, bold, heading = _HEADINGS[node.tag], True, int(node.tag[1])
        elif node.tag == "font":
            size = _FONTS.get(attribute(node, "size").strip("+ "), size)
        elif node.tag in _BOLD:
            bold = True
        found = _SIZE.search(style)
        if found:
            size = _pixels(float(found[1]), found[2].lower(), around.size)
        weight = _WEIGHT.search(style)
        if weight:
            bold = weight[1].lower() in {"bold", "bolder", "600", "700", "800", "900"}
        boxes, cell, row = around.boxes, around.cell, around.row
        if node.tag == "table":
            cell = (self._boxes + 1, 0)
        elif node.tag == "tr":
            row = self._boxes + 1
        elif node.tag in {"td", "th"}:
            cell = (cell[0], self._cells[-1])
            self._cells[-1] += 1
        if node.tag in {"table", "tr", "td", "th", "li", "div", "section", "article", "footer", "header"}:
            self._boxes += 1
            boxes = (*boxes, self._boxes)
        bullet = node.tag == "li" or (around.bullet and node.tag not in {"ul", "ol"})
        return _Style(size, bold, heading, boxes, bullet, cell, row)

    def _declared(self, node: Any) -> str:
        """Return what is said of an element's looks: by its own style first, then by its classes."""
        own, named = attribute(node, "style"), attribute(node, "class")
        if not self._classes or not named:
            return own
        return ";".join([own, *(self._classes[name] for name in named.split() if name in self._classes)])

    def _is_hidden(self, node: Any) -> bool:
        style = self._declared(node)
        return node.get("hidden") is not None or bool(style and _HIDDEN.search(style))

    def _text(self, text: str | None) -> None:
        pending, style = self._pending, self._styles[-1]
        if not text or style.size <= _UNREADABLE:
            return
        shown = _FILLING.sub("", text)
        letters = len(shown.split()) and len("".join(shown.split()))
        if letters:
            if not pending.letters:
                pending.style = style
            pending.sizes[style.size] += letters
            pending.letters += letters
            if style.bold and not pending.plain:
                pending.lead += shown
            pending.plain += 0 if style.bold else letters
        pending.pieces.append(shown)
        if self._link is not None:
            self._link[1].append(shown)

    def _image(self, node: Any) -> None:
        """Keep a picture's alternative for the link around it; text that only pictures say is not shown as text."""
        width = re.match(r"\d+", attribute(node, "width"))
        if self._link is None or (width and int(width[0]) < 3):  # noqa: PLR2004 - a counting pixel
            return
        link, pieces, _ = self._link
        wide = width is None or int(width[0]) >= _PICTURE
        self._link = (link, pieces, attribute(node, "alt").strip() or ("image" if wide else "icon"))

    def _close_link(self) -> None:
        assert self._link is not None
        node, pieces, alternative = self._link
        self._link = None
        if self._links >= MAX_LINKS:
            return
        self._links += 1
        text = _spaced("".join(pieces))
        if not text and not alternative:  # nothing to click on, or all of it was given to the lines before
            return
        hint = _spaced(f"{attribute(node, 'title')} {attribute(node, 'aria-label')}")
        address = attribute(node, "href").strip()
        shown = text or (alternative if alternative not in {"image", "icon"} else "")
        if not self._pending.pieces and not self._pending.letters:
            self._pending.style = self._styles[-1]
        picture = not text and bool(alternative)
        self._pending.links.append(Link(address, shown, picture=picture, hint=hint, button=_is_button(node, text)))

    def _flush(self) -> Iterator[Line]:
        pending, self._pending = self._pending, _Pending()
        if self._link is not None:  # a link around several blocks belongs to each of them
            node, pieces, alternative = self._link
            text = _spaced("".join(pieces))
            if text:
                pending.links.append(Link(attribute(node, "href").strip(), text))
                self._link = (node, [], alternative)
        text = _spaced("".join(pending.pieces))
        if not text and not pending.links:
            return
        style = pending.style
        size = pending.sizes.most_common(1)[0][0] if pending.sizes else style.size
        yield Line(
            clean(text[:_LINE_LIMIT]),
            tuple(pending.links),
            size,
            bool(pending.letters) and pending.plain * 10 <= pending.letters,
            style.heading,
            style.boxes,
            style.bullet,
            style.cell,
            clean(_spaced(pending.lead)) if pending.plain else "",
            style.row,
        )


def _joined(found: Iterable[Line]) -> list[Line]:
    """Put together what a break cut in two: a title over two lines, written alike in one box."""
    lines: list[Line] = []
    for line in found:
        last = lines[-1] if lines else None
        if last is not None and _goes_on(last, line):
            links = last.links + line.links
            if len(links) > 1 and len({link.address for link in links}) == 1:
                links = (replace(links[0], text=f"{last.text} {line.text}"),)
            lines[-1] = replace(last, text=f"{last.text} {line.text}", links=links)
        else:
            lines.append(line)
        if len(lines) >= MAX_LINES:
            break
    return lines


def _goes_on(last: Line, line: Line) -> bool:
    if last.boxes != line.boxes or not (last.text and line.text) or last.bullet:
        return False
    alike = (last.size, last.bold, last.heading) == (line.size, line.bold, line.heading)
    short = len(last.text) + len(line.text) < 200  # noqa: PLR2004 - longer is a paragraph
    title = bool(line.heading) or (line.bold and line.size > _PLAIN_SIZE)
    same_links = {link.address for link in last.links} == {link.address for link in line.links}
    return alike and short and title and same_links and not last.text.endswith((".", "!", "?"))


def _is_button(node: Any, text: str) -> bool:
    """Say whether a link is drawn as a button: a few words on a ground of their own."""
    if not 0 < len(text) <= _BUTTON_LENGTH:
        return False
    around = node.getparent()
    own = attribute(node, "style") + (attribute(around, "style") if around is not None and around.tag == "td" else "")
    named = _BUTTON_CLASS.search(attribute(node, "class")) is not None
    ground = around is not None and around.tag == "td" and bool(around.get("bgcolor"))
    return named or ground or _GROUND.search(own) is not None


def _pixels(size: float, unit: str, around: float) -> float:
    scale = {"px": 1.0, "pt": 4 / 3, "em": around, "rem": 16.0, "%": around / 100}
    return round(size * scale[unit], 1)


def _spaced(text: str) -> str:
    return " ".join(text.split())
