"""Type of opportunity: one main, one secondary; results are never an open call."""

import re
from collections.abc import Mapping, Sequence

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Fact, Origin, Scheme, Tag
from veille.nlp.cues import Hit, Kind
from veille.nlp.model import LinearModel
from veille.nlp.reading import Reading, raw_score, squash

#: A cue within the first three words of the title names the thing: « Prêt vert : … » (gold: 1.5 → 0.659, 2.2 → 0.664).
START_BONUS = 2.2
#: A cue that is all of the title before its colon.
LABEL_BONUS = 4.0
_LABEL = re.compile(r"[sx]?\s*[:|]")
#: What the source usually publishes: as much as a phrase in the title, less than one at its start.
SOURCE_WEIGHT = 3.5
#: A printed deadline calls for applications: as much as a cue in the lead.
_DEADLINE_WEIGHT = 1.6
_KEPT, _SHARE = 1.0, 0.6
#: One confirming word says no short-lived type (an event, a tender, a job): plain news says more.
_LEAST, _LEAST_SHORT = 0.4, 0.7
#: Days of half-life up to which a type is short-lived.
_SHORT = 30
#: CPV codes are what a tender has.
_CODES_WEIGHT = 2.0
#: A field of the source that says « this is a call »: more than any words (the loudest of 6,322 texts sum to 28.7).
_STATED_WEIGHT = 30.0
#: Confirming words that back up a word of the title where no plain cue does.
_CONFIRMING = 2
RESULTS = "laureats-attributions"
TENDER = "marche-public"
CALL, NEWS = "appel-a-projets", "actualite"
#: What results close.
OPEN_CALLS = frozenset({CALL, "ami", TENDER, "concours-prix", "appel-partenaires"})

_TITLE_ONLY = frozenset({Kind.TITLE, Kind.START})


def opportunity_types(
    reading: Reading,
    taxonomy: Taxonomy,
    facts: Sequence[Fact] = (),
    model: LinearModel | None = None,  # noqa: ARG001
) -> tuple[Tag, ...]:
    """Return the main type and at most one secondary, best first; never none where the taxonomy has plain news."""
    terms = taxonomy.of(Scheme.TYPE)
    due = next((fact for fact in facts if fact.name == "deadline"), None)
    hits = {term: _guarded(terms[term], found, reading, due) for term, found in reading.of(Scheme.TYPE)}
    raw = {term: raw_score(found) + _start_bonus(reading, found) for term, found in hits.items() if found}
    _add_source(raw, reading, terms)
    if due and CALL in terms and not _calls(raw, terms):
        raw[CALL] = raw.get(CALL, 0.0) + _DEADLINE_WEIGHT
    kept = _ranked(raw, hits, terms)
    if not kept and NEWS in terms:
        kept, raw[NEWS] = [NEWS], _LEAST
    return tuple(_tag(reading, term, raw[term], hits.get(term, []), due) for term in kept)


def announces_results(hits: list[Hit]) -> bool:
    """Tell whether the title says that it is over."""
    return any(hit.where == "title" and hit.kind is not Kind.WEAK for hit in hits)


def _ranked(raw: Mapping[str, float], hits: Mapping[str, list[Hit]], terms: Mapping[str, Term]) -> list[str]:
    loud = [term for term, score in raw.items() if score >= _least(terms[term])]
    ranked = sorted(loud, key=lambda term: (-raw[term], terms[term].priority, term))
    if announces_results(hits.get(RESULTS, [])):
        ranked = [RESULTS, *(term for term in ranked if term != RESULTS and term not in OPEN_CALLS)]
    if not ranked:
        return []
    best = ranked[0]
    return [best, *(term for term in ranked[1:2] if raw[term] >= max(_KEPT, _SHARE * raw[best]))]


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
    labelled = any(hit.start == 0 and _LABEL.match(title, hit.end) for hit in starts)
    return START_BONUS + LABEL_BONUS if labelled else START_BONUS


def _tag(reading: Reading, term: str, raw: float, hits: list[Hit], due: Fact | None) -> Tag:
    if term == CALL and reading.source.facts.call:
        stated = Evidence(text="appel à projets", where="call")
        return Tag(scheme=Scheme.TYPE, term=term, score=squash(raw), origin=Origin.FACT, evidence=(stated,))
    if hits:
        return Tag(scheme=Scheme.TYPE, term=term, score=squash(raw), origin=Origin.CUE, evidence=reading.evidence(hits))
    if due and term == CALL and reading.source.source_type != CALL:
        return Tag(scheme=Scheme.TYPE, term=term, score=squash(raw), origin=Origin.CUE, evidence=due.evidence)
    said = Evidence(text=reading.source.source_title or "", where="source.type")
    return Tag(scheme=Scheme.TYPE, term=term, score=squash(raw), origin=Origin.SOURCE, evidence=(said,))
