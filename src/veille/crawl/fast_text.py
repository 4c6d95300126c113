"""Texts, inline markup and links of a feed's elements as feedparser reads them (pure).

Where feedparser has a rule of its own, `Unusual` is raised.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape

import feedparser
from feedparser.html import _cp1252
from feedparser.urls import make_safe_absolute_uri

#: Elements on which feedparser acts, as it names its methods.
ACTS = frozenset(
    name.split("_", 2)[2] for name in dir(feedparser.api.StrictFeedParser) if name.startswith(("_start_", "_end_"))
)
#: What describes a person inside an author.
PERSON = frozenset({"name", "email", "uri", "url", "homepage", "itunes_name", "itunes_email"})
_TEXT_TYPES = frozenset({"text", "plain", "html", "text/plain", "text/html"})
XHTML = frozenset({"xhtml", "application/xhtml+xml"})
#: Types of an element whose text is read.
SHOWN = _TEXT_TYPES | XHTML
_XML = "{http://www.w3.org/XML/1998/namespace}"
#: Attributes whose values feedparser makes lower-case.
_FOLDED = frozenset({"rel", "type"})
_ODD = frozenset({"svg", "math"})
_QUOTE = {'"': "&quot;"}
_C1 = re.compile("[\x80-\x9f]")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
#: Resolving such a link gives it back as it is.
_WHOLE = re.compile(r"https?://[A-Za-z0-9._:@-]+(?:/[^?#;\s]*(?:\?[^#;\s]+)?(?:#[^;\s]+)?)?")


class Unusual(Exception):
    """Feedparser has a rule of its own for this."""


def based(element: Any, base: str) -> str:
    """Return what links inside an element are relative to; raises Unusual for what may move it in other ways."""
    for name in element.attrib:
        if name != f"{_XML}base" and name.rpartition("}")[2].lower() in {"base", "lastmod"}:
            raise Unusual
    declared = element.get(f"{_XML}base")
    return (make_safe_absolute_uri(base, declared) or base) if declared else base


def text_of(element: Any) -> str:
    """Return the text of an element that holds nothing else, repaired as feedparser does."""
    if len(element):
        raise Unusual
    return repaired((element.text or "").strip())


def repaired(text: str) -> str:
    """Undo a second UTF-8 encoding, and read C1 controls as Windows-1252."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_cp1252) if _C1.search(text) else text


def markup_of(element: Any, name_of: Callable[[Any], str], *, atom10: bool) -> str:
    """Return the text of an element that may hold markup, escaped or standing in the document itself."""
    attributes = attributes_of(element)
    kind = attributes.get("type", "text")
    if attributes.get("mode") == "base64" or kind not in SHOWN:
        raise Unusual
    if kind not in XHTML and not len(element):
        return text_of(element)
    inline = _Inline(name_of, escaping=kind in XHTML)
    pieces = list(inline.pieces(element))
    whole = _without_div(pieces) if atom10 and inline.escaping else pieces
    return repaired("".join(whole).strip())


def attributes_of(element: Any) -> dict[str, str]:
    """Return the attributes without namespaces, names lower-case; `rel` and `type` have lower-case values too."""
    found = {}
    for name, value in element.attrib.items():
        low = name.rpartition("}")[2].lower()
        found[low] = value.lower() if low in _FOLDED else value
    return found


def resolved(uri: str, base: str) -> str:
    """Return a link against its base, as feedparser joins them; empty where that cannot be done."""
    if _WHOLE.fullmatch(uri):
        return uri
    try:
        return urljoin(base, _SLASHES.sub(r"\1\3", uri))
    except ValueError:
        return ""


class _Inline:
    """Markup that stands in the document itself, in feedparser's pieces: tags, and the text between them."""

    def __init__(self, name_of: Callable[[Any], str], *, escaping: bool) -> None:
        self._name_of = name_of
        #: False while an element that declared itself as text holds nothing but text.
        self.escaping = escaping

    def pieces(self, element: Any) -> Iterator[str]:
        """Yield what stands in an element; raises Unusual for elements on which feedparser acts even there."""
        yield self._text(element.text)
        for child in element:
            local = child.tag.rpartition("}")[2].lower()
            if local in _ODD or local in ACTS or self._name_of(child).removeprefix("xhtml_") in ACTS:
                raise Unusual
            if local == "div" and not self.escaping:  # feedparser loses count of its depth there
                raise Unusual
            self.escaping = True
            yield f"<{local}{_markup(child.attrib)}>"
            yield from self.pieces(child)
            yield f"</{local}>"
            yield self._text(child.tail)

    def _text(self, text: str | None) -> str:
        return escape(text or "") if self.escaping else text or ""


def _markup(attributes: Mapping[str, str]) -> str:
    pairs = []
    for name, value in attributes.items():
        low = name.replace(_XML, "xml:").lower()
        if low.startswith("{"):
            raise Unusual
        pairs.append(f' {low}="{escape(value.lower() if low in _FOLDED else value, _QUOTE)}"')
    return "".join(pairs)


def _without_div(pieces: list[str]) -> list[str]:
    """Drop the <div> that Atom wraps inline markup in, where it wraps all of it (RFC 4287 §3.1.1.3)."""
    while len(pieces) > 1 and not pieces[-1].strip():
        del pieces[-1]
    while len(pieces) > 1 and not pieces[0].strip():
        del pieces[0]
    if not pieces or not pieces[0].startswith(("<div>", "<div ")) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        depth += 1 if piece.startswith("<") and not piece.startswith("</") else -1 if piece.startswith("</") else 0
        if depth == 0:
            return pieces
    return pieces[1:-1]
