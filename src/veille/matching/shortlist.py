"""A first look at all items at once: which ones may pass for a member, and what each scores (numpy).

`match` judges one item for one member, with its reasons: ten million pairs would take minutes. Here all items are
scored together, by the same parts and weights, and only gates are taken at their loosest: nothing that `match` lets
through is left out and no score is above what was promised, so whoever judges the candidates in order may stop once
what is promised is below what was found.
"""

from collections.abc import Sequence

import numpy as np

from veille.matching.context import MatchContext
from veille.matching.profile import Profile
from veille.matching.relevance import BAR, match
from veille.matching.sheet import Flags
from veille.matching.usefulness import expected, usefulness
from veille.model import Item, Match, Member
from veille.protocols import Candidate

#: A score is rounded to four digits.
_ROUNDING = 1e-4


class Judge:
    """Judges items for members: one exactly (`match`), or all at a first look."""

    def __init__(self, context: MatchContext) -> None:
        self._context = context

    def __call__(self, item: Item, member: Member) -> Match:
        """Judge one item for one member."""
        return match(item, member, self._context)

    def candidates(self, member: Member) -> Sequence[Candidate]:
        """Return every prepared item that may pass for a member, the highest promise first; ties by item id."""
        profile, useful = self._context.profile(member), usefulness(self._context)
        sheet = useful.sheet
        if not sheet.views:
            return []
        hope, followed = expected(useful.of(profile)), useful.followed(profile)
        rows = np.flatnonzero(self._reached(profile, followed) & ((hope >= BAR) | followed | sheet.about(profile.axes)))
        most = hope[rows] * sheet.factor[rows] + _ROUNDING
        order = np.lexsort((sheet.ids[rows], -most))
        return list(map(Candidate, sheet.ids[rows][order].tolist(), most[order].tolist()))

    def _reached(self, profile: Profile, followed: Flags) -> Flags:
        """Tell which items no gate on day, size, place or noise refuses for sure."""
        sheet = usefulness(self._context).sheet
        close = sheet.anywhere | sheet.aimed_at(profile.chain) | sheet.aimed_at(profile.countries) | followed
        close |= sheet.readable | sheet.naming_home(profile.chain) | sheet.telling | sheet.french_tender
        close |= sheet.within(profile.region) & ~sheet.local_money
        if not profile.chain:
            close[:] = True
        buys = sheet.tender & (profile.member.size == "collectivite")
        barred = sheet.barred(profile.member.size) | sheet.barred_at(profile.chain)
        return close & ~sheet.dead & ~barred & ~buys & (~sheet.noise | followed)
