"""What stands around a page's text: menus, consent windows, teasers of other pages, taken out first (pure)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from veille.crawl.html import text_of

#: Never the text of a page.
_TAGS = frozenset({"nav", "dialog", "form", "button", "menu", "select", "template", "object", "embed"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar"})
#: Words of a class or id that name furniture, in the systems French sites are made with (Drupal, WordPress, SPIP, DSFR,
#: Elementor, the usual consent windows).
_NAMES = frozenset({
    "ariane", "author", "auteur", "axeptio", "banner", "breadcrumb", "breadcrumbs", "burger", "colophon", "comments",
    "commentaires", "consent", "cookie", "cookies", "crp", "didomi", "follow", "followus", "foot", "footer", "gdpr",
    "masthead", "menu", "navbar", "navigation", "newsletter", "offcanvas", "outils", "pagination", "partage",
    "partager", "pied", "popup", "push", "pub", "publicite", "related", "rgpd", "share", "sharedaddy", "sharing",
    "similaires", "skiplinks", "social", "sociaux", "tarteaucitron", "teaser", "toolbar", "widget-area",
})  # fmt: skip
#: Windows that ask for consent: furniture even where they say more than the page.
_WINDOWS = frozenset({"axeptio", "consent", "cookie", "cookies", "didomi", "gdpr", "rgpd", "tarteaucitron"})
#: Words that name it only beside the text: a column, a heading of the whole site.
_BESIDE = frozenset({"sidebar", "aside", "secondary", "droite", "gauche", "header", "entete", "top", "bottom", "bas"})
_WORDS = re.compile(r"[a-z]+(?:-area)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: What holds more of the page's text than this is the page, whatever its name.
_MOST = 0.5
#: Elements whose name says nothing: they hold everything.
_WHOLE = frozenset({"html", "body", "main", "head"})
_LEVELS = ("h2", "h3", "h4", "h5", "h6")
_HEADINGS = frozenset({*_LEVELS, "summary", "dt"})


def without_furniture(root: Any) -> Any:
    """Take the furniture out of a tree, in place; return the tree."""
    size = max(1, len(text_of(root)))
    for element in list(root.iter("*")):
        aside = surrounds(element) or _stands_beside(element)
        if element.getparent() is not None and aside and not _holds_the_page(element, size):
            remove(element)
    cards = [card for element in root.iter("*") for card in _cards(element)]
    if sum(len(text_of(card)) for card in cards) <= _MOST * size:
        for card in cards:
            remove(card)
    return root


def _cards(parent: Any) -> list[Any]:
    """Return the children of an element that present other pages: several alike, each with a heading that is a link."""
    alike = defaultdict(list)
    for child in parent:
        if isinstance(child.tag, str) and _presents_another(child):
            alike[child.tag, child.get("class")].append(child)
    return [card for cards in alike.values() if len(cards) > 1 for card in cards]


def _presents_another(element: Any) -> bool:
    if element.find(".//h1") is not None:
        return False
    if element.tag == "a":
        return _leads_away(element) and len(element) > 1
    links = (link for level in _LEVELS for link in element.iterfind(f".//{level}//a[@href]"))
    return any(_leads_away(link) for link in links)


def _leads_away(link: Any) -> bool:
    return not (link.get("href") or "#").startswith("#")


def remove(element: Any) -> None:
    """Take an element out of its tree and leave the words that follow it."""
    parent, tail = element.getparent(), element.tail
    if tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(element)


def names(element: Any) -> Iterator[str]:
    """Yield the words of an element's class and id, in small letters."""
    for attribute in ("class", "id"):
        yield from _WORDS.findall(_CAMEL.sub(" ", element.get(attribute) or "").lower())


def surrounds(element: Any) -> bool:
    """Say whether an element is furniture by its tag, role or name; a column beside the text is not."""
    tag = element.tag
    if tag in _WHOLE or (tag == "button" and _opens_a_panel(element)):
        return False
    if tag in _TAGS or element.get("role") in _ROLES or element.get("aria-modal") == "true":
        return True
    if tag in {"header", "footer"}:
        return not any(above.tag == "article" for above in element.iterancestors())
    return bool(set(names(element)) & _NAMES)


def _opens_a_panel(button: Any) -> bool:
    """Say whether a button is the heading of a panel that it opens."""
    parent = button.getparent()
    return button.get("aria-expanded") is not None or (parent is not None and parent.tag in _HEADINGS)


def _stands_beside(element: Any) -> bool:
    """Say whether an element is a column beside the text that states no facts of the page."""
    beside = element.tag == "aside" or element.get("role") == "complementary" or set(names(element)) & _BESIDE
    if element.tag in _WHOLE or not beside:
        return False
    return element.find(".//dl") is None or links_elsewhere(element)


def links_elsewhere(element: Any) -> bool:
    """Say whether an element names other pages: headings or items that are links."""
    return any(element.find(f".//{heading}//a[@href]") is not None for heading in ("h2", "h3", "h4", "h5", "li"))


def _holds_the_page(element: Any, size: int) -> bool:
    if element.find(".//h1") is not None and element.tag != "nav":  # some sites give their menus a title of that rank
        return True
    return not _WINDOWS & set(names(element)) and len(text_of(element)) > _MOST * size
