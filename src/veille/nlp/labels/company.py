"""Which sectors keep the same company of words as a text: a third opinion, where neither cue nor model knows the words.

« chaudière » stands where « chauffage » does (`related`), so a text may be near a sector without one word of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from veille.config.taxonomy import Term
from veille.nlp.labels.zero_shot import read_words
from veille.nlp.reading import Reading
from veille.related import Related, find_related, load_related, words_of
from veille.text import fold, singular


class Company:
    """Compares texts with what labels say of themselves."""

    def __init__(self, terms: Iterable[Term], related: Related) -> None:
        self._related = related
        told = {term.id: related.vector(words_of(singular(fold(_said(term))))) for term in terms}
        self._labels = tuple(told)
        self._vectors = np.array(list(told.values()), np.float32).reshape(len(told), related.vectors.shape[1])

    def near(self, reading: Reading) -> Mapping[str, float]:
        """Return how near a text is to each label: a cosine, 0 where they have nothing in common."""
        near = np.maximum(self._vectors @ self._related.vector(read_words(reading)), 0.0)
        return dict(zip(self._labels, near.tolist(), strict=True))


def load_company(folders: Sequence[Path], terms: Iterable[Term]) -> Company:
    """Return what compares texts with these labels; raises ConfigError where the related words are missing."""
    return Company(terms, load_related(find_related(folders)))


def _said(term: Term) -> str:
    cues = " ".join((*term.cues, *term.weak_cues, *term.cues_en)).replace("*", "")
    return f"{term.label} {term.sentence} {cues}"
