"""French public holidays, by year and by territory (pure).

The eleven legal holidays are those of article L3133-1 of the Code du travail; Alsace-Moselle adds two (L3134-13), and
overseas territories the day that marks the abolition of slavery (décret n° 83-1003, loi n° 2012-553).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

#: Nobody works on these wherever in France; (month, day).
_LEGAL = {
    (1, 1): "jour de l'An", (5, 1): "fête du Travail", (5, 8): "victoire de 1945", (7, 14): "fête nationale",
    (8, 15): "Assomption", (11, 1): "Toussaint", (11, 11): "armistice de 1918", (12, 25): "Noël",
}  # fmt: skip
#: Days after Easter Sunday.
_MOVABLE = {1: "lundi de Pâques", 39: "Ascension", 50: "lundi de Pentecôte"}
_ABOLITION = "abolition de l'esclavage"
#: Calendar → its own days beside the legal ones.
_OWN: dict[str, dict[tuple[int, int], str]] = {
    "metropole": {},
    "alsace-moselle": {(12, 26): "Saint-Étienne"},
    "guadeloupe": {(5, 27): _ABOLITION},
    "guyane": {(6, 10): _ABOLITION},
    "martinique": {(5, 22): _ABOLITION},
    "mayotte": {(4, 27): _ABOLITION},
    "reunion": {(12, 20): _ABOLITION},
    "saint-barthelemy": {(10, 9): _ABOLITION},
    "saint-martin": {(5, 28): _ABOLITION},
}
_OWN_MOVABLE = {"alsace-moselle": {-2: "Vendredi saint"}}

METROPOLE = "metropole"
#: No day off but those of the week.
NONE = "aucun"
CALENDARS = (NONE, *_OWN)
#: Time zone → calendar, where a territory has both of its own.
BY_ZONE = {
    "America/Cayenne": "guyane", "America/Guadeloupe": "guadeloupe", "America/Marigot": "saint-martin",
    "America/Martinique": "martinique", "America/St_Barthelemy": "saint-barthelemy", "Indian/Mayotte": "mayotte",
    "Indian/Reunion": "reunion",
}  # fmt: skip


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (anonymous algorithm, Nature, 20 April 1876)."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def holidays(year: int, calendar: str = METROPOLE) -> Mapping[date, str]:
    """Return day → French name; raises KeyError for a calendar that is not one of CALENDARS."""
    if calendar == NONE:
        return {}
    fixed = {**_LEGAL, **_OWN[calendar]}
    sunday = easter(year)
    movable = {**_MOVABLE, **_OWN_MOVABLE.get(calendar, {})}
    found = {date(year, month, day): name for (month, day), name in fixed.items()}
    return found | {sunday + timedelta(days=after): name for after, name in movable.items()}


def holiday(day: date, calendar: str = METROPOLE) -> str:
    """Return the name of that holiday, or nothing on an ordinary day."""
    return holidays(day.year, calendar).get(day, "")
