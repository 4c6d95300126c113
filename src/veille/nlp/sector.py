"""Sectors: structured codes first, then cues and a fitted model of the words, then what the source is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Origin, Scheme, StructuredFacts, Tag
from veille.nlp.cues import Hit
from veille.nlp.model import LinearModel
from veille.nlp.reading import SQUASH, TRUSTED, Reading, raw_score

#: `regles_indices.poids.code_cpv`; NAF is weaker: it says who a member is more than what a call is about.
CPV_WEIGHT, NAF_WEIGHT = 5.0, 3.0
#: A source's declared sector: enough to be said when the text says nothing.
SOURCE_WEIGHT = 1.0
#: What the fitted model's chance is worth beside the cues' 0–1 (1, 2 and 3 tried: docs/decisions/modele.md).
MODEL_WEIGHT = 2.5
#: What the structured codes' own sector adds: as much as a model that is sure, so that codes come first.
_CODED = 2.0
#: How likely a sector is right: logistic of strength, of its lead over the others, and of the best one's strength;
#: fitted on the strengths that records got from models that had not seen them (docs/decisions/modele.md).
CALIBRATION = (-2.57, 5.10, -0.99, -1.98)
#: A chance that could never make a sector be said by itself: most labels of most texts.
_FAINT = 0.02
#: A sector less likely than that is not said, not even alone.
LEAST = 0.1
#: Beside the best one, a sector is said where the chance that it alone is right outweighs what a wrong one costs: so
#: many times what it lacks to this share.
_WORTH, _SHARE = 0.08, 0.6
#: What a narrower term's score is worth to its wider one: the narrower comes first.
_WIDER = 0.9
#: `regles_indices.multi_etiquettes`.
_MOST = 3


@dataclass
class Case:
    """What speaks for one sector."""

    raw: float = 0.0
    #: What the fitted model gives, 0–1.
    chance: float = 0.0
    origin: Origin = Origin.SOURCE
    #: Said by a code or by the source, before the words.
    said: tuple[Evidence, ...] = ()
    hits: list[Hit] = field(default_factory=list)

    @property
    def strength(self) -> float:
        """Return all of it in one number, from 0 to 5."""
        coded = _CODED if self.origin is Origin.FACT else 0.0
        return 1 - exp(-self.raw / SQUASH) + MODEL_WEIGHT * self.chance + coded


def sectors(reading: Reading, taxonomy: Taxonomy, model: LinearModel) -> tuple[Tag, ...]:
    """Return up to three sectors, best first: one where it is sure, more where it is not."""
    cases = cases_of(reading, taxonomy, model)
    said = likely({term: case.strength for term, case in cases.items()})
    tags = (_tag(reading, term, cases[term], chance, model) for term, chance in said)
    return tuple(tag for tag in tags if tag.evidence)


def cases_of(reading: Reading, taxonomy: Taxonomy, model: LinearModel) -> dict[str, Case]:
    """Return what speaks for each sector: codes, words, the source, the model."""
    terms = taxonomy.of(Scheme.SECTOR)
    cases = {term: Case(raw_score(hits), origin=Origin.CUE, hits=hits) for term, hits in reading.of(Scheme.SECTOR)}
    trust = min(1.0, len(reading.found.buckets) / TRUSTED)
    for term, chance in model.chances(reading.found).items():
        if term in cases:
            cases[term].chance = chance
        elif chance > _FAINT and term in terms and not reading.hides((Scheme.SECTOR, term)):
            cases[term] = Case(chance=chance * trust, origin=Origin.MODEL)
    for term in cases.keys() - set(model.labels):
        if terms[term].broader is None:
            # a sector of the instance's own, that no model was fitted for: its words stand in for it
            cases[term].chance = 1 - exp(-cases[term].raw / SQUASH)
    _widen(cases, terms)
    for term, (weight, said) in _coded(reading.source.facts, terms).items():
        case = cases.setdefault(term, Case())
        case.raw, case.origin, case.said = case.raw + weight, Origin.FACT, (said,)
    for term in reading.source.source_sectors:
        if term in terms:
            case = cases.setdefault(term, Case())
            case.raw += SOURCE_WEIGHT
            case.said = (*case.said, _source_says(reading, terms[term]))
            case.origin = Origin.SOURCE if case.origin is Origin.MODEL else case.origin
    return cases


def likely(strengths: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the sectors to say, best first, each with how likely it is right."""
    ranked = sorted(strengths, key=lambda term: (-strengths[term], term))[: _MOST + 1]
    if not ranked:
        return []
    best, second = strengths[ranked[0]], strengths[ranked[1]] if len(ranked) > 1 else 0.0
    chances = [calibrated(strengths[term], best, second if rank == 0 else best) for rank, term in enumerate(ranked)]
    kept, alone = 0, 1.0
    for chance in chances[:_MOST]:
        if chance < LEAST or (kept and chance * alone < _WORTH * (_SHARE - chance)):
            break
        kept, alone = kept + 1, alone * (1 - chance)
    return list(zip(ranked, chances, strict=True))[:kept]


def calibrated(strength: float, best: float, other: float) -> float:
    """Return how likely a sector is right; `other` is the strongest of the others, `best` the strongest of all."""
    constant, own, lead, top = CALIBRATION
    return round(1 / (1 + exp(-(constant + own * strength + lead * (strength - other) + top * best))), 3)


def _tag(reading: Reading, term: str, case: Case, score: float, model: LinearModel) -> Tag:
    words = reading.evidence(case.hits)
    if not words and case.origin is Origin.MODEL:
        words = model.evidence(reading, term)
    return Tag(scheme=Scheme.SECTOR, term=term, score=score, origin=case.origin, evidence=(*case.said, *words))


def _widen(cases: dict[str, Case], terms: Mapping[str, Term]) -> None:
    """Give the wider terms what their narrower ones found, a little less."""
    for term, case in list(cases.items()):
        broader = terms[term].broader
        while broader is not None:
            wider = cases.setdefault(broader, Case(origin=Origin.CUE, hits=case.hits))
            if case.hits and not wider.hits:
                wider.origin, wider.hits = Origin.CUE, case.hits
            wider.raw = max(wider.raw, case.raw * _WIDER)
            case.chance = max(case.chance, wider.chance)
            broader = terms[broader].broader


def _coded(facts: StructuredFacts, terms: Mapping[str, Term]) -> dict[str, tuple[float, Evidence]]:
    """Return the sectors that the structured codes name, by the longest prefix."""
    found: dict[str, tuple[float, Evidence]] = {}
    for name, codes, weight in (("cpv", facts.cpv, CPV_WEIGHT), ("naf", facts.naf, NAF_WEIGHT)):
        for rank, code in enumerate(codes):
            for term in owners(code, name, terms):
                said = Evidence(text=code, where=name)
                found.setdefault(term, (weight if rank == 0 else weight * 0.6, said))
    return found


def owners(code: str, name: str, terms: Mapping[str, Term]) -> list[str]:
    """Return the terms whose prefix of a code (`name` is cpv or naf) is the longest that fits."""
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
