"""How much a text is like those that a model learnt from: where it is not, its habits say little (pure)."""

import numpy as np

from veille.nlp.fitting.features import WORD_BITS, Features
from veille.nlp.fitting.model import LinearModel

#: `rarity` of a bucket met in two texts learnt from or more is that much (a factor e) below that of one never met.
_MET = 1.0


def familiarity(model: LinearModel, found: Features) -> float:
    """Return the share (0–1) of a text's words and pairs of words that stood in two texts or more learnt from.

    Gold sets, median: 0.72–0.79 for texts of a set learnt from, 0.56–0.76 for those of a set never seen.
    """
    words = found.buckets[: int(np.searchsorted(found.buckets, 1 << WORD_BITS))]
    if not len(words):
        return 0.0
    return float(np.mean(model.rarity[words] < model.never_met - _MET))
