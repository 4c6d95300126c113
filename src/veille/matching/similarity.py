"""Which words of a profile an item speaks of, and how much that says (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from veille.matching.context import MatchContext, View
from veille.matching.profile import KIND_WEIGHT, Profile, Segment
from veille.matching.words import COGNATE, generic_stems

#: Two words of one expression may have one other content word between them (« essais de tenue au feu »).
_GAP = 2
#: Calibrated on the open half of tests/data/judgements: a title says what the item is about.
_IN_TITLE = 1.4
_PHRASE = 1.2
_LOOSE = 0.8
#: A word of trade talk beside one that says the trade.
_GENERIC = 0.35
#: The whole of what a line names; the head of the expression; a word further in it.
_WHOLE, _HEAD, _INNER = 1.0, 0.75, 0.4
#: A word that several lines of the profile repeat is what the member does.
_REPEATED = 0.15
#: A second line that says the same words again.
_ECHO = 0.2


@dataclass(frozen=True)
class Hit:
    """Words that stand in a profile line and in an item."""

    kind: str
    #: As the profile prints them.
    said: str
    #: As the item prints them.
    found: str
    in_title: bool
    terms: frozenset[str]
    #: Terms that say something of the trade.
    specific: frozenset[str]
    #: The word that says what the line is about is there, not only one that narrows it.
    central: bool
    #: Everything of the trade that its profile line names is there.
    whole: bool
    strength: float

    @property
    def phrase(self) -> bool:
        """More than one word, one of them of the trade."""
        return len(self.terms) > 1 and bool(self.specific)


@dataclass(frozen=True)
class Run:
    """A stretch of an item made of one segment's words."""

    first: int
    last: int
    terms: frozenset[str]
    #: Other words stand in between.
    loose: bool


def find_hits(profile: Profile, view: View, context: MatchContext) -> list[Hit]:
    """Return the best hit of each profile line, strongest first."""
    shown = _cognate_view(profile, view) if view.english else view
    if shown.terms.isdisjoint(profile.terms):
        return []
    hits = [hit for segment in profile.segments if (hit := _best(segment, profile, shown, context))]
    return sorted(hits, key=lambda hit: -hit.strength)


def topicality(hits: Sequence[Hit]) -> float:
    """Sum the strengths, counting words that an earlier hit already gave only as an echo."""
    total = 0.0
    used: set[str] = set()
    for hit in hits:
        total += hit.strength * (1.0 if hit.terms - used else _ECHO)
        used |= hit.terms
    return total


def _cognate_view(profile: Profile, view: View) -> View:
    """Bring learned English words to the profile's own where their first letters agree."""
    brought = tuple(
        term if term in profile.terms else profile.cognates.get(term[:COGNATE], term) for term in view.stems
    )
    return View(view.item, view.kind, brought, view.title, view.sectors, view.places)


def _best(segment: Segment, profile: Profile, view: View, context: MatchContext) -> Hit | None:
    wanted = view.terms.intersection(segment.stems)
    if not wanted:
        return None
    hits = (_hit(run, segment, profile, view, context) for run in _runs(wanted, view))
    return max((hit for hit in hits if hit.strength > 0), key=lambda hit: hit.strength, default=None)


def _runs(wanted: frozenset[str], view: View) -> Iterator[Run]:
    """Yield the stretches where wanted words stand close together, on one side of the wall."""
    places = sorted(place for term in wanted for place in view.positions[term])
    start = 0
    for index, place in enumerate(places):
        following = places[index + 1] if index + 1 < len(places) else None
        if following is None or following - place > _GAP or place < view.title <= following:
            stretch = places[start : index + 1]
            terms = frozenset(view.stems[one] for one in stretch)
            yield Run(stretch[0], stretch[-1], terms, loose=stretch[-1] - stretch[0] >= len(stretch))
            start = index + 1


def _hit(run: Run, segment: Segment, profile: Profile, view: View, context: MatchContext) -> Hit:
    specific = frozenset(run.terms.intersection(segment.specific))
    in_title = run.first < view.title
    strength = _strength(run, segment, specific, profile, context) * KIND_WEIGHT[segment.kind]
    first, last = _block(segment, run, specific)
    shown = set(segment.stems[first : last + 1])
    places = [place for place in range(run.first, run.last + 1) if view.stems[place] in shown]
    return Hit(
        kind=segment.kind,
        said=segment.words.quote(first, last),
        found=view.quote(places[0], places[-1] if last > first else places[0]),
        in_title=in_title,
        terms=run.terms,
        specific=specific,
        central=bool(segment.specific) and segment.specific[0] in specific,
        whole=specific.issuperset(segment.specific),
        strength=strength * (_IN_TITLE if in_title else 1.0),
    )


def _block(segment: Segment, run: Run, specific: frozenset[str]) -> tuple[int, int]:
    """Return the stretch of the profile line that the run holds whole: most words of the trade, then the longest."""
    blocks: list[tuple[int, int]] = []
    for place, term in enumerate(segment.stems):
        if term not in run.terms:
            continue
        if blocks and blocks[-1][1] == place - 1:
            blocks[-1] = (blocks[-1][0], place)
        else:
            blocks.append((place, place))
    return max(
        blocks,
        key=lambda block: (len(specific.intersection(segment.stems[block[0] : block[1] + 1])), block[1] - block[0]),
    )


def _strength(run: Run, segment: Segment, specific: frozenset[str], profile: Profile, context: MatchContext) -> float:
    generic = generic_stems()
    if not specific:
        # « collectivité pilote »: trade talk counts only as a whole expression, and little.
        return _GENERIC if len(run.terms) > 1 and run.terms.issuperset(segment.stems) else 0.0
    if run.loose and len(specific) < 2:  # noqa: PLR2004 - trade talk at a distance is chance
        return _single(next(iter(specific)), segment, profile, context)
    weights = [context.rarity(term) * (_GENERIC if term in generic else 1.0) for term in run.terms]
    if len(run.terms) > 1:
        return sum(weights) * _PHRASE * (_LOOSE if run.loose else 1.0)
    return _single(next(iter(specific)), segment, profile, context)


def _single(term: str, segment: Segment, profile: Profile, context: MatchContext) -> float:
    share = _HEAD if segment.specific[0] == term else _INNER
    if segment.specific == (term,):
        share = _WHOLE
    return context.rarity(term) * share * (1.0 + _REPEATED * (profile.terms[term] - 1))
