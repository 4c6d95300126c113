"""The text of a page without what surrounds it: furniture out, then the lines that belong to the page (pure).

trafilatura (Apache-2.0) says which part of a page is its running text, and does that well. What it drops, the line
under the title, headings, panels of labels and values, tabs hidden until one clicks, says on a call's page until when
and how much: so its choice decides which lines are kept, and the lines themselves, in their order, are ours.
"""

import copy
import logging
import re
from typing import Any

from lxml import etree, html

from veille.crawl.details.furniture import links_elsewhere, without_furniture
from veille.crawl.details.lines import Line, lines_of, printed, tells
from veille.crawl.markup import TEXT_LIMIT, cut
from veille.mending import mended
from veille.text import clean

#: trafilatura copies the tree several times and scores every element: a heavier page is kept whole.
_ELEMENTS = 20_000
#: Characters of the whole page's text under which nothing is gained by choosing.
_SHORT = 150
#: A choice of less than this share of the page is a failure.
_LEAST = 0.25
#: What stands with the title: a line or two under it.
_LEAD = 500
#: A shorter line may stand in a text by chance: it must be a line of it.
_CHANCE = 25
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
#: Of nested lists trafilatura loses items; as paragraphs they are kept.
_LISTS, _BLOCKS = frozenset({"ul", "ol"}), frozenset({"p", "div", "ul", "ol", "table", "h2", "h3", "h4"})
_MARK = re.compile(r"^(?:[-*•–] )+")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its remarks on odd pages are not ours


def main_text(root: Any) -> str:
    """Return the text of a page, one line a block; the tree is changed."""
    page = _column(_shown(without_furniture(root)))
    lines = lines_of(page)
    chosen = _chosen(page, sum(len(line.text) for line in lines))
    kept = _kept(page, lines, chosen) if chosen else lines
    return cut(clean(mended("\n".join(printed(kept)))), TEXT_LIMIT)


def _shown(page: Any) -> Any:
    """Show what is hidden until one clicks."""
    for element in page.iter("*"):
        if _HIDDEN.search(element.get("style") or ""):
            del element.attrib["style"]
        for name in ("hidden", "aria-hidden"):
            if element.get(name) is not None:
                del element.attrib[name]
    return page


def _column(page: Any) -> Any:
    """Return the cell that holds the text where a table without headings lays out the page, else the page."""
    cells = [cell for cell in page.iter("td") if cell.find(".//td") is None]
    if len(cells) < 2 or next(page.iter("th"), None) is not None:  # noqa: PLR2004 - two columns
        return page
    sizes = sorted(((_words(cell), place) for place, cell in enumerate(cells)), reverse=True)
    (largest, place), (second, _) = sizes[:2]
    whole = sum(len(line.text) for line in lines_of(page))
    return cells[place] if largest > 2 * second and largest > whole / 3 else page


def _words(element: Any) -> int:
    """Return the characters of an element that are no links."""
    links = sum(len("".join(link.itertext())) for link in element.iter("a"))
    return len("".join(element.itertext())) - links


def _chosen(page: Any, size: int) -> str:
    """Return the running text that trafilatura finds, empty where it fails or where there is nothing to choose."""
    if size < _SHORT or sum(1 for _ in page.iter("*")) > _ELEMENTS:
        return ""
    from trafilatura import extract  # noqa: PLC0415 - 0.3 s, paid by the worker that reads a first page

    found = extract(_alone(page), include_comments=False, include_tables=True, deduplicate=False) or ""
    return found if len(found) >= _LEAST * size else ""


def _alone(page: Any) -> Any:
    """Return a copy as a page of its own, whose items are paragraphs."""
    whole = html.Element("html")  # trafilatura takes no other class of element
    body = page.find("body") if page.tag == "html" else None
    inner = copy.deepcopy(page if body is None else body)
    inner.tag, inner.tail = "div", None
    etree.SubElement(whole, "body").append(inner)
    for element in whole.iter("*"):
        if element.tag in _LISTS:
            element.tag = "div"
        elif element.tag == "li":
            element.tag = "div" if any(child.tag in _BLOCKS for child in element) else "p"
    return whole


def _kept(page: Any, lines: list[Line], chosen: str) -> list[Line]:
    """Return the lines that were chosen, with the title's own, those that state facts, and the headings above them."""
    text = _squeezed(chosen)
    alone = {_squeezed(_MARK.sub("", part)) for line in chosen.splitlines() for part in (line, *line.split("|"))}
    lead = _lead(page)
    kept: list[Line] = []
    for line, before in zip(reversed(lines), [*reversed(lines[:-1]), None], strict=True):
        squeezed = _squeezed(line.text)
        said = squeezed in text if len(squeezed) >= _CHANCE else squeezed in alone
        stated = tells(line, before) and not _leads_elsewhere(line) and not _of_others(line.element)
        below = kept[-1] if kept else None
        if said or stated or line.element in lead or (line.heading and below is not None and not below.heading):
            kept.append(line)
    return kept[::-1]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _lead(page: Any) -> set[Any]:
    """Return the blocks that stand with the title: a subtitle, a day, a place."""
    title = next(page.iter("h1"), None)
    if title is None:
        return set()
    around = title
    while (above := around.getparent()) is not None and len("".join(above.itertext()).strip()) <= _LEAD:
        around = above
    return {line.element for line in lines_of(around) if line.element.tag != "h1" and not _leads_elsewhere(line)}


def _leads_elsewhere(line: Line) -> bool:
    """Say whether a line is a link, or holds one."""
    element = line.element
    return element.find(".//a[@href]") is not None or any(one.tag == "a" for one in (element, *element.iterancestors()))


def _of_others(element: Any) -> bool:
    """Say whether a line belongs to one of several cards, each of which links to another page."""
    for above in (element, *element.iterancestors()):
        parent = above.getparent()
        if parent is None or above.tag in {"body", "main"}:
            return False
        alike = [one for one in parent if one.tag == above.tag and one.get("class") == above.get("class")]
        if sum(1 for one in alike if links_elsewhere(one) or one.find(".//a[@href]") is not None) > 1:
            return True
    return False
