"""What a class or an id is worth in a selector: names that a redesign keeps before names that a build makes (pure)."""

import re
from itertools import pairwise
from typing import Any

#: Names that say what a thing is; a site that changes its colours keeps them.
_MEANING = re.compile(
    r"(?:^|[-_])(?:items?|cards?|teasers?|articles?|posts?|entry|entries|list\w*|liste\w*|news|actus?|actualites?|appels?|aap|aides?"
    r"|events?|evenements?|agenda|results?|resultats?|nodes?|title|titre|heading|date\w*|resume|chapo|excerpt|extrait|intro\w*"
    r"|summary|desc\w*|publications?|offres?|projets?|dispositifs?|fiches?|rows?|deadline|echeance|cloture|limite|content|contenu)"
    r"(?:$|[-_])"
)
#: Spacing, grids, colours, animation: Bootstrap, Tailwind, DSFR and their kin. They say how a thing looks today.
_LOOKS = re.compile(
    r"^(?:fr-)?(?:cols?|row|container(?:-fluid)?|d|[mp][trblxyse]?|g[xy]?|w|h|min|max|text|bg|border|flex|grid(?:-row)?|justify"
    r"|align\w*|items-(?:center|start|end|baseline|stretch)|self|gap|float|pull|clearfix|position|rounded|shadow|font|leading|tracking|space|order|offset|overflow"
    r"|z|block|inline|relative|absolute|sticky|static|wow|fade\w*|animate\w*|aos|lazy\w*|transition|duration|cursor|hover|cell"
    r"|small|medium|large|xs|sm|md|lg|xl|enlarge-link|grid-\w+|uk-width\w*|size|alignleft|alignright|alignwide|has)(?:-|$)"
)
#: Where an item stands or how it is at the moment.
_STATE = re.compile(
    r"^(?:odd|even|first|last|active|open(?:ed)?|closed?|collapsed?|show|shown|hidden|visible|current|is-\w+|pair|impair|new|nouveau"
    r"|selected|expanded|loaded|ng-\w+|js-\w+|no-\w+|even-row|odd-row)$|(?:^|[-_])(?:first|last|odd|even)$|[-_]\d+$|^\d"
)
#: Names a build makes: css-1x2y3z, sc-bdVaJa, jsx-123, Card_root__x1Y2z, svelte-1abc, _3xY7z.
_BUILT = re.compile(
    r"^(?:css|sc|jsx|jss|emotion|svelte|astro|styles?)-?\w*\d\w*$|^(?:sc|css)-(?=\w*[A-Z])\w{5,}$|^_[\w-]{4,}$|^jss\d+$"
)
_SUFFIX = re.compile(r"^([A-Za-z][\w-]*?(?:__|--|_))([A-Za-z0-9]{4,8})$")
_IDENTIFIER = re.compile(r"-?[A-Za-z_][\w-]{0,79}")
#: Taxonomies that WordPress puts on each post: true of an item today.
_TAXONOMY = re.compile(r"^(?:category|tag|status|format|post_tag|thematique|territoire)-")


def cost(name: str) -> float | None:
    """Return what a class costs in a selector, the less the better; None where it must not stand there."""
    if not _IDENTIFIER.fullmatch(name) or _STATE.search(name) or _is_built(name):
        return None
    if _LOOKS.match(name):
        return 6.0
    if _TAXONOMY.match(name):
        return 4.0
    return 1.0 if _MEANING.search(name.lower()) else 2.0


def built_prefix(name: str) -> str:
    """Return what a build keeps of a CSS-module class (« Card_title__x1Y2z » → « Card_title__ »), else nothing."""
    found = _SUFFIX.fullmatch(name)
    return found[1] if found and _mixed(found[2]) else ""


def classes_of(element: Any) -> list[str]:
    """Return the classes of an element, those fit for a selector."""
    names = (element.get("class") or "").split()
    return [name for name in names[:20] if cost(name) is not None]


def id_of(element: Any) -> str:
    """Return the id of an element, empty if absent or made for the occasion."""
    name = element.get("id") or ""
    fit = (
        _IDENTIFIER.fullmatch(name) and not _mixed(name.rpartition("-")[2]) and not re.search(r"\d{3,}|uid|ui-id", name)
    )
    return name if fit else ""


def _is_built(name: str) -> bool:
    return bool(_BUILT.match(name)) or bool(built_prefix(name))


def _mixed(text: str) -> bool:
    """Say whether a text looks like a hash: letters and digits, or both cases, without a word in it."""
    if len(text) < 4:  # noqa: PLR2004 - « h2 », « 2b »: short names are words
        return False
    digits = sum(character.isdigit() for character in text)
    swaps = sum(one.islower() != other.islower() for one, other in pairwise(text) if one.isalpha())
    return (0 < digits < len(text) and (digits > 1 or not text[-1].isdigit())) or swaps >= 3  # noqa: PLR2004 - « eNs7Q »
