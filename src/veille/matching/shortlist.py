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
from veille.matching.wordings import ANSWERS, BRIDGES, CENTRAL, KNOWN, PHRASED, SPREADS, SURE, TITLED, Said, Wordings
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
        held = (stands.held | (stands.talk > 0)) & stands.reached
        said = words.said(stands.reached, sheet.tender, held, BAR_SAME_SECTOR)
        keys = np.unique(np.concatenate([np.flatnonzero(held.ravel()), said.keys]), sorted=True)
        here, said = stands.of(keys), said.of(keys)
        rows = keys % size
        pairs = _Pairs(here, said, sheet, rows)
        most = (pairs.whole + sheet.extra[rows]) * sheet.factor[rows] * here.focus + _ROUNDING
        ids = sheet.ids[rows]
        order = np.lexsort((ids, -most, keys // size))
        order = order[pairs.passing[order]]
        found = list(map(Candidate, ids[order].tolist(), most[order].tolist()))
        ends = np.searchsorted(keys[order] // size, np.arange(len(profiles) + 1)).tolist()
        return [found[start:end] for start, end in pairwise(ends)]

    def _stands(self, profile: Profile) -> "_Stands":
        """Say where every item stands to a profile, its words apart."""
        sheet = self._sheet
        followed, same = self._followed(profile), sheet.in_sectors(profile.member.sectors)
        mine, abroad = sheet.aimed_at(profile.chain), sheet.aimed_at(profile.countries)
        near, at_hand = sheet.within(profile.region), sheet.at_hand(profile.chain)
        regional = share.REGION * sheet.regional_to(profile.chain, profile.region)
        close = sheet.anywhere | mine | abroad | followed | sheet.readable | sheet.naming_home(profile.chain)
        close |= near & ~sheet.local_money
        if not profile.chain:
            close[:] = True
        named, sells = sheet.open_to(profile.sizes), sheet.sells(profile)
        anyone = sheet.every_trade(profile, at_hand)
        talk, sure = sheet.talking(profile, same)
        open_to = named & sheet.actionable & (anyone if BY_SIZE.isdisjoint(profile.sizes) else (anyone | same))
        aim = np.where(named & sheet.actionable, sheet.helping(profile.aims), 0.0)
        axis, for_trade = sheet.about(profile.axes), same & sheet.for_trade(profile.trade)
        others = sheet.fields.beside(profile.fields | profile.markets)
        buys = sheet.tender & (profile.member.size == "collectivite")
        return _Stands(
            reached=~sheet.dead
            & ~sheet.barred(profile.member.size)
            & ~sheet.barred_at(profile.chain)
            & ~buys
            & (~sheet.noise | followed)
            & (close | sheet.telling | sheet.french_tender),
            held=axis | followed | (abroad & same) | open_to | for_trade | ((aim > 0) & anyone),
            close=close,
            distant=~close & sheet.tender,
            terse=np.full(len(sheet.views), profile.terse),
            own=(sells | ~sheet.tender) & ~(sheet.restricted & ~named & profile.coded),
            same=same,
            axis=axis,
            anyone=anyone,
            aim=aim,
            talk=talk,
            sure=sure,
            followed=followed,
            open_to=open_to,
            for_trade=for_trade,
            abroad=abroad,
            named=sheet.naming(profile.countries),
            place=np.where(sheet.local_to(profile.chain), share.NEAR, regional),
            at_hand=at_hand,
            focus=1 - share.ELSEWHERE * (1 - np.exp(-others / share.TALK)),
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

    #: No gate on day, size, place or noise refuses it for sure.
    reached: Flags
    #: What is of the member whatever words of its profile it has.
    held: Flags
    #: Not elsewhere: what is elsewhere must be on topic, and a tender there (`distant`) say much of it in its title.
    close: Flags
    distant: Flags
    terse: Flags
    #: The profile's own words may make it the member's.
    own: Flags
    #: A filière, an axis in common; for every trade.
    same: Flags
    axis: Flags
    anyone: Flags
    #: How much it says of what the member needs; of its trade, if words of its own are there, and if none are.
    aim: Floats
    talk: Floats
    sure: Floats
    #: A followed name; open to the member's size, of whatever trade, or to its trade.
    followed: Flags
    open_to: Flags
    for_trade: Flags
    #: Aimed at a country of interest, or naming one.
    abroad: Flags
    named: Flags
    #: What its place adds to the score; near the member, or dated.
    place: Floats
    at_hand: Flags
    #: What the score is multiplied by for the other trades of which it talks.
    focus: Floats

    def of(self, keys: NDArray[np.int64]) -> "_Stands":
        """Return the same of some pairs only."""
        return _Stands(**{name: getattr(self, name).ravel()[keys] for name in self.__slots__})


def _together(each: Sequence[_Stands]) -> _Stands:
    """Put profiles one under the other: profile × row."""
    return _Stands(**{name: np.stack([getattr(one, name) for one in each]) for name in _Stands.__slots__})


class _Pairs:
    """Pairs of members and items: whether they may pass, and the most that they may score."""

    def __init__(self, here: _Stands, said: Said, sheet: Sheet, rows: NDArray[np.int64]) -> None:
        self._here, self._said = here, said
        known = here.terse | said.has(KNOWN)
        talk = np.where(known, here.talk, here.sure)
        aim = np.where(here.anyone | (talk > 0), here.aim, 0.0)
        telling = _telling(here, said, sheet, rows)
        enough = telling & (said.topic >= _bar(here, said, sheet.no_sector[rows]))
        product = said.has(TITLED | PHRASED | SPREADS) | ~sheet.tender[rows]
        self._own = here.own & (enough | (here.axis & product))
        self._bridge = said.has(BRIDGES) & sheet.bridging[rows] & ~here.same
        self._talk, self._aim = 1 - np.exp(-talk / share.TALK), 1 - np.exp(-aim / share.TALK)
        on_topic = self._own | (talk > 0) | (aim > 0)
        elsewhere = here.followed | (here.abroad & here.same) | here.open_to | here.for_trade | self._bridge
        titled = said.has(TITLED) & (said.topic >= DISTANT_TENDER)
        self.passing = (on_topic | (elsewhere & here.close)) & (~here.distant | titled)

    @property
    def whole(self) -> Floats:
        """The most that the parts of a score come to that ask something of the member."""
        here, said = self._here, self._said
        topic = share.TOPIC * (1 - np.exp(-said.topic / share.SATURATION)) + share.ANSWERED * said.has(ANSWERS)
        beside, alone = (np.where(here.terse, share.FIELD, one) for one in (share.FIELD_BESIDE, share.FIELD_ALONE))
        own = topic + beside * self._talk + share.SECTOR * here.same
        opening = np.where(here.at_hand, share.OPEN_TO_ALL, share.STANDING) * here.open_to
        other = topic * here.followed + np.maximum(alone * self._talk, opening) + share.BRIDGE * self._bridge
        other += np.where(here.for_trade, share.FOR_TRADE, share.SECTOR * here.same)
        place = np.where(here.abroad, share.COUNTRY, share.NAMED_COUNTRY * here.named) + here.place
        named = share.AIM * self._aim + share.AXIS * here.axis + share.FOLLOW * here.followed
        whole: Floats = np.maximum(np.where(self._own, own, 0.0), other) + place + named
        return whole


def _telling(here: _Stands, said: Said, sheet: Sheet, rows: NDArray[np.int64]) -> Flags:
    """Tell which pairs have words that may say what the item is about."""
    telling = said.has(PHRASED) | (said.has(CENTRAL) & (here.same | ~sheet.english[rows])) | said.has(SPREADS)
    product = said.has(TITLED | PHRASED | SPREADS) & (~here.distant | said.has(TITLED))
    return telling & (product | ~sheet.tender[rows])


def _bar(here: _Stands, said: Said, no_sector: Flags) -> Floats:
    """Return how much must be said of the profile's own words."""
    twice = (said.has(TITLED) & said.has(SURE)) | (said.many > 1)
    other = np.where(no_sector | said.has(ANSWERS), BAR_NO_SECTOR, np.where(twice, BAR_OTHER_SECTOR, np.inf))
    bar = np.where(here.same, BAR_SAME_SECTOR, other)
    return np.where(here.distant, np.maximum(bar, DISTANT_TENDER), bar)
