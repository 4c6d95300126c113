"""What words, the source and codes say of the type, before the fitted model and the rules (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from veille.config.taxonomy import Term
from veille.model import Fact, Scheme
from veille.nlp.cues import Hit, Kind
from veille.nlp.levelled import level
from veille.nlp.reading import Reading, raw_score

RESULTS = "laureats-attributions"
TENDER = "marche-public"
CALL, INTEREST, AID, NEWS = "appel-a-projets", "ami", "subvention-aide", "actualite"
#: What results close.
OPEN_CALLS = frozenset({CALL, INTEREST, TENDER, "concours-prix", "appel-partenaires"})

#: A cue within the first three words of the title names the thing: « Prêt vert : … » (gold: 1.5 → 0.659, 2.2 → 0.664).
START_BONUS = 2.2
#: A cue that is all of the title before its colon.
LABEL_BONUS = 4.0
_LABEL = re.compile(r"[sx]?\s*[:|]")
#: What the source usually publishes: as much as a phrase in the title, less than one at its start.
SOURCE_WEIGHT = 3.5
#: A printed deadline calls for applications: as much as a cue in the lead.
_DEADLINE_WEIGHT = 1.6
#: CPV codes are what a tender has.
_CODES_WEIGHT = 2.0
#: A field of the source that says « this is a call ».
_STATED_WEIGHT = 30.0
#: Confirming words that back up a word of the title where no plain cue does.
_CONFIRMING = 2
#: « Tour de table »: money raised in the press; who builds a project together, where a cluster speaks of its own.
_ROUND, _RAISED, _CLUSTERS = "tour de table", "financement-capital", frozenset({"appel-partenaires", "vie-du-cluster"})
#: A firm that raised money, told in a title: news of it, and none to be had.
_SIGNAL, _RAISES = (
    "signal-affaires",
    re.compile(r"\b(?:leve(?:nt)?|vien(?:t|nent) de lever|raises?|raised)\b[^.:]{0,30}(?:\d|\bmillions?\b)"),
)
#: « Prix « X » 2027 », « Prix national de la construction 2027 »: the name of a prize, and no price.
_PRIZE, _PRIZE_NAMED = "concours-prix", re.compile(r"(?:grands? )?(?:prix|trophees?)\b.*(?:[«“\"]|\b20[2-9]\d\b)")
#: A cluster's own general meeting is its members' life.
_MEETING, _EVENT, _OWN_LIFE = "assemblee generale", "evenement", "vie-du-cluster"
_TITLE_ONLY = frozenset({Kind.TITLE, Kind.START})
#: An infinitive heads the title of any aid: « Accompagner la rénovation ».
_VERB = re.compile(r"\w+(?:er|ir|oir|dre|tre|uire)\b")


@dataclass(frozen=True, slots=True)
class Words:
    """What is met of each type."""

    hits: Mapping[str, list[Hit]]
    #: Weights of the hits, the source and the codes.
    raw: Mapping[str, float]
    #: Types that a word names at the head of the title, or all of it before its colon.
    headed: frozenset[str]
    labelled: frozenset[str]


def read_words(reading: Reading, terms: Mapping[str, Term], due: Fact | None) -> Words:
    """Return what speaks for each type; words that prove nothing by themselves are left out."""
    hits = {term: _guarded(terms[term], found, reading, due) for term, found in reading.of(Scheme.TYPE)}
    if _SIGNAL in terms and hits.get(_RAISED) and _RAISES.search(level(reading.title.original)):
        hits[_SIGNAL] = [*hits.get(_SIGNAL, ()), *hits.pop(_RAISED)]
    raw = {term: raw_score(found) + _start_bonus(reading, found) for term, found in hits.items() if found}
    _add_source(raw, reading, terms)
    if due and CALL in terms and not _calls(raw, terms):
        raw[CALL] = raw.get(CALL, 0.0) + _DEADLINE_WEIGHT
    headed = frozenset(term for term, found in hits.items() if any(_heads(hit) for hit in found))
    labelled = frozenset(term for term, found in hits.items() if _labels(reading, found))
    return Words(hits, raw, headed, labelled)


def announces_results(hits: list[Hit]) -> bool:
    """Tell whether the title says that it is over."""
    return any(hit.where == "title" and hit.kind is not Kind.WEAK for hit in hits)


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
    if term.id == _RAISED and reading.source.source_type in _CLUSTERS:
        return [hit for hit in hits if hit.cue != _ROUND]
    if term.id == _EVENT and reading.source.source_type == _OWN_LIFE:
        return [hit for hit in hits if hit.cue != _MEETING]
    if not term.guarded or reading.source.source_type == term.id:
        return hits
    if term.id == TENDER and reading.source.facts.cpv:
        return hits
    alone = {hit.cue for hit in hits if hit.kind in _TITLE_ONLY}
    words = {word for cue in alone for word in cue.split()}
    others = [hit for hit in hits if hit.kind not in _TITLE_ONLY]
    confirming = {hit.cue for hit in others if not words & set(hit.cue.split())}
    backed = (
        (term.id == _PRIZE and _PRIZE_NAMED.match(level(reading.title.original)) is not None)
        or any(hit.kind is not Kind.WEAK for hit in others)
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


def _heads(hit: Hit) -> bool:
    """Tell whether a noun heads the title."""
    return hit.where == "title" and hit.start == 0 and not _VERB.match(hit.cue)


def _labels(reading: Reading, hits: list[Hit]) -> bool:
    """Tell whether a word is all of the title before its colon."""
    title = reading.title.original
    return any(hit.where == "title" and hit.start == 0 and _LABEL.match(title, hit.end) for hit in hits)
