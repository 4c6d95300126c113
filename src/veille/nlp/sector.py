"""Sectors: structured codes first, then cues, then what the source is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Origin, Scheme, StructuredFacts, Tag
from veille.nlp.cues import Hit
from veille.nlp.reading import Reading, raw_score, squash

#: `regles_indices.poids.code_cpv`; NAF is weaker: it says who a member is more than what a call is about.
CPV_WEIGHT, NAF_WEIGHT = 5.0, 3.0
#: A source's declared sector: enough to be said when the text says nothing.
SOURCE_WEIGHT = 1.0
#: `regles_indices.seuils.a_relire`; under it only the best one is kept, if it reaches `_LEAST`.
_KEPT, _LEAST = 1.5, 0.5
#: A sector is kept beside the best one from this share of its score.
_SHARE = 0.54
#: What a narrower term's score is worth to its wider one: the narrower comes first.
_WIDER = 0.9
#: `regles_indices.multi_etiquettes`.
_MOST = 3


@dataclass
class _Case:
    """What speaks for one sector."""

    raw: float = 0.0
    origin: Origin = Origin.SOURCE
    #: Said by a code or by the source, before the words.
    said: tuple[Evidence, ...] = ()
    hits: list[Hit] = field(default_factory=list)


def sectors(reading: Reading, taxonomy: Taxonomy) -> tuple[Tag, ...]:
    """Return up to three sectors, best first."""
    terms = taxonomy.of(Scheme.SECTOR)
    cases = {term: _Case(raw_score(hits), Origin.CUE, hits=hits) for term, hits in reading.of(Scheme.SECTOR)}
    _widen(cases, terms)
    for term, (weight, said) in _coded(reading.source.facts, terms).items():
        case = cases.setdefault(term, _Case())
        case.raw, case.origin, case.said = case.raw + weight, Origin.FACT, (said,)
    for term in reading.source.source_sectors:
        if term in terms:
            case = cases.setdefault(term, _Case(said=(_source_says(reading, terms[term]),)))
            case.raw += SOURCE_WEIGHT
    return tuple(_tag(reading, term, cases[term]) for term in _best(cases))


def _tag(reading: Reading, term: str, case: _Case) -> Tag:
    evidence = (*case.said, *reading.evidence(case.hits))
    return Tag(scheme=Scheme.SECTOR, term=term, score=squash(case.raw), origin=case.origin, evidence=evidence)


def _best(cases: Mapping[str, _Case]) -> list[str]:
    ranked = sorted(cases, key=lambda term: (-cases[term].raw, term))
    if not ranked or cases[ranked[0]].raw < _LEAST:
        return []
    floor = max(_KEPT, _SHARE * cases[ranked[0]].raw)
    return [ranked[0], *(term for term in ranked[1:_MOST] if cases[term].raw >= floor)]


def _widen(cases: dict[str, _Case], terms: Mapping[str, Term]) -> None:
    """Give the wider terms what their narrower ones found, a little less."""
    for term, case in list(cases.items()):
        broader = terms[term].broader
        while broader is not None:
            wider = cases.setdefault(broader, _Case(0.0, Origin.CUE, hits=case.hits))
            wider.raw = max(wider.raw, case.raw * _WIDER)
            broader = terms[broader].broader


def _coded(facts: StructuredFacts, terms: Mapping[str, Term]) -> dict[str, tuple[float, Evidence]]:
    """Return the sectors that the structured codes name, by the longest prefix."""
    found: dict[str, tuple[float, Evidence]] = {}
    for name, codes, weight in (("cpv", facts.cpv, CPV_WEIGHT), ("naf", facts.naf, NAF_WEIGHT)):
        for rank, code in enumerate(codes):
            for term in _owners(code, name, terms):
                said = Evidence(text=code, where=name)
                found.setdefault(term, (weight if rank == 0 else weight * 0.6, said))
    return found


def _owners(code: str, name: str, terms: Mapping[str, Term]) -> list[str]:
    bare = code.replace(".", "").replace(" ", "")
    matches: dict[int, list[str]] = {}
    for term in terms.values():
        prefixes = term.cpv if name == "cpv" else term.naf
        longest = max((len(p.replace(".", "")) for p in prefixes if bare.startswith(p.replace(".", ""))), default=0)
        if longest:
            matches.setdefault(longest, []).append(term.id)
    return matches[max(matches)] if matches else []


def _source_says(reading: Reading, term: Term) -> Evidence:
    return Evidence(text=reading.source.source_title or term.label, where="source.sectors")
