"""The French words of the calendar, and the day as French texts print it."""

from datetime import date

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def day_of_month(day: date, space: str = " ") -> str:
    """Return « 8 décembre », « 1er décembre »; `space` stands between the two."""
    return f"{'1er' if day.day == 1 else day.day}{space}{MONTHS[day.month - 1]}"


def french_day(day: date) -> str:
    """Return « 1er décembre 2026 »."""
    return f"{day_of_month(day)} {day.year}"
