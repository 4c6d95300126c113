"""What a source states and no reader of text looks for: who pays, who answers, its number, whether it is open."""

from collections.abc import Iterator

from veille.config.gazetteer import EUROPE, FRANCE
from veille.model import CallStatus, Evidence, Fact, Origin, TextToTag
from veille.text import fold, singular

_COMPANIES = "TPE, PME, ETI, grande entreprise"
_PUBLIC = "collectivité, établissement public"
#: What the lists of the administration call its publics, folded and in the singular → words that the taxonomy knows.
_PUBLICS = {
    "entreprise": _COMPANIES,
    "entreprise privee": _COMPANIES,
    "toute entreprise": _COMPANIES,
    "recherche": "organisme de recherche",
    "departement": _PUBLIC,
    "region": _PUBLIC,
    "administration publique": _PUBLIC,
    "entreprise publique locale": _PUBLIC,
    "etat": _PUBLIC,
}
#: Names of areas that hold all others there.
_WIDE = {
    "france": FRANCE,
    "france entiere": FRANCE,
    "national": FRANCE,
    "nationale": FRANCE,
    "toute la france": FRANCE,
    "europe": EUROPE,
    "union europeenne": EUROPE,
    "ue": EUROPE,
}


def publics_of(name: str) -> str:
    """Return the words that the taxonomy has for a public, by the name that a source gives it; empty for others."""
    return _PUBLICS.get(_bare(name), "")


def wide_area(name: str) -> str | None:
    """Return the area that a name stands for by itself, None for one that the gazetteer must know."""
    return _WIDE.get(_bare(name))


def scaled(name: str) -> str:
    """Return « Loire (Département) » as « département Loire »: the river has the same name."""
    area, bracket, scale = name.partition("(")
    return f"{scale.rstrip(' )').lower()} {area.strip()}" if bracket else name


def _bare(name: str) -> str:
    """Return a name without what stands in brackets, as it is compared."""
    return singular(" ".join(fold(name.partition("(")[0]).split()))


def read(text: TextToTag) -> tuple[Fact, ...]:
    """Return `financer`, `contact`, `reference` and `status`, as the source writes them."""
    return tuple(_facts(text))


def _facts(text: TextToTag) -> Iterator[Fact]:
    facts = text.facts
    financers = facts.financers or ((facts.financer,) if facts.financer else ())
    said = {"financer": ", ".join(financers), "contact": facts.contact, "reference": facts.reference}
    for name, value in said.items():
        if value:
            yield stated(name, value)
    if facts.status is not None:
        yield stated("status", facts.status.value)
    if facts.status is CallStatus.ROLLING and facts.deadline is None:
        yield stated("deadline_kind", "rolling", where="status")


def stated(name: str, value: str, *, where: str = "") -> Fact:
    """Return a fact that needs no reading: its proof is the field that says it."""
    evidence = (Evidence(text=value, where=where or name),)
    return Fact(name=name, value=value, origin=Origin.FACT, evidence=evidence)
