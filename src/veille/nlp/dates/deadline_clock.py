"""At what hour, and by whose clock: « 17h (heure de Bruxelles) », « 12h, heure de La Réunion », « 23:59 GMT »."""

import re
from collections.abc import Sequence

from veille.nlp.dates.french_dates import PrintedDate, hour_beside

#: Words for a clock that is not that of Paris → its name in the IANA database.
_ZONES = {
    "la reunion": "Indian/Reunion", "reunion": "Indian/Reunion", "mayotte": "Indian/Mayotte",
    "guadeloupe": "America/Guadeloupe", "martinique": "America/Martinique", "guyane": "America/Cayenne",
    "cayenne": "America/Cayenne", "fort-de-france": "America/Martinique", "antilles": "America/Martinique",
    "noumea": "Pacific/Noumea", "tahiti": "Pacific/Tahiti", "londres": "Europe/London", "lisbonne": "Europe/Lisbon",
    "london": "Europe/London", "uk": "Europe/London", "gmt": "UTC", "utc": "UTC", "tu": "UTC",
}  # fmt: skip
_NAMES = "|".join(sorted(_ZONES, key=len, reverse=True))
_ZONE = re.compile(
    rf"^[ ,(]*(?:(?:heures? (?:locale )?(?:de |d'|du |des )?(?:la )?(?P<place>{_NAMES})\b)"
    rf"|(?P<mark>gmt|utc)(?![+a-z0-9])|(?P<english>london|uk) time)"
)
#: Characters after an hour in which its clock is named.
_NEAR = 60
#: Between two dates of a list that share their last hour: « 3 mars 2027 et 6 octobre 2027, 17h ».
_LISTED = re.compile(r" ?(?:,|et|and|puis|ou|or|/)? ?(?:le |on )?")


def shared_hour(folded: str, dates: Sequence[PrintedDate], printed: PrintedDate) -> tuple[str, int] | None:
    """Return (« HH:MM », end offset) of the hour of a date, or of the list that it stands in."""
    rank = dates.index(printed)
    while (hour := hour_beside(folded, dates[rank].start, dates[rank].end)) is None:
        after = dates[rank + 1] if rank + 1 < len(dates) else None
        if after is None or not _LISTED.fullmatch(folded, dates[rank].end, after.start):
            return None
        rank += 1
    return hour


def clock_after(folded: str, end: int) -> tuple[str, int] | None:
    """Return (IANA name, end offset) of the clock named after an hour; None where it is that of Paris, or unsaid."""
    found = _ZONE.match(folded[end : end + _NEAR])
    if not found:
        return None
    return _ZONES[found["place"] or found["mark"] or found["english"]], end + found.end()
