"""A page's bytes to a tree: lxml's HTML parser, in C, which never asks the network (pure)."""

import re
from typing import Any, cast

from lxml import etree, html

from veille.crawl.charset import decode
from veille.crawl.entries import safe_link
from veille.errors import ParseError

_META = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
#: HTML Living Standard §13.2.3.2: the declaration stands in the first 1,024 bytes; real pages put scripts before it.
_HEAD = 4_096
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|\\A\\s*<\\?xml[^>]{0,200}\\?>")
_CURE = "vérifiez l'adresse dans un navigateur"
#: What is not for readers.
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "iframe"})


def tree_of(body: bytes, content_type: str) -> Any:
    """Return the root element of a page; raises ParseError where there is none."""
    if not body.strip(b"\x00 \t\r\n"):
        raise ParseError("la réponse est vide", cure=_CURE)
    text = _UNUSABLE.sub("", decode(body, _labelled(body, content_type)))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise ParseError("la réponse n'est pas une page HTML", cure=_CURE) from error
    if root is None:
        raise ParseError("la réponse n'est pas une page HTML", cure=_CURE)
    return root


def _labelled(body: bytes, content_type: str) -> str:
    """Return the content type, with the character set that the page itself declares where HTTP gives none."""
    declared = _META.search(body, 0, _HEAD)
    if declared is None or "charset" in content_type.lower():
        return content_type
    return f"text/html; charset={declared[1].decode('ascii', 'replace')}"


def base_of(root: Any, url: str) -> str:
    """Return what relative links are relative to: `<base>`, itself against the address the page came from."""
    declared = root.find(".//base[@href]")
    return (safe_link(declared.get("href"), url) if declared is not None else None) or url


def text_of(element: Any) -> str:
    """Return what a reader sees of an element, one space between words."""
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and node.tag not in _SILENT and node.text:
            pieces.append(node.text)
        elif event == "end" and node is not element and node.tail:
            pieces.append(node.tail)
    return " ".join(" ".join(pieces).split())


def attribute(element: Any, name: str) -> str:
    """Return an attribute, empty if absent."""
    return cast("str", element.get(name) or "")
