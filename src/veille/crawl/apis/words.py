"""Words of APIs and of tables that stand for a choice: open or closed, yes or no (pure)."""

from typing import Any

from veille.model import CallStatus
from veille.text import fold

#: As APIs and tables of the administration write them, folded.
_STATUS = {
    **dict.fromkeys(("ouvert", "ouverte", "open", "en cours", "actif", "active", "publie"), CallStatus.OPEN),
    **dict.fromkeys(
        (
            "clos",
            "close",
            "cloture",
            "cloturee",
            "ferme",
            "fermee",
            "closed",
            "termine",
            "terminee",
            "expire",
            "annule",
        ),
        CallStatus.CLOSED,
    ),
    **dict.fromkeys(
        ("a venir", "prochainement", "forthcoming", "upcoming", "planifie", "annonce"), CallStatus.UPCOMING
    ),
    **dict.fromkeys(
        ("permanent", "permanente", "en continu", "au fil de l eau", "continuous", "rolling", "toute l annee"),
        CallStatus.ROLLING,
    ),
}
_YES, _NO = (
    frozenset({"oui", "yes", "true", "vrai", "1", "o", "x"}),
    frozenset({"non", "no", "false", "faux", "0", "n"}),
)


def status(value: Any) -> CallStatus | None:
    """Return what a word says of a call; None for one that says nothing known."""
    return _STATUS.get(_word(value)) if isinstance(value, str) else None


def yes_or_no(value: Any) -> bool | None:
    """Return what a flag says, however it is written; None where it says neither."""
    if isinstance(value, bool):
        return value
    word = _word(value) if isinstance(value, str | int) else ""
    return True if word in _YES else False if word in _NO else None


def _word(value: object) -> str:
    return " ".join(fold(str(value)).replace("'", " ").replace("’", " ").replace("-", " ").split()).strip(" .")
