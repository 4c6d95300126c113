"""Sectors: structured codes first, then cues, then what the source is about."""

from collections.abc import Mapping

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Origin, Scheme, StructuredFacts, Tag
from veille.nlp.reading import Reading, raw_score, squash

#: `regles_indices.poids.code_cpv`; NAF is weaker: it says who a member is more than what a call is about.
CPV_WEIGHT, NAF_WEIGHT = 5.0, 3.0
#: A source's declared sector: enough to be said when the text says nothing.
SOURCE_WEIGHT = 1.0
#: `regles_indices.seuils.a_relire`; under it only the best one is kept, if it reaches `_LEAST`.
_KEPT, _LEAST = 1.5, 0.5
#: A sector is kept beside the best one from this share of its score.
_SHARE = 0.5
#: `regles_indices.multi_etiquettes`.
_MOST = 3


def sectors(reading: Reading, taxonomy: Taxonomy) -> tuple[Tag, ...]:
    """Return up to three sectors, best first."""
    terms = taxonomy.of(Scheme.SECTOR)
    raw: dict[str, float] = {}
    evidence: dict[str, tuple[Evidence, ...]] = {}
    origin: dict[str, Origin] = {}
    for term, hits in reading.of(Scheme.SECTOR):
        raw[term] = raw_score(hits)
        evidence[term] = reading.evidence(hits)
        origin[term] = Origin.CUE
    _widen(raw, evidence, origin, terms)
    for term, (weight, said) in _coded(reading.source.facts, terms).items():
        raw[term] = raw.get(term, 0.0) + weight
        evidence[term] = (said, *evidence.get(term, ()))
        origin[term] = Origin.FACT
    for term in reading.source.source_sectors:
        if term in terms:
            raw[term] = raw.get(term, 0.0) + SOURCE_WEIGHT
            origin.setdefault(term, Origin.SOURCE)
            evidence.setdefault(term, (_source_says(reading, terms[term]),))
    return tuple(
        Tag(scheme=Scheme.SECTOR, term=term, score=squash(raw[term]), origin=origin[term], evidence=evidence[term])
        for term in _best(raw)
    )


def _best(raw: Mapping[str, float]) -> list[str]:
    ranked = sorted(raw, key=lambda term: (-raw[term], term))
    if not ranked or raw[ranked[0]] < _LEAST:
        return []
    floor = max(_KEPT, _SHARE * raw[ranked[0]])
    return [ranked[0], *(term for term in ranked[1:_MOST] if raw[term] >= floor)]


def _widen(
    raw: dict[str, float],
    evidence: dict[str, tuple[Evidence, ...]],
    origin: dict[str, Origin],
    terms: Mapping[str, Term],
) -> None:
    """Give the wider terms what their narrower ones found."""
    for term in list(raw):
        broader = terms[term].broader
        while broader is not None:
            raw[broader] = max(raw.get(broader, 0.0), raw[term] * 0.9)
            evidence.setdefault(broader, evidence[term])
            origin.setdefault(broader, Origin.CUE)
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
