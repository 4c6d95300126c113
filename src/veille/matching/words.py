"""Words as profile and items are compared: folded, stemmed, without grammar (pure)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from threading import Lock

import snowballstemmer

from veille.text import Folded, fold

#: Folded tokens; one letter is an elision (« l », « d ») or noise, but « e-commerce » is no commerce.
_TOKEN = re.compile(r"\be-[a-z]{3,}|[a-z0-9]{2,}")


def lexicon(name: str) -> list[str]:
    """Return the lines of a word list of this package."""
    text = resources.files("veille.matching").joinpath("lexicon", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def lexicons() -> list[bytes]:
    """Return every word list of this package as it is stored, in the order of their names."""
    folder = resources.files("veille.matching").joinpath("lexicon")
    return [file.read_bytes() for file in sorted(folder.iterdir(), key=lambda file: file.name)]


_GRAMMAR = frozenset(" ".join(lexicon("grammar.txt")).split())


def is_grammar(word: str) -> bool:
    """Tell whether a folded word is of grammar alone."""
    return word in _GRAMMAR


#: Letters shared by the French and the English form of a learned word (« sarcopénie », « sarcopenia »).
_COGNATE = 7
#: What many learned words begin with: after it, so many more letters must be shared.
_FORMS = ("electro", "hydro", "thermo", "photo", "micro", "nano", "agro", "aero", "multi", "inter", "trans", "techno")
_AFTER_FORM = 5

#: Letters under which a stem no longer tells words apart.
_SHORTEST = 3

_STEMMER = snowballstemmer.stemmer("french")
#: The stemmer keeps the word it works on in itself.
_STEMMING = Lock()


def _tokens(folded: str) -> list[str]:
    """Return the content words of a folded text."""
    return [token for token in _TOKEN.findall(folded) if token not in _GRAMMAR]


@cache
def stem(word: str) -> str:
    """Return the stem of a folded French word, the same for its whole family (« scieur », « sciage »)."""
    root = _root(word)
    return _families()[0].get(root, root)


@cache
def _apart() -> Mapping[str, str]:
    """Return words that Snowball would take for others of another trade → their own root."""
    return {word: line.split()[0] for line in lexicon("apart.txt") for word in line.split()}


@cache
def _root(word: str) -> str:
    """Return the Snowball stem of a folded French word; digits stay whole."""
    if not word.isalpha():
        return word
    if word in _apart():
        return _apart()[word]
    with _STEMMING:
        found: str = _STEMMER.stemWord(word)
    # « CEE » and « CEA » are not one word for ending alike.
    return found if len(found) >= _SHORTEST else word.rstrip("sx") or word


@cache
def _families() -> tuple[Mapping[str, str], Mapping[str, list[tuple[tuple[str, ...], str]]]]:
    """Return the stem of each family by those of its words; and its expressions by their first stem."""
    words: dict[str, str] = {}
    expressions: list[tuple[tuple[str, ...], str]] = []
    for line in (*lexicon("families.txt"), *lexicon("expressions.txt")):
        names = [tuple(map(_root, _tokens(name.replace("_", " ")))) for name in line.split()]
        head = "_".join(next((name for name in names if len(name) > 1), names[0]))
        for name in names:
            if len(name) == 1:
                words[name[0]] = head
            else:
                expressions.append((name, head))
    return words, _as_met(words, expressions)


def _as_met(
    words: Mapping[str, str], expressions: Iterable[tuple[tuple[str, ...], str]]
) -> Mapping[str, list[tuple[tuple[str, ...], str]]]:
    """Return expressions by the first of their stems, its words by their families, long ones first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for roots, head in sorted(expressions, key=lambda one: -len(one[0])):
        name = tuple(words.get(root, root) for root in roots)
        found[name[0]].append((name, head))
    return found


@cache
def cognate(term: str) -> str:
    """Return the first letters that a stem shares with its form in the other language, "" where it is too short."""
    form = next((form for form in _FORMS if term.startswith(form)), "")
    size = max(_COGNATE, len(form) + _AFTER_FORM) if form else _COGNATE
    return term[:size] if len(term) >= size else ""


def is_expression(term: str) -> bool:
    """Tell whether a stem stands for an expression of several words (« dispositif médical »)."""
    return "_" in term


def _join(found: list[str], *, english: bool) -> None:
    """Write each expression of a family as its stem, as often as it has words, so that every word keeps its place."""
    expressions = _families()[1]
    for place, first in enumerate(found):
        for name, head in expressions.get(first, ()):
            if tuple(found[place : place + len(name)]) == name:
                found[place : place + len(name)] = [head] * len(name)
                break
    if english:  # « medical devices »: the other way round
        for place in range(len(found) - 1):
            for name, head in expressions.get(found[place + 1], ()):
                if name == (found[place + 1], found[place]):
                    found[place : place + 2] = [head, head]
                    break


@cache
def generic_stems() -> frozenset[str]:
    """Return the stems of words that say nothing of a trade alone."""
    return frozenset(stem(word) for line in lexicon("generic.txt") for word in line.split())


@cache
def equipment_stems() -> frozenset[str]:
    """Return the stems of what a buyer equips a trade with (« un centre d'usinage »)."""
    return frozenset(stem(word) for line in lexicon("equipment.txt") for word in line.split())


@cache
def _english_stems() -> Mapping[str, str]:
    """Return English words of calls → stems of the French words that profiles use."""
    pairs = (line.split() for line in lexicon("english.txt"))
    return {english: stem(french) for english, french in pairs}


def stems(folded: str, *, english: bool = False) -> list[str]:
    """Return the stems of a folded text's content words, in order."""
    tokens = _tokens(folded)
    known = _english_stems() if english else {}
    found = [known.get(token) or stem(token) for token in tokens]
    _join(found, english=english)
    return found


@dataclass(frozen=True)
class Words:
    """A text's content words with the way back to what is printed."""

    text: str
    english: bool = False

    @cached_property
    def _folded(self) -> Folded:
        return Folded(self.text)

    @cached_property
    def stems(self) -> list[str]:
        """Stems of content words, in order."""
        return stems(self._folded.text, english=self.english)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(self._folded.text) if match[0] not in _GRAMMAR]

    def folded_word(self, place: int) -> str:
        """Return a content word, folded."""
        start, end = self._places[place]
        return self._folded.text[start:end]

    def quote(self, first: int, last: int) -> str:
        """Return the printed words from content word `first` to `last`, both included."""
        return self._folded.quote(self._places[first][0], self._places[last][1])


def printed_in(said: str, found: str) -> bool:
    """Tell whether every content word of `said` stands in `found`, but for case, accents and simple plurals."""
    return _plain(said) <= _plain(found)


def _plain(text: str) -> set[str]:
    return {word.rstrip("sx") for word in _TOKEN.findall(fold(text)) if word not in _GRAMMAR}
