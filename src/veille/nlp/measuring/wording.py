"""The French words of an evaluation: how it was made, and why a label is read badly (pure)."""

from collections.abc import Mapping

from veille.nlp.fitting.held_out import Way
from veille.nlp.measuring.confusion import NOTHING
from veille.nlp.measuring.worst import Worst

WAYS = {
    Way.FOLDS: (
        "Hors échantillon : chaque texte est lu par des modèles ajustés sur les quatre cinquièmes des textes où il "
        "n'est pas."
    ),
    Way.SETS: "Jeux jamais vus : chaque texte est lu par des modèles ajustés sur les autres jeux.",
    Way.SHIPPED: (
        "Modèles de l'instance, tels quels : ces chiffres ne valent que pour des textes dont les modèles n'ont rien "
        "appris."
    ),
}
#: Shares of a label's own records from which a cause is the main one.
_MUCH = 0.2


def causes(worst: Worst, names: Mapping[str, str]) -> list[str]:
    """Say why a label is read badly, one sentence a cause, from what was counted."""
    figures = worst.figures
    return [
        *_few(figures.gold),
        *_taken(worst, names),
        *_behind(worst),
        *_beside(worst),
        *_wrongly(worst, names),
    ]


def _few(count: int) -> list[str]:
    few = 40  # below it, Wilson's interval of a share near one half is wider than ±15 points
    return [f"Peu de textes : {count}, l'intervalle est large."] if count < few else []


def _taken(worst: Worst, names: Mapping[str, str]) -> list[str]:
    told = [
        f"« {names.get(label, label)} » ({_number(count)})" if label != NOTHING else f"rien ({_number(count)})"
        for label, count in worst.taken_for
    ]
    return [f"Lue comme {_joined(told)}."] if told else []


def _behind(worst: Worst) -> list[str]:
    share = worst.behind / worst.figures.gold if worst.figures.gold else 0.0
    return [f"Dite mais pas en premier pour {worst.behind} de ses textes."] if share >= _MUCH else []


def _beside(worst: Worst) -> list[str]:
    share = worst.beside / worst.figures.gold if worst.figures.gold else 0.0
    told = f"Pour {worst.beside} de ses textes, une autre étiquette juste est dite à sa place."
    return [told] if share >= _MUCH else []


def _wrongly(worst: Worst, names: Mapping[str, str]) -> list[str]:
    wrong = worst.figures.said - worst.figures.right
    if not wrong:
        return []
    of = _joined([f"« {names.get(label, label)} » ({count})" for label, count in worst.said_of])
    words = _joined([f"« {text} »" for text, _ in worst.misled_by])
    led = f" ; mots qui trompent le plus : {words}" if words else ""
    return [f"Dite à tort {wrong} fois, surtout de {of}{led}."]


def _joined(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + f" et {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _number(count: float) -> str:
    return f"{count:.0f}" if count >= 1 else "moins d'un"
