"""Which words of a profile an item speaks of, and how much that says (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from veille.matching.context import FOR_ALL, MatchContext, View
from veille.matching.lazily import lazily
from veille.matching.profile import CODED, KIND_WEIGHT, Profile, Segment
from veille.matching.words import cognate, generic_stems, is_expression

#: Two words of one expression may have one other content word between them (« essais de tenue au feu »).
GAP = 2
#: Calibrated on the open half of tests/data/judgements: a title says what the item is about.
IN_TITLE = 1.4
PHRASE = 1.2
LOOSE = 0.8
#: A word of the same line further on in the first lines; how many content words these have.
SPREAD, LEAD = 0.5, 60
#: Types that may be for a whole filière: its name in their title is enough for whoever has no other words.
_FOR_A_FILIERE = FOR_ALL | {"financement-capital", "reglementation", "evenement"}
#: A word of trade talk beside one that says the trade.
GENERIC = 0.35
#: One word alone: all that a line names; the head of an expression; what is left of it beside trade talk; a word in it.
_WHOLE, _HEAD, _PART, _INNER = 1.0, 0.55, 0.45, 0.3
#: A word that several lines of the profile repeat is what the member does.
_REPEATED = 0.15
#: What each further word of the profile counts beside the one before.
FADING = 0.65
#: A second line that says the same words again.
ECHO = 0.2


@dataclass(frozen=True)
class Run:
    """A stretch of an item made of one segment's words."""

    first: int
    last: int
    terms: frozenset[str]
    #: Other words stand in between.
    loose: bool


@dataclass(frozen=True)
class Hit:
    """Words that stand in a profile line and in an item; what is printed is looked up only when asked."""

    segment: Segment
    run: Run
    view: View
    #: Terms that say something of the trade.
    specific: frozenset[str]
    #: The word that says what the line is about is there, not only one that narrows it or names the filière.
    central: bool
    strength: float
    #: The other words of its line stand further on in the lead, the title among them.
    spread: bool = False

    @property
    def kind(self) -> str:
        """Which line of the profile."""
        return self.segment.kind

    @property
    def terms(self) -> frozenset[str]:
        """Every stem in common."""
        return self.run.terms

    @property
    def in_title(self) -> bool:
        """Whether it stands in the item's title."""
        return self.run.first < self.view.title

    @property
    def phrase(self) -> bool:
        """More than one word, one of them of the trade; an expression of a family is several."""
        several = len(self.run.terms) > 1 or (self.run.last > self.run.first and any(map(is_expression, self.specific)))
        return several and bool(self.specific)

    @property
    def complete(self) -> bool:
        """Every word of the line is there."""
        return self.run.terms == self.segment.terms

    @property
    def whole(self) -> bool:
        """Everything of the trade that the line names is there."""
        return self.specific.issuperset(self.segment.specific)

    @lazily
    def said(self) -> str:
        """As the profile prints them."""
        return self.segment.words.quote(*self._block)

    @lazily
    def found(self) -> str:
        """As the item prints them: the shortest stretch that has them all."""
        first, last = self._block
        wanted = set(self.segment.stems[first : last + 1])
        places = [place for place in range(self.run.first, self.run.last + 1) if self.view.stems[place] in wanted]
        stretches = ((start, self._reach(start, wanted)) for start in places)
        whole = [(end - start, start, end) for start, end in stretches if end is not None]
        _, start, end = min(whole)
        return self.view.quote(expression_end(self.view, start, -1), expression_end(self.view, end, 1))

    def _reach(self, start: int, wanted: set[str]) -> int | None:
        """Return where all the wanted words have been met, from `start` on."""
        missing = set(wanted)
        for place in range(start, self.run.last + 1):
            missing.discard(self.view.stems[place])
            if not missing:
                return place
        return None

    @lazily
    def _block(self) -> tuple[int, int]:
        """The stretch of the profile line that the run holds whole: most words of the trade, then the longest."""
        blocks: list[tuple[int, int]] = []
        for place, term in enumerate(self.segment.stems):
            if term not in self.run.terms:
                continue
            if blocks and blocks[-1][1] == place - 1:
                blocks[-1] = (blocks[-1][0], place)
            else:
                blocks.append((place, place))
        return max(blocks, key=lambda block: (self._specific_in(*block), block[1] - block[0]))

    def _specific_in(self, first: int, last: int) -> int:
        return len(self.specific.intersection(self.segment.stems[first : last + 1]))


def expression_end(view: View, place: int, step: int) -> int:
    """Return where the expression of a family that has a place ends one way; every word of it has the same stem."""
    while 0 <= place + step < len(view.stems) and view.stems[place + step] == view.stems[place]:
        if not is_expression(view.stems[place]):
            break
        place += step
    return place


def find_hits(profile: Profile, view: View, context: MatchContext) -> list[Hit]:
    """Return the best hit of each profile line, strongest first."""
    shown = _cognate_view(profile, view) if view.english else view
    if shown.terms.isdisjoint(profile.terms):
        return []
    hits = [hit for segment in profile.segments if (hit := _best(segment, profile, shown, context))]
    return sorted(hits, key=lambda hit: -hit.strength)


def topicality(hits: Sequence[Hit]) -> float:
    """Sum the strengths, each new one counting less than the one before: one exact need beats four ordinary words."""
    total, weight = 0.0, 1.0
    used: set[str] = set()
    for hit in hits:
        if hit.terms <= used:
            total += hit.strength * weight * ECHO
        else:
            total += hit.strength * weight
            weight *= FADING
        used |= hit.terms
    return total


def _cognate_view(profile: Profile, view: View) -> View:
    """Bring learned English words to the profile's own where their first letters agree."""
    unknown = view.terms - profile.terms.keys()
    brought = {term: known for term in unknown if (known := profile.cognates.get(cognate(term)))}
    return replace(view, stems=tuple(brought.get(term, term) for term in view.stems)) if brought else view


def _best(segment: Segment, profile: Profile, view: View, context: MatchContext) -> Hit | None:
    wanted = view.terms & segment.terms
    # Trade talk says something only as a whole expression.
    if not wanted or (wanted.isdisjoint(segment.trade) and not wanted.issuperset(segment.terms)):
        return None
    if len(wanted) == 1 and not segment.talk and not any(map(is_expression, wanted)):
        # One word says no more the second time: its first place is in the title, if any is.
        (term,) = wanted
        place = view.positions[term][0]
        only = _hit(Run(place, place, wanted, loose=False), segment, profile, view, context)
        return _completed(only, context) if only.strength > 0 else None
    best: Hit | None = None
    known: set[tuple[frozenset[str], bool, bool]] = set()
    for run in _runs(wanted, view):
        # A long text says the same again and again: only what differs in kind can be stronger.
        shape = (run.terms, run.loose, run.first < view.title)
        if shape not in known:
            known.add(shape)
            hit = _hit(run, segment, profile, view, context)
            if hit.strength > (best.strength if best else 0.0):
                best = hit
    return best and _completed(best, context)


def _completed(hit: Hit, context: MatchContext) -> Hit:
    """Add what the other words of the trade say where the first lines have them all (« PFAS : les moules »)."""
    missing = hit.segment.trade - hit.specific
    if not missing or not hit.specific or not missing <= hit.view.terms:
        return hit
    places = [hit.run.first, *(hit.view.positions[term][0] for term in missing)]
    if min(places) >= hit.view.title or max(places) >= hit.view.title + LEAD:
        return hit
    more = SPREAD * sum(weight(term, context) for term in missing) * KIND_WEIGHT[hit.segment.kind]
    return replace(hit, central=True, spread=True, strength=hit.strength + more)


def _runs(wanted: frozenset[str], view: View) -> Iterator[Run]:
    """Yield the stretches where wanted words stand close together, on one side of the wall."""
    places = sorted(place for term in wanted for place in view.positions[term])
    start = 0
    for index, place in enumerate(places):
        following = places[index + 1] if index + 1 < len(places) else None
        if following is None or following - place > GAP or place < view.title <= following:
            stretch = places[start : index + 1]
            terms = frozenset(view.stems[one] for one in stretch)
            yield Run(stretch[0], stretch[-1], terms, loose=stretch[-1] - stretch[0] >= len(stretch))
            start = index + 1


def _hit(run: Run, segment: Segment, profile: Profile, view: View, context: MatchContext) -> Hit:
    specific = run.terms & segment.trade
    if len(run.terms) > 1 and len(specific) == 1 and (run.loose or not _in_order(run, segment, view)):
        # Trade talk at a distance or the other way round is chance: « capteurs miniaturisés pour une qualité … ».
        place = next(place for place in range(run.first, run.last + 1) if view.stems[place] in specific)
        run = Run(place, place, specific, loose=False)
    if segment.talk and (run.loose or len(run.terms) < len(segment.specific) or run.first >= view.title):
        # « usines pilotes »: a line of trade talk alone is met in a title, word for word, or not at all.
        specific = frozenset()
    strength = _strength(run, segment, specific, profile, context) * KIND_WEIGHT[segment.kind]
    for_a_filiere = view.kind.id in _FOR_A_FILIERE
    central = segment.centre in specific and (
        len(run.terms) > 1 or says_line(segment, profile, for_a_filiere=for_a_filiere)
    )
    return Hit(segment, run, view, specific, central, strength * (IN_TITLE if run.first < view.title else 1.0))


def says_line(segment: Segment, profile: Profile, *, for_a_filiere: bool) -> bool:
    """Tell whether the first word of the trade says alone what a line is about; never less for a type for a filière.

    « Télérelève des compteurs » is about it; « remplacer les PFAS de nos moules » takes both words.
    """
    if segment.acts_on and segment.centre == segment.stems[0]:
        return False  # « recyclage de textiles »: the recycling of anything else is another trade
    led = segment.stems[0] == segment.centre or len(segment.specific) == 1
    if segment.kind in CODED and for_a_filiere:
        return led
    return led and segment.centre not in profile.filiere


def _in_order(run: Run, segment: Segment, view: View) -> bool:
    """Tell whether the item has the words in the profile's order; English puts them the other way round."""
    places = [segment.stems.index(term) for term in view.stems[run.first : run.last + 1] if term in run.terms]
    return view.english or places == sorted(places)


def _strength(run: Run, segment: Segment, specific: frozenset[str], profile: Profile, context: MatchContext) -> float:
    if not specific:
        # « collectivité pilote »: trade talk counts only as a whole expression, and little.
        return GENERIC if len(run.terms) > 1 and run.terms.issuperset(segment.terms) else 0.0
    if len(run.terms) > 1:
        return sum(weight(term, context) for term in run.terms) * PHRASE * (LOOSE if run.loose else 1.0)
    (term,) = specific
    return alone(term, segment, profile, context)


def weight(term: str, context: MatchContext) -> float:
    """Return what a word says in an expression."""
    return context.rarity(term) * (GENERIC if term in generic_stems() else 1.0)


def alone(term: str, segment: Segment, profile: Profile, context: MatchContext) -> float:
    """Return what a word of the trade says by itself."""
    if term in generic_stems():
        return 0.0
    passing = term in profile.filiere and segment.kind not in CODED
    share = _WHOLE if is_expression(term) else _INNER if passing else _share(term, segment)
    return context.rarity(term) * share * (1.0 + _REPEATED * (profile.terms[term] - 1))


def _share(term: str, segment: Segment) -> float:
    """Return how much of a profile line one of its words says."""
    if segment.terms == {term}:
        return _WHOLE
    if segment.stems[0] == term:
        return _HEAD
    return _PART if segment.centre == term else _INNER
