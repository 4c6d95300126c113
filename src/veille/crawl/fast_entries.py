"""One ordinary item of a feed to the mapping that feedparser would make of it (pure).

What an element does here is what feedparser 6.0 does with it (`mixin.py`, `namespaces/`): later values win at the same
depth, the first title stays, a second description becomes content. Where it has a rule of its own, `Unusual` is raised.
"""

import re
from collections.abc import Callable
from typing import Any

from veille.crawl.fast_text import (
    ACTS,
    PERSON,
    SHOWN,
    XHTML,
    Unusual,
    attributes_of,
    based,
    markup_of,
    repaired,
    resolved,
    text_of,
)

Raw = dict[str, Any]

#: What it does there reaches no title, link, id, date, text, author or category of an entry.
_HARMLESS = frozenset({
    "cloud", "contributor", "copyright", "dc_contributor", "dc_language",
    "dc_publisher", "dc_rights", "dcterms_valid", "email", "expirationdate", "feedburner_browserfriendly",
    "generator", "georss_box", "georss_line", "georss_point", "georss_polygon", "georss_where", "height",
    "homepage", "info", "itunes_block", "itunes_explicit", "itunes_image", "itunes_link", "itunes_subtitle",
    "language", "media_credit", "media_license", "media_player", "media_rating", "media_restriction",
    "media_thumbnail", "name", "rights", "subtitle", "tagline", "uri", "url", "webmaster", "where", "width",
})  # fmt: skip
#: Containers on whose behalf it does nothing: what they hold speaks of the entry.
_TRANSPARENT = frozenset({"media_group", "media_content"})
#: Names under which it keeps lists of its own.
_TAKEN = frozenset({"links", "tags", "authors", "contributors", "publishers", "guidislink"})
_PAGES = frozenset({"text/html", "html"}) | XHTML
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ABOUT, _RESOURCE = f"{_RDF}about", f"{_RDF}resource"
#: Fields of modules that we read and on which feedparser does not act.
_KEPT = frozenset({"ev_startdate", "ev_enddate", "ev_location", "georss_featurename"})
_HALF_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")


def read_entry(item: Any, name_of: Callable[[Any], str], base: str, *, atom10: bool, has_content: bool) -> Raw:
    """Return an item as feedparser's mapping; raises Unusual."""
    entry = _Entry(name_of, based(item, base), atom10=atom10, has_content=has_content)
    entry.about(item)
    entry.children(item, 1)
    return entry.raw


class _Entry:
    """One item being read."""

    def __init__(self, name_of: Callable[[Any], str], base: str, *, atom10: bool, has_content: bool) -> None:
        self.raw: Raw = {}
        self._name_of = name_of
        self._base = base
        self._atom10 = atom10
        self._has_content = has_content
        #: Depth of the title that stays, -1 for none.
        self._title_depth = -1
        #: Field → depth of the element that gave it.
        self._depths: dict[str, int] = {}

    def about(self, item: Any) -> None:
        """Read the item's own attributes."""
        for name, value in item.attrib.items():
            if name == _ABOUT:
                self.raw["id"] = value
            elif name.rpartition("}")[2].lower() in {"href", "about"}:
                raise Unusual

    def children(self, element: Any, depth: int) -> None:
        """Read what stands in an item, or in something transparent inside it."""
        for child in element:
            name = self._name_of(child)
            handler = _HANDLERS.get(name)
            if handler is not None:
                handler(self, child, depth)
            elif name in ACTS or name in _TAKEN:
                self._acted(child, name, depth)
            elif name in _KEPT:
                text = text_of(child)
                self.raw[name] = "" if child.attrib else text
            elif len(child):
                self._inside(child, depth)

    def _inside(self, element: Any, depth: int) -> None:
        if any(name.rpartition("}")[2].lower() == "base" for name in element.attrib):
            raise Unusual
        self.children(element, depth + 1)

    def _acted(self, child: Any, name: str, depth: int) -> None:
        if name in _TRANSPARENT:
            self._inside(child, depth)
        elif name not in _HARMLESS or (len(child) and not (name == "contributor" and self._is_person(child))):
            raise Unusual

    def _is_person(self, element: Any) -> bool:
        """Say whether an element holds nothing but what describes a person."""
        return all(not len(child) and self._name_of(child) not in _ACTED for child in element)

    def _keep(self, field: str, value: str, depth: int) -> None:
        if depth <= self._depths.get(field, depth):
            self._depths[field] = depth
            self.raw[field] = value

    def title(self, element: Any, depth: int) -> None:
        value = markup_of(element, self._name_of, atom10=self._atom10)
        if not -1 < self._title_depth <= depth:
            self._keep("title", value, depth)
        if value:
            self._title_depth = depth

    def media_title(self, element: Any, depth: int) -> None:
        before = self._title_depth
        self.title(element, depth)
        self._title_depth = before

    def identifier(self, element: Any, depth: int) -> None:
        acts_as_link = element.get("isPermaLink", _any_case(element, "ispermalink", "true")) == "true"
        value = text_of(element)
        self._keep("id", value, depth)
        self.raw.setdefault("guidislink", acts_as_link and "link" not in self.raw)
        if acts_as_link:
            self.raw.setdefault("link", value)

    def published(self, element: Any, depth: int) -> None:
        self._keep("published", text_of(element), depth)

    def updated(self, element: Any, depth: int) -> None:
        self._keep("updated", text_of(element), depth)

    def created(self, element: Any, depth: int) -> None:
        self._keep("created", text_of(element), depth)

    def description(self, element: Any, depth: int) -> None:
        if "summary" in self.raw and not self._has_content:
            self._has_content = True
            self._add_content(markup_of(element, self._name_of, atom10=self._atom10))
        else:
            self._keep("summary", markup_of(element, self._name_of, atom10=self._atom10), depth)

    def abstract(self, element: Any, depth: int) -> None:
        self._keep("summary", markup_of(element, self._name_of, atom10=self._atom10), depth)

    def content(self, element: Any, _depth: int) -> None:
        self._has_content = True
        if attributes_of(element).get("type", "text") not in SHOWN and not len(element) and not element.text:
            self._add_content("")  # what stands elsewhere: a film, a picture
            return
        value = markup_of(element, self._name_of, atom10=self._atom10)
        self._add_content(value)
        self.raw.setdefault("summary", value)

    def _add_content(self, value: str) -> None:
        self.raw.setdefault("content", []).append({"value": value})

    def author(self, element: Any, depth: int) -> None:
        if not len(element):
            self._keep("author", text_of(element), depth)
            return
        said = {self._name_of(child).removeprefix("itunes_"): (child.text or "").strip() for child in element}
        who, mail = said.get("name"), said.get("email")
        odd = depth > 1 or "@" in self.raw.get("author", "")
        if odd or not self._is_person(element) or not (who or mail):
            raise Unusual
        self._keep("author", f"{who} ({mail})" if who and mail else who or mail or "", depth)

    def category(self, element: Any, _depth: int) -> None:
        attributes = attributes_of(element)
        self._tag(attributes.get("term"), attributes.get("scheme", attributes.get("domain")), attributes.get("label"))
        self._named(text_of(element))

    def media_category(self, element: Any, _depth: int) -> None:
        attributes = attributes_of(element)
        scheme = attributes.get("scheme", "http://search.yahoo.com/mrss/category_schema")
        self._tag(attributes.get("term"), scheme, attributes.get("label"))
        self._named(text_of(element))

    def itunes_category(self, element: Any, _depth: int) -> None:
        if len(element):
            raise Unusual
        self._tag(attributes_of(element).get("text"), "http://www.itunes.com/", None)
        self._named(text_of(element))

    def keywords(self, element: Any, _depth: int) -> None:
        terms = text_of(element)
        if element.attrib:  # feedparser then passes over it
            return
        for term in filter(None, map(str.strip, terms.split(","))):
            self._tag(term, None, None)

    def _tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self.raw.setdefault("tags", [])
        tag = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and tag not in tags:
            tags.append(tag)

    def _named(self, value: str) -> None:
        """Give the text of a category to the tag that has no term yet, else to a new one."""
        tags = self.raw["tags"]
        if value and tags and not tags[-1]["term"]:
            tags[-1]["term"] = value
        elif value:
            self._tag(value, None, None)

    def link(self, element: Any, _depth: int) -> None:
        link = {"rel": "alternate", **attributes_of(element)}
        link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
        href = link.get("url", link.get("uri", link.get("href")))
        if len(element) or (not href and href is not None):
            raise Unusual
        links = self.raw.setdefault("links", [])
        links.append(link)
        base = based(element, self._base)
        if href:
            link["href"] = resolved(href, base)
            if link["rel"] == "alternate" and link["type"] in _PAGES:
                self.raw["link"] = link["href"]
            return
        text = text_of(element) and repaired(resolved((element.text or "").strip(), base))
        self.raw["link"] = _HALF_REFERENCE.sub(r"&\g<1>", text.replace("&amp;", "&"))
        if self.raw["link"]:
            link["href"] = self.raw["link"]

    def enclosure(self, element: Any, _depth: int) -> None:
        if len(element):
            raise Unusual
        attributes = attributes_of(element)
        href = attributes.get("url", attributes.get("uri", attributes.get("href")))
        self.raw.setdefault("links", []).append({**attributes, "rel": "enclosure", "href": href})

    def licence(self, element: Any, _depth: int) -> None:
        if len(element):
            raise Unusual
        href = element.get(_RESOURCE) if self._name_of(element) == "cc_license" else text_of(element)
        self.raw.setdefault("links", []).append({"rel": "license", "href": href})

    def source(self, element: Any, depth: int) -> None:
        """Pass over where an entry was taken from; a title in it makes a later one of the entry deeper than it."""
        if any(self._name_of(below) == "source" for below in element.iterdescendants()):
            raise Unusual
        titled = any(self._name_of(child) == "title" and (child.text or "").strip() for child in element)
        self._title_depth = depth + 1 if titled else -1

    def image(self, element: Any, _depth: int) -> None:
        if len(element):
            raise Unusual
        self._title_depth = -1


def _any_case(element: Any, wanted: str, default: str) -> str:
    return next((value for name, value in element.attrib.items() if name.lower() == wanted), default)


_HANDLERS: dict[str, Callable[[_Entry, Any, int], None]] = {
    **dict.fromkeys(("title", "dc_title"), _Entry.title),
    "media_title": _Entry.media_title,
    **dict.fromkeys(("guid", "id"), _Entry.identifier),
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms_issued"), _Entry.published),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), _Entry.updated),
    **dict.fromkeys(("created", "dcterms_created"), _Entry.created),
    **dict.fromkeys(
        ("description", "summary", "dc_description", "media_description", "itunes_summary"), _Entry.description
    ),
    "abstract": _Entry.abstract,
    **dict.fromkeys(("content", "content_encoded", "fullitem"), _Entry.content),
    **dict.fromkeys(("author", "managingeditor", "dc_author", "dc_creator", "itunes_author"), _Entry.author),
    **dict.fromkeys(("category", "keywords", "dc_subject"), _Entry.category),
    "media_category": _Entry.media_category,
    "itunes_category": _Entry.itunes_category,
    **dict.fromkeys(("itunes_keywords", "media_keywords"), _Entry.keywords),
    "link": _Entry.link,
    "enclosure": _Entry.enclosure,
    **dict.fromkeys(("cc_license", "creativecommons_license"), _Entry.licence),
    "source": _Entry.source,
    "image": _Entry.image,
}
#: What must not stand inside an author.
_ACTED = (ACTS | _KEPT | _TAKEN) - PERSON
