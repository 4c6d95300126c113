"""Which documents of a page are worth reading: the rules of a call, its specification, annexes; PDFs only (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from veille.crawl.details.furniture import surrounds
from veille.crawl.details.naming import MOST, OTHER_FORMATS, PICTURES, suffix_of, unread_format, wish
from veille.crawl.entries import safe_link
from veille.crawl.html import text_of
from veille.crawl.normalize import canonical_link
from veille.model.details import DocumentWish
from veille.text import fold

#: Documents named but not read, at most: they tell a person where to look.
_NAMED = 5
#: Bytes of a document whose size is printed beside its link; the fetcher's own cap holds for what is fetched.
_LARGEST = 15_000_000
#: What says the conditions of a call, folded: the first words that match decide.
_TELLING = (
    (re.compile(r"\breglements?\b|\bcahiers? des charges\b|\bccap\b|\bcctp\b|\breglements? de consultation\b"), 5),
    (
        re.compile(
            r"\baap\b|\bami\b|\bappels? (?:a|d) (?:projets?|manifestation|candidatures?|offres?)\b|\bcall text\b"
        ),
        4,
    ),
    (re.compile(r"\bnotices?\b|\bguides?\b|\bmodalites\b|\bconditions\b|\bcriteres\b|\bguidelines\b|\bterms\b"), 3),
    (re.compile(r"\bannexes?\b|\bfiches?\b|\bdepliants?\b|\bprogrammes?\b|\bcalendrier\b|\bannex\b"), 2),
    (re.compile(r"\bdossiers?\b|\bformulaires?\b"), 1),
)
#: What stands on every page of a site and says nothing of a call.
_OTHER = re.compile(
    r"\brapports? (?:annuels?|d activites?)\b|\bplaquettes?\b|\bmentions legales\b|\bcgu\b|\bcgv\b|\brgpd\b|\bcookies\b"
    r"|\bconfidentialite\b|\borganigramme\b|\bstatuts\b|\bbulletin d adhesion\b|\bnewsletter\b|\bcharte graphique\b"
    r"|\blogos?\b|\blogotypes?\b|\bdeliberations?\b|\brecueil des actes\b|\bbrochure institutionnelle\b|\bkit\b"
    r"|\bplan d acces\b|\baccessibilite\b|\blaureats\b|\bresultats\b|\bcommunique\b"
)
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(ko|kb|mo|mb|go|gb)\b", re.IGNORECASE)
_UNITS = {"k": 1e3, "m": 1e6, "g": 1e9}
_PDF = re.compile(r"\bpdf\b")


@dataclass(frozen=True, slots=True)
class _Link:
    """A link to what may be a document."""

    url: str
    #: Folded: what the link says, its title, the words around it, its file name.
    words: str
    said: str
    rank: int

    @property
    def suffix(self) -> str:
        return suffix_of(self.url)


def documents_of(page: Any, base: str) -> tuple[DocumentWish, ...]:
    """Return the documents that a page links to, the most telling first; those that are left say why."""
    links: dict[str, _Link] = {}
    for link in _links(page, base):
        known = links.get(canonical_link(link.url))
        if known is None or link.rank > known.rank:
            links[canonical_link(link.url)] = link
    ranked = sorted(links.values(), key=lambda link: -link.rank)
    read = [link for link in ranked if not _left(link)]
    named = [(link, _left(link)) for link in ranked if _left(link)]
    named += [(link, f"plus de {MOST} documents : celui-ci n'est pas lu") for link in read[MOST:]]
    return (
        *(wish(link.url, link.said) for link in read[:MOST]),
        *(wish(one.url, one.said, left) for one, left in named[:_NAMED]),
    )


def _links(page: Any, base: str) -> Iterator[_Link]:
    for element in page.iter("a"):
        url = safe_link(element.get("href"), base)
        if url is None or any(surrounds(above) for above in element.iterancestors()):
            continue
        said = text_of(element) or element.get("title") or ""
        around = _around(element)
        words = fold(
            " ".join([said, element.get("title") or "", around, unquote(urlsplit(url).path.rpartition("/")[2])])
        )
        if _is_document(url, element, words):
            yield _Link(url, words, said, _rank(words, url))


def _around(element: Any) -> str:
    """Return the words of the item or line that a link stands in, where it stands there alone."""
    parent = element.getparent()
    if parent is None or sum(1 for _ in parent.iter("a")) > 2:  # noqa: PLR2004 - a name and its button
        return ""
    words = text_of(parent)
    return words if len(words) <= 200 else ""  # noqa: PLR2004 - a line


def _is_document(url: str, element: Any, words: str) -> bool:
    suffix = suffix_of(url)
    if suffix == "pdf" or suffix in OTHER_FORMATS:
        return True
    if suffix in PICTURES:
        return False
    declared = (element.get("type") or "").lower() == "application/pdf" or element.get("download") is not None
    return declared or (_PDF.search(words) is not None and _telling(words) > 0)


def _telling(words: str) -> int:
    return next((weight for pattern, weight in _TELLING if pattern.search(words)), 0)


def _rank(words: str, url: str) -> int:
    return 2 * _telling(words) + (suffix_of(url) == "pdf") - (10 if _OTHER.search(words) else 0)


def _left(link: _Link) -> str:
    """Say why a document is not asked for, French; empty where it is."""
    if link.suffix in OTHER_FORMATS:
        return unread_format(link.url)
    if link.rank < 0:
        return "son nom ne dit rien des conditions : il n'est pas lu"
    size = _SIZE.search(link.words.replace(" ", " "))
    if size and float(size[1].replace(",", ".")) * _UNITS[size[2][0].lower()] > _LARGEST:
        return f"trop lourd : {size[1]} {size[2].capitalize()}"
    return ""
