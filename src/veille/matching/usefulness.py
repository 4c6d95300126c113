"""How useful items are to a member: parts that are measured, weighed as judged bulletins taught (numpy).

A part is a number of every item before a member: how near its title is to what the member needs, whether its money
goes to where the member is. Weights are a logistic regression on items graded 0 to 3 by people who saw no rule of
ours (`pipelines/relevance`); their sum, brought between 0 and 1, is what a reader may expect of an item: 0.25 is
tolerable, 0.8 useful, 1 what one is thankful for.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from veille.config.instance import shipped
from veille.errors import ConfigError
from veille.matching.case import Case
from veille.matching.context import MatchContext, View
from veille.matching.names import followed_name
from veille.matching.nearness import Likeness, Nearness
from veille.matching.postings import Postings, Standing
from veille.matching.professions import ProfessionParts, code_of, profession_of
from veille.matching.profile import Profile
from veille.matching.sheet import Sheet
from veille.matching.trades import trade_of
from veille.matching.words import cognate, generic_stems, is_expression, lexicons
from veille.model import Verdict
from veille.related import find_related

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: Kind of line → how near the nearest of them is, (title, opening) × items; None where they have no word.
Near = Mapping[str, NDArray[np.float32] | None]
#: Below a definitions folder.
WEIGHTS = Path("pipelines") / "relevance" / "fitted" / "weights.json"
#: Changes with what the parts mean.
RECIPE = 2
_CURE = "réinstallez veille, ou refaites-le par « make relevance »"
#: Lines of a profile that say what a member is.
_OWN = ("activity", "skill", "naf", "name")
#: Parts judged one pair at a time, never below 0: what is weighed for all items at once leaves them out.
JUDGED = ("ruled", "eligible")
#: What a word of the trade counts at least: where every source is of the trade, its words stand everywhere.
_COMMON = 0.5
#: How fast more of the same stops adding.
_TALK = 1.3
#: Parts that say what an item is about, beside nearness; the others say where, of what kind, to whom.
_ABOUT = frozenset({"words-title", "words-lead", "trade", "market", "aim"})
_NEAR = "near-"
#: Whether nothing is known of a member's code: what a code would have said on average.
UNCODED = "uncoded"


@dataclass(frozen=True)
class Weights:
    """What each part of a score weighs, by name, in log-odds."""

    parts: Mapping[str, float]
    start: float


@cache
def weights() -> Weights:
    """Return the weights that ship with the program; raises ConfigError with its cure where they cannot be read."""
    path = shipped() / WEIGHTS
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        found = Weights({str(name): float(one) for name, one in read["parts"].items()}, float(read["start"]))
        recipe = int(read["recipe"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError("poids de la pertinence illisibles", file=path, cure=_CURE) from error
    if recipe != RECIPE or not all(map(math.isfinite, (*found.parts.values(), found.start))):
        raise ConfigError("poids de la pertinence d'une autre version", file=path, cure=_CURE)
    return found


def fingerprint() -> str:
    """Return what changes with the files that scores are read from; raises ConfigError where one is missing."""
    read = [path.read_bytes() for path in (shipped() / WEIGHTS, find_related([shipped()]))]
    return " ".join(sha256(one).hexdigest()[:16] for one in (*read, *lexicons()))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What is weighed of all items before one member, by row."""

    profile: Profile
    odds: Floats
    about: Floats
    near: Near


class Usefulness:
    """All items of a context by row, ready for any profile."""

    def __init__(self, context: MatchContext) -> None:
        self._context = context
        self.sheet = Sheet(context)
        self._near, self._postings = Nearness(self.sheet.views), Postings(self.sheet.views)
        self._professions = ProfessionParts(self._postings, context.rarity)
        self._rows = {view.item.id: row for row, view in enumerate(self.sheet.views)}
        self._by_code: dict[str | None, Floats] = {}
        self._last: _Weighed | None = None

    def row(self, view: View) -> int:
        """Return the row of an item of the context."""
        return self._rows[view.item.id]

    def of(self, profile: Profile) -> Floats:
        """Return by row what a member may expect of each item, in log-odds, by all parts but those `JUDGED`."""
        return self._weighed(profile).odds

    def about(self, profile: Profile) -> Floats:
        """Return by row how much of that comes of what an item is about, not of where it is or for whom.

        Where it is little, what is near is no more this member's business than anybody's.
        """
        return self._weighed(profile).about

    def nearest(self, lines: Iterable[str], view: View) -> Likeness:
        """Return how near the nearest of some lines is to an item, and by which words."""
        return self._near.nearest(lines, self.row(view))

    def near(self, profile: Profile, view: View) -> dict[str, float]:
        """Return how near the nearest line of each kind is to an item's title or opening, whichever is nearer."""
        row, near = self.row(view), self._weighed(profile).near
        return {kind: 0.0 if both is None else float(both[:, row].max()) for kind, both in near.items()}

    def _weighed(self, profile: Profile) -> _Weighed:
        last = self._last
        if last is None or last.profile is not profile:
            about = self._of_code(code_of(profile.member)).copy()
            total = self._same_for_all + about
            near = self._near_of(profile)
            for name, column in self._own(profile, near):
                added = weights().parts[name] * column
                total += added
                if name in _ABOUT or name.startswith(_NEAR):
                    about += added
            self._last = last = _Weighed(profile, total, about, near)
        return last

    def _of_code(self, naf: str | None) -> Floats:
        """Return what a code says of each item, once for all members who bear it."""
        if naf not in self._by_code:
            weighed = (weights().parts[name] * column for name, column in self._professions.parts(naf))
            self._by_code[naf] = sum(weighed, np.zeros(len(self.sheet.views)))
        return self._by_code[naf]

    @cached_property
    def _same_for_all(self) -> Floats:
        # A type of a cluster's own taxonomy was never judged: it weighs nothing.
        constant = (weights().parts.get(name, 0.0) * column for name, column in self.sheet.constant.items())
        return sum(constant, np.full(len(self.sheet.views), weights().start))

    def told(self, profile: Profile, row: int) -> dict[str, float]:
        """Return what each part adds to one item's log-odds, the largest first; parts that add nothing are left out."""
        found = {
            name: weights().parts.get(name, 0.0) * float(np.asarray(one)[row]) for name, one in self.parts(profile)
        }
        return {name: one for name, one in sorted(found.items(), key=lambda one: -abs(one[1])) if one}

    def parts(self, profile: Profile) -> Iterator[tuple[str, Floats]]:
        """Yield the parts of a score by name: one number an item."""
        yield from self.sheet.constant.items()
        yield from self._own(profile, self._near_of(profile))
        yield from self._professions.parts(code_of(profile.member))

    def _own(self, profile: Profile, near: Near) -> Iterator[tuple[str, Floats]]:
        """Yield the parts that ask something of the member."""
        yield from self._nearness(near)
        yield from self._words(profile)
        yield from self._trades(profile)
        yield from self._places(profile)
        sheet = self.sheet
        yield "same-sector", sheet.in_sectors(profile.member.sectors).astype(float)
        yield "size-named", sheet.open_to(profile.sizes).astype(float)
        yield "followed", self.followed(profile).astype(float)
        yield "axis", sheet.about(profile.axes).astype(float)
        yield "terse", np.full(len(sheet.views), float(profile.terse))
        yield UNCODED, np.full(len(sheet.views), float(not any(profession_of(code_of(profile.member)).values())))

    def _near_of(self, profile: Profile) -> Near:
        return {kind: self._near.of(lines) for kind, lines in lines_of(profile).items()}

    def _nearness(self, near: Near) -> Iterator[tuple[str, Floats]]:
        none = np.zeros((2, len(self.sheet.views)))
        own = [both for kind in _OWN if (both := near[kind]) is not None]
        best = np.maximum.reduce(own) if own else None
        for kind, both in (*near.items(), ("best", best)):
            title, opening = none if both is None else both
            yield f"near-{kind}-title", title.astype(float)
            yield f"near-{kind}-opening", opening.astype(float)

    def _words(self, profile: Profile) -> Iterator[tuple[str, Floats]]:
        terms = {term for segment in profile.segments for term in segment.terms} - generic_stems()
        title, lead = (np.zeros(len(self.sheet.views)) for _ in range(2))
        for term in terms:
            rarity, where = max(_COMMON, self._context.rarity(term)), self._where(term, profile)
            title[where.title] += rarity
            lead[where.lead] += rarity
        yield "words-title", np.tanh(title)
        yield "words-lead", np.tanh(lead / 2)

    def _trades(self, profile: Profile) -> Iterator[tuple[str, Floats]]:
        sheet = self.sheet
        yield "trade", _saturated(sheet.fields.most(profile.fields))
        yield "market", _saturated(sheet.fields.most(profile.markets))
        yield "other-trade", _saturated(sheet.fields.beside(profile.fields | profile.markets))
        yield "aim", _saturated(sheet.aims.most(profile.aims))

    def _places(self, profile: Profile) -> Iterator[tuple[str, Floats]]:
        sheet = self.sheet
        yield "home", sheet.home_of(profile.chain).astype(float)
        yield "region", sheet.within(profile.region).astype(float)
        yield "country", sheet.aimed_at(profile.countries).astype(float)
        yield "at-hand", sheet.at_hand(profile.chain).astype(float)

    def spoken(self, profile: Profile) -> Flags:
        """Tell which items may speak of a line: a word of it in the first lines, an expression or two words below."""
        found = np.zeros(len(self.sheet.views), bool)
        for segment in profile.segments:
            words = np.zeros(len(found), np.int32)
            for term in segment.terms:
                where = self._where(term, profile)
                words[where.text] += 2 if is_expression(term) else 1
                if term in segment.trade:
                    found[where.lead] = True
            found |= words > 1
        return found

    def _where(self, term: str, profile: Profile) -> Standing:
        return self._postings.where(term, cognate=profile.cognates.get(cognate(term)) == term)

    def followed(self, profile: Profile) -> Flags:
        """Tell which items name a followed name."""
        found = np.zeros(len(self.sheet.views), bool)
        for name in profile.member.follows:
            for row in self._postings.naming(name):
                found[row] |= followed_name(profile.member, self.sheet.views[row], self._context) is not None
        return found


def usefulness(context: MatchContext) -> Usefulness:
    """Return what scores all items of a context, made once."""
    return context.kept(Usefulness)


def expected(odds: Floats) -> Floats:
    """Return what may be expected, 0 to 1, at these log-odds."""
    share: Floats = 1 / (1 + np.exp(-odds))
    return share


def judged(case: Case) -> dict[str, float]:
    """Return the parts of a score that are judged one by one, 0 or 1 each, by name (`JUDGED`)."""
    eligible = case.eligibility is not None and case.eligibility.verdict is Verdict.YES
    return {"ruled": float(case.concerned), "eligible": float(eligible)}


def lines_of(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Return the lines of a profile whose nearness counts, by kind."""
    member = profile.member
    return {
        "activity": member.activity,
        "need": member.needs,
        "skill": member.skills,
        "naf": trade_of(member.naf),
        "name": (member.organisation,),
    }


def _saturated(told: Floats) -> Floats:
    found: Floats = 1 - np.exp(-told / _TALK)
    return found
