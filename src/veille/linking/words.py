"""Words as two items are compared: folded, cut to their beginning, weighed by how rare they are (pure)."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

#: Letters kept of a word: enough for « alimentation » and « alimentaires », and for « vitamine » and « vitamins ».
STEM = 6
#: Weight of a word that stands in no list: ln(4,080 texts / 6), what a word met in six texts would have.
RARE = 6.5
#: Weight of a word that every call says.
GENERIC = 0.6

#: Two letters, or a letter and a figure, name a body or a level (« Opco EP », « 2i »); one letter is an elision.
#: Stems of what a second notice says of itself, and not of what it is about.
REMINDERS = frozenset(
    (
        "rappel",
        "dernie",
        "jours",
        "prolon",
        "report",
        "rectif",
        "proroga"[:STEM],
        "modifi",
        "update",
        "extend",
        "remind",
    )
)

_WORD = re.compile(r"[a-z]{2,}|\b(?:\d[a-z]|[a-z]\d)\b")


def words(folded: str) -> list[str]:
    """Return the stems of a folded text that are no grammar, in order, repeats included."""
    grammar = _grammar()
    return [word[:STEM] for word in _WORD.findall(folded) if word not in grammar]


def in_french(stems: Iterable[str]) -> list[str]:
    """Return the stems of an English text with the words of calls and trades in French; cognates stay."""
    french = _french()
    return [french.get(stem, stem) for stem in stems]


def is_grammar(word: str) -> bool:
    """Say whether a folded word is one of grammar or of the calendar."""
    return word in _grammar()


@cache
def no_names() -> frozenset[str]:
    """Return folded words that bear a capital and name nobody."""
    return frozenset(" ".join(_lines("no_names.txt")).split())


def weight(stem: str) -> float:
    """Return how much it says that two items share this stem."""
    return _weights().get(stem, RARE)


def total(stems: Iterable[str]) -> float:
    """Return the weight of several stems."""
    weights = _weights()
    return sum(weights.get(stem, RARE) for stem in stems)


def _lines(name: str) -> list[str]:
    text = resources.files("veille.linking").joinpath("lexicon", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def _grammar() -> frozenset[str]:
    return frozenset(" ".join(_lines("grammar.txt")).split())


@cache
def _weights() -> dict[str, float]:
    counted = {stem: float(line[0]) for line in _lines("common.txt") for stem in line[2:].split()}
    generic = {word[:STEM]: GENERIC for line in _lines("generic.txt") for word in line.split()}
    return {**counted, **generic}


@cache
def _french() -> dict[str, str]:
    pairs = (line.split() for line in _lines("english.txt"))
    return {english[:STEM]: french[:STEM] for english, french in pairs}
