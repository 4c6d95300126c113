"""Why an item suits a member, or which gate refused it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Three-valued eligibility: unknown data never says no."""

    YES = "éligible"
    CHECK = "à vérifier"
    NO = "non"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an item suits a member (or which gate stopped it), as a person reads it."""

    #: "need", "activity", "skill", "axis", "sector", "territory", "country", "follow", "source", "deadline", "vote",
    #: "common", or "gate:territory", "gate:expired", … for a refusal.
    kind: str
    #: French, short: « votre besoin “sarcopénie” est dans l'appel ».
    text: str
    #: What it adds to the score, below 0 what it takes away; 0 for a gate.
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Verdict with the call's own sentence."""

    verdict: Verdict
    #: The sentence that decided, quoted, or empty.
    quote: str = ""
    #: French: which condition is met, missing or unknown.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One item × one member."""

    item_id: int
    member_id: int
    #: None where a gate refused it.
    score: float | None
    reasons: tuple[Reason, ...]
    #: The first gate that failed, or None.
    gate: Reason | None = None
    eligibility: Eligibility | None = None
