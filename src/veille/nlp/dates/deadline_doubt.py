"""Deadlines to be checked: two that contradict each other, or one said too loosely to be a day (« mi-juin »)."""

import re
from collections.abc import Iterable, Iterator

from veille.model import Evidence, Fact, Origin
from veille.nlp.dates import deadline_cues as cues
from veille.nlp.dates.french_dates import MONTH
from veille.nlp.quoting import Printed

#: Value of `deadline_state`: a person must look.
CHECK = "check"
_ORDINAL = (
    r"(?:premier|1er|deuxieme|2e|2eme|second|troisieme|3e|3eme|quatrieme|4e|4eme|dernier|first|second|third|fourth)"
)
_YEAR = r"(?: (?:de )?20[0-9]{2}\b)?"
#: « mi-juin 2027 », « courant mars », « au deuxième trimestre 2027 », « au printemps 2027 ».
_LOOSE = re.compile(
    rf"\b(?:(?:la )?mi-?|courant |debut |mid-?|early |late ){MONTH}{_YEAR}"
    rf"|\b{_ORDINAL} (?:trimestre|semestre|quarter|half)(?: of)?{_YEAR}"
    rf"|\b(?:printemps|ete|automne|hiver|spring|autumn) 20[0-9]{{2}}\b"
)
#: Characters before it that say what it is.
_LEFT = 120
_CLAUSE = re.compile(r"[.!?;]\s|\n|•")
#: « attendus vers la », « avant », « jusqu'à », « will close in the ».
_UNTIL = re.compile(
    r"\b(?:avant|jusqu'au?|d'ici|vers|attendue?s?|closes?(?: in)?|before|until|by)(?: (?:le|la|au|a la|the))* ?$"
)


def contradicting(evidence: Iterable[Evidence]) -> Fact:
    """Return the fact that dates contradict each other, with all of them."""
    return Fact(name="deadline_state", value=CHECK, origin=Origin.CUE, evidence=tuple(evidence))


def loose(field: Printed) -> Iterator[Fact]:
    """Yield a deadline that is said, but not as a day."""
    for found in _LOOSE.finditer(field.folded):
        left = _CLAUSE.split(field.folded[max(0, found.start() - _LEFT) : found.start()])[-1]
        until = _UNTIL.search(left) is not None and cues.DEPOSIT.search(left) is not None
        if (until or cues.CLOSING.search(left)) and not (cues.OTHER.search(left) or cues.DOING.search(left)):
            yield contradicting(field.quote(found.start(), found.end()))
