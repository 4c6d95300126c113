"""Why a text got its tags, in French: the same sentences for a terminal and for a page."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from veille.cli.item_card import FACTS, SCHEMES, fact_line
from veille.model import Evidence, Origin, Scheme

if TYPE_CHECKING:
    from veille.nlp.explain import Explained, Explanation, LeftOut, Part

Label = Callable[[Scheme, str], str]

#: Names of what is marked, in the order of the legend.
KINDS = {**{scheme.value: name for scheme, name in SCHEMES.items()}, "fact": "fait", "denied": "écarté"}
_WHERE = {"title": "titre", "text": "texte"}
_ORIGINS = {
    Origin.FACT: "champ énoncé par la source", Origin.CUE: "mots du texte", Origin.MODEL: "modèle appris",
    Origin.SOURCE: "ce que publie la source",
}  # fmt: skip
_REFUSALS = {
    "denied": "le texte dit que ce n'est pas cela",
    "closed": "les résultats sont annoncés : ce n'est plus à saisir",
    "alone": "ces mots ne prouvent rien à eux seuls",
    "weak": "trop faible à côté des autres, ou sous le seuil",
}
#: Places quoted for one cue.
_SHOWN = 4
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")


def headline(one: "Explained", label: Label) -> str:
    """Return « filière : Énergies — 0,65, mots du texte »."""
    tag = one.tag
    aside = ", cité en passant" if tag.scope == "mentioned" else ""
    score = _comma(f"{tag.score:.2f}")
    return f"{SCHEMES[tag.scheme]} : {label(tag.scheme, tag.term)} — {score}, {_ORIGINS[tag.origin]}{aside}"


def part_line(part: "Part") -> str:
    """Return what one thing says for a tag."""
    places = _places(part.evidence)
    weight = "" if part.weight is None else _comma(f"{part.weight:g}")
    names = ", ".join(f"« {said.text} »" for said in part.evidence if said.text)
    cue = "indice d'appoint" if part.confirms else "indice"
    return {
        "cue": f"{cue} « {part.says} », poids {weight} : {places}",
        "model": f"modèle appris, {weight} sur 1" + (f", surtout par {places}" if places else ""),
        "stated": f"énoncé par la source, champ {part.says}" + (f" : {names}" if names else ""),
        "source": "la source publie cela d'ordinaire" + (f" : {names}" if names else ""),
        "person": "dit par une personne",
        "read": f"lu : {places}",
        "follows": "découle du type",
        "definition": "proche de la définition de l'axe, corrections apprises comprises"
        + (f", surtout par {places}" if places else ""),
    }[part.means.value]


def left_out_line(left: "LeftOut", label: Label) -> str:
    """Return what was weighed and left out, and why."""
    words = _places(left.evidence)
    chance = _comma(f", modèle {left.chance:g}") if left.chance else ""
    weight = _comma(f", poids {left.weight:g}") if left.weight else ""
    said = f" — {words}" if words else ""
    name = label(left.scheme, left.term)
    return f"{SCHEMES[left.scheme]} : {name}{said}{weight}{chance} ; {_REFUSALS[left.refusal]}"


def fact_lines(explained: "Explanation") -> Iterator[str]:
    """Yield each fact with its quotation."""
    return (fact_line(fact) for fact in explained.tagged.facts)


def mark_name(kind: str, name: str, label: Label) -> str:
    """Return « filière : Énergies », « échéance », what a mark speaks for."""
    if kind == "fact":
        return FACTS.get(name, name)
    scheme = next((one for one in SCHEMES if one.value == kind), None)
    if scheme is not None:
        return f"{SCHEMES[scheme]} : {label(scheme, name)}"
    term = next((label(one, name) for one in SCHEMES if label(one, name) != name), name)
    return f"pas {term}"


def _places(evidence: tuple[Evidence, ...]) -> str:
    """Return « hydrogène » (titre, 18 ; texte, 32)."""
    by_words: dict[str, list[str]] = {}
    for said in evidence:
        where = _WHERE.get(said.where, said.where)
        place = where if said.start is None else f"{where}, {said.start}"
        by_words.setdefault(" ".join(said.text.split()), []).append(place)
    return ", ".join(
        f"« {words} » ({' ; '.join(places[:_SHOWN])}{' ; …' if len(places) > _SHOWN else ''})"
        for words, places in by_words.items()
    )


def thresholds() -> Iterator[str]:
    """Yield from when a tag is said, in words."""
    from veille.nlp.labels.sector import LEAST
    from veille.nlp.labels.themes import AUDIENCE_FLOOR, THEME_FLOOR
    from veille.nlp.reading import BODY_WEIGHT, LEAD_WEIGHT, TITLE_WEIGHT

    yield _comma(
        f"un indice pèse {TITLE_WEIGHT:g} dans le titre, {LEAD_WEIGHT:g} dans le chapeau, {BODY_WEIGHT:g} plus loin"
        " (une expression de plusieurs mots, 1,3 fois plus)"
    )
    yield _comma(f"une filière est dite à partir de {LEAST:g} de chances d'être juste ; trois au plus")
    yield _comma(f"un thème, à partir d'un poids de {THEME_FLOOR:g} ; un public, de {AUDIENCE_FLOOR:g}")


def _comma(words: str) -> str:
    return _DECIMAL.sub(",", words)
