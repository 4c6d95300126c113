"""Likeness of a text to labels that nothing was fitted for: what their label, sentence and cues are about.

Ten cues meet one text in two. So the words of a definition are compared with the text's in two further ways: by the
words and pieces of words that they share (« sarcopénie », « sarcopénique »), and by what keeps the same company
(`related`: « chaudière » is near « chauffage »). Weights were set on tests/data/axes with ten cues an axis, where cues
alone have a macro-F1 of 0.43 to 0.47 and all three 0.74 to 0.80 (docs/decisions/axes-et-packs.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

from veille.config.taxonomy import Term
from veille.model import Evidence
from veille.nlp.fitting.features import TEXT_READ, TITLE_READ, Floats, Layout, Places, features, lay_out
from veille.nlp.fitting.learning import Traits
from veille.nlp.fitting.model import unit
from veille.nlp.reading import Reading
from veille.related import Related, words_of
from veille.text import fold, singular

#: What cues (0–1), shared words (a cosine of about 0.05) and company (a cosine of about 0.3) add to likeness.
_CUES, _SHARED, _COMPANY = 5.0, 22.0, 3.6
#: Likeness from which a text of a few lines is about a label, what doubling its length asks for besides, and the words
#: of a few lines (the title's twice): long texts name everything in passing.
_NEAR, _LONGER, _FEW = 1.75, 2.0, 30
#: Words quoted, and the least share of the loudest one's part that is worth quoting.
_SHOWN, _LOUD = 3, 0.3


@dataclass(frozen=True)
class Definitions:
    """What the labels of one scheme say of themselves."""

    labels: tuple[str, ...]
    #: Buckets that some label has, in order, and what each is worth to each label: (buckets, labels).
    buckets: Places
    shared: Floats
    #: (labels, dimensions)
    company: Floats


@dataclass(frozen=True)
class Likeness:
    """How near a text is to each label; cues are not yet in it."""

    values: Mapping[str, float]
    #: From which a label is meant.
    near: float
    #: What the text was compared by: lessons are compared by the same.
    traits: Traits

    def with_cues(self, label: str, cues: float) -> float:
        """Return likeness with what cues say of the label, 0–1."""
        return self.values.get(label, 0.0) + _CUES * cues


class ZeroShot:
    """Compares texts with definitions."""

    def __init__(self, terms: Iterable[Term], rarity: Floats, related: Related) -> None:
        self._rarity = rarity
        self._related = related
        self._known = _definitions(list(terms), rarity, related)

    def likeness(self, reading: Reading) -> Likeness:
        """Return how near a text is to each label."""
        words = read_words(reading)
        weights = unit(reading.found, self._rarity)
        traits = Traits(reading.found.buckets, weights, self._related.vector(words))
        values = _SHARED * self._shared(traits) + _COMPANY * (self._known.company @ traits.company)
        near = _NEAR + _LONGER * max(0.0, log2(max(len(words), 1) / _FEW))
        return Likeness(dict(zip(self._known.labels, values.tolist(), strict=True)), near, traits)

    def evidence(self, reading: Reading, label: str) -> tuple[Evidence, ...]:
        """Quote the words that are nearest to a label, nearest first."""
        rank = self._known.labels.index(label)
        layout = lay_out(reading.title.singular.folded.text, reading.body.singular.folded.text)
        places, inside = self._found(layout.buckets)
        parts = np.zeros(len(layout.buckets))
        parts[inside] = self._known.shared[places, rank] * self._rarity[layout.buckets[inside]]
        told: Floats = np.bincount(layout.words, weights=parts, minlength=len(layout.starts)).astype(np.float32)
        if not told.size or told.max() <= 0:
            told = self._kin(reading, layout, rank)
        shown: dict[str, Evidence] = {}
        for place in np.argsort(-told, kind="stable"):
            if len(shown) == _SHOWN or told[place] <= max(0.0, _LOUD * float(told.max())):
                break
            said = _printed(reading, layout, int(place))
            shown.setdefault(fold(said.text), said)
        return tuple(shown.values())

    def _kin(self, reading: Reading, layout: Layout, rank: int) -> Floats:
        """Return how near the company of each word is to that of a label."""
        words = (fold(_printed(reading, layout, place).text) for place in range(len(layout.starts)))
        vectors = [self._related.vector([singular(word)]) for word in words]
        near: Floats = np.array(vectors, np.float32).reshape(len(vectors), -1) @ self._known.company[rank]
        return near

    def _shared(self, traits: Traits) -> Floats:
        places, inside = self._found(traits.buckets)
        shared: Floats = traits.weights[inside] @ self._known.shared[places]
        return shared

    def _found(self, buckets: Places) -> tuple[Places, Places]:
        """Return where buckets stand among the known ones, and which of them do."""
        known = self._known.buckets
        places = np.minimum(np.searchsorted(known, buckets), len(known) - 1)
        inside = np.flatnonzero(known[places] == buckets)
        return places[inside], inside


def _printed(reading: Reading, layout: Layout, place: int) -> Evidence:
    """Quote a word as printed."""
    field = reading.title if layout.in_title[place] else reading.body
    first, last = field.singular.folded.span(int(layout.starts[place]), int(layout.ends[place]))
    return Evidence(text=field.original[first:last], where=field.name, start=first, end=last)


def read_words(reading: Reading) -> list[str]:
    """Return the words that are compared by their company: the title's twice."""
    title = words_of(reading.title.singular.text[:TITLE_READ])
    return [*title, *title, *words_of(reading.body.singular.text[:TEXT_READ])]


def _definitions(terms: Sequence[Term], rarity: Floats, related: Related) -> Definitions:
    told = [features(fold(term.label), fold(_body(term))) for term in terms]
    buckets = np.unique(np.concatenate([one.buckets for one in told])) if told else np.zeros(0, np.int64)
    table = np.zeros((len(buckets), len(terms)), np.float32)
    for rank, one in enumerate(told):
        table[np.searchsorted(buckets, one.buckets), rank] = unit(one, rarity)
    # what all labels say tells none of them apart
    table *= np.log((1 + len(terms)) / ((table > 0).sum(axis=1) + 0.5))[:, None].astype(np.float32)
    table /= np.maximum(np.linalg.norm(table, axis=0), 1e-9)
    company = [related.vector(words_of(singular(fold(f"{term.label} {_body(term)}")))) for term in terms]
    return Definitions(tuple(term.id for term in terms), buckets, table, np.array(company, np.float32))


def _body(term: Term) -> str:
    cues = " ".join((*term.cues, *term.weak_cues, *term.cues_en)).replace("*", "")
    return f"{term.sentence} {cues}"
