"""What a text prints that tells one thing from its like: names, sums, reference numbers, days (pure).

Every reader takes a bounded text; every pattern is linear in it.
"""

import re
from collections.abc import Iterable

from veille.linking.words import is_grammar, no_names
from veille.text import fold

_NAME = re.compile(r"(?<![.!?:»\n] )(?<!^)\b[A-ZÀ-Ý][\w’'-]{2,}")
#: A line in capitals is a name wherever it stands.
_CAPITALS = re.compile(r"(?m)^[A-ZÀ-Ý][A-ZÀ-Ý’'-]{2,}(?=$| )")
_MONTH_NAMES = (
    "janvier january", "fevrier february", "mars march", "avril april", "mai may", "juin june", "juillet july",
    "aout august", "septembre september", "octobre october", "novembre november", "decembre december",
)  # fmt: skip
_MONTHS = {name: month for month, both in enumerate(_MONTH_NAMES, 1) for name in both.split()}
_DAY_WORDS = re.compile(rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)? ({'|'.join(_MONTHS)})\b")
_DAY_FIGURES = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.](?:20)?\d\d(?!\d)")
#: Days and hours, which count nothing.
_MOMENT = re.compile(
    r"\b\d{1,2}(?:er)?\s(?:janv|f[ée]v|mars|avr|mai|juin|juil|ao[ûu]t|sept|oct|nov|d[ée]c|jan|feb|mar|apr|may|jun|jul|aug)"
    r"\w{0,8}\b"
    r"|\b\d{1,2}\s?(?:h|heures?|pm|am)\b(?:\s?\d\d)?|\b\d{1,2}[:h]\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.](?:20)?\d\d\b",
    re.IGNORECASE,
)
_SCALES = {"k": 1_000, "m": 1_000_000, "md": 1_000_000_000}
_NUMBER = re.compile(
    r"(?<![\w.,/-])(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,9})(?:[.,](\d{1,2}))?\s?"
    r"(%|k€|k ?eur|m€|m ?eur|md€|millions?|milliards?|€|euros?|eur)?(?![\w/-])",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<![\w-])(?:[A-Z]{2,5}|\d[a-z]|[a-z]\d)(?![\w-])")
_CODE = re.compile(r"(?<![\w/.-])(?=[\w/.-]{0,60}\d)[A-Z0-9]{2,12}(?:[-_/][A-Z0-9]{1,14}){1,8}(?![\w-])")
_CODE_SOLID = re.compile(r"(?<![\w-])[A-Z]{2,6}\d{2,}[A-Z0-9]*(?![\w-])")


def names(text: str) -> set[str]:
    """Return the folded words that have a capital although they begin no sentence."""
    found = (fold(match[0]).replace(" ", "") for match in (*_NAME.finditer(text), *_CAPITALS.finditer(text)))
    return {name for name in found if _is_name(name)}


def marks(title: str) -> set[str]:
    """Return the folded signs that a title names bodies and levels with: « EP », « 2i »; none of one in capitals."""
    letters = [character for character in title if character.isalpha()]
    if sum(character.isupper() for character in letters) * 2 > len(letters):
        return set()
    return {mark for found in _MARK.findall(title) if (mark := fold(found)) and not is_grammar(mark)} - no_names()


def _is_name(name: str) -> bool:
    return len(name) > 2 and name.isalpha() and name not in no_names() and not is_grammar(name)  # noqa: PLR2004 - sigles


def numbers(text: str) -> set[str]:
    """Return sums in units, rates with %, and counts from ten on that are no year."""
    return {value for match in _NUMBER.finditer(_MOMENT.sub(" ", text)) if (value := _number(match))}


def _number(match: re.Match[str]) -> str:
    whole = int(re.sub(r"\D", "", match[1]))
    unit = (match[3] or "").lower()
    if unit == "%":
        return f"{whole}%"
    scale = 1
    if unit.startswith(("md", "milliard")):
        scale = _SCALES["md"]
    elif unit.startswith("m"):
        scale = _SCALES["m"]
    elif unit.startswith("k"):
        scale = _SCALES["k"]
    value = round((whole + float(f"0.{match[2] or 0}")) * scale)
    plain = scale == 1 and not unit
    return "" if plain and (value < 10 or 1990 <= value < 2060) else str(value)  # noqa: PLR2004 - small counts, years


def codes(text: str) -> set[str]:
    """Return reference numbers in capitals, with their digits; dates and plain numbers are none."""
    found = {match[0].strip("-_/") for match in _CODE.finditer(text)} | set(_CODE_SOLID.findall(text))
    return {code for code in found if _is_code(code)}


def _is_code(code: str) -> bool:
    digits = sum(character.isdigit() for character in code)
    if digits < 2 or len(code) < 6:  # noqa: PLR2004 - « PM2-5 » is none
        return False
    if code[0].isdigit() and not any(character.isalpha() for character in code):
        parts = re.split(r"[-_/]", code)
        # « 26-118204 », « 742118-2026 », « 2026-318 »; not « 06/10/2026 », not « 500-2000 »
        return len(parts) == 2 and max(map(len, parts)) >= 3 and digits >= 6  # noqa: PLR2004
    return True


def days(folded: str) -> set[str]:
    """Return « MM-DD » of every day printed."""
    spelled = ((_MONTHS[month], int(day)) for day, month in _DAY_WORDS.findall(folded))
    return set(_valid(spelled)) | set(_valid((int(month), int(day)) for day, month in _DAY_FIGURES.findall(folded)))


def _valid(found: Iterable[tuple[int, int]]) -> Iterable[str]:
    return (f"{month:02d}-{day:02d}" for month, day in found if 1 <= month <= 12 and 1 <= day <= 31)  # noqa: PLR2004
