"""XML of an API: parsed without entities, network or huge trees, and read whatever its namespaces (pure)."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from veille.crawl.apis.payload import refuse_oversized
from veille.errors import ParseError

_CURE = "vérifiez l'adresse dans sources.yaml : elle doit être celle d'un avis au format XML"


def read_xml(payload: bytes) -> Any:
    """Return the root element; raises ParseError for what is not well-formed, or brings a document type."""
    refuse_oversized(payload)
    try:
        root = etree.fromstring(payload.strip(b"\x00 \t\r\n"), _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:  # LookupError: an encoding that does not exist
        line = getattr(error, "lineno", None)
        where = f", ligne {line}" if line else ""
        raise ParseError(f"XML illisible{where}", cure=_CURE) from error
    if root is None:
        raise ParseError("XML illisible", cure=_CURE)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ParseError("ce document XML apporte ses propres entités (DOCTYPE) : il est refusé", cure=_CURE)
    return root


def _parser() -> Any:
    """Return a parser for hostile input; libxml2 then stops at 256 levels and 10 MB of text in one node."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def name(element: Any) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def within(element: Any, *names: str) -> Iterator[Any]:
    """Yield the descendants with the first of these names, in document order, then those with the next."""
    for one in names:
        yield from element.iterfind(f".//{{*}}{one}")


def child(element: Any, path: str) -> Any | None:
    """Return the element at a path of names below another (« A/B »), or None."""
    return None if element is None else element.find("/".join(f"{{*}}{step}" for step in path.split("/")))


def children(element: Any, path: str) -> list[Any]:
    """Return the elements at a path of names below another."""
    return [] if element is None else list(element.findall("/".join(f"{{*}}{step}" for step in path.split("/"))))


def said(element: Any | None) -> str:
    """Return all the text of an element, one space between words, one line a paragraph."""
    if element is None:
        return ""
    paragraphs = [one for one in element if name(one) == "P"] or [element]
    lines = (" ".join("".join(one.itertext()).split()) for one in paragraphs)
    return "\n".join(line for line in lines if line)


def say(elements: list[Any] | Iterator[Any]) -> list[str]:
    """Return the texts of elements, once each, without the empty ones."""
    return list(dict.fromkeys(text for element in elements if (text := said(element))))


def codes(elements: list[Any] | Iterator[Any]) -> tuple[str, ...]:
    """Return the CODE attributes of elements, once each."""
    return tuple(dict.fromkeys(code for element in elements if (code := element.get("CODE", "").strip())))
