"""Length-preserving folding, for readers built on regular expressions: offsets are those of the original.

`text.Folded` collapses spaces and spells « œ » as two letters, which suits cues and labels; a reader of dates, amounts
and place names wants hyphens, line ends and untouched offsets.
"""

import unicodedata
from functools import lru_cache

from veille.text import Translation

_APOSTROPHES = frozenset("'`´’‘ʼ′‛")
#: Kept as they are: NFKD would make several characters of them.
_KEPT = frozenset("œæß…½¼¾€\n")


class _LevelTable(dict[int, str]):
    """Code point → exactly one character, learnt as they are met."""

    def __missing__(self, point: int) -> str:
        levelled = _level_character(chr(point))
        self[point] = levelled
        return levelled


def _level_character(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    if character == "\n":
        return character
    kind = unicodedata.category(character)
    if kind == "Pd" or character == "−":
        return "-"
    if character.isspace() or kind in {"Cc", "Cf"}:
        return " "
    low = character.lower()[0]
    # « 15 mars 2027² », « ① »: a mark of a note or of a list is not a digit of the number beside it.
    if low in _KEPT or kind == "No":
        return low
    letter = unicodedata.normalize("NFKD", low)[0]
    return letter if not letter.isspace() else " "


_translate = Translation(_LevelTable())


@lru_cache(maxsize=16)  # several readers ask for the same title and text in a row
def level(text: str) -> str:
    """Return text in lower case, without accents, plain spaces, hyphens and apostrophes; as long as it came (NFC)."""
    return _translate(text)
