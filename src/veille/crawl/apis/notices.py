"""Notices of public procurement in XML, whichever of the three formats the answer is in (pure)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from veille.crawl.apis.boamp import boamp_notice
from veille.crawl.apis.eforms import ROOTS, eforms_notice
from veille.crawl.apis.notice import Notice, notice_entry
from veille.crawl.apis.page import Page, page
from veille.crawl.apis.ted import ted_notice
from veille.crawl.apis.xmltree import name, read_xml
from veille.errors import ParseError

_READERS: Mapping[str, Callable[[Any], Notice]] = {
    "TED_EXPORT": ted_notice,
    "ANNONCE": boamp_notice,
    **dict.fromkeys(ROOTS, eforms_notice),
}


def read_notices(payload: bytes, *, url: str) -> Page:  # noqa: ARG001 - every reader is called alike
    """Read a notice, or a file of several; raises ParseError."""
    found = [reader(element) for element, reader in _found(read_xml(payload))]
    if not found:
        raise ParseError(
            "ce document XML n'est ni un avis TED, ni un avis eForms, ni un avis BOAMP",
            cure="vérifiez l'adresse : un avis TED se demande à …/notice/NUMÉRO/xml",
        )
    return page(found, notice_entry, when=lambda notice: notice.published)


def _found(root: Any) -> Iterator[tuple[Any, Callable[[Any], Notice]]]:
    """Yield the notices of a document; one inside another is part of it."""
    reader = _READERS.get(name(root))
    if reader is not None:
        yield root, reader
        return
    for element in root:
        yield from _found(element)
