"""Every cue of the taxonomy in one automaton, run once over each folded field."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import ahocorasick

from veille.config.taxonomy import Term, cue_key
from veille.model import Evidence, Scheme
from veille.text import Folded, Singular

Owner = tuple[Scheme, str]

#: Marks part cues: « eau. Potable » is not « eau potable ». One character for one, so that offsets hold.
_MARKS = re.compile(r'[.,;:!?…()\[\]{}«»"“”„<>=*#|~^\\%]')
#: Acronyms end where a letter, a digit or an inner dash would go on.
_ACRONYM_EDGE = re.compile(r"[\w-]")


class Kind(IntEnum):
    """What a match means for its term."""

    NEGATIVE = 0
    CUE = 1
    WEAK = 2
    TITLE = 3
    START = 4
    ACRONYM = 5


@dataclass(frozen=True, slots=True)
class _Pattern:
    owner: Owner
    kind: Kind
    cue: str
    english: bool
    #: What must follow the literal, for a cue with a `*` before its last word.
    rest: re.Pattern[str] | None
    #: Looked for in the title only.
    title_only: bool = False


@dataclass(slots=True)  # not frozen: thirty of them are made for each text, and freezing triples the cost
class Hit:
    """A cue of a term met in a field; offsets are those of the field's folded words, of its own text for an acronym."""

    kind: Kind
    cue: str
    #: "title" or "text".
    where: str
    start: int
    end: int


class Field:
    """A title or a text, folded once for everybody."""

    def __init__(self, name: str, original: str) -> None:
        self.name = name
        self.original = original
        self.singular = Singular(Folded(original))
        self.padded = f" {_MARKS.sub(' ', self.singular.text)} "
        #: Terms whose negatives stand in it, once it has been searched.
        self.hidden: frozenset[Owner] = frozenset()

    def evidence(self, hit: Hit) -> Evidence:
        """Quote the words of a hit as printed."""
        start, end = (hit.start, hit.end) if hit.kind is Kind.ACRONYM else self.singular.span(hit.start, hit.end)
        return Evidence(text=self.original[start:end], where=self.name, start=start, end=end)


class CueAutomaton:
    """Finds the cues of many terms at once; building takes a tenth of a second for two thousand cues."""

    def __init__(self, terms: Iterable[Term]) -> None:
        patterns: dict[str, list[_Pattern]] = defaultdict(list)
        acronyms: dict[str, list[_Pattern]] = defaultdict(list)
        for term in terms:
            _add_cues(term, patterns)
            for acronym in term.acronyms:
                owner = (term.scheme, term.id)
                acronyms[acronym].append(_Pattern(owner, Kind.ACRONYM, acronym, english=False, rest=None))
        self._patterns = patterns
        #: (in English, in a title) → what can be met there: what cannot is not even looked at. Built when first needed.
        self._words: dict[tuple[bool, bool], Any] = {}
        self._acronyms = _automaton(acronyms)

    def find(self, field: Field, *, english: bool) -> dict[Owner, list[Hit]]:
        """Return the hits of each term, negatives applied, overlaps reduced to the longest, in order."""
        found: dict[Owner, list[tuple[int, int, _Pattern]]] = defaultdict(list)
        text = field.padded
        for last, patterns in self._automaton(english=english, in_title=field.name == "title").iter(text):
            for literal, pattern in patterns:
                start = last - literal + 2
                end = _match_end(text, last, pattern)
                if end and not (pattern.kind is Kind.START and start > 1):
                    found[pattern.owner].append((start - 1, end - 1, pattern))
        hits = {owner: kept for owner, spans in found.items() if (kept := _keep(spans, field))}
        field.hidden = frozenset(
            owner for owner, spans in found.items() if any(span[2].kind is Kind.NEGATIVE for span in spans)
        )
        for owner, hit in self._find_acronyms(field):
            hits.setdefault(owner, []).append(hit)
        return hits

    def denials(self, field: Field) -> Iterable[tuple[Owner, Hit]]:
        """Yield the words that say what a term is not (« tissu économique »): what `find` hides its cues by."""
        for last, patterns in self._automaton(english=False, in_title=False).iter(field.padded):
            for literal, pattern in patterns:
                end = _match_end(field.padded, last, pattern) if pattern.kind is Kind.NEGATIVE else 0
                if end:
                    yield pattern.owner, Hit(pattern.kind, pattern.cue, field.name, last - literal + 1, end - 1)

    def _automaton(self, *, english: bool, in_title: bool) -> Any:
        if (english, in_title) not in self._words:
            self._words[english, in_title] = _automaton(_met(self._patterns, english=english, in_title=in_title))
        return self._words[english, in_title]

    def _find_acronyms(self, field: Field) -> Iterable[tuple[Owner, Hit]]:
        text = field.original
        for last, patterns in self._acronyms.iter(text):
            for length, pattern in patterns:
                start, end = last - length + 1, last + 1
                if _edge(text, start - 1) and _edge(text, end):
                    yield pattern.owner, Hit(Kind.ACRONYM, pattern.cue, field.name, start, end)


def _edge(text: str, place: int) -> bool:
    return not (0 <= place < len(text) and _ACRONYM_EDGE.match(text[place]))


def _match_end(text: str, last: int, pattern: _Pattern) -> int:
    """Return the end of the words matched, or 0; the literal of a whole word ends with its space."""
    if pattern.rest is None:
        return last if text[last] == " " else last + 1
    match = pattern.rest.match(text, last + 1)
    return match.end() if match else 0


def _keep(spans: list[tuple[int, int, _Pattern]], field: Field) -> list[Hit]:
    if len(spans) == 1:
        start, end, pattern = spans[0]
        return [] if pattern.kind is Kind.NEGATIVE else [Hit(pattern.kind, pattern.cue, field.name, start, end)]
    hidden = [(start, end) for start, end, pattern in spans if pattern.kind is Kind.NEGATIVE]
    kept: list[Hit] = []
    reach = -1
    for start, end, pattern in sorted(spans, key=lambda span: (span[0], -span[1], span[2].kind)):
        if pattern.kind is Kind.NEGATIVE or start < reach:
            continue
        if hidden and any(start < stop and begin < end for begin, stop in hidden):
            continue
        kept.append(Hit(pattern.kind, pattern.cue, field.name, start, end))
        reach = end
    return kept


def _add_cues(term: Term, patterns: Mapping[str, list[_Pattern]]) -> None:
    owner = (term.scheme, term.id)
    for kind, cues, english in (
        (Kind.NEGATIVE, term.negatives, False),
        (Kind.CUE, term.cues, False),
        (Kind.WEAK, term.weak_cues, False),
        (Kind.TITLE, term.title_cues, False),
        (Kind.START, term.start_cues, False),
        (Kind.CUE, term.cues_en, True),
    ):
        for cue in cues:
            literal, rest = _compile(cue_key(cue))
            patterns[literal].append(_Pattern(owner, kind, cue, english, rest, kind in {Kind.TITLE, Kind.START}))


def _compile(key: str) -> tuple[str, re.Pattern[str] | None]:
    """Return what the automaton looks for and what must follow it."""
    literal, star, rest = key.partition("*")
    if not star:
        return f" {literal} ", None
    if not rest:
        return f" {literal}", None
    words = (re.escape(word[:-1]) + "[^ ]*" if word.endswith("*") else re.escape(word) for word in rest.split())
    return f" {literal}", re.compile("[^ ]* " + " ".join(words) + "(?= )")


def _met(patterns: Mapping[str, list[_Pattern]], *, english: bool, in_title: bool) -> dict[str, list[_Pattern]]:
    """Return the patterns that can be met in a field."""
    kept = {
        literal: [one for one in each if (english or not one.english) and (in_title or not one.title_only)]
        for literal, each in patterns.items()
    }
    return {literal: each for literal, each in kept.items() if each}


def _automaton(patterns: Mapping[str, list[_Pattern]]) -> Any:
    automaton = ahocorasick.Automaton()
    for literal, owners in patterns.items():
        automaton.add_word(literal, tuple((len(literal), pattern) for pattern in owners))
    automaton.add_word("\x00", ())  # an empty automaton cannot be searched
    automaton.make_automaton()
    return automaton
