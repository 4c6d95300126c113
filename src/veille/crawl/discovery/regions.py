"""Which parts of a page can hold its list: not its menus, footer, pager, filters or notices (pure)."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

_TAGS = frozenset({"nav", "footer", "script", "style", "template", "noscript", "svg", "select", "iframe", "dialog"})
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "menu", "menubar", "tablist", "dialog", "alertdialog"}
)
#: Names of what surrounds a list, at the beginning of a class or id or after its prefix (« fr-nav », « site-footer »).
_AROUND = re.compile(
    r"^(?:fr|site|main|page|global|the|block|region|uk|tx|wp|js|header|top|bottom|mega|primary|secondary)?[-_]*"
    r"(?:nav|navbar|navigation|menus?|footer|pied|breadcrumbs?|fil-?d?-?ariane|ariane|pager|pagination|page-numbers|nav-links"
    r"|shar(?:e|ing)\w*|partag\w*|social\w*|reseaux(?:-?sociaux)?|cookies?|tarteaucitron\w*|consent\w*|skip-?links?"
    r"|lang(?:uage)?-?(?:switch\w*|select\w*|block)|langues?|search-?(?:form|box|block)|facets?|facettes?|filt(?:re|er)s?(?![-_](?!form|bar|block|list|wrap|group|panel))"
    r"|exposed-form|views-exposed-form|modal|popup|offcanvas|toolbar)(?:$|[-_].*)"
    r"|.*[-_](?:pagination|pager|breadcrumbs?|navigation|menu|navbar)$",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"(?:^|[-_])(?:sidebar|aside|related\w*|similar\w*|similaires?|associe\w*|a-?lire\w*|lire-?aussi|voir-?aussi|autres"
    r"|plus-?lus|popula\w*|carousel|carrousel|slider|swiper|slick|encarts?|promos?|partenaires?|partners|logos|liens?-?utiles"
    r"|acces-?rapides?|quick\w*|newsletter|complementary)(?:$|[-_])|^widget(?:s|[-_]area|_\w+)?$",
    re.IGNORECASE,
)
_MAIN = re.compile(
    r"^(?:main|content|contenu|corps|primary|principal|page-content|main-content|contenu-?principal)$", re.IGNORECASE
)
#: Elements looked at in one page.
_MANY = 60_000


def live_elements(root: Any) -> Iterator[Any]:
    """Yield the elements of a page in its order, leaving out what stands around any list."""
    walk = etree.iterwalk(root, events=("start",))
    for count, (_, element) in enumerate(walk):
        if count > _MANY:
            return
        if is_around(element):
            walk.skip_subtree()
        else:
            yield element


def is_around(element: Any) -> bool:
    """Say whether an element is a menu, a footer, a pager or the like."""
    tag = element.tag
    if tag in {"html", "body", "main", "article", "head"}:
        return False
    if tag in _TAGS or (element.get("role") or "").lower() in _ROLES:
        return True
    if tag == "header":
        return not any(above.tag in {"article", "main", "li", "section"} for above in element.iterancestors())
    named = any(_AROUND.match(name) for name in _names(element))
    return named and element.find(".//h1") is None and element.find(".//main") is None


def is_aside(element: Any) -> bool:
    """Say whether a list stands at the side of its page: « lire aussi », widgets, carousels."""
    return any(
        above.tag == "aside" or any(_SIDE.search(name) for name in _names(above))
        for above in (element, *element.iterancestors())
        if above.tag not in {"html", "body", "main"}
    )


def is_in_main(element: Any) -> bool:
    """Say whether an element stands in what the page calls its main part."""
    return any(
        above.tag == "main" or above.get("role") == "main" or _MAIN.match(above.get("id") or "")
        for above in element.iterancestors()
    )


def _names(element: Any) -> list[str]:
    names = (element.get("class") or "").split()[:20]
    identity = element.get("id")
    return [*names, identity] if identity else names
