"""Type of opportunity: one main, one secondary; results are never an open call."""

from veille.config.taxonomy import Taxonomy
from veille.model import Evidence, Origin, Scheme, Tag
from veille.nlp.cues import Hit, Kind
from veille.nlp.reading import Reading, raw_score, squash

#: `regles_indices.bonus_debut_titre`: a cue within the first three words of the title.
START_BONUS = 1.5
#: What the source usually publishes: decides where the text says little.
SOURCE_WEIGHT = 2.0
_KEPT, _SHARE = 1.0, 0.6
RESULTS = "laureats-attributions"
#: What results close.
OPEN_CALLS = frozenset({"appel-a-projets", "ami", "marche-public", "concours-prix", "appel-partenaires"})


def opportunity_types(reading: Reading, taxonomy: Taxonomy) -> tuple[Tag, ...]:
    """Return the main type and at most one secondary, best first."""
    terms = taxonomy.of(Scheme.TYPE)
    hits = dict(reading.of(Scheme.TYPE))
    raw = {term: raw_score(found) + _start_bonus(reading, found) for term, found in hits.items()}
    hint = reading.source.source_type
    if hint is not None and hint in terms:
        raw[hint] = raw.get(hint, 0.0) + SOURCE_WEIGHT
    ranked = sorted(raw, key=lambda term: (-raw[term], terms[term].priority, term))
    if announces_results(hits.get(RESULTS, [])):
        ranked = [RESULTS, *(term for term in ranked if term != RESULTS and term not in OPEN_CALLS)]
    return tuple(_tag(reading, term, raw[term], hits.get(term, [])) for term in _kept(ranked, raw))


def announces_results(hits: list[Hit]) -> bool:
    """Tell whether the title says that it is over."""
    return any(hit.where == "title" and hit.kind is not Kind.WEAK for hit in hits)


def _kept(ranked: list[str], raw: dict[str, float]) -> list[str]:
    if not ranked:
        return []
    best = ranked[0]
    return [best, *(term for term in ranked[1:2] if raw[term] >= max(_KEPT, _SHARE * raw[best]))]


def _start_bonus(reading: Reading, hits: list[Hit]) -> float:
    limit = len(" ".join(reading.title.original.split(" ")[:3]))
    return START_BONUS if any(hit.where == "title" and hit.start < limit for hit in hits) else 0.0


def _tag(reading: Reading, term: str, raw: float, hits: list[Hit]) -> Tag:
    if hits:
        return Tag(scheme=Scheme.TYPE, term=term, score=squash(raw), origin=Origin.CUE, evidence=reading.evidence(hits))
    said = Evidence(text=reading.source.source_title or "", where="source.type")
    return Tag(scheme=Scheme.TYPE, term=term, score=squash(raw), origin=Origin.SOURCE, evidence=(said,))
