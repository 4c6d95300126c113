"""The one function that cuts extracts: what a source's licence lets us copy out (pure)."""

import re

from veille.model import Licence

#: Press: title, link, and at most a short extract (press-publishers' right, CPI L218-1: « très courts extraits »).
PRESS_CHARACTERS = 200
PRESS_SHARE = 0.15
#: A cut shorter than this says nothing: better none.
_TOO_SHORT = 40
_ELLIPSIS = "…"
_SPACES = re.compile(r"\s+")


def allowed(text: str, licence: Licence, *, characters: int = PRESS_CHARACTERS, share: float = PRESS_SHARE) -> int:
    """Return how many characters of `text` may be copied out."""
    if licence is Licence.PRESS:
        return max(0, min(characters, PRESS_CHARACTERS, int(len(text) * min(share, PRESS_SHARE))))
    return min(len(text), characters)


def excerpt(text: str, licence: Licence, *, characters: int = PRESS_CHARACTERS, share: float = PRESS_SHARE) -> str:
    """Return the start of a text, cut at a word, ended by « … » where something is left out; empty if too short.

    White space is folded first, so that the share is counted on words, not on layout.
    """
    whole = _SPACES.sub(" ", text).strip()
    limit = allowed(whole, licence, characters=characters, share=share)
    if limit >= len(whole):
        return whole
    cut = whole[:limit]
    if not whole[limit].isspace():
        cut = cut.rpartition(" ")[0]
    cut = cut.rstrip(" ,;:.–—-")
    return f"{cut} {_ELLIPSIS}" if len(cut) >= _TOO_SHORT else ""
