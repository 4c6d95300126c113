"""Figures and conditions that a call sets to those who may apply: staff, age, turnover, and what nobody can compute."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from veille.model import Fact, Origin
from veille.nlp.applicants.who_clauses import Clause
from veille.nlp.facts.amount import MONEY, euros
from veille.nlp.quoting import Printed

_STAFF_WORDS = r"(?:salaries?|employes?|etp|personnes|employees|collaborateurs|staff)\b"
#: « les sites de moins de 250 salariés des grandes entreprises » says nothing of the company.
_STAFF_BELOW = re.compile(
    rf"(?<!\bsites de )(?<!\bsite de )"
    rf"\b(?:moins de|inferieur a|jusqu'a|au plus|fewer than|less than|up to) (?P<n>[0-9][0-9 ]{{0,5}}) {_STAFF_WORDS}"
)
_STAFF_ABOVE = re.compile(
    rf"\b(?:plus de|au moins|superieur a|a partir de|more than|at least) (?P<n>[0-9][0-9 ]{{0,5}}) {_STAFF_WORDS}"
)
#: « de 10 à 249 salariés ».
_STAFF_RANGE = re.compile(
    rf"\b(?:de|entre|from|between) (?P<least>[0-9]{{1,4}}) (?:a|et|to|and) (?P<most>[0-9]{{1,4}}) {_STAFF_WORDS}"
)
#: « entre 20 et 250 salariés ; éligible aux micro-entreprises »: no least number.
_SMALLEST = re.compile(r"(?<!non )\beligibles? aux micro-?entreprises\b")
_NUMBERS = {
    "un": 1, "une": 1, "one": 1, "deux": 2, "two": 2, "trois": 3, "three": 3, "quatre": 4, "cinq": 5, "five": 5,
    "six": 6, "sept": 7, "huit": 8, "eight": 8, "dix": 10, "ten": 10,
}  # fmt: skip
#: « de moins de 8 ans », « créées depuis plus de 3 ans », « âgées de moins de sept ans », « less than 5 years ».
_AGE = re.compile(
    rf"\b(?P<way>moins|plus|au moins|au plus|less than|under|at least|more than|over) ?(?:de |d')?"
    rf"(?P<n>[0-9]{{1,2}}|{'|'.join(_NUMBERS)}) (?P<unit>ans?|annees?|mois|years?(?: old)?|months?)\b"
    r"(?! (?:d'experience|de bail|de differe|d'exercice|consecutifs?))"
)
_YOUNGER = frozenset({"moins", "au plus", "less than", "under"})
#: The age of people, of loans and of machines is not that of a company.
_NOT_AGE = re.compile(
    r"\b(?:jeunes de|salaries? (?:de|ages?)|personnes? (?:de|agees?)|apprentis|duree|pret|remboursable|etudiants?"
    r"|demandeurs"
    r"|vehicules?|batiments?|logements?|garantie|engage[a-z]*|conserve[a-z]*|maintenir|sur une periode)\b[^.;]{0,40}$"
)
_OWNERS = re.compile(r"\b(?:entreprises?|pme|tpe|eti|start-?ups?|societes?|structures?|associations?|companies|smes)\b")
_TURNOVER = r"(?:chiffres? d'affaires|\bca|turnover)\b"
_LEAST = r"(?:superieure?s?|minim[a-z]*|au moins|excedant|depassant|plus de|above|at least|d'au moins)"
_MOST = r"(?:inferieure?s?|n'excede|n'excedant|ne depass[a-z]*|moins de|below|under|au plus|jusqu'a)"
_TURNOVER_LIMIT = re.compile(
    rf"{_TURNOVER}[^.;\n]{{0,60}}\b(?:(?P<least>{_LEAST})|(?P<most>{_MOST}))\b[^.;\n0-9]{{0,30}}"
)
#: « plus de 2 M€ de chiffre d'affaires ».
_TURNOVER_AFTER = re.compile(rf" ?(?:ht )?(?:de|d'|of|en) ?{_TURNOVER}")
_LIMIT_BEFORE = re.compile(rf"\b(?:(?P<least>{_LEAST})|(?P<most>{_MOST})) (?:a |de |d')?$")
#: A sentence that asks, not one that tells how a company is doing.
_ASKED = re.compile(
    r"\b(?:exige[es]*|demande[es]*|requis[es]*|minim[a-z]*|candidats?|devr[a-z]+|doi[a-z]+|justifie[a-z]*|eligib[a-z]+"
    r"|conditions?|must|accessibles?|aux (?:entreprises|pme|eti|societes)|reserve[a-z]*|s'adresse|ouvert[es]*"
    r"|sous reserve|dirigeants? de|beneficier)\b"
)
#: What a call asks besides, and no profile says.
_CONDITION = re.compile(
    r"\b(?:femmes?|feminin[es]*|women|n'ayant (?:jamais|pas)|n'ont (?:jamais|pas)|sous reserve|a condition"
    r"|relevant d(?:u code|e la convention|u secteur|es secteurs|e la filiere)|titulaires?|labellise[es]*|agreee?s?"
    r"|inscrit(?:e|s|es)? (?:au|a la|a l')|adherente?s?\b(?! ou non)"
    r"|reprises? depuis|issu(?:e|s|es)? d|zones? (?:rurales?|de revitalisation|franches?|afr)|quartiers? prioritaires?"
    r"|hors des metropoles|moins de [0-9][0-9 ]* (?:habitants|chambres|lits|hectares|couverts|places|m2)"
    r"|qui (?:construisent|s'implantent|s'installent|s'engagent a)\b|qui (?:n'|ne |emploient|exportent|exercent"
    r"|justifient)|dont (?:l'activite|le dirigeant|le capital|la majorite)"
    r"|deja (?:beneficiaires?|laureat[es]*)|laureat[es]* d|seal of excellence|led by)"
)
#: Years in a month.
_MONTH = Decimal(1) / 12
#: Characters before an age in which its owner stands.
_NEAR = 90


def read(clauses: Sequence[Clause], fields: Sequence[Printed]) -> Iterator[Fact]:
    """Yield `staff_min`, `staff_max`, `age_min`, `age_max` (years), `turnover_min`, `turnover_max`, `condition`."""
    yield from _staff(clauses)
    yield from _age(fields)
    yield from _turnover(fields)
    for clause in clauses:
        if found := _CONDITION.search(clause.folded):
            start = clause.start + found.start()
            yield _fact("condition", found[0], clause.field, start, clause.start + found.end())
            return


def _fact(name: str, value: str, field: Printed, start: int, end: int) -> Fact:
    return Fact(name=name, value=value.strip(), origin=Origin.CUE, evidence=field.quote(start, end))


def _staff(clauses: Sequence[Clause]) -> Iterator[Fact]:
    """Read the first clause that counts staff."""
    for clause in clauses:
        between, below = _STAFF_RANGE.search(clause.folded), _STAFF_BELOW.search(clause.folded)
        above = _STAFF_ABOVE.search(clause.folded)
        said = (
            ("staff_min", int(between["least"]) if between else _count(above), between or above),
            ("staff_max", int(between["most"]) if between else (_count(below) or 1) - 1, between or below),
        )
        for name, value, found in said:
            if name == "staff_min" and _SMALLEST.search(clause.folded):
                continue
            if found and value is not None:
                yield _fact(name, str(value), clause.field, clause.start + found.start(), clause.start + found.end())
        if between or below or above:
            return


def staff_below(clause: str) -> int | None:
    """Return the number of staff that a company must not reach, by a levelled clause."""
    between, below = _STAFF_RANGE.search(clause), _STAFF_BELOW.search(clause)
    return int(between["most"]) + 1 if between else _count(below)


def _count(found: re.Match[str] | None) -> int | None:
    return int(found["n"].replace(" ", "")) if found else None


def _age(fields: Sequence[Printed]) -> Iterator[Fact]:
    said: set[str] = set()
    for field in fields:
        for found in _AGE.finditer(field.folded):
            left = re.split(r"[.;:\n]", field.folded[max(0, found.start() - _NEAR) : found.start()])[-1]
            name = "age_max" if found["way"] in _YOUNGER else "age_min"
            owner = max((word.end() for word in _OWNERS.finditer(left)), default=-1)
            if name in said or owner < 0 or _NOT_AGE.search(left, owner):
                continue
            said.add(name)
            yield _fact(name, _years(found), field, found.start(), found.end())


def _years(found: re.Match[str]) -> str:
    number = Decimal(_NUMBERS.get(found["n"]) or int(found["n"]))
    years = number * _MONTH if found["unit"].startswith("mo") else number
    return f"{round(years, 2).normalize():f}"


def _turnover(fields: Sequence[Printed]) -> Iterator[Fact]:
    said: set[str] = set()
    for field in fields:
        if not any(word in field.folded for word in ("affaires", "turnover")):
            continue
        for name, money in (*_limits_after(field), *_limits_before(field)):
            value = euros(money)
            near = field.folded[max(0, money.start() - 180) : money.end() + 120]
            if value and name not in said and _ASKED.search(near):
                said.add(name)
                yield _fact(name, f"{value.normalize():f}", field, money.start(), money.end())


def _limits_after(field: Printed) -> Iterator[tuple[str, re.Match[str]]]:
    for found in _TURNOVER_LIMIT.finditer(field.folded):
        if money := MONEY.match(field.folded, found.end()):
            yield ("turnover_min" if found["least"] else "turnover_max"), money


def _limits_before(field: Printed) -> Iterator[tuple[str, re.Match[str]]]:
    """« réalisant plus de 2 M€ de chiffre d'affaires »."""
    for words in re.finditer(_TURNOVER, field.folded):
        start = max(0, words.start() - 60)
        for money in MONEY.finditer(field.folded, start, words.start()):
            limit = _LIMIT_BEFORE.search(field.folded[start : money.start()])
            if limit and _TURNOVER_AFTER.match(field.folded, money.end()):
                yield ("turnover_min" if limit["least"] else "turnover_max"), money
