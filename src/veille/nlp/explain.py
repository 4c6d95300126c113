"""Why a text got its tags: each one's words with their places and weights, and what was weighed and left out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from veille.config.taxonomy import Taxonomy, Term
from veille.model import Evidence, Origin, Scheme, Tag, Tagged, TextToTag
from veille.nlp.cues import Hit, Kind, Owner
from veille.nlp.fitting.model import LinearModel
from veille.nlp.labels.opportunity_type import OPEN_CALLS, RESULTS
from veille.nlp.labels.sector import cases_of
from veille.nlp.reading import Reading, hit_weight, raw_score

#: Chance from which the fitted model's word for a sector is worth telling, where the sector was not kept.
_TELLING = 0.1
#: What was left out, of each scheme, strongest first: more would bury what was kept.
_MOST_LEFT = 5
#: Places told of one cue.
_PLACES = 10


class Means(StrEnum):
    """What speaks for a tag."""

    CUE = "cue"
    MODEL = "model"
    #: A code, a date or another field that the source states.
    STATED = "stated"
    SOURCE = "source"
    #: What a person said.
    PERSON = "person"
    #: Words read as a place or a fact.
    READ = "read"
    #: Another tag: the horizon is that of the main type.
    FOLLOWS = "follows"
    #: What the definition of the axis has in common with the text, no cue among it; and what corrections taught.
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that speaks for a tag."""

    means: Means
    #: The words of the cue as the taxonomy writes them, or what says it.
    says: str
    #: What it weighs beside the others of its kind: raw for cues (a cue in the title is worth 3), 0–1 for the model.
    weight: float | None = None
    #: A cue that only confirms (« travaux »), or one that ends by `*`, as the taxonomy says.
    confirms: bool = False
    #: Where it stands, in order.
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One tag with all that speaks for it."""

    tag: Tag
    parts: tuple[Part, ...]


class Refusal(StrEnum):
    """Why a term that had something for it was left out."""

    #: The text says what it is not.
    DENIED = "denied"
    #: Results close what they are about.
    CLOSED = "closed"
    #: Its words prove nothing by themselves, and nothing backs them.
    ALONE = "alone"
    #: Others are stronger, or it is under the threshold.
    WEAK = "weak"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A term that had something for it."""

    scheme: Scheme
    term: str
    refusal: Refusal
    evidence: tuple[Evidence, ...]
    #: Raw weight of its words, and the model's chance.
    weight: float = 0.0
    chance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All of it."""

    text: TextToTag
    tagged: Tagged
    tags: tuple[Explained, ...]
    left_out: tuple[LeftOut, ...]

    def of(self, scheme: Scheme) -> tuple[Explained, ...]:
        """Return the tags of one scheme, best first."""
        return tuple(one for one in self.tags if one.tag.scheme is scheme)


def explanation(
    reading: Reading,
    tagged: Tagged,
    taxonomy: Taxonomy,
    models: Mapping[Scheme, LinearModel],
    *,
    source: TextToTag,
    located: Callable[[Evidence], Evidence],
) -> Explanation:
    """Tell why `tagged` was said of a text.

    `reading` is what its components read: its text, and the opening of its documents where it says too little;
    `located` gives words of those their page.
    """
    chances = {scheme: model.chances(reading.found) for scheme, model in models.items()}
    teller = _Teller(reading, taxonomy, models, chances, located)
    tags = tuple(Explained(tag=tag, parts=tuple(teller.parts(tag))) for tag in tagged.tags)
    return Explanation(text=source, tagged=tagged, tags=tags, left_out=tuple(teller.left_out(tagged)))


@dataclass(frozen=True, slots=True)
class _Teller:
    reading: Reading
    taxonomy: Taxonomy
    models: Mapping[Scheme, LinearModel]
    chances: Mapping[Scheme, Mapping[str, float]]
    located: Callable[[Evidence], Evidence]

    def parts(self, tag: Tag) -> Iterator[Part]:
        """Yield what speaks for a tag: its words, the model, then what no word says."""
        if tag.scheme is Scheme.HORIZON:
            yield Part(means=Means.FOLLOWS, says=Scheme.TYPE.value, evidence=tag.evidence)
            return
        if tag.scheme is Scheme.AXIS and tag.origin is Origin.MODEL:
            yield Part(means=Means.DEFINITION, says=tag.term, evidence=tag.evidence)
            return
        hits = self._hits(tag)
        yield from self._cues(hits)
        yield from self._model(tag)
        told = {(said.where, said.start) for said in chain.from_iterable(self._places(hits).values())}
        rest = [said for said in tag.evidence if (said.where, said.start) not in told]
        if tag.origin is Origin.MODEL:
            return
        for said in rest:
            yield Part(means=_means(said, tag), says=said.where, evidence=(said,))

    def _hits(self, tag: Tag) -> list[Hit]:
        """Return a term's own cues, else those of its narrower terms, that it was said by."""
        own = self.reading.hits.get((tag.scheme, tag.term), [])
        if own or tag.scheme not in {Scheme.SECTOR, Scheme.AXIS}:
            return own
        terms = self.taxonomy.of(tag.scheme)
        return [
            hit
            for term, hits in self.reading.of(tag.scheme)
            if _lies_in(terms.get(term), tag.term, terms)
            for hit in hits
        ]

    def _places(self, hits: Iterable[Hit]) -> dict[tuple[str, Kind], list[Evidence]]:
        places: dict[tuple[str, Kind], list[Evidence]] = {}
        for hit in sorted(hits, key=lambda one: (-hit_weight(one), one.where == "text", one.start)):
            field = self.reading.title if hit.where == "title" else self.reading.body
            places.setdefault((hit.cue, hit.kind), []).append(self.located(field.evidence(hit)))
        return places

    def _cues(self, hits: list[Hit]) -> Iterator[Part]:
        best: dict[tuple[str, Kind], float] = {}
        for hit in hits:
            best[hit.cue, hit.kind] = max(best.get((hit.cue, hit.kind), 0.0), hit_weight(hit))
        for (cue, kind), found in self._places(hits).items():
            yield Part(
                means=Means.CUE,
                says=cue,
                weight=round(best[cue, kind], 2),
                confirms=kind is Kind.WEAK,
                evidence=tuple(found[:_PLACES]),
            )

    def _model(self, tag: Tag) -> Iterator[Part]:
        model = self.models.get(tag.scheme)
        chance = self.chances.get(tag.scheme, {}).get(tag.term, 0.0)
        if model is None or tag.term not in model.labels or (chance < _TELLING and tag.origin is not Origin.MODEL):
            return
        yield Part(
            means=Means.MODEL,
            says="modèle",
            weight=round(chance, 2),
            evidence=tuple(map(self.located, model.evidence(self.reading, tag.term))),
        )

    def left_out(self, tagged: Tagged) -> Iterator[LeftOut]:
        """Yield what had something for it and was not kept: denied by the text, closed by results, alone, or weak."""
        kept = {(tag.scheme, tag.term) for tag in tagged.tags}
        yield from self._denied(kept)
        for scheme in (Scheme.SECTOR, Scheme.TYPE, Scheme.AXIS, Scheme.THEME, Scheme.AUDIENCE):
            found = sorted(self._weighed(scheme, kept, tagged), key=lambda one: -(one.weight + 3 * one.chance))
            yield from found[:_MOST_LEFT]

    def _denied(self, kept: Iterable[Owner]) -> Iterator[LeftOut]:
        told: dict[Owner, list[Evidence]] = {}
        for field in (self.reading.title, self.reading.body):
            for owner, hit in self.reading.automaton.denials(field):
                told.setdefault(owner, []).append(self.located(field.evidence(hit)))
        for (scheme, term), found in told.items():
            if (scheme, term) not in kept and not self.reading.hits.get((scheme, term)):
                yield LeftOut(scheme=scheme, term=term, refusal=Refusal.DENIED, evidence=tuple(found[:_PLACES]))

    def _weighed(self, scheme: Scheme, kept: Iterable[Owner], tagged: Tagged) -> Iterator[LeftOut]:
        terms, chances = self.taxonomy.of(scheme), self._chances(scheme)
        for term in dict.fromkeys([*(term for term, _ in self.reading.of(scheme)), *chances]):
            hits, chance = self.reading.hits.get((scheme, term), []), chances.get(term, 0.0)
            if (scheme, term) in kept or term not in terms or not (hits or chance >= _TELLING):
                continue
            yield LeftOut(
                scheme=scheme,
                term=term,
                refusal=_refusal(terms[term], hits, tagged),
                evidence=tuple(map(self.located, self.reading.evidence(hits))) if hits else (),
                weight=round(raw_score(hits), 2) if hits else 0.0,
                chance=round(chance, 2),
            )

    def _chances(self, scheme: Scheme) -> Mapping[str, float]:
        """Return what the fitted model believes of each term, less where it is believed less."""
        if scheme is not Scheme.SECTOR:
            return self.chances.get(scheme, {})
        cases = cases_of(self.reading, self.taxonomy, self.models[scheme])
        return {term: case.chance for term, case in cases.items()}


def _lies_in(term: Term | None, wider: str, terms: Mapping[str, Term]) -> bool:
    while term is not None and term.broader is not None:
        if term.broader == wider:
            return True
        term = terms.get(term.broader)
    return False


def _refusal(term: Term, hits: list[Hit], tagged: Tagged) -> Refusal:
    types = tagged.of(Scheme.TYPE)
    if term.scheme is Scheme.TYPE and types and types[0].term == RESULTS and term.id in OPEN_CALLS:
        return Refusal.CLOSED
    if term.guarded and hits and all(hit.kind in {Kind.TITLE, Kind.START, Kind.WEAK} for hit in hits):
        return Refusal.ALONE
    return Refusal.WEAK


def _means(said: Evidence, tag: Tag) -> Means:
    """Return what sort of thing quoted words are that no cue found."""
    if said.where == "correction" or said.where.startswith("ajout"):
        return Means.PERSON
    if said.start is not None:
        return Means.READ
    return Means.STATED if tag.origin is Origin.FACT else Means.SOURCE
