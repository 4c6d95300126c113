"""What whoever bears a NAF code makes, uses, looks for and serves, in the words that calls and news print (pure).

A member's own lines say little of its trade, and a call names what a profile does not: of a tannery, « chrome » and
« station d'épuration » as much as « cuir ».
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from veille.matching.context import View
from veille.matching.postings import Postings, Rows, Standing
from veille.matching.similarity import GAP, LEAD, expression_end
from veille.matching.words import generic_stems, is_expression, lexicon, stems
from veille.model import Member
from veille.text import fold

#: Parts of a line of the word list, in its order.
PARTS = ("makes", "uses", "wants", "serves")
#: Digits of a class: a code of fewer is a whole group of trades.
_CLASS = 4

#: How much more an expression of several words counts (1.6 and 2 tried: no better).
_SEVERAL = 1.3
#: How fast more of the same stops adding, by where it stands.
_FADING = {"title": 1.0, "lead": 2.0, "text": 4.0}

Floats = NDArray[np.float64]
#: Part → stems of its expressions, each once → as it is printed.
Profession = Mapping[str, Mapping[tuple[str, ...], str]]


@cache
def _lines() -> Mapping[str, tuple[str, ...]]:
    """Return code without dots → its parts as printed."""
    split = (line.split("|") for line in lexicon("professions.txt"))
    return {code.strip().replace(".", ""): tuple(parts) for code, *parts in split}


@lru_cache(maxsize=2_000)
def profession_of(naf: str | None) -> Profession:
    """Return what is known of whoever bears a code; nothing of an unknown one, or of one shorter than a class.

    Where a class is known by its sub-classes only, all of them count.
    """
    code = "".join(character for character in (naf or "").upper() if character.isalnum())
    exact = next((code[:size] for size in range(len(code), _CLASS - 1, -1) if code[:size] in _lines()), None)
    below = [known for known in _lines() if len(code) >= _CLASS and known.startswith(code[:_CLASS])]
    lines = [_lines()[known] for known in ([exact] if exact is not None else below)]
    return {part: _expressions(",".join(line[place] for line in lines)) for place, part in enumerate(PARTS)}


def _expressions(printed: str) -> Mapping[tuple[str, ...], str]:
    """Return expressions by their stems: « vigne » and « viticulture », of one family, are one."""
    found: dict[tuple[str, ...], str] = {}
    for one in printed.split(","):
        if words := tuple(dict.fromkeys(stems(fold(one)))):
            found.setdefault(words, one.strip())
    return found


@cache
def _bearers() -> Mapping[str, int]:
    """Return of how many parts of codes each expression is, as it is printed but for capitals."""
    return Counter(one.strip().casefold() for parts in _lines().values() for part in parts for one in part.split(","))


@dataclass(frozen=True, slots=True)
class Mention:
    """An expression of a trade as an item has it, near its beginning."""

    part: str
    #: First and last stem of it in the item.
    first: int
    last: int
    in_title: bool


def code_of(member: Member) -> str | None:
    """Return a member's code, None where it is said to be of another nomenclature than the list's."""
    return member.naf if (member.naf_version or "nafrev2").lower() in {"nafrev2", "rev2"} else None


def mentions(naf: str | None, view: View) -> Iterator[Mention]:
    """Yield the first mention of each part of what a code stands for that stands in the title or the first lines."""
    for part, expressions in profession_of(naf).items():
        known = (found for found in expressions if view.terms.issuperset(found))
        places = [place for found in known if (place := _together(found, view)) is not None]
        if places:
            first, last = min(places)
            yield Mention(part, first, last, in_title=first < view.title)


def _together(found: tuple[str, ...], view: View) -> tuple[int, int] | None:
    """Return where stems first stand close together, in any order, above the end of the first lines."""
    for place in view.positions[found[0]]:
        each = [min(view.positions[term], key=lambda one: abs(one - place)) for term in found]
        first, last = min(each), max(each)
        same_side = (first < view.title) == (last < view.title)
        if same_side and last - first < len(found) + GAP - 1 and last < view.title + LEAD:
            return expression_end(view, first, -1), expression_end(view, last, 1)
    return None


@dataclass(frozen=True, slots=True)
class ProfessionParts:
    """How much each item speaks of what a code stands for: parts of a score, by row.

    The title is of the first lines, and these of the text: what a title says counts in all three. Words of one
    expression need not stand together to count; to be quoted (`mentions`), they must.
    """

    postings: Postings
    rarity: Callable[[str], float]

    def parts(self, naf: str | None) -> Iterator[tuple[str, Floats]]:
        """Yield « code-wants-title » and its like: one number an item."""
        for part, expressions in profession_of(naf).items():
            said = {place: np.zeros(self.postings.size) for place in _FADING}
            for found, printed in expressions.items():
                each = [self.postings.where(term, cognate=False) for term in found]
                weight = self._weight(printed, found)
                for place, sum_ in said.items():
                    sum_[_all(each, place)] += weight
            for place, sum_ in said.items():
                yield f"code-{part}-{place}", np.tanh(sum_ / _FADING[place])

    def _weight(self, printed: str, found: tuple[str, ...]) -> float:
        telling = [self.rarity(term) for term in found if term not in generic_stems()]
        several = len(found) > 1 or is_expression(found[0])
        # What many trades use or serve (« collectivités ») tells little of each.
        share = 1 / math.sqrt(1 + math.log(_bearers()[printed.casefold()]))
        return sum(telling) / len(telling) * share * (_SEVERAL if several else 1.0)


def _all(each: list[Standing], place: str) -> Rows:
    """Return the rows where all of these stems stand in a place."""
    rows: list[Rows] = [getattr(one, place) for one in each]
    return reduce(lambda mine, other: np.intersect1d(mine, other, assume_unique=True), rows)
