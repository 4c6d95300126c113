"""By what two lines of a page are the same line, though figures that run by themselves differ (pure).

A line is folded: case, accents, punctuation, spacing and the grouping of digits are typography. Then what moves without
anybody's doing is masked: how long ago, how long still, how often seen, marks of a session, the year of a copyright.
The day of the visit is no such thing by itself: « 22 novembre 2026 » may be a deadline. It is masked only where a line
finds no partner otherwise (`daily`).
"""

import re
from datetime import date, timedelta
from functools import lru_cache

from veille.text import fold

_MONTHS = {
    1: ("janvier", "janv", "january", "jan"),
    2: ("fevrier", "fevr", "fev", "february", "feb"),
    3: ("mars", "march", "mar"),
    4: ("avril", "avr", "april", "apr"),
    5: ("mai", "may"),
    6: ("juin", "june", "jun"),
    7: ("juillet", "juil", "july", "jul"),
    8: ("aout", "august", "aug"),
    9: ("septembre", "sept", "september", "sep"),
    10: ("octobre", "oct", "october"),
    11: ("novembre", "nov", "november"),
    12: ("decembre", "dec", "december"),
}
_WEEKDAY = (
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_UNIT = (
    r"(?:secondes?|sec|minutes?|min|mn|heures?|h|jours?|j|semaines?|mois|ans?"
    r"|seconds?|hours?|days?|weeks?|months?|years?)"
)
_COUNTED = (
    r"(?:vues?|lectures?|lecteurs?|visites?|visiteurs?|telechargements?|partages?|j aime|likes?|commentaires?"
    r"|reactions?|abonnes?|followers?|clics?|resultats?|connectes?|en ligne"
    r"|views?|shares?|comments?|downloads?|results?|online)"
)
_NUMBER = r"\d+(?: \d+)?(?: ?[km])?"
#: What moves by itself, in the folded line: pattern → what takes its place.
_MOVING = tuple(
    (re.compile(pattern), mask)
    for pattern, mask in (
        # how long ago
        (
            rf"\b(?:il y a|depuis) (?:environ |moins d |plus d )?(?:une?|quelques|\d+) {_UNIT}\b(?: et \d+ {_UNIT})?",
            "¤",
        ),
        (rf"\b(?:about |over |almost )?(?:an?|\d+) {_UNIT} ago\b", "¤"),
        (r"\b(?:a l instant|just now|hier|yesterday|aujourd hui|today)(?: (?:a|at) \d+ ?h? ?\d*)?\b", "¤"),
        # how long still
        (r"\bj \d+\b", "¤"),
        (rf"\b(?:plus que|encore|reste|restent) (?:que )?\d+ {_UNIT}\b(?: restants?)?", "¤"),
        (rf"\b\d+ {_UNIT} (?:restante?s?|left|remaining|to go)\b", "¤"),
        (rf"\b(clot\w*|ferm\w*|fin|expir\w*|termine\w*|ouvr\w*|closes|ends|opens) (dans|in) \d+ {_UNIT}\b", r"\1 ¤"),
        # how often
        (rf"\b{_NUMBER} (?={_COUNTED}\b)", "¤ "),
        (rf"\b({_COUNTED}|vu|lu|consultee?|telechargee?|compteur)(?: :)? {_NUMBER}(?: fois)?\b", r"\1 ¤"),
        # marks of a session or a build
        (r"\b[0-9a-f]{8}(?: [0-9a-f]{4}){3} [0-9a-f]{12}\b", "¤"),
        (r"\b(?=[a-z]*\d)[0-9a-f]{16,}\b", "¤"),
        (r"\b(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{24,}\b", "¤"),
        (r"\b((?:session|token|jeton|csrf|nonce|ray id|request id|requete)(?: id| n| no)?) (?=\w*\d)\w{6,}\b", r"\1 ¤"),
        (r"\bpage (?:generee|genere|rendue|generated) (?:en|in|le) [\d ]+\w*", "¤"),
    )
)
_RIGHTS = re.compile(r"©|\(c\)|copyright|tous droits reserves|all rights reserved")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TYPOGRAPHY = re.compile(r"[^\w%€$¤]+")
_GROUPS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-4]) ?[h ] ?[0-5]\d(?: [0-5]\d)?\b")
_WORD = re.compile(r"[^\W_]")


@lru_cache(maxsize=20_000)
def mark(line: str) -> str:
    """Return what a line is known by; empty for one that says nothing but how time goes by."""
    folded = fold(line)
    rights = _RIGHTS.search(folded) is not None
    folded = _GROUPS.sub("", " ".join(_TYPOGRAPHY.sub(" ", folded).split()))
    if rights:
        folded = _YEAR.sub("¤", folded)
    for pattern, mask in _MOVING:
        folded = pattern.sub(mask, folded)
    return "" if not _WORD.search(folded) or _CLOCK.fullmatch(folded) else folded


def daily(line: str, today: date) -> str | None:
    """Return the mark of a line without the day of the visit, or the day before; None where it names neither.

    Pages kept for a day by a server show yesterday's.
    """
    found = mark(line)
    masked = _days(today).sub("¤", found)
    if masked == found:
        return None
    return " ".join(_CLOCK.sub("¤", masked).split())


@lru_cache(maxsize=16)
def _days(today: date) -> re.Pattern[str]:
    written = [form for day in (today, today - timedelta(days=1)) for form in _forms(day)]
    return re.compile(rf"\b(?:{_WEEKDAY} )?(?:{'|'.join(written)})\b")


def _forms(day: date) -> list[str]:
    """Return how a day is written, as patterns, the longest first."""
    number, month, year = f"0?{day.day}(?:er|st|nd|rd|th)?", f"0?{day.month}", f"(?:{day.year}|{day.year % 100:02})"
    names = "|".join(_MONTHS[day.month])
    return [
        f"{day.year} {day.month:02} {day.day:02}",
        f"{number} {month} {year}",
        f"{number} (?:{names})(?: {year})?",
        f"(?:{names}) {number}(?: {year})?",
    ]
