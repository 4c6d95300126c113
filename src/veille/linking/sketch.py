"""What is kept of an item to compare it with others: a few hundred bytes instead of its text."""

from dataclasses import asdict, dataclass, fields
from typing import Any

#: Goes up when sketches or marks change: every item is then linked anew.
METHOD = "liens@3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One item as it is compared; every tuple without repeats."""

    #: Stems of the title, then of title and lead together.
    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    #: A sample of the runs of words of title and lead.
    runs: tuple[int, ...] = ()
    #: Folded names printed in title and lead: what has a capital in the middle of a sentence.
    names: tuple[str, ...] = ()
    #: Those of them that the title prints.
    title_names: tuple[str, ...] = ()
    #: Sums, rates and counts, spelled one way: « 300000 », « 40% ».
    numbers: tuple[str, ...] = ()
    #: What publishers number their papers with: « 26-118204 », « HORIZON-CL6-2027-01 ».
    codes: tuple[str, ...] = ()
    #: Those that are its own, not those it cites.
    own_codes: tuple[str, ...] = ()
    #: Days printed, « MM-DD ».
    days: tuple[str, ...] = ()
    #: ISO day on which it closes, and on which it takes place.
    deadline: str | None = None
    happens: str | None = None
    #: It says that a notice or a date is changed.
    amended: bool = False
    #: « 3 » for « lot n° 3 »: the one or more that the title names.
    lots: tuple[str, ...] = ()
    #: Years that the title names.
    years: tuple[int, ...] = ()
    #: « vague 15 », « releve 2 »: which of a series it is.
    rounds: tuple[str, ...] = ()
    #: What its title says is paid for: « étude », « travaux ».
    purposes: tuple[str, ...] = ()
    #: Areas that its own text aims at, GeoZones ids.
    places: tuple[str, ...] = ()
    #: call, tender, award, event, law or news.
    family: str = "news"
    lang: str = "und"
    #: ISO day on which it was published, or first seen.
    day: str = ""
    #: Its address without scheme, query's tracking and fragment; empty where it has none of its own.
    link: str = ""
    site: str = ""
    #: The last part of its path: one article under two headings of a site keeps it.
    slug: str = ""
    sources: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """Return it as JSON holds it; what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, (), "", False)}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Sketch":
        """Return what `stored` wrote; fields that this version does not know are passed over."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in known
        }
        return cls(**values)
