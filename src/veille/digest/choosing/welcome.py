"""The sentence that a first bulletin opens with (pure)."""

from collections.abc import Sequence
from typing import Literal

from veille.digest.choosing.placing import ANSWERED
from veille.digest.choosing.select import Offer

#: Sent nothing yet, or nothing since their profile was said anew.
Welcome = Literal["new", "profiled"]
_NUMBERS = ("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")


def opens(offers: Sequence[Offer], welcome: Welcome) -> str:
    """Say what this first bulletin holds, and that the next ones hold only what is new."""
    count = sum(one.section in ANSWERED for one in offers)
    if welcome == "profiled":
        found = f" {_open(count)} qui lui {'répond' if count == 1 else 'répondent'} le mieux." if count else ""
        return f"Votre profil a changé : voici{found}" if found else "Votre profil a changé : voici ce qui lui répond."
    if not count and all(one.common for one in offers):
        return "Bienvenue. Voici des nouvelles communes à tous ; ce qui vous concerne suivra dès qu’il y en aura."
    start = "Bienvenue. Pour commencer, voici "
    what = _open(count) + " qui vous concerne le plus" if count == 1 else _open(count) + " qui vous concernent le plus"
    told = what if count else "ce qui vous concerne le plus"
    return f"{start}{told} ; les prochains bulletins ne diront que le nouveau."


def _open(count: int) -> str:
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return "la possibilité ouverte" if count == 1 else f"les {number} possibilités ouvertes"
