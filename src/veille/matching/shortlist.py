"""A first look at all items at once: which ones may pass for a member, and the most that each can score (numpy).

`match` judges one item for one member, exactly and with its reasons: ten million pairs would take minutes. Here its
rules are taken at their loosest over all items together, so that nothing that `match` lets through is left out and no
score is above what was promised; whoever judges the candidates in order may stop once what is promised is below what
was found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from veille.matching import relevance as share
from veille.matching.case import BAR_NO_SECTOR, BAR_OTHER_SECTOR, BAR_SAME_SECTOR, BY_SIZE
from veille.matching.context import MatchContext
from veille.matching.gates import DISTANT_TENDER
from veille.matching.postings import Postings
from veille.matching.profile import Profile
from veille.matching.sheet import Flags, Floats, Sheet
from veille.matching.wordings import ANSWERS, BRIDGES, CENTRAL, PHRASED, SPREADS, SURE, TITLED, Said, Wordings
from veille.matching.words import Words
from veille.model import Item, Match, Member
from veille.protocols import Candidate

#: Members looked at together: more of them leave the processor's cache, fewer wait for numpy's calls.
_BLOCK = 16
#: A score is rounded to four digits.
_ROUNDING = 1e-4


class Judge:
    """Judges items for members: one exactly (`match`), or all at a first look."""

    def __init__(self, context: MatchContext) -> None:
        self._context = context
        self._expected: dict[Member, None] = {}
        self._looked: dict[Member, list[Candidate]] = {}

    def __call__(self, item: Item, member: Member) -> Match:
        """Judge one item for one member."""
        return share.match(item, member, self._context)

    def candidates(self, member: Member) -> list[Candidate]:
        """Return every prepared item that may pass for a member, the highest promise first; ties by item id."""
        if member not in self._looked:
            self._expected.pop(member, None)
            block = [member, *islice(self._expected, _BLOCK - 1)]
            for one in block[1:]:
                del self._expected[one]
            self._looked |= zip(block, self._look.candidates([*map(self._context.profile, block)]), strict=True)
        return self._looked.pop(member)

    def expect(self, members: Iterable[Member]) -> None:
        """Take the first looks of these members together, by blocks, when they are asked for."""
        self._expected |= dict.fromkeys(members)

    @cached_property
    def _look(self) -> "FirstLook":
        return FirstLook(self._context)


class FirstLook:
    """All items of a context, ready for any number of profiles."""

    def __init__(self, context: MatchContext) -> None:
        self._context = context
        self._sheet = Sheet(context)
        self._postings = Postings(self._sheet.views)

    def candidates(self, profiles: Sequence[Profile]) -> list[list[Candidate]]:
        """Return for each profile what may pass, with the most that it can score, best first."""
        sheet, size = self._sheet, len(self._sheet.views)
        if not profiles or not size:
            return [[] for _ in profiles]
        stands = _together([self._stands(profile) for profile in profiles])
        words = Wordings(profiles, self._postings, self._context)
        held = (stands.held | stands.talked) & stands.reached
        said = words.said(stands.reached, sheet.tender, held, BAR_SAME_SECTOR)
        keys = np.unique(np.concatenate([np.flatnonzero(held.ravel()), said.keys]), sorted=True)
        here, said = stands.of(keys), said.of(keys)
        rows = keys % size
        bridge = said.has(BRIDGES) & sheet.bridging[rows] & ~here.same
        telling = _telling(here, said, sheet, rows)
        talked = here.talked & (here.terse | here.same | (said.topic > 0))
        talked &= ~here.far | (said.has(TITLED) & (said.topic >= DISTANT_TENDER))
        passing = here.held | talked | bridge | (telling & (said.topic >= _bar(here, said, sheet.no_sector[rows])))
        most = (_whole(here, said, telling, bridge) + sheet.extra[rows]) * sheet.factor[rows] + _ROUNDING
        ids = sheet.ids[rows]
        order = np.lexsort((ids, -most, keys // size))
        order = order[passing[order]]
        found = list(map(Candidate, ids[order].tolist(), most[order].tolist()))
        ends = np.searchsorted(keys[order] // size, np.arange(len(profiles) + 1)).tolist()
        return [found[start:end] for start, end in pairwise(ends)]

    def _stands(self, profile: Profile) -> "_Stands":
        """Say where every item stands to a profile, its words apart."""
        sheet = self._sheet
        followed, same = self._followed(profile), sheet.in_sectors(profile.member.sectors)
        mine, abroad = sheet.aimed_at(profile.chain), sheet.aimed_at(profile.countries)
        near = sheet.within(profile.region)
        close = sheet.anywhere | sheet.foreign | mine | abroad | followed | sheet.readable
        close |= near & ~sheet.local_money
        if not profile.chain:
            close[:] = True
        anyone = sheet.every_trade
        named = sheet.open_to(profile.sizes)
        open_to = named & (anyone if BY_SIZE.isdisjoint(profile.sizes) else (anyone | same))
        field = sheet.in_fields(profile.fields, profile.markets, same)
        aim = sheet.helping(profile.aims) & named
        axis, for_trade = sheet.about(profile.axes), same & sheet.for_trade(profile.trade)
        return _Stands(
            reached=~sheet.dead
            & ~sheet.barred(profile.member.size)
            & (~sheet.noise | followed)
            & (close | sheet.french_tender),
            held=close & (axis | followed | (abroad & same) | open_to | for_trade | aim),
            talked=field & (close | sheet.french_tender),
            terse=np.full(len(sheet.views), profile.terse),
            far=~close,
            same=same,
            axis=axis,
            aim=aim,
            field=field,
            followed=followed,
            open_to=open_to,
            for_trade=for_trade,
            abroad=abroad,
            named=sheet.naming(profile.countries),
            mine=mine,
            near=near,
        )

    def _followed(self, profile: Profile) -> Flags:
        found = np.zeros(len(self._sheet.views), bool)
        for name in profile.member.follows:
            parts = Words(name).stems
            found[self._postings.rows(parts) if parts else slice(None)] = True
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stands:
    """Where items stand to a member, their words apart."""

    #: No gate on day, place or noise refuses it for sure.
    reached: Flags
    #: Passes whatever words of the profile it has.
    held: Flags
    #: May be taken for its trade, if words of its profile are there, or it says few.
    talked: Flags
    terse: Flags
    #: A tender elsewhere in France.
    far: Flags
    #: A filière, an axis in common; a followed name; open to the member's size, of whatever trade, or to its trade.
    same: Flags
    axis: Flags
    aim: Flags
    field: Flags
    followed: Flags
    open_to: Flags
    for_trade: Flags
    #: Aimed at a country of interest, or naming one.
    abroad: Flags
    named: Flags
    #: Aimed at what holds the member, or lies in its region.
    mine: Flags
    near: Flags

    def of(self, keys: NDArray[np.int64]) -> "_Stands":
        """Return the same of some pairs only."""
        return _Stands(**{name: getattr(self, name).ravel()[keys] for name in self.__slots__})


def _together(each: Sequence[_Stands]) -> _Stands:
    """Put profiles one under the other: profile × row."""
    return _Stands(**{name: np.stack([getattr(one, name) for one in each]) for name in _Stands.__slots__})


def _telling(here: _Stands, said: Said, sheet: Sheet, rows: NDArray[np.int64]) -> Flags:
    """Tell which pairs have words that may say what the item is about."""
    telling = said.has(PHRASED) | (said.has(CENTRAL) & (here.same | ~sheet.english[rows])) | said.has(SPREADS)
    product = said.has(TITLED | PHRASED | SPREADS) & (~here.far | said.has(TITLED))
    return telling & (product | ~sheet.tender[rows])


def _bar(here: _Stands, said: Said, no_sector: Flags) -> Floats:
    """Return how much must be said of the profile's own words."""
    twice = (said.has(TITLED) & said.has(SURE)) | (said.many > 1)
    other = np.where(no_sector | said.has(ANSWERS), BAR_NO_SECTOR, np.where(twice, BAR_OTHER_SECTOR, np.inf))
    bar = np.where(here.same, BAR_SAME_SECTOR, other)
    return np.where(here.far, np.maximum(bar, DISTANT_TENDER), bar)


def _whole(here: _Stands, said: Said, telling: Flags, bridge: Flags) -> Floats:
    """Return the most that the parts of a score come to."""
    worded = telling | here.axis | here.followed
    topic = np.where(worded, share.TOPIC * (1 - np.exp(-said.topic / share.SATURATION)), 0.0)
    topic += share.ANSWERED * said.has(ANSWERS)
    named = share.AIM * here.aim + share.FIELD * here.field + share.AXIS * here.axis + share.FOLLOW * here.followed
    named += np.where(here.for_trade, share.FOR_TRADE, share.SECTOR * here.same)
    place = np.where(here.abroad, share.COUNTRY, share.NAMED_COUNTRY * here.named)
    place += np.where(here.mine, share.NEAR, share.REGION * here.near)
    whole: Floats = topic + share.BRIDGE * bridge + named + place + share.OPEN_TO_ALL * here.open_to
    return whole
