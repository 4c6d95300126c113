"""What staff choose by hand, one by one, and when nobody is there to choose."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

#: `common` = the tronc commun; `note` = a comment printed with the line; `word` = the word of the week.
PickKind = Literal["pin", "common", "drop", "note", "word"]

#: Words at most in the word of the week: it stands before what readers came for (design: product).
WORD_LIMIT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One choice of staff about one item of one issue."""

    kind: str
    #: 0 for the word of the week.
    item_id: int = 0
    #: 0 = for every member.
    member_id: int = 0
    #: Order among choices of its kind.
    rank: int = 0
    #: Kind of the section forced, or empty.
    section: str = ""
    words: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which nobody is there to approve, both included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Say whether staff are away on that day."""
        return self.first <= day <= self.last
