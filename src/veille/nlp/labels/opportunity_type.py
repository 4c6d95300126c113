"""Type of opportunity: one main, one secondary; results are never an open call."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Fact, Origin, Scheme, Tag
from veille.nlp.fitting.model import LinearModel
from veille.nlp.labels.awarded import AwardReader, Notice
from veille.nlp.labels.call_talk import OWN_KINDS, about, over, own_call, own_kind, titled_call
from veille.nlp.labels.familiarity import familiarity
from veille.nlp.labels.labelled_type import labelled_types
from veille.nlp.labels.type_words import (
    AID,
    CALL,
    INTEREST,
    NEWS,
    OPEN_CALLS,
    RESULTS,
    TENDER,
    Words,
    announces_results,
    read_words,
)
from veille.nlp.reading import SQUASH, TRUSTED, Reading

__all__ = ["OPEN_CALLS", "RESULTS", "opportunity_types"]

#: A secondary type is as strong as one cue in the text (raw 1.0), and has this share of the main one's strength.
_KEPT, _SHARE = 0.26, 0.6
#: One confirming word says no short-lived type (an event, a tender, a job): plain news says more.
_LEAST, _LEAST_SHORT = 0.4, 0.7
#: Days of half-life up to which a type is short-lived.
_SHORT = 30
#: What the fitted model's chance is worth beside the words' 0–1: in a text unlike those that it learnt from, and in one
#: like them. Portals have habits of their own, and it knows few (docs/decisions/types.md).
_MODEL_WEIGHT, _MODEL_WEIGHT_AT_HOME = 0.3, 2.5
_STRANGE, _AT_HOME = 0.71, 0.79
#: What the model is worth where the source says what it publishes.
_BESIDE_SOURCE = 0.2
#: Chance from which the model names a type that no word does; one that closes what it is said of must be surer.
_SURE, _SURE_OVER = 0.5, 0.7
#: A field of the source that says « this is a call »: beyond what words and model can have.
_STATED = 5.0
#: What a printed deadline takes from an aid where words speak of a call too: a standing aid closes on no day.
_DATED = 0.35
#: What a label adds (« Webinaire : »): no model outweighs it.
_LABELLED = 1.5
#: What the form or the codes of a notice of procurement add: « Formation des agents » is what one buys there.
_NOTICE = 3.0
#: What a line « Types d'aide : Prêt, Subvention » adds to the first type that it names, and to the others.
_NAMED, _NAMED_AFTER = 1.5, 0.8
#: What a call named in the title adds, and « cet appel à projets vise à ».
_TITLED_CALL, _OWN_CALL = 2.0, 1.6
#: What « ce prêt finance » adds.
_OWN_KIND = 1.2
#: What a noun that heads the title adds (« Prêt vert », « Trophées de l'artisanat »), for the main type only.
_HEADED = 2.0
#: What the type that a source declares adds, unless a title names another: a tender for an « accompagnement », a law
#: that ends a « prise en charge », an event of « ateliers » stay what their source publishes. Judged: 0.932 → 0.997.
_DECLARED = 2.5
#: A cluster's own news hold what the head of a title names; plain news hold anything, and are told by their words.
_CLUSTER, _NAMED_THERE = "vie-du-cluster", frozenset({"evenement", "formation", "emploi", "export-salon"})
#: News that closes on no day.
_CLOSES_NEVER = frozenset({"signal-affaires", "innovation-techno", "tendance-prospective", "actualite"})
#: Share of an open call's strength from which results that a text tells close it, where no last day is known.
_CLOSES = 0.5
#: Score of a title that says that it is over, and of a notice that names its winner: 147 of 184 awards of the gold, and
#: none of 250 calls.
_OVER = 0.97

#: Type → why, for what rules and not cues have proved.
_Proofs = dict[str, tuple[Evidence, ...]]


def opportunity_types(
    reading: Reading,
    taxonomy: Taxonomy,
    model: LinearModel,
    facts: Sequence[Fact] = (),
    awards: AwardReader | None = None,
) -> tuple[Tag, ...]:
    """Return the main type and at most one secondary, best first; never none where the taxonomy has plain news."""
    terms = taxonomy.of(Scheme.TYPE)
    due = next((fact for fact in facts if fact.name == "deadline"), None)
    notice = _notice(reading, awards)
    if closed := _closed(reading, due, notice, terms):
        return (closed,)
    words = read_words(reading, terms, due)
    strengths = _strengths(words.raw, _chances(reading, model, words.raw, terms), terms)
    proofs = _strengthen(strengths, reading, words, due, terms)
    if notice and TENDER in strengths:
        strengths[TENDER] += _NOTICE
    if about(reading.title.original):
        strengths = {term: value for term, value in strengths.items() if term not in OPEN_CALLS}
    kept = _ranked(strengths, words, due, terms)
    if not kept and NEWS in terms:
        kept, strengths[NEWS] = [NEWS], _squashed(_LEAST)
    case = _Case(reading, words, due, model, proofs)
    found = (case.tag(term, strengths[term]) for term in kept)
    return tuple(tag for tag in found if tag.evidence)


def _notice(reading: Reading, awards: AwardReader | None) -> Notice | None:
    bought = any(term == TENDER for term, _ in reading.of(Scheme.TYPE)) or reading.source.source_type == TENDER
    return awards.read(reading.title.original, reading.body.original) if awards is not None and bought else None


def _closed(reading: Reading, due: Fact | None, notice: Notice | None, terms: Mapping[str, Term]) -> Tag | None:
    """Return the tag of a title that says that a call is over, or of a notice that names its winner."""
    said = over(reading.title.original, due=due is not None)
    told = (said,) if said else notice.awarded if notice else ()
    if not told or RESULTS not in terms:
        return None
    return Tag(scheme=Scheme.TYPE, term=RESULTS, score=_OVER, origin=Origin.CUE, evidence=told)


def _chances(
    reading: Reading, model: LinearModel, raw: Mapping[str, float], terms: Mapping[str, Term]
) -> dict[str, float]:
    """Return what the fitted model adds: less to a few words, and alone only where it is sure."""
    trust = min(1.0, len(reading.found.buckets) / TRUSTED)
    if reading.source.source_type in terms:
        trust *= _BESIDE_SOURCE
    weight = _model_weight(familiarity(model, reading.found))
    chances = {term: chance * trust for term, chance in model.chances(reading.found).items() if term in terms}
    return {
        term: chance * weight
        for term, chance in chances.items()
        if term in raw or (chance >= (_SURE_OVER if term == RESULTS else _SURE))
    }


def _model_weight(familiar: float) -> float:
    at_home = min(1.0, max(0.0, (familiar - _STRANGE) / (_AT_HOME - _STRANGE)))
    return _MODEL_WEIGHT + (_MODEL_WEIGHT_AT_HOME - _MODEL_WEIGHT) * at_home


def _strengths(raw: Mapping[str, float], chances: Mapping[str, float], terms: Mapping[str, Term]) -> dict[str, float]:
    """Return all that speaks for each type in one number: words, source and codes up to 1, then the model."""
    strengths = {term: _squashed(score) for term, score in raw.items() if score >= _least(terms[term])}
    for term, chance in chances.items():
        strengths[term] = strengths.get(term, 0.0) + chance
    return strengths


def _strengthen(
    strengths: dict[str, float], reading: Reading, words: Words, due: Fact | None, terms: Mapping[str, Term]
) -> _Proofs:
    """Add what labels, fields and a text's own name say beyond words and model; return what proves them."""
    source, proofs = reading.source, _Proofs()
    if source.facts.call and CALL in strengths:
        strengths[CALL] += _STATED
        proofs[CALL] = (Evidence(text="appel à projets", where="call"),)
    if due and words.hits.get(CALL) and AID in strengths:
        strengths[AID] = max(0.0, strengths[AID] - _DATED)
    for term in strengths.keys() & words.labelled:
        strengths[term] += _LABELLED
    if source.facts.cpv and source.source_type == TENDER and TENDER in strengths:
        # a coded notice of a journal of notices: plainer than « Appel à candidature : » that its buyer put before it
        strengths[TENDER] += _NOTICE
    for term, more, why in _named(reading, words, terms):
        strengths[term] = strengths.get(term, 0.0) + more
        proofs.setdefault(term, why)
    if source.source_type in strengths and not _titled_otherwise(source.source_type, reading, words):
        strengths[source.source_type] += _DECLARED
    return proofs


def _titled_otherwise(declared: str, reading: Reading, words: Words) -> bool:
    """Tell whether a title names a type itself, other than the one that its source declares."""
    if declared == NEWS or words.labelled - {declared} or (declared == _CLUSTER and words.headed & _NAMED_THERE):
        return True
    return declared not in OPEN_CALLS and titled_call(reading.title.original) is not None


def _named(
    reading: Reading, words: Words, terms: Mapping[str, Term]
) -> Iterator[tuple[str, float, tuple[Evidence, ...]]]:
    """Yield (type, what it gains, why) of types that a labelled line names, and of a call that says so itself."""
    labelled = labelled_types(reading.body.original, reading.automaton, english=reading.lang == "en")
    for rank, (term, why) in enumerate(labelled.items()):
        if term in terms:
            yield term, _NAMED_AFTER if rank else _NAMED, why
    kind = own_kind(reading.body.original) if words.hits.keys() & OWN_KINDS else None
    if kind and words.hits.get(kind[0]):
        yield kind[0], _OWN_KIND, (kind[1],)
    if words.hits.get(CALL) or words.hits.get(INTEREST):
        titled = titled_call(reading.title.original)
        own = titled or own_call(reading.body.original)
        if own:
            call = CALL if words.raw.get(CALL, 0.0) >= words.raw.get(INTEREST, 0.0) else INTEREST
            yield call, _TITLED_CALL if titled else _OWN_CALL, (own,)


def _squashed(raw: float) -> float:
    return 1 - exp(-raw / SQUASH)


def _score(strength: float) -> float:
    return round(1 - exp(-strength), 3)


def _least(term: Term) -> float:
    return _LEAST_SHORT if term.half_life_days <= _SHORT else _LEAST


def _ranked(strengths: Mapping[str, float], words: Words, due: Fact | None, terms: Mapping[str, Term]) -> list[str]:
    headed = words.headed - {CALL, INTEREST, NEWS}  # « AAP » and « Horizon Europe » head what is about a call, too
    leading = {term: strength + _HEADED * (term in headed) for term, strength in strengths.items()}
    ranked = sorted(strengths, key=lambda term: (-leading[term], terms[term].priority, term))
    told = bool(ranked) and ranked[0] in OPEN_CALLS and strengths.get(RESULTS, 0.0) >= _CLOSES * strengths[ranked[0]]
    if announces_results(words.hits.get(RESULTS, [])) or (told and not due):
        ranked = [RESULTS, *(term for term in ranked if term != RESULTS and term not in OPEN_CALLS)]
    if not ranked:
        return []
    best, others = ranked[0], sorted(ranked[1:], key=lambda term: -strengths[term])
    if due and others and _answers(best, others[0], strengths):
        best, others = others[0], [best]
    return [best, *(term for term in others[:1] if strengths[term] >= max(_KEPT, _SHARE * strengths.get(best, 0.0)))]


def _answers(best: str, next_best: str, strengths: Mapping[str, float]) -> bool:
    """Tell whether what closes on a day, and reads as news of business or of technology, is the call beside it."""
    return (
        best in _CLOSES_NEVER
        and next_best in OPEN_CALLS | {AID}
        and strengths[next_best] >= max(_KEPT, _SHARE * strengths[best])
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """What proves the types of one text."""

    reading: Reading
    words: Words
    due: Fact | None
    model: LinearModel
    proofs: _Proofs

    def tag(self, term: str, strength: float) -> Tag:
        """Return the tag of a type with its strongest proof."""
        origin, evidence = self._why(term)
        return Tag(scheme=Scheme.TYPE, term=term, score=_score(strength), origin=origin, evidence=evidence)

    def _why(self, term: str) -> tuple[Origin, tuple[Evidence, ...]]:
        source, hits = self.reading.source, self.words.hits.get(term, [])
        if term == CALL and source.facts.call:
            return Origin.FACT, self.proofs.get(term, ())
        if hits:
            return Origin.CUE, self.reading.evidence(hits)
        if term in self.proofs:
            return Origin.CUE, self.proofs[term]
        if self.due and term == CALL and source.source_type != CALL:
            return Origin.CUE, self.due.evidence
        known = term != source.source_type and term in self.model.labels
        words = self.model.evidence(self.reading, term) if known else ()
        if words and term != NEWS:
            return Origin.MODEL, words
        return Origin.SOURCE, (Evidence(text=source.source_title or "", where="source.type"),)
