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
from veille.matching.usefulness import expected, usefulness, weights
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
        followed = useful.followed(profile)
        own = self._concerned(profile, followed)
        hope = expected(
            useful.of(profile) + weights().parts["ruled"] * own + weights().parts["eligible"] * sheet.asking
        )
        suits = (hope >= BAR) | followed | sheet.about(profile.axes)
        rows = np.flatnonzero(self._reached(profile, followed, own) & suits)
        most = hope[rows] * sheet.factor[rows] + _ROUNDING
        order = np.lexsort((sheet.ids[rows], -most))
        return list(map(Candidate, sheet.ids[rows][order].tolist(), most[order].tolist()))

    def _concerned(self, profile: Profile, followed: Flags) -> Flags:
        """Tell which items rules of words may make the member's business."""
        useful = usefulness(self._context)
        sheet = useful.sheet
        own = useful.spoken(profile) | followed | sheet.about(profile.axes)
        own |= sheet.fields.about(profile.fields | profile.markets) | sheet.aims.about(profile.aims)
        near = sheet.in_sectors(profile.member.sectors)
        own |= near & (sheet.aimed_at(profile.countries) | sheet.addressing)
        return own | (sheet.open_to(profile.sizes) & (sheet.for_all | near))

    def _reached(self, profile: Profile, followed: Flags, own: Flags) -> Flags:
        """Tell which items no gate on day, size, place, trade or noise refuses for sure."""
        sheet = usefulness(self._context).sheet
        close = sheet.anywhere | sheet.aimed_at(profile.chain) | sheet.aimed_at(profile.countries) | followed
        close |= sheet.readable | sheet.naming_home(profile.chain) | ((sheet.telling | sheet.french_tender) & own)
        close |= sheet.within(profile.region) & ~sheet.local_money
        if not profile.chain:
            close[:] = True
        buys = sheet.tender & (profile.member.size == "collectivite")
        barred = sheet.barred(profile.member.size) | sheet.barred_at(profile.chain)
        if profile.member.staff is not None:
            barred &= ~sheet.counting  # a size was asked about without its staff
        foreign = (sheet.tender | (sheet.english & ~sheet.in_sectors(profile.member.sectors))) & ~own
        return close & ~sheet.dead & ~barred & ~buys & ~foreign & (~sheet.noise | followed)
