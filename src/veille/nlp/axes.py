"""Axes: what a cluster distinguishes inside its sectors, and « hors sujet » for what is none of its business (pure).

Two steps, so that another judge of likeness can join the cues: what speaks for each axis, then the decision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from veille.config.taxonomy import OFF_TOPIC, Taxonomy, Term
from veille.model import Evidence, Origin, Scheme, Tag
from veille.nlp.cues import Hit
from veille.nlp.reading import LEAD, Reading, raw_score, squash

#: A word in the lead (1.5), an expression (1.3), or a faint word in the title (1.35).
_FLOOR = 1.25
#: What is neither in the title nor in the lead is said in passing: two expressions (2.6) at least.
_PASSING = 2.6
#: An axis is kept beside the best one from this share of its score (as sectors).
_SHARE = 0.54
#: More than three axes say that none was meant.
_MOST = 3
#: What a narrower axis' score is worth to its wider one (as sectors).
_WIDER = 0.9

#: A sector named in the title or twice in the lead has this score at least.
_PLAIN = 0.5
#: Score of « hors sujet » where no word says it.
_ABSENT = 0.5


@dataclass
class Case:
    """What speaks for one axis."""

    raw: float = 0.0
    hits: list[Hit] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        """Whether the text is about it, rather than naming it once."""
        first = any(hit.where == "title" or hit.start < LEAD for hit in self.hits)
        return self.raw >= (_FLOOR if first else _PASSING)


class AxisReader:
    """Decides the axes of a text; an instance without axes has none, and nothing is off its topic."""

    def __init__(self, taxonomy: Taxonomy) -> None:
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
        kept = _best(cases)
        if off.stands and off.raw > max((cases[term].raw for term in kept), default=0.0):
            return (_tag(reading, OFF_TOPIC, off),)
        if kept:
            return tuple(_tag(reading, term, cases[term]) for term in kept)
        return self._foreign(tuple(tags))

    def cases(self, reading: Reading) -> dict[str, Case]:
        """Return what the words say for each axis; a wider axis gets what its narrower ones found, a little less."""
        cases = {term: Case(raw_score(hits), hits) for term, hits in reading.of(Scheme.AXIS)}
        for term, case in list(cases.items()):
            broader = self._wider.get(term)
            while broader is not None:
                wider = cases.setdefault(broader, Case(hits=case.hits))
                wider.raw = max(wider.raw, case.raw * _WIDER)
                broader = self._wider.get(broader)
        return cases

    def _foreign(self, tags: tuple[Tag, ...]) -> tuple[Tag, ...]:
        """Call off topic a text of another trade, or of none and with nothing in it to seize."""
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
        if not foreign:
            return ()
        return (Tag(scheme=Scheme.AXIS, term=OFF_TOPIC, score=_ABSENT, origin=Origin.CUE, evidence=_of(said)),)


def _best(cases: Mapping[str, Case]) -> list[str]:
    ranked = sorted((term for term, case in cases.items() if case.stands), key=lambda term: (-cases[term].raw, term))
    return [term for term in ranked[:_MOST] if cases[term].raw >= _SHARE * cases[ranked[0]].raw]


def _tag(reading: Reading, term: str, case: Case) -> Tag:
    evidence = reading.evidence(case.hits)
    return Tag(scheme=Scheme.AXIS, term=term, score=squash(case.raw), origin=Origin.CUE, evidence=evidence)


def _seizable(tag: Tag, types: Mapping[str, Term]) -> bool:
    return tag.scheme is Scheme.TYPE and tag.term in types and types[tag.term].actionable


def _of(sectors: Iterable[Tag]) -> tuple[Evidence, ...]:
    """Quote what made the text another trade's."""
    return tuple(tag.evidence[0] for tag in sectors if tag.evidence)[:1]
