"""A tree's text as lines, each with the element it stands in: what a reader sees, one line a block (pure).

A row of a table, a term and its description, a label and the value under it make one line: « Date limite : 31 mars ».
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from veille.text import fold

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
})  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "th", "summary", "legend", "caption"})
_SILENT = frozenset({"head", "script", "style", "template", "noscript", "svg", "iframe", "math", "object"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line."""

    text: str
    #: The innermost block.
    element: Any

    @property
    def heading(self) -> bool:
        """It names what follows it."""
        return self.element.tag in _HEADINGS


def lines_of(root: Any) -> list[Line]:
    """Return the lines of a tree in reading order."""
    return [Line(text, element) for element, pieces in _blocks(root) if (text := " ".join("".join(pieces).split()))]


def _blocks(root: Any) -> Iterator[tuple[Any, list[str]]]:
    """Yield (block, pieces of its text between two boundaries of blocks)."""
    block, pieces, silent = root, list[str](), None
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str) or (silent is not None and node is not silent):
            continue
        if event == "start" and node.tag in _SILENT:
            silent = node
            continue
        if node.tag in _BLOCKS:
            yield block, pieces
            block, pieces = (node if event == "start" else node.getparent()), []
        if event == "end" and node is root:
            break
        pieces.append((node.text if event == "start" else node.tail) or "")
        silent = None
    yield block, pieces


#: Labels of what one needs to know of a call, an aid or an event, folded.
_LABEL = re.compile(
    r"\b(?:dates?|limites?|clotures?|echeances?|depots?|candidatures?|ouvertures?|fermetures?|calendrier|montants?|budgets?"
    r"|enveloppes?|plafonds?|taux|subventions?|dotations?|durees?|beneficiaires?|publics?|eligib\w+|criteres?|territoires?"
    r"|perimetres?|zones?|secteurs?|financeurs?|organismes?|acheteurs?|porteurs?|references?|lieux?|horaires?|contacts?"
    r"|objet|procedure|deadline|closing|opening|eligible|applicants?|amount|rate)\b"
)
_FIGURE = re.compile(r"\d")
#: A label is a few words; the value it announces is a line.
_LABEL_LENGTH, _VALUE_LENGTH = 60, 300


def is_label(text: str) -> bool:
    """Say whether a line is a label: short, no figure, about what one needs to know."""
    short = 0 < len(text) <= _LABEL_LENGTH and not _FIGURE.search(text)
    return short and not text.endswith((".", "?", "!", ";")) and _LABEL.search(fold(text)) is not None


def tells(line: Line, before: Line | None) -> bool:
    """Say whether a line states a fact: a label with a figure, or the value of the label before it."""
    if len(line.text) > _VALUE_LENGTH:
        return False
    if _FIGURE.search(line.text) and _LABEL.search(fold(line.text)):
        return True
    return before is not None and is_label(before.text) and not is_label(line.text)


def printed(lines: Sequence[Line]) -> Iterator[str]:
    """Yield lines as they are stored: a label and its value on one line."""
    place = 0
    while place < len(lines):
        line, value = lines[place], lines[place + 1] if place + 1 < len(lines) else None
        if value is not None and _announces(line, value):
            yield f"{line.text.rstrip(' :')} : {value.text}"
            place += 2
        else:
            yield line.text
            place += 1


def _announces(label: Line, value: Line) -> bool:
    if len(value.text) > _VALUE_LENGTH or (value.heading and value.element.tag != "th"):
        return False
    if (label.element.tag, value.element.tag) in {("dt", "dd"), ("th", "td")}:
        return label.element.getnext() is value.element
    if label.element.tag == "td" and label.element.getnext() is value.element:
        return len(label.element.getparent()) == 2  # noqa: PLR2004 - a label and a value
    short = not value.text.endswith(".") or _FIGURE.search(value.text) is not None
    return is_label(label.text) and not is_label(value.text) and short and label.element.tag != "h1"
