"""Are two items the same thing? Evidence adds up; what tells two things apart forbids (pure).

A veto stands whatever the likeness: two lots of one tender differ by one figure, two yearly editions by one date.
"""

from dataclasses import dataclass
from math import exp

from veille.linking.features import features
from veille.linking.sketch import Sketch
from veille.linking.vetoes import vetoes

#: Likeness (0–1) from which two items are linked; the weights are fitted on tests/data/pairs by
#: benchmarks/fit_links.py, see docs/decisions/regroupement.md.
THRESHOLD = 0.55
#: A veto is kept only where the items look like each other: others need none.
WORTH_A_VETO = 0.3

BIAS = -5.2
WEIGHTS = {
    "title": 1.3, "title_part": 2.5, "text": 4.4, "text_part": 4.0, "thin": -2.7, "day": 1.6, "backed": 2.8,
    "no_day": -0.8, "numbers": 1.8, "no_number": -1.2, "translated": 2.3, "no_name": -1.3, "code": 5.1,
    "other_code": -4.3, "link": 3.0, "site": -5.4, "slot_title": -0.6, "slot_number": -2.8, "slot_name": -2.3,
    "far": -2.4,
}  # fmt: skip
_SAID = {
    "title": "titres proches", "title_part": "titre repris", "text": "textes proches", "text_part": "texte repris",
    "backed": "mêmes dates", "code": "même référence", "numbers": "mêmes montants ou nombres", "link": "même adresse",
}  # fmt: skip
#: Points from which a likeness is told.
_TOLD = 0.5


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a comparison found."""

    #: 0–1, whatever forbids.
    score: float
    #: In French, for who asks why.
    reason: str
    #: Why they cannot be one thing; empty where nothing forbids.
    veto: str = ""

    @property
    def same(self) -> bool:
        """They are one thing."""
        return not self.veto and self.score >= THRESHOLD

    @property
    def kept_apart(self) -> bool:
        """They look like one thing and are two."""
        return bool(self.veto) and self.score >= WORTH_A_VETO


def compare(one: Sketch, other: Sketch) -> Likeness:
    """Return how alike two items are, why, and what forbids that they be one."""
    said = {name: WEIGHTS[name] * value for name, value in features(one, other).items()}
    score = 1 / (1 + exp(-(BIAS + sum(said.values()))))
    told = sorted((name for name in said if said[name] > _TOLD and name in _SAID), key=lambda name: -said[name])[:3]
    return Likeness(round(score, 4), ", ".join(_SAID[name] for name in told), next(vetoes(one, other), ""))
