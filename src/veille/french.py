"""The French words of the calendar and of changes: the day as French texts print it, what a page no longer says."""

import re
from datetime import date

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


#: In the title of a change: what is gone, and what something took the place of.
_GONE = re.compile(r"^(?:Retiré : «|Modifié : « .*? » \(au lieu de «)([^»]*)»")


def day_of_month(day: date, space: str = " ") -> str:
    """Return « 8 décembre », « 1er décembre »; `space` stands between the two."""
    return f"{'1er' if day.day == 1 else day.day}{space}{MONTHS[day.month - 1]}"


def french_day(day: date) -> str:
    """Return « 1er décembre 2026 »."""
    return f"{day_of_month(day)} {day.year}"


def quoted(text: str) -> str:
    """Return « text », its own guillemets made small ones."""
    return f"« {text.replace('«', '‹').replace('»', '›')} »"


def added_title(text: str) -> str:
    """Return the title of a passage that a page added."""
    return f"Ajouté : {quoted(text)}"


def edited_title(now: str, before: str) -> str:
    """Return the title of a passage that a page edited; `before` is what changed in it."""
    return f"Modifié : {quoted(now)}" + (f" (au lieu de {quoted(before)})" if before else "")


def removed_title(text: str) -> str:
    """Return the title of a passage that a page removed."""
    return f"Retiré : {quoted(text)}"


def without_removed(title: str) -> str:
    """Return a title with blanks, as many, in the place of what it says is gone: nobody may read a deadline there."""
    found = _GONE.match(title)
    if found is None:
        return title
    return title[: found.start(1)] + " " * len(found[1]) + title[found.end(1) :]


def counted(number: int, *words: str) -> str:
    """Return « 3 entrées nouvelles », « 0 entrée nouvelle »: each word takes an s from two on."""
    return " ".join((str(number), *(f"{word}s" if number > 1 else word for word in words)))


def euros(value: float, space: str = " ") -> str:
    """Return « 300 k€ », « 1,5 M€ », « 800 € »; `space` stands before the unit, no-break as typography wants it."""
    for unit, size in (("M€", 1_000_000), ("k€", 1_000)):
        if value >= size:
            return f"{value / size:.1f}".removesuffix(".0").replace(".", ",") + space + unit
    return f"{value:.0f}{space}€"
