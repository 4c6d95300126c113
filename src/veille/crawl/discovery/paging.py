"""Where a list goes on: `rel=next`, « Suivant », the number after the current one, `?page=` (pure)."""

import re
from typing import Any

from veille.crawl.discovery.classes import classes_of
from veille.crawl.discovery.selectors import Choice
from veille.crawl.entries import safe_link
from veille.crawl.html import attribute, text_of
from veille.crawl.politeness import host_of
from veille.crawl.recipes import compiled
from veille.text import fold

#: What `pages` looks for by itself.
_KNOWN = "xpath:(//link[@rel='next'][@href] | //a[@rel='next'][@href])[1]"
_WORDS = re.compile(
    r"^(?:(?:page |\w+ )?suivante?s?|next(?: page)?|plus ancien\w*|articles? (?:plus )?anciens?|voir plus(?: de \w+)?"
    r"|afficher plus|charger plus|plus de resultats)\b|\bpage suivante\b|\bnext page\b|^(?:la )?suite$"
)
_SIGNS = frozenset({"›", "»", ">", "→", ">>", "››", "⟩", "❯"})
_CLASS = re.compile(r"(?:^|[-_])(?:next|suivante?)(?:$|[-_])", re.IGNORECASE)
#: Words that may stand between quotes in a selector.
_LABEL = re.compile(r"[\w .,:’«»()›»→>+/-]{1,60}")
_PAGER = re.compile(r"pag(?:er|ination|e-numbers|ing)|nav-links|navigation", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:^|[/?&_=-])(?:page|p|pg|paged|offset|start|debut\w*|from|num)?[/=]?(\d{1,5})(?:/?$|&|\.html?$)", re.IGNORECASE
)


def next_selector(root: Any, base: str) -> str | None:
    """Return the selector of the link to the next page; None where there is none, or where `pages` finds it itself."""
    if _leads_on(_first(root, _KNOWN), base):
        return None
    for link in _candidates(root, base):
        for choice in sorted(_choices(link)):
            if _first(root, choice.selector) is link or _same(root, choice.selector, link):
                return choice.selector
    return None


def _candidates(root: Any, base: str) -> list[Any]:
    """Return the links that lead on, the surest first."""
    links = [one for one in root.iter("a") if _leads_on(one, base)]
    said = [one for one in links if _says_next(one)]
    if said:
        return sorted(said, key=lambda one: not _in_pager(one))[:5]
    after = [_after_current(one) for one in links if _in_pager(one)]
    return [one for one in links if one in after][:1]


def _says_next(link: Any) -> bool:
    if "next" in attribute(link, "rel").split():
        return True
    text = text_of(link)
    names = [*attribute(link, "class").split(), *attribute(link.getparent(), "class").split()]
    words = (text, attribute(link, "title"), attribute(link, "aria-label"))
    named = text.strip() in _SIGNS or any(_WORDS.search(fold(one)) for one in words if one)
    leads_on = _in_pager(link) or _has_number(attribute(link, "href"))
    return (named and leads_on) or any(_CLASS.search(one) for one in names)


def _in_pager(link: Any) -> bool:
    for level, above in enumerate((link, *link.iterancestors())):
        if level > 5 or above.tag == "body":  # noqa: PLR2004 - link, item, list, nav, block
            return False
        if any(
            _PAGER.search(name)
            for name in (attribute(above, "class"), attribute(above, "aria-label"), attribute(above, "id"))
        ):
            return True
    return False


def _has_number(href: str) -> bool:
    return bool(_NUMBER.search(href))


def _leads_on(link: Any, base: str) -> bool:
    """Say whether a link leads to another page of the same site."""
    if link is None:
        return False
    href = attribute(link, "href")
    url = safe_link(href, base) if href and not href.startswith("#") else None
    return url is not None and url.rstrip("#") != base and host_of(url) == host_of(base)


def _after_current(link: Any) -> Any:
    """Return the page link that comes after the current one, seen from any link of a pager."""
    pager = next((above for above in link.iterancestors() if _PAGER.search(attribute(above, "class"))), None)
    if pager is None:
        return None
    current = None
    for element in pager.iter():
        if current is None and (
            attribute(element, "aria-current")
            or "current" in attribute(element, "class")
            or "active" in attribute(element, "class").split()
        ):
            current = element
        elif (
            current is not None
            and element.tag == "a"
            and element.get("href")
            and current not in set(element.iterancestors())
        ):
            return element if text_of(element).strip().isdigit() else None
    return None


def _choices(link: Any) -> list[Choice]:
    """Return selectors of one link by what says that it leads on."""
    found = [Choice(0.5, "a[rel~='next']")] if "next" in attribute(link, "rel").split() else []
    parent = link.getparent()
    for level, element in enumerate((link, parent)):
        for name in classes_of(element):
            if _CLASS.search(name):
                found += [
                    Choice(1.0 + level, f".{name}" if level == 0 else f".{name} a"),
                    Choice(1.2 + level, f"a.{name}"),
                ]
    for name in ("title", "aria-label"):
        words = attribute(link, name)
        if _WORDS.search(fold(words)) and _LABEL.fullmatch(words):
            found.append(Choice(2.0, f"a[{name}='{words}']"))
    text = text_of(link)
    if _LABEL.fullmatch(text) and not text.isdigit():
        found.append(Choice(3.0, f"xpath://a[normalize-space()='{text}']"))
    pager = next((one for above in link.iterancestors() for one in classes_of(above) if _PAGER.search(one)), None)
    if pager is not None and text.isdigit():
        inside = f"*[contains(concat(' ', normalize-space(@class), ' '), ' {pager} ')]"
        is_current = "@aria-current or contains(@class, 'current') or contains(@class, 'active')"
        after = f"//{inside}//*[{is_current}]/following::a[@href][ancestor::{inside}]"
        found.append(Choice(4.0, f"xpath:({after})[1]"))
    return found


def _first(root: Any, selector: str) -> Any:
    found = compiled(selector)(root)
    return next(iter(found), None) if isinstance(found, list) else None


def _same(root: Any, selector: str, link: Any) -> bool:
    """Say whether what a selector finds first leads where a link does (a pager above and below the list)."""
    found = _first(root, selector)
    return found is not None and attribute(found, "href") == attribute(link, "href")
