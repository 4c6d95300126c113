"""How sure it is that a printed name means the place: by the words around it, and by what else bears the name."""

import re

from veille.nlp.places import place_context as context
from veille.nlp.places.places import SMALL, Mention

#: How sure a reading is: needs support from the rest of the text, fair, strong.
WEAK, FAIR, STRONG = 1, 2, 3
#: Départements called after something else more often than not: sea, river crossing several, direction, massif.
_STRICT = frozenset({"loire", "nord", "manche", "lot", "vienne", "rhone", "marne", "meuse", "moselle", "somme", "cher"})
#: Départements of one word that bear the name of a river or a massif, or are ordinary words.
RIVERS = _STRICT | frozenset({
    "ain", "aisne", "allier", "ardeche", "ardennes", "ariege", "aube", "aude", "aveyron", "charente", "correze",
    "creuse", "dordogne", "doubs", "drome", "eure", "gard", "gers", "gironde", "herault", "indre", "isere", "jura",
    "landes", "loiret", "mayenne", "nievre", "oise", "orne", "sarthe", "tarn", "var", "vaucluse", "vosges", "yonne",
    "essonne",
})  # fmt: skip
#: Those that end a title without being meant.
_TITLE_WORDS = frozenset({"lot", "manche", "nord", "somme", "cher"})
_ARTICLE_END = re.compile(r"\b(?:la|le|les|du|des|de) $|'$")
_LISTED_BEFORE, _LISTED_AFTER = re.compile(r"[a-z], $|: $"), re.compile(r", [a-z]| et [a-z]")
_CAPITAL_BEFORE = re.compile(r"(?:^|[\s'’(«\"])([A-ZÀ-ÖØ-Þ][\w'’-]*) $")
_NOT_NAMES = frozenset({
    "agglo", "ville", "commune", "mairie", "grand", "grande", "centre", "region", "departement", "metropole",
    "universite", "inria", "cnrs", "chu",
})  # fmt: skip


def just_at(mention: Mention, text: str, before: str, *, common: bool) -> bool:
    """« à Lyon », « près de Riom »; English « a Plan » and verbs (« il a Paris ») have no accent."""
    if mention.shouted or not (context.JUST_AT if common else context.AT).search(before):
        return False
    if not before.endswith("a "):
        return True
    return text[mention.start - 2] in ("àÀ" if common else "àAÀ")


def bare_strength(mention: Mention, text: str, *, known: bool, today: bool, label: bool) -> int:
    """Judge a name with nothing before it that says it is a place."""
    if _after_a_name(text, mention):
        return WEAK
    if known:
        return FAIR
    if len(mention.key) <= 3:  # noqa: PLR2004 - « Eu », « Oz », « Ham »
        return WEAK
    return FAIR if today and (mention.size > 1 or label) else WEAK


def last_line(mention: Mention, after: str, text: str) -> bool:
    """Return True where the name in capitals closes the text, as a beneficiary does."""
    return mention.printed.isupper() and not after.strip() and not text[mention.end :].strip()


def region_strength(mention: Mention, before: str, after: str) -> int:
    """Judge the name of a région: « réunion » may be a meeting, « la grande Bretagne » another country."""
    if mention.key in {"la reunion", "reunion"}:
        meeting = context.MEETING.match(after) or (mention.shouted and after.startswith((" d", " p", " a")))
        return 0 if meeting or mention.key == "reunion" else STRONG
    if before.endswith(("grande ", "grande-")):
        return 0
    return STRONG


def county_strength(mention: Mention, code: str, before: str, after: str) -> int:
    """Judge the name of a département, which most often is a river's too."""
    number = context.NUMBER.match(after)
    if number and f"fr:departement:{number[1].upper()}" == code:
        return STRONG
    if context.COUNTY.search(before):
        return STRONG
    name = mention.key.split()[-1] if mention.size > 1 and mention.key.split()[0] in SMALL else mention.key
    if name not in RIVERS:
        return STRONG if mention.size > 1 else FAIR
    if context.RIVER.search(before):
        return 0
    if mention.field == "title" and not after.strip() and name not in _TITLE_WORDS and not _ARTICLE_END.search(before):
        return FAIR  # « Chèque numérique Loiret »
    return _river_strength(name, before, after)


def _river_strength(name: str, before: str, after: str) -> int:
    inside = context.IN.search(before) is not None
    if name == "nord":
        alone = not after or after[0] in ".,;)\n"
        if before.endswith("dans le ") and alone:
            return FAIR
        # « Aisne, Nord, Oise »: where départements that are sure stand beside it.
        return WEAK if _LISTED_BEFORE.search(before) and _LISTED_AFTER.match(after) else 0
    if name in _STRICT:
        if inside:
            return WEAK if name == "loire" else FAIR
        return 0 if name in {"lot", "manche"} and not context.OF.search(before) else WEAK
    return FAIR if inside or context.OF.search(before) or before.endswith(" l'") else WEAK


def number_beside(before: str, after: str) -> str:
    """Return the département that a number beside the name tells, or ""."""
    if found := context.NUMBER.match(after):
        return found[1].upper()
    if found := context.POSTCODE.search(before):
        digits = found[1] + found[2]
        return digits[:3] if digits.startswith(("97", "98")) else _corsica(digits)
    return ""


def _corsica(postcode: str) -> str:
    if postcode.startswith("20"):
        return "2A" if postcode[2] in "01" else "2B"
    return postcode[:2]


def alone_on_line(mention: Mention, before: str, after: str) -> bool:
    """Return True where the name is a line by itself (a buyer's town, a beneficiary)."""
    rest = after.split("\n", 1)[0].strip()
    return mention.field == "text" and not before.strip() and (not rest or rest.startswith("cedex"))


def _after_a_name(text: str, mention: Mention) -> bool:
    """« Raymond Barre »: a capitalised word right before, other than a known common noun."""
    if mention.shouted:
        return False
    found = _CAPITAL_BEFORE.search(text[max(0, mention.start - 30) : mention.start])
    if not found or found[1].isupper():
        return False
    return found[1].lower() not in SMALL and found[1].lower() not in _NOT_NAMES
