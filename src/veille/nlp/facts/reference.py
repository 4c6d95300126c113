"""The number that a call or a notice goes by: « HORIZON-CL6-2027-FARM2FORK-01-3 », « réf. : 2026-114 »."""

import re

from veille.model import Fact, Origin, TextToTag
from veille.nlp.quoting import Printed, printed_fields

_CODE = r"(?P<value>(?=[A-Za-z_./-]{0,30}[0-9])[A-Za-z0-9][A-Za-z0-9_./-]{2,48}[A-Za-z0-9])"
_NUMBERED = r"(?:n(?:°|º|o|um[ée]ro)? ?)"
_PROGRAMMES = (
    "HORIZON", "H2020", "LIFE", "DIGITAL", "EDF", "CEF", "ERASMUS", "SMP", "I3", "EU4H", "CREA", "INNOVFUND", "PRIMA",
    "AMIF", "JUST", "CERV", "EMFAF", "RFCS", "UCPM", "EUSPA", "EURATOM", "AGRIP", "ESF", "SOCPL", "PPPA",
)  # fmt: skip
#: What stands in every text that a pattern fits, and the pattern: looking for a few letters costs a tenth of it.
_PATTERNS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    # Topics of the European Commission (programme, parts, year).
    (
        tuple(f"{programme}-" for programme in _PROGRAMMES),
        re.compile(
            rf"\b(?P<value>(?:{'|'.join(_PROGRAMMES)})-(?=[A-Z0-9-]{{0,40}}20[0-9]{{2}})[A-Z0-9]+(?:-[A-Z0-9]+){{1,7}})\b"
        ),
    ),
    # The Official Journal: « 2026/S 231-712345 »; its numbers, and those of the BOAMP.
    (("/S",), re.compile(r"\b(?P<value>20[0-9]{2}/S ?[0-9]{3}-[0-9]{5,7})\b")),
    (
        ("TED", "JOUE", "BOAMP", "vis", "nnonce"),
        re.compile(
            rf"\b(?:TED[ :,]*{_NUMBERED}?|(?:JOUE|BOAMP|[Aa]vis|[Aa]nnonce)(?: publi[ée]e?)?[ :,]*{_NUMBERED}):? ?"
            r"(?P<value>[0-9]{2,8}-[0-9]{4,6})\b"
        ),
    ),
    (
        ("Réf", "réf", "Ref", "ref", "REF", "RÉF"),
        re.compile(
            r"\b(?:[Rr][ée]f(?:[ée]rence)?|REF|R[ÉE]F[ÉE]RENCE)\.?(?: (?:de l'|de la |du )?[a-z' ]{3,30})? ?(?:n° ?)?"
            rf":\s{{0,2}}{_CODE}"
        ),
    ),
    (
        ("uméro ", "umero ", "N° ", "n° ", "No", "no ", "no."),
        re.compile(
            r"\b(?:[Nn]um[ée]ro|[Nn]°|[Nn]o\.?) (?:de |d'|d’)(?:la |l'|l’)?(?:r[ée]f[ée]rence|march[ée]|consultation"
            rf"|proc[ée]dure|appel(?: [àa] projets?)?|dossier|avis|annonce)(?: interne)? ?:?\s{{0,2}}{_CODE}"
        ),
    ),
    (
        ("all ", "opic ", "ender ", "otice ", "eference "),
        re.compile(
            r"\b(?:[Cc]all|[Tt]opic|[Tt]ender|[Nn]otice|[Rr]eference) (?:ID|id|[Ii]dentifier|[Nn]umber|[Rr]eference"
            rf"|[Nn]o\.?) ?:?\s{{0,2}}{_CODE}"
        ),
    ),
)
_DIGIT = re.compile(r"[0-9]")
#: What looks like a number but is a date.
_DATE = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|20[0-9]{2}-[0-9]{2}-[0-9]{2}|20[0-9]{2}")


def read(text: TextToTag) -> tuple[Fact, ...]:
    """Return `reference`, as printed, with its sentence; nothing where the source states one."""
    if text.facts.reference:
        return ()
    found = next((fact for field in printed_fields(text) if (fact := _first(field))), None)
    return (found,) if found else ()


def _first(field: Printed) -> Fact | None:
    if not _DIGIT.search(field.original):
        return None
    for needed, pattern in _PATTERNS:
        matches = pattern.finditer(field.original) if any(map(field.original.__contains__, needed)) else ()
        for match in matches:
            if not _DATE.fullmatch(match["value"]):
                evidence = field.quote(match.start("value"), match.end("value"))
                return Fact(name="reference", value=match["value"], origin=Origin.CUE, evidence=evidence)
    return None
