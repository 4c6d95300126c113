"""A text as the components read it: folded once, cues found once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, log

from veille.model import Evidence, Scheme, TextToTag
from veille.nlp.cues import CueAutomaton, Field, Hit, Kind, Owner
from veille.nlp.fitting.features import Features, features
from veille.nlp.language import detect

#: Characters of a text that are read; what matters in a notice comes first, and one word of 1 MB must cost nothing.
LONGEST_TEXT = 20_000
#: Characters of the lead, where press and portals say what it is about.
LEAD = 300

#: Weights of the reference taxonomy (`regles_indices.poids`).
TITLE_WEIGHT, LEAD_WEIGHT, BODY_WEIGHT = 3.0, 1.5, 1.0
#: What a kind of cue is worth beside a plain one.
_KIND_WEIGHT = {Kind.CUE: 1.0, Kind.WEAK: 0.45, Kind.TITLE: 0.7, Kind.START: 1.0, Kind.ACRONYM: 1.0}
#: More words of context say more: a cue of two words or more.
_PHRASE = 1.3
#: What repeating a cue adds, times the log of its number.
_REPEAT = 0.5
#: Raw score that `squash` maps to 1 - 1/e.
SQUASH = 3.3
#: Words, pairs and pieces (500 are some forty words) under which a fitted model, where no cue agrees, is believed less.
TRUSTED = 500
#: Evidence shown for one tag.
_SHOWN = 3


@dataclass
class Reading:
    """What the components share about one text."""

    source: TextToTag
    automaton: CueAutomaton
    _hits: dict[Owner, list[Hit]] | None = field(default=None, init=False)

    @cached_property
    def title(self) -> Field:
        """The title."""
        return Field("title", self.source.title[:LONGEST_TEXT])

    @cached_property
    def body(self) -> Field:
        """The text, cut where reading on would say nothing more."""
        return Field("text", self.source.text[:LONGEST_TEXT])

    @cached_property
    def lang(self) -> str:
        """ISO 639-1 code, the source's own as prior."""
        return detect(f"{self.title.singular.folded.text} {self.body.singular.folded.text}", self.source.lang)

    @cached_property
    def hits(self) -> dict[Owner, list[Hit]]:
        """Every cue met, by term, the title's first."""
        english = self.lang == "en"
        found = self.automaton.find(self.title, english=english)
        for owner, hits in self.automaton.find(self.body, english=english).items():
            found.setdefault(owner, []).extend(hits)
        return found

    @cached_property
    def found(self) -> Features:
        """What the fitted models read."""
        return features(self.title.singular.folded.text, self.body.singular.folded.text)

    def hides(self, owner: Owner) -> bool:
        """Tell whether the text has words that say what a term is not (« tissu économique »)."""
        assert self.hits is not None  # searches both fields
        return owner in self.title.hidden or owner in self.body.hidden

    def of(self, scheme: Scheme) -> Iterator[tuple[str, list[Hit]]]:
        """Yield (term, hits) of one scheme."""
        return ((term, hits) for (kind, term), hits in self.hits.items() if kind is scheme)

    def evidence(self, hits: list[Hit]) -> tuple[Evidence, ...]:
        """Quote the strongest distinct words."""
        if len(hits) == 1:
            return ((self.title if hits[0].where == "title" else self.body).evidence(hits[0]),)
        shown: dict[str, Hit] = {}
        for hit in sorted(hits, key=lambda one: (-hit_weight(one), one.where == "text", one.start)):
            shown.setdefault(hit.cue, hit)
        return tuple(
            (self.title if hit.where == "title" else self.body).evidence(hit) for hit in list(shown.values())[:_SHOWN]
        )


def hit_weight(hit: Hit) -> float:
    """Return what one hit is worth: its place, its kind, its length in words."""
    place = TITLE_WEIGHT if hit.where == "title" else LEAD_WEIGHT if hit.start < LEAD else BODY_WEIGHT
    return place * _KIND_WEIGHT[hit.kind] * (_PHRASE if " " in hit.cue else 1.0)


def raw_score(hits: list[Hit]) -> float:
    """Sum distinct cues at their best place; repeats add little."""
    if len(hits) == 1:
        return hit_weight(hits[0])
    best: dict[str, float] = {}
    count: dict[str, int] = {}
    for hit in hits:
        weight = hit_weight(hit)
        best[hit.cue] = max(best.get(hit.cue, 0.0), weight)
        count[hit.cue] = count.get(hit.cue, 0) + 1
    return sum(weight * (1 + _REPEAT * log(count[cue]) / 3) for cue, weight in best.items())


def squash(raw: float) -> float:
    """Map a raw score to 0–1: 3 (one cue in a title) gives about 0.6."""
    return round(1 - exp(-raw / SQUASH), 3)
