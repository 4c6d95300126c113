"""Themes and audiences (any number), and the horizon that the main type gives."""

from collections.abc import Sequence

from veille.config.taxonomy import Taxonomy
from veille.model import Evidence, Origin, Scheme, Tag
from veille.nlp.cues import Field
from veille.nlp.facts.stated import publics_of
from veille.nlp.reading import Reading, raw_score, squash

#: A theme asks for a cue in the lead or two in the text.
THEME_FLOOR = 1.4
#: An audience named once is an audience.
AUDIENCE_FLOOR = 0.9


def themes(reading: Reading) -> tuple[Tag, ...]:
    """Return the themes, best first."""
    return _ranked(reading, Scheme.THEME, THEME_FLOOR)


def audiences(reading: Reading) -> tuple[Tag, ...]:
    """Return whom the text addresses, best first: those that the source states, then those that it names."""
    stated = _stated_audiences(reading)
    known = {tag.term for tag in stated}
    return (*stated, *(tag for tag in _ranked(reading, Scheme.AUDIENCE, AUDIENCE_FLOOR) if tag.term not in known))


def _stated_audiences(reading: Reading) -> tuple[Tag, ...]:
    """Return the audiences that a field of the source lists, in its order."""
    found: dict[str, Tag] = {}
    for said in reading.source.facts.audiences:
        evidence = (Evidence(text=said, where="audiences"),)
        for term in _audiences_named(reading, said) or _audiences_named(reading, publics_of(said)):
            tag = Tag(scheme=Scheme.AUDIENCE, term=term, score=1.0, origin=Origin.FACT, evidence=evidence)
            found.setdefault(term, tag)
    return tuple(found.values())


def _audiences_named(reading: Reading, said: str) -> list[str]:
    found = reading.automaton.find(Field("audiences", said), english=reading.lang == "en")
    return [term for (scheme, term), hits in found.items() if scheme is Scheme.AUDIENCE and hits]


def horizon(types: Sequence[Tag], taxonomy: Taxonomy) -> tuple[Tag, ...]:
    """Return the horizon of the main type."""
    for tag in types[:1]:
        slug = taxonomy.of(Scheme.TYPE)[tag.term].horizon
        if slug:
            return (Tag(scheme=Scheme.HORIZON, term=slug, score=tag.score, origin=tag.origin, evidence=tag.evidence),)
    return ()


def _ranked(reading: Reading, scheme: Scheme, floor: float) -> tuple[Tag, ...]:
    scored = [(raw_score(hits), term, hits) for term, hits in reading.of(scheme)]
    return tuple(
        Tag(scheme=scheme, term=term, score=squash(raw), origin=Origin.CUE, evidence=reading.evidence(hits))
        for raw, term, hits in sorted(scored, key=lambda one: (-one[0], one[1]))
        if raw >= floor
    )
