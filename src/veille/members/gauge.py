"""How complete a profile is, and what is worth asking for first (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from veille.model import Member

#: Items under which a bulletin is thin (product: at least four new useful items a week).
THIN = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a profile should say."""

    field: str
    #: Share of a whole profile; together 1. After what each field decides in matching: the profile's own words are most
    #: of a score, the place and the size are gates, the rest are conditions of some calls.
    weight: float
    #: How many phrases make it whole; 1 for a single value.
    wanted: int = 1
    #: French: one of them, and several.
    one: str = ""
    several: str = ""


PARTS = (
    Part("activity", 0.24, 2, "une phrase d'activité", "phrases d'activité"),
    Part("needs", 0.22, 2, "un besoin", "besoins"),
    Part("sectors", 0.12, 1, "une filière", "filières"),
    Part("commune", 0.12, 1, "la commune"),
    Part("size", 0.10, 1, "la taille"),
    Part("skills", 0.06, 2, "un savoir-faire", "savoir-faire"),
    Part("naf", 0.05, 1, "le code NAF"),
    Part("staff", 0.02, 1, "l'effectif"),
    Part("turnover_eur", 0.02, 1, "le chiffre d'affaires"),
    Part("created", 0.02, 1, "la date de création"),
    Part("legal_form", 0.015, 1, "la forme juridique"),
    Part("siren", 0.015, 1, "le SIREN"),
)
_COUNTS = ("zéro", "un", "deux", "trois")


@dataclass(frozen=True, slots=True)
class Missing:
    """What a profile does not say yet."""

    field: str
    #: French: « deux besoins ».
    words: str
    #: What it would add to the share.
    gain: float


@dataclass(frozen=True, slots=True)
class Gauge:
    """How much of a profile is there."""

    #: 0 to 1.
    share: float
    #: What would improve it most first.
    missing: tuple[Missing, ...]

    @property
    def percent(self) -> int:
        """The share in whole percents; 100 only where nothing is missing."""
        return 100 if not self.missing else min(99, round(self.share * 100))

    def shown(self, most: int = 3) -> str:
        """Say the share and the first things that are missing: « 62 % ; manquent deux besoins, le code NAF »."""
        if not self.missing:
            return "100 %"
        words = ", ".join(one.words for one in self.missing[:most])
        more = len(self.missing) - most
        return f"{self.percent} % ; à demander : {words}" + (f" et {more} autres" if more > 0 else "")


def gauge(member: Member) -> Gauge:
    """Weigh what a profile says; a longer list than wanted adds nothing."""
    missing = []
    for part in PARTS:
        held = _held(member, part)
        if held < part.wanted:
            gain = part.weight * (part.wanted - held) / part.wanted
            missing.append(Missing(part.field, _words(part, part.wanted - held), gain))
    missing.sort(key=lambda one: -one.gain)
    return Gauge(1 - sum(one.gain for one in missing), tuple(missing))


def _held(member: Member, part: Part) -> int:
    value = getattr(member, part.field)
    if isinstance(value, tuple):
        return min(len(value), part.wanted)
    return 0 if value is None or value == "" else 1


def _words(part: Part, number: int) -> str:
    return part.one if number == 1 else f"{_COUNTS[number]} {part.several}"


def thin(items: Sequence[int]) -> bool:
    """Tell whether the last bulletins of a member's readers, by their numbers of items, were thin."""
    return bool(items) and max(items) < THIN
