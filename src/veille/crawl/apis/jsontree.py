"""JSON that was XML: made a tree again, so that one reader serves both forms (pure)."""

import re
from typing import Any

from lxml import etree

from veille.crawl.apis.payload import text

#: A notice of 400 lots has some 30,000 elements, 14 deep.
_MOST, _DEEPEST = 100_000, 60
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
#: What XML 1.0 cannot hold (§2.2).
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Planter:
    """Makes elements until there are too many."""

    def __init__(self) -> None:
        self._left = _MOST

    def fill(self, element: Any, value: Any, depth: int) -> None:
        """Put a value into an element."""
        if not isinstance(value, dict):
            element.text = _said(value)
            return
        for key, inner in value.items():
            if key == "#text":
                element.text = _said(inner)
            elif key.startswith("@"):
                _name_it(element, key[1:], inner)
            elif depth < _DEEPEST:
                self._grow(element, key, inner, depth)

    def _grow(self, element: Any, key: str, value: Any, depth: int) -> None:
        name = key.rpartition(":")[2]
        if not _NAME.fullmatch(name):
            return
        for one in value if isinstance(value, list) else [value]:
            if self._left <= 0:
                return
            self._left -= 1
            self.fill(etree.SubElement(element, name), one, depth + 1)


def tree(name: str, value: Any) -> Any:
    """Return an element for a value: « @a » is an attribute, « #text » its text; a prefix such as « cac: » goes.

    What is too deep, too much, or named as no element may be is left out.
    """
    root = etree.Element(name)
    _Planter().fill(root, value, 0)
    return root


def _name_it(element: Any, name: str, value: Any) -> None:
    plain = name.rpartition(":")[2]
    if _NAME.fullmatch(plain):
        element.set(plain, _said(value))


def _said(value: Any) -> str:
    return _UNFIT.sub("", text(value))
