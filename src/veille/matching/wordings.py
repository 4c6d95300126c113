"""How much items can say of a profile's lines at most: postings added up, line by item (numpy)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from veille.matching.case import SOLD, TECHNIQUES
from veille.matching.context import MatchContext
from veille.matching.postings import Postings
from veille.matching.profile import CODED, KIND_WEIGHT, Profile, Segment
from veille.matching.similarity import ECHO, FADING, GENERIC, IN_TITLE, PHRASE, SPREAD, alone, weight
from veille.matching.words import cognate, is_expression

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Said:
    """What each item can say of a profile at most."""

    topic: Floats
    #: The word of a line that says what it is about, or several words of a line.
    telling: Flags
    #: Several words of a need, all its words of the trade, one of them in the title.
    answers: Flags
    #: A word of the trade in the title, and a whole line or several words of one.
    twice: Flags
    #: Every word of the trade of a technique, in the title.
    bridge: Flags


class Wordings:
    """The words of one profile wherever they stand: one entry a word of a line and item."""

    def __init__(self, profile: Profile, postings: Postings, context: MatchContext) -> None:
        self._segments = profile.segments
        words = [
            word
            for number, segment in enumerate(profile.segments)
            for word in _words(number, segment, profile, postings, context)
        ]
        posted = np.concatenate([np.empty(0, np.int32), *(word.posted for word in words)])
        table = np.array([word.values for word in words], float).reshape(len(words), len(_Word.FIELDS))
        entries = np.repeat(table, [len(word.posted) for word in words], axis=0)
        self._segment, self._joined, self._alone, told, centre = entries.T
        self._row, self._in_title = posted >> 1, (posted & 1).astype(bool)
        self._told, self._centre = told.astype(bool), centre.astype(bool)
        raised = np.where(self._in_title, IN_TITLE, 1.0)
        self._joined, self._alone = self._joined * raised, self._alone * raised

    def hope(self, size: int) -> Floats:
        """Return for each of `size` rows a sum that no topic is above."""
        most = np.maximum(self._joined, self._alone) + self._joined * SPREAD / PHRASE
        return np.bincount(self._row, most, size).astype(float)

    def said(self, rows: NDArray[np.intp], size: int, tenders: Flags) -> Said:
        """Return what the items of these rows, of `size` in all, say at most; `tenders` buy what the member sells."""
        if not self._segments or not len(rows):
            return Said(np.zeros(len(rows)), *(np.zeros(len(rows), bool) for _ in range(4)))
        column = np.full(size, -1, np.intp)
        column[rows] = np.arange(len(rows))
        place = column[self._row]
        unsold = np.array([one.kind not in SOLD for one in self._segments])[self._segment.astype(np.intp)]
        kept = np.flatnonzero((place >= 0) & ~(unsold & tenders[rows][place]))
        cell = self._segment[kept].astype(np.intp) * len(rows) + place[kept]
        told, in_title, centre = self._told[kept], self._in_title[kept], self._centre[kept]

        def added(where: NDArray[np.intp], values: Floats | None = None) -> Floats:
            found = np.bincount(where, values, len(self._segments) * len(rows)).astype(float)
            return found.reshape(len(self._segments), len(rows))

        several = added(cell) > 1
        joined, single = added(cell, self._joined[kept]), added(cell, self._alone[kept])
        phrase = several & (added(cell[told]) > 0)
        tells = phrase | (added(cell[centre]) > 0)
        titled = added(cell[told & in_title])
        every = np.array([[len(one.trade) or np.inf] for one in self._segments])
        whole, said = titled >= every, added(cell[told]) >= every
        complete = added(cell) >= np.array([[len(one.terms)] for one in self._segments])
        return Said(
            topic=_topic(np.where(several, np.maximum(joined, single + joined * SPREAD / PHRASE), single)),
            telling=_any(tells),
            answers=_any((tells & said & (titled > 0))[self._of("need")]),
            twice=(_any(titled > 0) & _any(tells | complete)) | (several.sum(axis=0) > 1),
            bridge=_any(whole[self._of(*TECHNIQUES)]),
        )

    def _of(self, *kinds: str) -> Sequence[int]:
        return [number for number, segment in enumerate(self._segments) if segment.kind in kinds]


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of one profile line."""

    FIELDS = ("segment", "joined", "alone", "told", "centre")

    posted: NDArray[np.int32]
    #: Of FIELDS: which line; strength in an expression, and by itself; whether it says something of the trade; whether
    #: it says by itself what the line is about.
    values: tuple[float, float, float, bool, bool]


def _words(
    number: int, segment: Segment, profile: Profile, postings: Postings, context: MatchContext
) -> Sequence[_Word]:
    """Return the words of one profile line that stand in any item."""
    share, found = KIND_WEIGHT[segment.kind], []
    for term in segment.terms:
        posted = postings.of(term, cognate=profile.cognates.get(cognate(term)) == term)
        told = term in segment.trade
        # Trade talk alone counts only as a whole expression.
        joined = max(weight(term, context) * PHRASE, 0.0 if told else GENERIC / len(segment.terms))
        single = alone(term, segment, profile, context) if told else 0.0
        # An expression of a family is several words by itself.
        own = term not in profile.filiere or segment.kind in CODED
        centre = (term == segment.centre and own) or is_expression(term)
        found.append(_Word(posted, (number, joined * share, single * share, told, centre)))
    return found


def _any(flags: Flags) -> Flags:
    """Tell of each item whether it holds for any line."""
    found: Flags = np.logical_or.reduce(flags, axis=0)
    return found


def _topic(strengths: Floats) -> Floats:
    """Return the most that lines of these strengths (line × item) add up to, whichever of them echo others."""
    total, highest = strengths.sum(axis=0), strengths.max(axis=0)
    faded = FADING ** np.arange(len(strengths)) @ -np.sort(-strengths, axis=0)
    # An echo adds its share at the weight of the second place or a later one, and does not fade what follows.
    most: Floats = faded + ECHO * FADING * (total - highest)
    return most
