"""Axes: what a cluster distinguishes inside its sectors, and « hors sujet » for what is none of its business (pure).

Two steps: what speaks for each axis (its cues, the likeness of its definition, what corrections taught), then the
decision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp

from veille.config.taxonomy import OFF_TOPIC, Taxonomy, Term
from veille.model import Evidence, Origin, Scheme, Tag
from veille.nlp.cues import Hit
from veille.nlp.fitting.learning import Learned, Traits
from veille.nlp.labels.zero_shot import Likeness, ZeroShot
from veille.nlp.reading import LEAD, SQUASH, Reading, raw_score, squash

#: A word in the lead (1.5), an expression (1.3), or a faint word in the title (1.35).
_FLOOR = 1.25
#: What is neither in the title nor in the lead is said in passing: two expressions (2.6) at least.
_PASSING = 2.6
#: An axis whose words stand is kept beside the best one from this share of its likeness; one of the title, of words.
_SHARE, _WORDS_SHARE = 0.75, 0.54
#: More than three axes say that none was meant.
_MOST = 3
#: What a narrower axis' score is worth to its wider one (as sectors).
_WIDER = 0.9

#: A sector named in the title or twice in the lead has this score at least.
_PLAIN = 0.5
#: Score of « hors sujet » where no word says it.
_ABSENT = 0.5
#: Likeness that makes a score of 1 - 1/e.
_LIKE = 5.0
#: What a learner starts from for « hors sujet », beside the likeness from which an axis is meant: its words (0–1), and
#: a text of another trade.
_OFF_WORDS, _FOREIGN = 2.0, 1.0
#: How much more corrections must say for « hors sujet » than for an axis to outweigh its words, or to say it alone.
_TAUGHT = 1.0


@dataclass
class Case:
    """What speaks for one axis."""

    raw: float = 0.0
    hits: list[Hit] = field(default_factory=list)
    #: What its definition and the text have in common, cues included; whether that is enough by itself.
    like: float = 0.0
    near: bool = False
    #: What corrections of other texts add to likeness; of « hors sujet » it is all that its likeness is.
    taught: float = 0.0

    @property
    def stands(self) -> bool:
        """Whether the text is about it, rather than naming it once."""
        first = any(hit.where == "title" or hit.start < LEAD for hit in self.hits)
        return self.raw >= (_FLOOR if first else _PASSING)


class AxisReader:
    """Decides the axes of a text; an instance without axes has none, and nothing is off its topic."""

    def __init__(self, taxonomy: Taxonomy, zero_shot: ZeroShot | None = None, learned: Learned | None = None) -> None:
        self._zero_shot = zero_shot
        self._learned = learned
        self._terms = taxonomy.of(Scheme.AXIS)
        self._types = taxonomy.of(Scheme.TYPE)
        sectors = taxonomy.of(Scheme.SECTOR)
        #: The sectors that have axes here: what the cluster is about.
        self._trades = frozenset(term.broader for term in self._terms.values() if term.broader in sectors)
        #: Axis → its wider axis. An axis and a sector may have one name (« eau »): above an axis the sector is meant.
        self._wider = {
            term.id: term.broader for term in self._terms.values() if term.broader and term.broader not in sectors
        }

    def read(self, reading: Reading, tags: Iterable[Tag]) -> tuple[Tag, ...]:
        """Return the axes best first, or « hors sujet » alone; `tags` are the sectors and types already read."""
        if not self._terms:
            return ()
        cases = self.cases(reading)
        off = cases.pop(OFF_TOPIC, Case())
        kept = _best(cases, off.like)
        if off.stands and off.raw > max((cases[term].raw for term in kept), default=0.0):
            return (_tag(OFF_TOPIC, off, reading.evidence(off.hits)),)
        if kept:
            return tuple(_tag(term, cases[term], self._evidence(reading, term, cases[term])) for term in kept)
        return self._foreign(tuple(tags), taught=off.like >= _TAUGHT)

    def lesson(self, reading: Reading, tags: Iterable[Tag]) -> tuple[Traits, dict[str, float]] | None:
        """Return what a text is compared by and what definitions say of each label; None without axes."""
        if self._zero_shot is None:
            return None
        likeness = self._zero_shot.likeness(reading)
        raw = {term: raw_score(hits) for term, hits in reading.of(Scheme.AXIS)}
        prior = {term: likeness.with_cues(term, _squashed(raw.get(term, 0.0))) for term in likeness.values}
        if OFF_TOPIC in self._terms:
            foreign = _FOREIGN / 2 if self._foreign(tuple(tags)) else -_FOREIGN / 2
            prior[OFF_TOPIC] = likeness.near + _OFF_WORDS * _squashed(raw.get(OFF_TOPIC, 0.0)) + foreign
        return likeness.traits, prior

    def cases(self, reading: Reading) -> dict[str, Case]:
        """Return what speaks for each axis; a wider axis gets what its narrower ones' words say, a little less."""
        cases = {term: Case(raw_score(hits), hits) for term, hits in reading.of(Scheme.AXIS)}
        for term, case in list(cases.items()):
            broader = self._wider.get(term)
            while broader is not None:
                wider = cases.setdefault(broader, Case(hits=case.hits))
                wider.raw = max(wider.raw, case.raw * _WIDER)
                broader = self._wider.get(broader)
        if self._zero_shot is not None:
            self._compare(cases, self._zero_shot.likeness(reading), reading)
        return cases

    def _compare(self, cases: dict[str, Case], likeness: Likeness, reading: Reading) -> None:
        taught = self._learned.adds(likeness.traits) if self._learned is not None else {}
        off = taught.get(OFF_TOPIC, 0.0) if OFF_TOPIC in self._terms else 0.0
        if OFF_TOPIC in self._terms:
            cases.setdefault(OFF_TOPIC, Case()).like = off
        for term in likeness.values:
            if term not in cases and reading.hides((Scheme.AXIS, term)):
                continue  # its only words are said to mean something else
            case = cases.setdefault(term, Case())
            case.taught = taught.get(term, 0.0)
            case.like = likeness.with_cues(term, _squashed(case.raw)) + case.taught
            case.near = case.like >= likeness.near + off

    def _evidence(self, reading: Reading, term: str, case: Case) -> tuple[Evidence, ...]:
        if case.hits or self._zero_shot is None:
            return reading.evidence(case.hits)
        return self._zero_shot.evidence(reading, term)

    def _foreign(self, tags: tuple[Tag, ...], *, taught: bool = False) -> tuple[Tag, ...]:
        """Call off topic a text of another trade, of none and with nothing in it to seize, or one taught to be."""
        if OFF_TOPIC not in self._terms:
            return ()
        read = [tag for tag in tags if tag.scheme is Scheme.SECTOR]
        said = [tag for tag in read if tag.origin is not Origin.SOURCE]
        seizable = any(_seizable(tag, self._types) for tag in tags)
        if said:
            # An aid for any trade names some in passing.
            plain = not seizable or any(tag.score >= _PLAIN for tag in said)
            foreign = plain and self._trades.isdisjoint(tag.term for tag in said)
        else:
            foreign = not read and not seizable
        if not (foreign or taught):
            return ()
        return (Tag(scheme=Scheme.AXIS, term=OFF_TOPIC, score=_ABSENT, origin=Origin.CUE, evidence=_of(said)),)


def _best(cases: Mapping[str, Case], off: float) -> list[str]:
    """Return the axes that are meant: those that words say, and the nearest one where it is near enough.

    `off` is what corrections say for « hors sujet »: where it is much more than for an axis, its words do not stand.
    """
    ranked = sorted(cases, key=lambda term: (-cases[term].like, -cases[term].raw, term))
    if not ranked:
        return []
    best = cases[ranked[0]]
    kept = [
        term
        for term, case in ((term, cases[term]) for term in ranked)
        if case.stands and _beside(case, best) and off - case.taught < _TAUGHT
    ]
    return [*ranked[:1], *(term for term in kept if term != ranked[0])][:_MOST] if best.near else kept[:_MOST]


def _beside(case: Case, best: Case) -> bool:
    in_title = any(hit.where == "title" for hit in case.hits)
    return case.like >= _SHARE * best.like or (in_title and case.raw >= _WORDS_SHARE * best.raw)


def _tag(term: str, case: Case, words: tuple[Evidence, ...]) -> Tag:
    score = max(squash(case.raw), round(1 - exp(-max(case.like, 0.0) / _LIKE), 3))
    origin = Origin.CUE if case.hits else Origin.MODEL
    return Tag(scheme=Scheme.AXIS, term=term, score=score, origin=origin, evidence=words)


def _squashed(raw: float) -> float:
    return 1 - exp(-raw / SQUASH)


def _seizable(tag: Tag, types: Mapping[str, Term]) -> bool:
    return tag.scheme is Scheme.TYPE and tag.term in types and types[tag.term].actionable


def _of(sectors: Iterable[Tag]) -> tuple[Evidence, ...]:
    """Quote what made the text another trade's."""
    return tuple(tag.evidence[0] for tag in sectors if tag.evidence)[:1]
