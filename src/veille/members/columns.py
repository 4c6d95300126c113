"""The columns of a list of members, in the order of the documented header, and what reads the cells of each."""

from collections.abc import Callable, Mapping
from typing import Any

from veille.members.cells import (
    Vocabulary,
    read_commune,
    read_countries,
    read_date,
    read_languages,
    read_list,
    read_naf,
    read_naf_version,
    read_name,
    read_rhythm,
    read_sectors,
    read_siren,
    read_size,
    read_staff,
    read_turnover,
    read_website,
)

Reader = Callable[[str, Vocabulary], Any]
#: Columns of an organisation that hold one value.
SCALARS: Mapping[str, Reader] = {
    "siren": read_siren,
    "naf": read_naf,
    "naf_version": read_naf_version,
    "size": read_size,
    "staff": read_staff,
    "turnover_eur": read_turnover,
    "legal_form": read_name,
    "created": read_date,
    "website": read_website,
    "commune": read_commune,
}
#: Columns of an organisation that hold a list.
LISTS: Mapping[str, Reader] = {
    "sectors": read_sectors,
    "axes": read_list,
    "activity": read_list,
    "skills": read_list,
    "needs": read_list,
    "contributions": read_list,
    "certifications": read_list,
    "countries": read_countries,
    "follows": read_list,
    "muted": read_list,
}
#: Columns of a person besides the address.
PERSON: Mapping[str, Reader] = {
    "first_name": read_name,
    "last_name": read_name,
    "rhythm": read_rhythm,
    "languages": read_languages,
    "basis": read_name,
    "origin": read_name,
    "added": read_date,
}
#: Every column.
COLUMNS = ("organisation", *SCALARS, *LISTS, "email", *PERSON)
REQUIRED = ("organisation", "email")
