"""Dates as listing pages print them: where they stand in a text, what they date, and in which form (pure)."""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from veille.crawl.dates import read_date, written_dates
from veille.text import fold

_ZONE = ZoneInfo("Europe/Paris")
#: Two digits for a year: only a `date_format` reads them.
_SHORT = re.compile(r"\b\d{2}([/.-])\d{2}\1\d{2}(?![\w/.-])")
_BETWEEN = re.compile(r"^\s*(?:au|jusqu'au|-|–|—|→|>|et)\s*(?:le\s*)?$")
#: What a person writes before a date, folded.
_DEADLINE = re.compile(
    r"\b(?:dates? limites?|limite(?: de| d)?|cloture\w*|clos le|echeance|jusqu au|avant le|au plus tard|fermeture|fin"
    r"|ferme le|date de fin|deadline|expire\w*|termine le|remise des|a deposer|candidat\w+ (?:avant|jusqu)|closing"
    r"|end date)\b"
)
#: Said of the last day as well as of the first: only where nothing says which.
_PERHAPS_DEADLINE = re.compile(r"\b(?:depots?|candidatures?|inscriptions?|reponses?|remise)\b")
_FROM_TO = re.compile(r"\b(?:du|de) \d{1,2}(?:er)?(?: [a-z]+)?(?: \d{4})? (?:au|a) $")
_OPENING = re.compile(
    r"\b(?:ouvert\w*|ouverture|debut|lancement|lance le|a partir du|a compter du|des le|depuis|opening)\b"
)
_PUBLISHED = re.compile(
    r"\b(?:publie\w*|publication|mise? en ligne|parution|paru le|poste le|posted|published|mise? a jour|maj"
    r"|actualise\w*|modifie\w*|date)\b"
)
#: Forms that the whole text of a date may have, each read only by itself (Python's `strptime`, French months).
_MONTH = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_FORM_SHAPES = {
    "%d/%m/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "%d-%m-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%d %B %Y": rf"(?:1er|\d{{1,2}}) (?:{_MONTH}) \d{{4}}",
    "%d/%m/%y": r"\d{2}/\d{2}/\d{2}",
    "%d.%m.%y": r"\d{2}\.\d{2}\.\d{2}",
}
_FORM_PATTERNS = {form: re.compile(shape, re.IGNORECASE) for form, shape in _FORM_SHAPES.items()}


class Dates(Enum):
    """What a date in a list says."""

    DEADLINE = "deadline"
    PUBLISHED = "published"
    OPENING = "opening"
    #: From one day to another.
    RANGE = "range"
    #: Nothing says which.
    PLAIN = "plain"


#: In the order in which they win: « ouverture du dépôt » opens, « dépôt » alone closes.
_CUES = (
    (_DEADLINE, Dates.DEADLINE),
    (_OPENING, Dates.OPENING),
    (_PUBLISHED, Dates.PUBLISHED),
    (_PERHAPS_DEADLINE, Dates.DEADLINE),
)
#: Characters; a longer text beside a date says something else.
_LABEL = 60


def dates_in(text: str) -> list[str]:
    """Return the dates at the beginning of a text as they are written, in its order; ten at most."""
    found = [one for one in written_dates(text) if read_date(one, _ZONE)]
    return (found or [one[0] for one in _SHORT.finditer(text[:500]) if _short_date(one[0])])[:10]


def meanings(text: str, label: str) -> tuple[Dates, Dates]:
    """Say what the first and the last date of a text are, by the words before them, else by a label that stands beside.

    A label is the name of a column, a class, a term: the text's own words are stronger.
    """
    dates = dates_in(text)
    own = [fold(words) for words in _words_before(text, dates)]
    if not own:
        return Dates.PLAIN, Dates.PLAIN
    beside = fold(label.replace("-", " ").replace("_", " "))
    if len(own) > 1 and not _DEADLINE.search(own[-1]):
        between = text[text.find(dates[0]) + len(dates[0]) :].partition(dates[1])[0]
        if _BETWEEN.match(between.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")):
            return Dates.OPENING, Dates.RANGE
    if _FROM_TO.search(f"{own[-1]} "):
        return Dates.OPENING, Dates.RANGE
    return _meaning(own[0], beside), _meaning(own[-1], beside)


def is_label(text: str) -> bool:
    """Say whether a short text beside a date names it."""
    folded = fold(text)
    named = any(cue.search(folded) for cue in (_DEADLINE, _OPENING, _PUBLISHED))
    return bool(text) and len(text) <= _LABEL and (text.rstrip().endswith(":") or named) and not dates_in(text)


def _meaning(*said: str) -> Dates:
    for words in said:
        for cue, found in _CUES:
            if cue.search(words):
                return found
    return Dates.PLAIN


def common_form(texts: Sequence[str]) -> str | None:
    """Return the form that every one of these texts has as a whole, None where they differ or say more than a date."""
    trimmed = [" ".join(text.split()) for text in texts]
    for form, pattern in _FORM_PATTERNS.items():
        if trimmed and all(pattern.fullmatch(text) for text in trimmed):
            return form
    return None


def needs_a_form(texts: Sequence[str]) -> bool:
    """Say whether dates are such that only a `date_format` reads them: two digits for a year."""
    return bool(texts) and not any(written_dates(text) for text in texts)


def _words_before(text: str, dates: Sequence[str]) -> list[str]:
    """Return the words before each date: from the date before it, or the beginning."""
    words, start = [], 0
    for date in dates:
        place = text.find(date, start)
        words.append(text[max(start, place - 60) : place])
        start = place + len(date)
    return words


def _short_date(text: str) -> bool:
    for form in ("%d/%m/%y", "%d.%m.%y", "%d-%m-%y"):
        try:
            datetime.strptime(text, form)  # noqa: DTZ007 - only asked if it is a date
        except ValueError:
            continue
        return True
    return False
