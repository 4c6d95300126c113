"""How much items can say of the lines of profiles at most: the places of their words, run by run (numpy).

What `similarity` weighs exactly for one item and one profile is bounded here for all items and a block of profiles. A
word of a line wherever it stands is an entry; entries that stand together are a run; the runs of a line in an item are
a cell. What is said of a cell is never less than what `similarity` says of the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from veille.matching.case import SOLD, TECHNIQUES
from veille.matching.context import MatchContext
from veille.matching.postings import Postings
from veille.matching.profile import KIND_WEIGHT, Profile, Segment
from veille.matching.similarity import (
    ECHO,
    FADING,
    GAP,
    GENERIC,
    IN_TITLE,
    LOOSE,
    PHRASE,
    SPREAD,
    alone,
    says_line,
    weight,
)  # fmt: skip
from veille.matching.words import cognate, is_expression

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Bits of what a run or a cell says: several words of the trade's line together; the word that says what it is about;
#: a word of the trade in the title; all of the trade, or the whole line, together; two words of the trade together.
PHRASED, CENTRAL, TITLED, SURE, MANY = 1, 2, 4, 8, 16
#: All of a technique in the title; a whole need with the title about it; words all over the first lines.
BRIDGES, ANSWERS, SPREADS = 32, 64, 128
#: A word of the trade stands there at all.
KNOWN = 256
#: One of them at least is there where an item may be about what the profile says.
TELLING = PHRASED | CENTRAL | SPREADS
#: Words of one line told apart; those beyond share the last bit, which can only make more of them seem there.
_BITS = 62


@dataclass(frozen=True, slots=True)
class Said:
    """What items can say of profiles at most: a key is profile × number of items + row, ascending."""

    keys: Whole
    topic: Floats
    #: Of the bits above.
    flags: Whole
    #: Lines of which two words of the trade stand together.
    many: Whole

    def has(self, bits: int) -> Flags:
        """Tell which pairs have one of these bits."""
        found: Flags = (self.flags & bits) != 0
        return found

    def of(self, keys: Whole) -> "Said":
        """Return what is said of these pairs, keys of this among them; nothing of the others."""
        place = np.searchsorted(keys, self.keys)
        topic, flags, many = np.zeros(len(keys)), np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        topic[place], flags[place], many[place] = self.topic, self.flags, self.many
        return Said(keys, topic, flags, many)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of one profile line."""

    places: Whole
    #: Strength in an expression, and by itself.
    joined: float
    alone: float
    #: Whether it says something of the trade; by itself what the line is about; is an expression.
    told: bool
    centre: bool
    expression: bool
    bit: int


@dataclass(frozen=True, slots=True)
class _Line:
    """One profile line."""

    profile: int
    segment: Segment
    words: Sequence[_Word]

    @property
    def every(self) -> int:
        """Bits of all its words."""
        return _bits(self.words)

    @property
    def trade(self) -> int:
        """Bits of its words of the trade."""
        return _bits([word for word in self.words if word.told])

    @property
    def spread(self) -> float:
        """What the words of the trade beside one add at most."""
        told = sorted(word.joined for word in self.words if word.told)
        return sum(told[1:]) * SPREAD / PHRASE


def _bits(words: Sequence[_Word]) -> int:
    found = 0
    for word in words:
        found |= word.bit
    return found


@dataclass(frozen=True, slots=True)
class _Runs:
    """Entries that stand together, line by line."""

    line: Whole
    #: Profile × number of items + row.
    key: Whole
    #: The place where it begins, how many entries follow, whether it begins in the first lines.
    first: Whole
    more: Whole
    lead: Flags


class Wordings:
    """The words of a block of profiles wherever they stand."""

    def __init__(self, profiles: Sequence[Profile], postings: Postings, context: MatchContext) -> None:
        self._postings = postings
        lines = [
            _Line(number, segment, _words(segment, profile, postings, context))
            for number, profile in enumerate(profiles)
            for segment in profile.segments
        ]
        words = [word for line in lines for word in line.words]
        self._of_profile = np.array([line.profile for line in lines], np.int64)
        self._every = np.array([line.every for line in lines], np.int64)
        self._trade = np.array([line.trade for line in lines], np.int64)
        self._spread = np.array([line.spread for line in lines])
        self._generic = np.array([GENERIC * KIND_WEIGHT[line.segment.kind] for line in lines])
        self._need = np.array([line.segment.kind == "need" for line in lines], bool)
        self._technique = np.array([line.segment.kind in TECHNIQUES for line in lines], bool)
        self._sold = np.array([line.segment.kind in SOLD for line in lines], bool)
        self._line = np.repeat(np.arange(len(lines)), [len(line.words) for line in lines])
        self._places = np.concatenate([np.empty(0, np.int64), *(word.places for word in words)])
        self._counts = np.array([len(word.places) for word in words], np.int64)
        self._joined = np.array([word.joined for word in words])
        self._alone = np.array([word.alone for word in words])
        self._bit = np.array([word.bit for word in words], np.int64)
        self._told = np.array([word.bit if word.told else 0 for word in words], np.int64)
        self._own = np.array(
            [PHRASED * (word.told and word.expression) | CENTRAL * word.centre for word in words], np.int64
        )

    def said(self, reached: Flags, tenders: Flags, held: Flags, least: float) -> Said:
        """Say what items (profile × row) say at most: of what is `held`, and of what is reached and may say enough.

        Enough is `least`, some of it telling; `tenders` buy what the member sells.
        """
        keys, most, flags = self._cells(self._entries(reached), reached.shape[1], tenders, held.ravel())
        telling = np.zeros(reached.size, bool)
        telling[keys[flags & TELLING != 0]] = True
        enough = np.bincount(keys, most, reached.size) >= least
        bridging = np.zeros(reached.size, bool)
        bridging[keys[flags & BRIDGES != 0]] = True
        kept = np.flatnonzero(((telling & enough) | bridging | held.ravel())[keys])
        kept = kept[np.lexsort((-most[kept], keys[kept]))]
        keys, most, flags = keys[kept], most[kept], flags[kept]
        new = _changes(keys)
        starts = np.flatnonzero(new)
        if not len(starts):
            return Said(keys, most, flags, flags)
        rank = np.arange(len(keys)) - starts[np.cumsum(new) - 1]
        # An echo adds its share at the weight of the second place or a later one, and does not fade what follows.
        topic = most * (FADING**rank + ECHO * FADING * (rank > 0))
        return Said(
            keys=keys[starts],
            topic=np.add.reduceat(topic, starts),
            flags=np.bitwise_or.reduceat(flags, starts),
            many=np.add.reduceat((flags & MANY) // MANY, starts),
        )

    def _entries(self, reached: Flags) -> tuple[Whole, Whole]:
        """Return the words and places of all entries that count, line by line, place after place."""
        across = int(len(self._postings.row_of) + GAP).bit_length()
        along = len(self._line).bit_length()
        begins = self._of_profile[self._line] * reached.shape[1]
        heads = (self._line << (across + along)) | np.arange(len(self._line))
        counts = reached.ravel()[np.repeat(begins, self._counts) + self._postings.row_of[self._places]]
        keys = np.sort((np.repeat(heads, self._counts) | (self._places << along))[counts])
        return keys & ((1 << along) - 1), (keys >> along) & ((1 << across) - 1)

    def _cells(
        self, entries: tuple[Whole, Whole], count: int, tenders: Flags, held: Flags
    ) -> tuple[Whole, Floats, Whole]:
        """Return key, most and flags of each cell of what has a telling run, or is held."""
        words, places = entries
        lines = self._line[words]
        if not len(words):
            return words, np.zeros(0), words
        starts = np.flatnonzero(_changes(lines) | (np.diff(places, prepend=-GAP - 1) > GAP))
        more = np.diff(starts, append=len(words)) - 1
        first, line = places[starts], lines[starts]
        row = self._postings.row_of[first]
        key, lead = self._of_profile[line] * count + row, self._postings.in_lead[first]
        some = held.copy()
        some[key[(more > 0) | (lead & (self._told[words[starts]] != 0))]] = True
        kept = np.flatnonzero(some[key] & (self._sold[line] | ~tenders[row]))
        if not len(kept):
            return kept, np.zeros(0), kept
        runs = _Runs(line[kept], key[kept], first[kept], more[kept], lead[kept])
        stretch = np.repeat(starts[kept] - np.append(0, np.cumsum(runs.more + 1)[:-1]), runs.more + 1)
        stretch += np.arange(len(stretch))
        return self._weighed(runs, words[stretch], places[stretch])

    def _weighed(self, runs: "_Runs", words: Whole, places: Whole) -> tuple[Whole, Floats, Whole]:
        """Return key, most and flags of each cell of these runs, made of these words."""
        line, starts = runs.line, np.append(0, np.cumsum(runs.more + 1)[:-1])
        titled = self._postings.in_title[runs.first]
        bits = np.bitwise_or.reduceat(self._bit[words], starts)
        told = np.bitwise_or.reduceat(self._told[words], starts)
        several, one_told = _several(bits, runs.more), (told != 0) & ~_several(told, runs.more)
        loose = places[starts + runs.more] - runs.first > runs.more
        by_itself = np.maximum.reduceat(self._alone[words], starts)
        together = np.add.reduceat(self._joined[words], starts) * np.where(loose, LOOSE, 1.0)
        whole, every = told == self._trade[line], bits == self._every[line]
        # Trade talk alone says something as a whole expression only, and beside one word only close to it.
        together = np.maximum(np.where(told != 0, together, 0.0), np.where(every, self._generic[line], 0.0))
        phrased = several & (told != 0) & ~(loose & one_told)
        most = np.where(several & ~(loose & one_told), np.maximum(together, by_itself), by_itself)
        most *= np.where(titled, IN_TITLE, 1.0)
        own = np.bitwise_or.reduceat(self._own[words], starts)
        own = np.where(runs.lead, own, own & ~CENTRAL)
        flags = own | PHRASED * phrased | TITLED * (titled & (told != 0)) | MANY * ~(one_told | (told == 0))
        sure = (whole & (phrased | (own & PHRASED != 0))) | every
        flags |= (
            KNOWN * (told != 0)
            | SURE * (sure & (told != 0))
            | BRIDGES * (titled & whole & (told != 0) & self._technique[line])
        )
        cells = np.flatnonzero(_changes(runs.key) | _changes(line))
        lead = np.bitwise_or.reduceat(np.where(runs.lead, told, 0), cells)
        title = np.bitwise_or.reduceat(np.where(titled, told, 0), cells)
        flags, most = np.bitwise_or.reduceat(flags, cells), np.maximum.reduceat(most, cells)
        return runs.key[cells], *self._spreading(line[cells], lead, title, flags, most)

    def _spreading(self, line: Whole, lead: Whole, title: Whole, flags: Whole, most: Floats) -> tuple[Floats, Whole]:
        """Add what words of a line all over the first lines say."""
        trade = self._trade[line]
        spread = (lead == trade) & (title != 0) & (self._spread[line] > 0)
        answers = self._need[line] & (spread | ((title == trade) & (flags & SURE != 0)))
        most = most + np.where(spread, self._spread[line], 0.0)
        return most, flags | (CENTRAL | SPREADS) * spread | ANSWERS * answers


def _changes(values: Whole) -> Flags:
    """Tell which values are unlike the one before."""
    changes: Flags = np.diff(values, prepend=-1) != 0
    return changes


def _several(bits: Whole, more: Whole) -> Flags:
    """Tell of words, by their bits, whether they are two or more; `more` of them than one stand there."""
    shared = (bits >> (_BITS - 1)) & 1
    several: Flags = (bits & (bits - 1) != 0) | ((shared != 0) & (more > 0))
    return several


def _words(segment: Segment, profile: Profile, postings: Postings, context: MatchContext) -> list[_Word]:
    """Return the words of one profile line."""
    share, found = KIND_WEIGHT[segment.kind], []
    says = says_line(segment, profile, for_a_filiere=True) if segment.centre else False
    for number, term in enumerate(dict.fromkeys(segment.stems)):
        told = term in segment.trade
        found.append(
            _Word(
                places=postings.of(term, cognate=profile.cognates.get(cognate(term)) == term),
                joined=weight(term, context) * PHRASE * share,
                alone=alone(term, segment, profile, context) * share if told else 0.0,
                told=told,
                centre=says and term == segment.centre,
                expression=is_expression(term),
                bit=1 << min(number, _BITS - 1),
            )
        )
    return found
