"""What a member does where only its NAF code and its name say so (pure)."""

from collections.abc import Mapping
from functools import cache, lru_cache

from veille.matching.words import Words, generic_stems, lexicon, stem


@cache
def _by_code() -> Mapping[str, tuple[str, ...]]:
    """Return digits of a NAF code, with its letter where a line has it → what whoever bears it does."""
    split = (line.split(" ", 1) for line in lexicon("naf.txt"))
    return {code.replace(".", ""): tuple(words.split(", ")) for code, words in split}


@cache
def _known_stems() -> frozenset[str]:
    """Return the stems of words that name a trade."""
    named = {stem(word) for line in lexicon("families.txt") for word in line.split() if "_" not in word}
    coded = {term for phrases in _by_code().values() for phrase in phrases for term in Words(phrase).stems}
    return frozenset(named | coded) - generic_stems()


def trade_of(naf: str | None) -> tuple[str, ...]:
    """Return what the code says that a member does, as calls would; () where there is none or none is known.

    >>> trade_of("16.10A")
    ('scierie', 'bois de sciage', 'bois')
    """
    code = "".join(character for character in (naf or "").upper() if character.isalnum())
    return next((_by_code()[code[:size]] for size in range(len(code), 1, -1) if code[:size] in _by_code()), ())


@lru_cache(maxsize=20_000)
def named_trades(organisation: str) -> tuple[str, ...]:
    """Return the words of a name that say a trade (« Scierie du Haut-Doubs » → « Scierie »)."""
    words = Words(organisation)
    return tuple(words.quote(place, place) for place, term in enumerate(words.stems) if term in _known_stems())
