"""Which language a text is in, by its function words and the endings of its words, with the source as prior.

Each word votes for the languages that have it, a share each where several do. Titles are short: the prior has a lead
that a few words do not overtake, and where no source says one it is French, the language of nearly every source.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from veille.nlp.language_words import ENDINGS, WORDS

#: The code of a text in none of our languages (ISO 639-2).
UNKNOWN = "und"

#: A last letter of a word of four letters or more that French, English and German words rarely have.
_LAST = {"o": ("es", "it", "pt"), "a": ("es", "it", "pt"), "i": ("it",)}
#: What an ending and a last letter are worth beside a function word.
_ENDING, _LETTER = 0.6, 0.3
_SHORTEST, _SHORT = 5, 4
_LONGEST_ENDING = 8
#: Words looked at: enough to be sure, whatever the length.
_ENOUGH = 150
#: Characters a word has at most, on average: what lies beyond is not even split.
_LONGEST = 12
#: Words' votes by which a language must lead the prior's: where a source says its language, and where none does.
_LEAD, _LEAD_UNSAID = 2.0, 1.0
#: And it must have so many times the prior's: two languages' functions words in one text are a quotation.
_TIMES = 1.3
#: Words from which a text with hardly a function word, and unlike the prior's language, is in none of ours.
_MANY, _FEW, _LIKE = 20, 0.1, 0.12
#: Words remembered with their votes, some 10 MB; then all are forgotten.
_REMEMBERED = 50_000
_WORD = re.compile(r"[a-z]+")

_LANGUAGES = tuple(WORDS)
#: Votes of all languages are one whole number, a lane of bits for each: a text's votes are one sum. Shares are counted
#: in sixtieths, which two to six languages divide.
_VOTE, _LANE = 60, 16


def _shared(entries: Mapping[str, Iterable[str]], weight: float) -> dict[str, int]:
    """Return what each word (or ending) gives its languages: a whole vote for one, shares for several."""
    owners: dict[str, list[str]] = {}
    for language, words in entries.items():
        for word in dict.fromkeys(words):
            owners.setdefault(word, []).append(language)
    return {word: _votes(of, round(weight * _VOTE / len(of))) for word, of in owners.items()}


def _votes(languages: Iterable[str], share: int) -> int:
    return sum(share << _LANE * _LANGUAGES.index(language) for language in languages)


_FUNCTIONS = {language: frozenset(words.split()) for language, words in WORDS.items()}
_ENDING_VOTES = _shared({language: endings.split() for language, endings in ENDINGS.items()}, _ENDING)
_LETTER_VOTES = {letter: _votes(of, round(_LETTER * _VOTE / len(of))) for letter, of in _LAST.items()}


class _WordVotes(dict[str, int]):
    """Votes of a word, learnt as words are met: texts share most of theirs."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
            self.update(_WORD_VOTES)
        self[word] = votes = _by_ending(word)
        return votes


_WORD_VOTES = _shared(_FUNCTIONS, 1.0)
_MET = _WordVotes(_WORD_VOTES)


def detect(folded: str, prior: str | None = None) -> str:
    """Return the ISO 639-1 code of a folded text, or `und` where it is in none of our languages."""
    default = (prior or "fr").lower()[:2]
    words = _WORD.findall(folded, 0, _ENOUGH * _LONGEST)[:_ENOUGH]
    if foreign(folded, words):
        return UNKNOWN
    counts = _counts(words)
    own = counts.get(default, 0.0)
    best = max(counts, key=lambda language: (counts[language], language == default))
    if len(words) >= _MANY and own < _LIKE * len(words) and _functions(words, best) < _FEW * len(words):
        return UNKNOWN
    leads = counts[best] >= own + (_LEAD if prior else _LEAD_UNSAID) and counts[best] >= _TIMES * own
    return best if leads else default


def foreign(folded: str, words: Sequence[str]) -> bool:
    """Tell whether most letters are of another script than ours."""
    looked, latin = folded[: _ENOUGH * _LONGEST], sum(map(len, words))
    if len(words) == _ENOUGH or latin * 2 > len(looked):
        return False
    return sum(character.isalpha() and not character.isascii() for character in looked) > latin


def _functions(words: Iterable[str], language: str) -> int:
    """Return how many words are function words of a language."""
    known = _FUNCTIONS[language]
    return sum(word in known for word in words)


def _counts(words: Iterable[str]) -> dict[str, float]:
    """Return each language's votes."""
    total = sum(map(_MET.__getitem__, words))
    lane = (1 << _LANE) - 1
    return {language: (total >> _LANE * rank & lane) / _VOTE for rank, language in enumerate(_LANGUAGES)}


def _by_ending(word: str) -> int:
    """Return the votes of the longest ending, or of the last letter."""
    if len(word) >= _SHORTEST:
        for length in range(min(_LONGEST_ENDING, len(word) - 2), 1, -1):
            if said := _ENDING_VOTES.get(word[-length:]):
                return said
    return _LETTER_VOTES.get(word[-1], 0) if len(word) >= _SHORT else 0
