"""Type of opportunity: one main, one secondary; results are never an open call."""

import re
from collections.abc import Mapping, Sequence
from math import exp

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Fact, Origin, Scheme, Tag
from veille.nlp.awarded import AwardReader
from veille.nlp.call_talk import about, over, own_call
from veille.nlp.cues import Hit, Kind
from veille.nlp.familiarity import familiarity
from veille.nlp.model import LinearModel
from veille.nlp.reading import SQUASH, TRUSTED, Reading, raw_score

#: A cue within the first three words of the title names the thing: « Prêt vert : … » (gold: 1.5 → 0.659, 2.2 → 0.664).
START_BONUS = 2.2
#: A cue that is all of the title before its colon.
LABEL_BONUS = 4.0
_LABEL = re.compile(r"[sx]?\s*[:|]")
#: What the source usually publishes: as much as a phrase in the title, less than one at its start.
SOURCE_WEIGHT = 3.5
#: A printed deadline calls for applications: as much as a cue in the lead.
_DEADLINE_WEIGHT = 1.6
#: A secondary type is as strong as one cue in the text (raw 1.0), and has this share of the main one's strength.
_KEPT, _SHARE = 0.26, 0.6
#: One confirming word says no short-lived type (an event, a tender, a job): plain news says more.
_LEAST, _LEAST_SHORT = 0.4, 0.7
#: Days of half-life up to which a type is short-lived.
_SHORT = 30
#: CPV codes are what a tender has.
_CODES_WEIGHT = 2.0
#: A field of the source that says « this is a call »: raw score, and strength beyond what words and model can have.
_STATED_WEIGHT, _STATED = 30.0, 5.0
#: What the fitted model's chance is worth beside the words' 0–1: in a text unlike those that it learnt from, and in one
#: like them. Portals have habits of their own, and it knows few (docs/decisions/modele.md).
MODEL_WEIGHT, MODEL_WEIGHT_AT_HOME = 0.3, 2.5
_STRANGE, _AT_HOME = 0.71, 0.79
#: What a printed deadline takes from an aid where words speak of a call too: a standing aid closes on no day.
_DATED = 0.35
#: What a label adds, so that no model outweighs it.
_LABELLED = 1.5
#: What it is worth where the source says what it publishes.
_BESIDE_SOURCE = 0.2
#: Chance from which the model names a type that no word does; one that closes what it is said of must be surer.
_SURE, _SURE_OVER = 0.5, 0.7
#: What a title that says that it is over is worth, or a notice that names its winner: 147 of 184 awards of the gold and
#: none of 250 calls.
_OVER = 0.97
#: What « cet appel à projets vise à » adds.
_OWN_CALL = 0.8
#: Confirming words that back up a word of the title where no plain cue does.
_CONFIRMING = 2
RESULTS = "laureats-attributions"
TENDER = "marche-public"
CALL, INTEREST, AID, NEWS = "appel-a-projets", "ami", "subvention-aide", "actualite"
#: What results close.
OPEN_CALLS = frozenset({CALL, INTEREST, TENDER, "concours-prix", "appel-partenaires"})

_TITLE_ONLY = frozenset({Kind.TITLE, Kind.START})


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
    if closed := _closed(reading, due, awards, terms):
        return (closed,)
    hits = {term: _guarded(terms[term], found, reading, due) for term, found in reading.of(Scheme.TYPE)}
    raw = {term: raw_score(found) + _start_bonus(reading, found) for term, found in hits.items() if found}
    _add_source(raw, reading, terms)
    if due and CALL in terms and not _calls(raw, terms):
        raw[CALL] = raw.get(CALL, 0.0) + _DEADLINE_WEIGHT
    strengths = _strengths(raw, _chances(reading, model, raw, terms), reading, terms)
    if due and hits.get(CALL) and AID in strengths:
        strengths[AID] = max(0.0, strengths[AID] - _DATED)
    for term in strengths.keys() & hits.keys():
        strengths[term] += _LABELLED * _labels(reading, hits[term])
    if reading.source.facts.cpv and reading.source.source_type == TENDER and TENDER in strengths:
        # a coded notice of a journal of notices: as plain as « Appel à candidature : » that its buyer put before it
        strengths[TENDER] += _LABELLED
    if (hits.get(CALL) or hits.get(INTEREST)) and own_call(reading.body.original):
        own = CALL if raw.get(CALL, 0.0) >= raw.get(INTEREST, 0.0) else INTEREST
        strengths[own] = strengths.get(own, 0.0) + _OWN_CALL
    if about(reading.title.original):
        strengths = {term: value for term, value in strengths.items() if term not in OPEN_CALLS}
    kept = _ranked(strengths, hits, terms)
    if not kept and NEWS in terms:
        kept, strengths[NEWS] = [NEWS], _squashed(_LEAST)
    found = (_tag(reading, term, _score(strengths[term]), hits.get(term, []), due, model) for term in kept)
    return tuple(tag for tag in found if tag.evidence)


def _closed(reading: Reading, due: Fact | None, awards: AwardReader | None, terms: Mapping[str, Term]) -> Tag | None:
    """Return the tag of a title that says that a call is over, or of a notice that names its winner."""
    if RESULTS not in terms:
        return None
    said = over(reading.title.original, due=due is not None)
    told: tuple[Evidence, ...] = (said,) if said else ()
    bought = any(term == TENDER for term, _ in reading.of(Scheme.TYPE)) or reading.source.source_type == TENDER
    if not told and awards is not None and bought:
        told = awards.read(reading.title.original, reading.body.original)
    return Tag(scheme=Scheme.TYPE, term=RESULTS, score=_OVER, origin=Origin.CUE, evidence=told) if told else None


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


def _model_weight(familiarity: float) -> float:
    at_home = min(1.0, max(0.0, (familiarity - _STRANGE) / (_AT_HOME - _STRANGE)))
    return MODEL_WEIGHT + (MODEL_WEIGHT_AT_HOME - MODEL_WEIGHT) * at_home


def _strengths(
    raw: Mapping[str, float], chances: Mapping[str, float], reading: Reading, terms: Mapping[str, Term]
) -> dict[str, float]:
    """Return all that speaks for each type in one number: words, source and codes up to 1, then the model."""
    strengths = {term: _squashed(score) for term, score in raw.items() if score >= _least(terms[term])}
    for term, chance in chances.items():
        strengths[term] = strengths.get(term, 0.0) + chance
    if reading.source.facts.call and CALL in strengths:
        strengths[CALL] += _STATED
    return strengths


def _squashed(raw: float) -> float:
    return 1 - exp(-raw / SQUASH)


def _score(strength: float) -> float:
    return round(1 - exp(-strength), 3)


def announces_results(hits: list[Hit]) -> bool:
    """Tell whether the title says that it is over."""
    return any(hit.where == "title" and hit.kind is not Kind.WEAK for hit in hits)


def _ranked(strengths: Mapping[str, float], hits: Mapping[str, list[Hit]], terms: Mapping[str, Term]) -> list[str]:
    ranked = sorted(strengths, key=lambda term: (-strengths[term], terms[term].priority, term))
    if announces_results(hits.get(RESULTS, [])):
        ranked = [RESULTS, *(term for term in ranked if term != RESULTS and term not in OPEN_CALLS)]
    if not ranked:
        return []
    best = ranked[0]
    return [best, *(term for term in ranked[1:2] if strengths[term] >= max(_KEPT, _SHARE * strengths[best]))]


def _least(term: Term) -> float:
    return _LEAST_SHORT if term.half_life_days <= _SHORT else _LEAST


def _add_source(raw: dict[str, float], reading: Reading, terms: Mapping[str, Term]) -> None:
    """Let what the source usually publishes, and the codes of a tender, weigh in."""
    hint = reading.source.source_type
    if hint is not None and hint in terms:
        raw[hint] = raw.get(hint, 0.0) + SOURCE_WEIGHT
    if reading.source.facts.cpv and TENDER in terms:
        raw[TENDER] = raw.get(TENDER, 0.0) + _CODES_WEIGHT
    if reading.source.facts.call and CALL in terms:
        raw[CALL] = raw.get(CALL, 0.0) + _STATED_WEIGHT


def _calls(raw: Mapping[str, float], terms: Mapping[str, Term]) -> bool:
    """Tell whether something that may have a deadline is already said more loudly than the deadline says it."""
    return any(score >= _DEADLINE_WEIGHT and terms[term].deadline != "rare" for term, score in raw.items())


def _guarded(term: Term, hits: list[Hit], reading: Reading, due: Fact | None) -> list[Hit]:
    """Drop the words that prove nothing by themselves (« travaux », « prix ») where nothing backs them."""
    if not term.guarded or reading.source.source_type == term.id:
        return hits
    if term.id == TENDER and reading.source.facts.cpv:
        return hits
    alone = {hit.cue for hit in hits if hit.kind in _TITLE_ONLY}
    words = {word for cue in alone for word in cue.split()}
    others = [hit for hit in hits if hit.kind not in _TITLE_ONLY]
    confirming = {hit.cue for hit in others if not words & set(hit.cue.split())}
    backed = (
        any(hit.kind is not Kind.WEAK for hit in others)
        or len(alone) > 1
        or len(confirming) >= _CONFIRMING
        # « Prix de l'entreprise artisanale », and until when one may apply.
        or (due is not None and any(hit.where == "title" and hit.start == 0 for hit in hits))
    )
    return hits if backed else []


def _start_bonus(reading: Reading, hits: list[Hit]) -> float:
    """Return what a word at the start of the title adds: it names the thing, or labels it (« Webinaire : »)."""
    title = reading.title.original
    limit = len(" ".join(title.split(" ")[:3]))
    starts = [hit for hit in hits if hit.where == "title" and hit.start < limit]
    if not starts:
        return 0.0
    return START_BONUS + LABEL_BONUS if _labels(reading, hits) else START_BONUS


def _labels(reading: Reading, hits: list[Hit]) -> bool:
    """Tell whether a word is all of the title before its colon."""
    title = reading.title.original
    return any(hit.where == "title" and hit.start == 0 and _LABEL.match(title, hit.end) for hit in hits)


def _tag(reading: Reading, term: str, score: float, hits: list[Hit], due: Fact | None, model: LinearModel) -> Tag:
    if term == CALL and reading.source.facts.call:
        stated = Evidence(text="appel à projets", where="call")
        return Tag(scheme=Scheme.TYPE, term=term, score=score, origin=Origin.FACT, evidence=(stated,))
    if hits:
        return Tag(scheme=Scheme.TYPE, term=term, score=score, origin=Origin.CUE, evidence=reading.evidence(hits))
    if due and term == CALL and reading.source.source_type != CALL:
        return Tag(scheme=Scheme.TYPE, term=term, score=score, origin=Origin.CUE, evidence=due.evidence)
    words = model.evidence(reading, term) if term != reading.source.source_type and term in model.labels else ()
    if words and term != NEWS:
        return Tag(scheme=Scheme.TYPE, term=term, score=score, origin=Origin.MODEL, evidence=words)
    said = Evidence(text=reading.source.source_title or "", where="source.type")
    return Tag(scheme=Scheme.TYPE, term=term, score=score, origin=Origin.SOURCE, evidence=(said,))
