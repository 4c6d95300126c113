"""What of a page is watched: its lines, without what surrounds them (pure)."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from veille.crawl.blockers import blocker_of
from veille.crawl.details.furniture import names, remove, surrounds
from veille.crawl.details.lines import lines_of
from veille.crawl.html import text_of
from veille.crawl.markup import cut
from veille.crawl.recipes import SelectorRefused, compiled
from veille.errors import ParseError
from veille.model import Fetched
from veille.text import clean

#: Lines and characters of one page; the longest regulation page met has 1,400 lines and 160,000 characters.
_LINES, _CHARACTERS, _LINE = 5_000, 400_000, 2_000
#: Below this a page may be one that stands in the place of another (see `blockers`).
_SHORT = 1_500
#: Small pages ask to log in, to prove oneself or to accept beside what they say: with a passage of text they are pages.
_ASIDE, _PASSAGE = frozenset({"connexion", "captcha", "consentement"}), 300
#: Words of a class or id that name what moves by itself, besides furniture.
_MOVING = frozenset({
    "ad", "ads", "adsbygoogle", "advert", "advertisement", "captcha", "chatbot", "clock", "compteur", "countdown",
    "counter", "horloge", "livechat", "meteo", "recaptcha", "sponsored", "weather",
})  # fmt: skip
#: What asks for consent goes, however much it says.
_WINDOWS = frozenset({"axeptio", "consent", "cookie", "cookies", "didomi", "gdpr", "rgpd", "tarteaucitron"})
#: What holds more of the text than this is the page, whatever its name.
_MOST = 0.5
_CURE = "corrigez « options » de cette source dans sources.yaml, ou cherchez le flux, la lettre ou l'API du site"


def shown_lines(root: Any, select: str | None, ignore: Sequence[str]) -> list[str]:
    """Return the lines of the part of a page that is watched, the tree is changed; raises ParseError."""
    try:
        parts = _selected(root, select) if select else [_without_furniture(root)]
        _leave_out(parts, ignore)
        return _bounded([line.text for part in parts for line in lines_of(part)])
    except (etree.LxmlError, RecursionError) as error:
        raise ParseError("page trop profonde, ou sélecteur inapplicable", cure=_CURE) from error
    except SelectorRefused as refused:
        raise ParseError(f"sélecteur illisible : {refused}", cure=_CURE) from refused


def check_lines(lines: Sequence[str], body: bytes, url: str, select: str | None) -> None:
    """Raise ParseError where a page says nothing, or stands in the place of another: a wall, an error, a script."""
    size = sum(map(len, lines))
    if size < _SHORT:
        answer = Fetched(url=url, final_url=url, status=200, headers={"content-type": "text/html"}, body=body)
        found = blocker_of(answer)
        if found is not None and not (found.name in _ASIDE and size >= _PASSAGE):
            raise ParseError(found.sentence, cure=found.next_step)
    if not lines:
        where = f"la partie « {select} »" if select else "la page"
        raise ParseError(f"{where} ne contient aucun texte", cure=_CURE)


def _selected(root: Any, select: str) -> list[Any]:
    found = compiled(select)(root)
    parts = [one for one in found if isinstance(getattr(one, "tag", None), str)] if isinstance(found, list) else []
    if not parts:
        gone = f"la partie « {select[:80]} » n'est pas ou plus dans la page : le site a sans doute changé"
        raise ParseError(gone, cure=_CURE)
    kept = set(parts)
    return [one for one in parts if not any(above in kept for above in one.iterancestors())]


def _leave_out(parts: Sequence[Any], ignore: Sequence[str]) -> None:
    for part in parts:
        for selector in ignore:
            found = compiled(selector)(part)
            for one in found if isinstance(found, list) else []:
                if isinstance(getattr(one, "tag", None), str) and one.getparent() is not None and one is not part:
                    remove(one)


def _without_furniture(root: Any) -> Any:
    """Take menus, banners, consent windows, advertisements and forms out of a page."""
    size = max(1, len(text_of(root)))
    waiting = [child for child in root if isinstance(child.tag, str)]
    while waiting:
        element = waiting.pop()
        if _moves(element) or (surrounds(element) and not _is_the_page(element, size)):
            remove(element)
        else:
            waiting.extend(child for child in element if isinstance(child.tag, str))
    return root


def _moves(element: Any) -> bool:
    words = set(names(element))
    return element.tag not in {"html", "body", "main"} and bool(words & (_MOVING | _WINDOWS))


def _is_the_page(element: Any, size: int) -> bool:
    return element.find(".//h1") is not None or len(text_of(element)) > _MOST * size


def _bounded(lines: Sequence[str]) -> list[str]:
    kept, room = [], _CHARACTERS
    for text in lines[:_LINES]:
        line = cut(clean(text), _LINE)
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return kept
