"""Sectors: structured codes first, then cues and a fitted model of the words, then what the source is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log
from operator import mul

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Origin, Scheme, StructuredFacts, Tag
from veille.nlp.cues import Hit
from veille.nlp.fitting.model import LinearModel
from veille.nlp.labels.company import Company
from veille.nlp.reading import SQUASH, TRUSTED, Reading, raw_score

#: `regles_indices.poids.code_cpv`; NAF is weaker: it says who a member is more than what a call is about.
CPV_WEIGHT, NAF_WEIGHT = 5.0, 3.0
#: A source's declared sector: enough to be said when the text says nothing.
SOURCE_WEIGHT = 1.0
#: What the fitted model's chance is worth beside the cues' 0–1, that of what definitions alone teach, and being near
#: their words (1 to 3, 0 to 2 and 0 to 1.5 tried: docs/decisions/modele.md).
MODEL_WEIGHT, DEFINED_WEIGHT, COMPANY_WEIGHT = 2.5, 1.0, 0.9
#: What a structured code adds to the chance: more than a model that is sure, so that codes come first.
_CODED = 1.5
#: How likely a sector is right, a logistic: constant; own words, chance, definitions, company and log-odds of the
#: chance; the strongest words, chance and strength of all. Fitted on what records got from models that had not seen
#: them, and (a fifth of the weight) from models that had not seen their set (docs/decisions/modele.md).
CALIBRATION = (0.24, 2.05, 2.55, -2.27, 0.46, 0.51, -0.95, -1.10, -0.09)
#: Beyond these the log-odds say no more.
_ODDS = (0.003, 0.98)
#: A chance that could never make a sector be said by itself: most labels of most texts.
_FAINT = 0.02
#: A sector less likely than that is not said, not even alone, unless a code or the source states it.
LEAST = 0.12
#: A sector that only the models name needs that much strength: a few words without a cue are not guessed at.
_GUESSED = 0.15
#: Beside the best one, a sector is said where the chance that it alone is right outweighs what a wrong one costs: so
#: many times what it lacks to this share.
_WORTH, _SHARE = 0.12, 0.6
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
    #: What definitions alone make of the text, 0–1.
    defined: float = 0.0
    #: How near it is to what the sector says of itself, 0–1; asked only where something else speaks for it.
    company: float = 0.0

    @property
    def words(self) -> float:
        """Return what cues and the source say, 0–1."""
        return 1 - exp(-self.raw / SQUASH)

    @property
    def trusted(self) -> float:
        """Return the model's chance, and what a code adds to it."""
        return self.chance + (_CODED if self.origin is Origin.FACT else 0.0)

    @property
    def told(self) -> float:
        """Return what cues, codes, sources and models say in one number."""
        return self.words + MODEL_WEIGHT * self.trusted + DEFINED_WEIGHT * self.defined

    @property
    def strength(self) -> float:
        """Return all of it in one number, from 0 to 9: what sectors are ranked by."""
        return self.told + COMPANY_WEIGHT * self.company


def sectors(
    reading: Reading, taxonomy: Taxonomy, model: LinearModel, company: Company | None = None
) -> tuple[Tag, ...]:
    """Return up to three sectors, best first: one where it is sure, more where it is not."""
    cases = cases_of(reading, taxonomy, model, company)
    tags = (_tag(reading, term, cases[term], chance, model) for term, chance in likely(cases))
    return tuple(tag for tag in tags if tag.evidence)


def cases_of(
    reading: Reading, taxonomy: Taxonomy, model: LinearModel, company: Company | None = None
) -> dict[str, Case]:
    """Return what speaks for each sector: codes, words, the source, the models."""
    terms = taxonomy.of(Scheme.SECTOR)
    cases = {term: Case(raw_score(hits), origin=Origin.CUE, hits=hits) for term, hits in reading.of(Scheme.SECTOR)}
    _ask(cases, reading, terms, model)
    if company is not None and cases:
        trust = _trust(reading)
        for term, near in company.near(reading).items():
            if term in cases:
                cases[term].company = near if cases[term].hits else near * trust
    for term in cases.keys() - set(model.labels):
        # a sector of the instance's own, that no model was fitted for: its words stand in for it
        cases[term].chance = cases[term].words
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


def _ask(cases: dict[str, Case], reading: Reading, terms: Mapping[str, Term], model: LinearModel) -> None:
    """Add what the models make of the text: whole where a cue agrees, else less to few words and none to a denial."""
    trust = _trust(reading)
    chances = model.chances(reading.found)
    defined = model.defined.chances(reading.found) if model.defined is not None else {}
    for term, chance in chances.items():
        told = defined.get(term, 0.0)
        if term in cases:
            cases[term].chance, cases[term].defined = chance, told
        elif max(chance, told) > _FAINT and term in terms and not reading.hides((Scheme.SECTOR, term)):
            alone = [trust * one if one > _FAINT else 0.0 for one in (chance, told)]
            cases[term] = Case(chance=alone[0], defined=alone[1], origin=Origin.MODEL)


def _trust(reading: Reading) -> float:
    return min(1.0, len(reading.found.buckets) / TRUSTED)


def likely(cases: Mapping[str, Case]) -> list[tuple[str, float]]:
    """Return the sectors to say, best first, each with how likely it is right."""
    said = {term: case for term, case in cases.items() if case.told >= _GUESSED or case.origin is not Origin.MODEL}
    strengths = {term: case.strength for term, case in said.items()}
    ranked = sorted(strengths, key=lambda term: (-strengths[term], term))[:_MOST]
    if not ranked:
        return []
    top = (
        max(case.words for case in cases.values()),
        max(case.trusted for case in cases.values()),
        strengths[ranked[0]],
    )
    chances = [calibrated(cases[term], top) for term in ranked]
    kept, alone = 0, 1.0
    for term, chance in zip(ranked, chances, strict=True):
        unlikely = chance < LEAST and not cases[term].said
        if unlikely or (kept and chance * alone < _WORTH * (_SHARE - chance)):
            break
        kept, alone = kept + 1, alone * (1 - chance)
    return list(zip(ranked, chances, strict=True))[:kept]


def calibrated(case: Case, top: tuple[float, float, float]) -> float:
    """Return how likely a sector is right; `top` are the strongest words, chance and strength of all sectors."""
    constant, *slopes = CALIBRATION
    odds = min(max(case.chance, _ODDS[0]), _ODDS[1])
    told = (case.words, case.trusted, case.defined, case.company, log(odds / (1 - odds)), *top)
    return round(1 / (1 + exp(-(constant + sum(map(mul, slopes, told))))), 3)


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
            wider.chance = max(wider.chance, case.chance * _WIDER)
            case.defined = wider.defined = max(case.defined, wider.defined)
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
