"""Rates of aid by size of company: « 45 % pour les petites entreprises, 35 % pour les moyennes »."""

import re

from veille.model import Evidence, Fact, Origin
from veille.nlp.quoting import Printed

#: Sizes as aid rules write them, in the order in which they are told.
_ORDER = ("tpe", "pe", "pme", "me", "eti", "ge")
_WORDS = {
    "tpe": r"tpe|tres petites?(?: entreprises?)?|micro-?entreprises?|start-?ups?",
    "pe": r"pe|petites?(?: entreprises?)?|small (?:companies|enterprises)",
    "pme": r"pme|petites? et moyennes? entreprises?|smes?",
    "me": r"me|moyennes?(?: entreprises?)?|medium(?:-sized)? (?:companies|enterprises)",
    "eti": r"eti|entreprises? de taille intermediaire|mid-?caps?",
    "ge": r"ge|grandes?(?: entreprises?)?|grands? groupes?|large (?:companies|enterprises)",
}
#: Longer wordings first: « petites et moyennes entreprises » is not « petites ».
_SIZE = "|".join(f"(?P<{name}>{_WORDS[name]})" for name in ("pme", "tpe", "eti", "pe", "me", "ge"))
_NUMBER = r"(?P<number>[0-9]{1,3}(?:[.,][0-9]{1,2})?) ?%"
#: « 45 % (maximum) pour les petites entreprises »; « PE : 60 % ».
_AFTER = re.compile(
    rf"(?<![0-9.,]){_NUMBER}(?: (?:maxim[a-z]*|max\.?|d'aides?|de subvention))*"
    r"(?: (?:du|des|de la|de l')[^,.;%\n]{1,40})? ?"
    rf"(?:\(?(?:pour (?:les |une |la )?|for )|\()(?:{_SIZE})(?![a-z])"
)
_BEFORE = re.compile(rf"(?<![a-z])(?:{_SIZE})(?: ?\([a-z ]{{1,30}}\))? ?[:=-]? ?(?:jusqu'a )?{_NUMBER}")
#: A rate of aid is at most the whole.
_WHOLE = 100.0


def read_size_rates(field: Printed) -> Fact | None:
    """Return `rates` (« pe=45|me=35|ge=25 », percent), None where fewer than two sizes have one rate each."""
    if "%" not in field.folded:
        return None
    for pattern in (_AFTER, _BEFORE):
        found = [(match, _size(match)) for match in pattern.finditer(field.folded)]
        pairs = {(size, match["number"].replace(",", ".")) for match, size in found}
        rates = dict(pairs)
        if 1 < len(rates) == len(pairs) and all(0 < float(rate) <= _WHOLE for rate in rates.values()):
            value = "|".join(f"{size}={rates[size]}" for size in _ORDER if size in rates)
            return Fact(
                name="rates", value=value, origin=Origin.CUE, evidence=_evidence(field, [one for one, _ in found])
            )
    return None


def _size(match: re.Match[str]) -> str:
    return next(name for name in _ORDER if match[name])


def _evidence(field: Printed, found: list[re.Match[str]]) -> tuple[Evidence, ...]:
    return field.quote(found[0].start(), found[-1].end())
