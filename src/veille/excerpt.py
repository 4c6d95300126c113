"""What a source's licence lets us copy out, and the one function that chooses it: mail, pages and console show no more.

`summary` is for a text whose kind is known; `excerpt` for lines that are no text (what was removed from a page).
"""

import re

from veille.gist import GAP, Told, chosen, told
from veille.model import Licence
from veille.text import clean

#: Press: title, link, and at most a short extract (press-publishers' right, CPI L218-1: « très courts extraits »).
PRESS_CHARACTERS = 200
PRESS_SHARE = 0.15
#: Others: enough to say what it is, with its source beside it; never instead of the page.
OTHER_CHARACTERS = 500
#: Words that stand alone are nobody's (CPI L211-3-1: « mots isolés »): a quotation that short is one.
ALONE = 40
#: A cut shorter than this says nothing: better none.
_TOO_SHORT = 40
#: A text of so few sentences is a lead, which its publisher wrote to be shown.
_FEW = 2
_ELLIPSIS = "…"
_SPACES = re.compile(r"\s+")


def allowed(text: str, licence: Licence, *, characters: int = PRESS_CHARACTERS, share: float = PRESS_SHARE) -> int:
    """Return how many characters of `text` may be copied out."""
    if licence is Licence.PRESS:
        return max(0, min(characters, PRESS_CHARACTERS, int(len(text) * min(share, PRESS_SHARE))))
    return min(len(text), characters, OTHER_CHARACTERS)


def excerpt(text: str, licence: Licence, *, characters: int = PRESS_CHARACTERS, share: float = PRESS_SHARE) -> str:
    """Return the start of a text, cut at a word, ended by « … » where something is left out; empty if too short.

    White space is folded first, so that the share is counted on words, not on layout.
    """
    whole = _SPACES.sub(" ", text).strip()
    limit = allowed(whole, licence, characters=characters, share=share)
    return whole if limit >= len(whole) else _cut(whole, limit)


def summary(title: str, text: str, licence: Licence, *, characters: int = PRESS_CHARACTERS) -> str:
    """Return the one or two sentences that say what a text is, for whom, until when, within its licence.

    They are the text's own words, in its order, « […] » between two that do not follow each other, the last one cut at
    a word where it is too long. Empty where nothing but menus, greetings and the like is there, or where the licence
    leaves no room for a sentence.
    """
    laid = clean(text)
    whole = _SPACES.sub(" ", laid).strip()
    limit = allowed(whole, licence, characters=characters)
    candidates = told(title, laid)
    if limit >= len(whole) and len(candidates) <= _FEW:
        return _SPACES.sub(" ", " ".join(laid[one.start : one.end] for one in candidates))
    return _joined(laid, chosen(candidates, limit), limit)


def quoted(words: str, text: str, licence: Licence) -> str:
    """Return words quoted from a text as proof: whole where they stand alone or the licence leaves room, else cut."""
    laid = _SPACES.sub(" ", words).strip()
    limit = max(ALONE, allowed(_SPACES.sub(" ", text).strip(), licence, characters=OTHER_CHARACTERS))
    return laid if len(laid) <= limit else _cut(laid, limit, least=1)


def _joined(text: str, picked: tuple[Told, ...], limit: int) -> str:
    said = ""
    for place, one in enumerate(picked):
        follows = place and not text[picked[place - 1].end : one.start].strip()
        said += (" " if follows else GAP if place else "") + _SPACES.sub(" ", text[one.start : one.end])
    return said if len(said) <= limit else _cut(said, limit)


def _cut(whole: str, limit: int, *, least: int = _TOO_SHORT) -> str:
    cut = whole[:limit]
    if not whole[limit].isspace():
        cut = cut.rpartition(" ")[0]
    cut = cut.rstrip(" ,;:.–—-[")
    return f"{cut} {_ELLIPSIS}" if len(cut) >= least else ""
