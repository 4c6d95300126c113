"""What members said of items moves what they are shown next: a linear model each, shrunk to the cluster's (pure).

Only said opinions count: « utile » is +1, « pas pour moi » −1 on the traits that its reason blames; silence is none.
An opinion counts half as much every twelve weeks. A member's weights are the ridge estimate around the cluster's, which
is itself shrunk to nothing, gives each member one voice, and knows only traits that three members spoke of. What comes
out scales the score of what passed every gate, within fixed bounds, and is one reason of it, in French.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from veille.matching.context import MatchContext
from veille.matching.limits import Limit, Vote, limit_of, limits
from veille.matching.relevance import told
from veille.matching.traits import Standpoint, Trait, trait_words
from veille.model import Feedback, Item, Match, Member, Opinion, Reason, Subscriber
from veille.protocols import Candidate, Judge

#: A score is at most multiplied by 1 + GAIN, and by 1 - LOSS (calibrated by benchmarks/votes.py).
GAIN, LOSS = 0.5, 0.6
#: What speaks only of another trade's words keeps this share: after all the rest, still to be found.
_HELD_BACK = 0.15
#: Weight of an opinion after that long.
_HALF_LIFE = timedelta(weeks=12)
#: How many opinions' worth of doubt stand before a member's first one, and how many members' before the cluster's.
_RIDGE, _CLUSTER_RIDGE = 1.0, 20.0
#: Opinions of one member that are read, the latest: the system solved has that many unknowns.
_READ = 200
#: The cluster's weights tell of nobody: fewer members' words than this are not one.
_VOICES = 3
#: An effect below this share of the score is none: no reason would be worth its line.
_SLIGHT = 0.02
#: Traits that a reason names.
_NAMED = 2

#: Reason of a refusal → families of traits that it blames; none given blames all.
_BLAMED = {
    "too_big": {"size"},
    "out_of_area": {"reach", "place"},
    "known": {"source"},
    "other_trade": {"sector", "axis", "words", "pair"},
}
#: How much a refusal says where it is not a whole opinion: what is known already was no bad pick.
_SHARE = {"known": 0.15}

Weights = Mapping[Trait, float]
#: Traits, opinion (±1), how much it counts.
Row = tuple[frozenset[Trait], float, float]


@dataclass(frozen=True)
class Voter:
    """What one member's opinions come to."""

    weights: Weights
    limits: Sequence[Limit] = ()
    #: Whether the member itself said something; else only the cluster speaks.
    own: bool = True


@dataclass(frozen=True)
class Votes:
    """Every opinion of a cluster, ready to move matches."""

    context: MatchContext
    #: Member → votes, oldest first.
    cast: Mapping[int, Sequence[Vote]]
    members: Mapping[int, Member]
    _voters: dict[int, Voter] = field(default_factory=dict)

    def sway(self, item: Item, member: Member, match: Match) -> Match:
        """Return the match as the member's opinions leave it: moved, held back or forbidden; refused stays refused."""
        voter = self.voter(member)
        if match.score is None or not (voter.weights or voter.limits):
            return match
        seen = self._standpoint(item, member)
        named = any(reason.kind == "follow" for reason in match.reasons)
        for limit in () if named else voter.limits:
            why = limit.forbids(seen)
            if why is not None:
                return replace(match, score=None, reasons=(), gate=Reason(kind="gate:vote", text=why))
        return self._moved(match, voter, seen, held_back=not named)

    def voter(self, member: Member) -> Voter:
        """Return what a member's opinions come to, learnt on first use."""
        if member.id not in self._voters:
            self._voters[member.id] = self._learn(member)
        return self._voters[member.id]

    def _learn(self, member: Member) -> Voter:
        cast = self.cast.get(member.id, ())
        if not cast:
            return Voter(self._cluster, own=False)
        seen = [(vote, self._standpoint(vote.item, member)) for vote in cast]
        # What makes a limit does what the page says of it and no more.
        rows = [self._row(vote, stand) for vote, stand in seen[-_READ:] if limit_of(vote, stand) is None]
        return Voter(around(self._cluster, rows, _RIDGE), limits(seen, self.context.today))

    @cached_property
    def _cluster(self) -> Weights:
        """Weights of all members together, each with one voice, of traits that enough of them spoke of."""
        rows: list[Row] = []
        voices: dict[Trait, set[int]] = defaultdict(set)
        for member_id, cast in self.cast.items():
            member = self.members.get(member_id)
            if member is None:
                continue
            own = [self._row(vote, self._standpoint(vote.item, member)) for vote in cast[-_READ:]]
            for traits, _, _ in own:
                for trait in traits:
                    voices[trait].add(member_id)
            rows += [(traits, said, counts / len(own)) for traits, said, counts in own]
        shared = {
            trait for trait, heard in voices.items() if len(heard) >= _VOICES and trait[0] not in {"words", "pair"}
        }
        kept = [(traits & shared, said, counts) for traits, said, counts in rows]
        return around({}, kept, _CLUSTER_RIDGE)

    def _row(self, vote: Vote, seen: Standpoint) -> Row:
        blamed = None if vote.useful else _BLAMED.get(vote.reason)
        traits = frozenset(trait for trait in seen.traits if blamed is None or trait[0] in blamed)
        age = max(timedelta(0), timedelta(days=(self.context.today - vote.at.date()).days))
        counts = 0.5 ** (age / _HALF_LIFE) * (1.0 if vote.useful else _SHARE.get(vote.reason, 1.0))
        return traits, 1.0 if vote.useful else -1.0, counts

    def _standpoint(self, item: Item, member: Member) -> Standpoint:
        return Standpoint(self.context.view(item), self.context.profile(member), self.context.places)

    def _moved(self, match: Match, voter: Voter, seen: Standpoint, *, held_back: bool) -> Match:
        limit = next((one for one in voter.limits if held_back and one.holds_back(seen)), None)
        if limit is not None:
            return _scaled(match, _HELD_BACK - 1.0, f"vous avez dit « hors de notre métier » de « {limit.title} »")
        pull = sum(voter.weights.get(trait, 0.0) for trait in seen.traits)
        share = max(-1.0, min(1.0, pull)) * (GAIN if pull > 0 else LOSS)
        if abs(share) < _SLIGHT:
            return match
        return _scaled(match, share, self._words(voter, seen, pull))

    def _words(self, voter: Voter, seen: Standpoint, pull: float) -> str:
        """Name the traits that pull most."""
        sign = 1 if pull > 0 else -1
        telling = [trait for trait in seen.traits if sign * voter.weights.get(trait, 0.0) > 0]
        ordered = sorted(telling, key=lambda trait: (-sign * voter.weights[trait], trait))
        words = dict.fromkeys(text for trait in ordered if (text := trait_words(trait, seen, self.context.taxonomy)))
        named = ", ".join(list(words)[:_NAMED])
        if voter.own:
            return f"vous avez {'trouvé utile' if pull > 0 else 'écarté'} : {named}"
        return f"{'utile à' if pull > 0 else 'écarté par'} d'autres membres : {named}"


@dataclass(frozen=True)
class Swayed:
    """A judge whose matches the members' opinions have moved."""

    judge: Judge
    votes: Votes

    def __call__(self, item: Item, member: Member) -> Match:
        """Judge one item for one member."""
        return self.votes.sway(item, member, self.judge(item, member))

    def told(self, item: Item, member: Member) -> dict[str, float]:
        """Return the parts of a score before opinions, in log-odds."""
        return told(item, member, self.votes.context)

    def candidates(self, member: Member) -> Sequence[Candidate]:
        """Return what may pass, with what opinions can raise it to at most."""
        found = self.judge.candidates(member)
        if not self.votes.voter(member).weights:
            return found
        return [Candidate(one.item_id, one.at_most * (1.0 + GAIN)) for one in found]


def gather(said: Iterable[Feedback], people: Iterable[Subscriber], items: Iterable[Item]) -> dict[int, list[Vote]]:
    """Return member → votes, oldest first; what speaks of an item or a person no longer there is left out."""
    member_of = {person.id: person.member_id for person in people}
    known = {number: item for item in items for number in (item.id, *item.also)}
    cast: dict[int, list[Vote]] = defaultdict(list)
    for one in said:
        member_id, item = member_of.get(one.subscriber_id), known.get(one.item_id)
        if member_id is None or item is None or one.opinion not in {Opinion.USEFUL, Opinion.NOT_FOR_ME}:
            continue
        useful = one.opinion is Opinion.USEFUL
        cast[member_id].append(
            Vote(subscriber_id=one.subscriber_id, item=item, useful=useful, reason=one.reason, at=one.at)
        )
    return {member_id: sorted(votes, key=lambda vote: vote.at) for member_id, votes in cast.items()}


def around(prior: Weights, rows: Sequence[Row], doubt: float) -> dict[Trait, float]:
    """Return the posterior mean of a linear model whose weights were expected at `prior`.

    With X the traits of each opinion (0 or 1), y what was said, C how much each counts and λ the doubt:
    w = w₀ + (XᵀCX + λI)⁻¹XᵀC(y − Xw₀); traits that no opinion has stay as expected.
    """
    columns = {trait: place for place, trait in enumerate(sorted(frozenset[Trait]().union(*(row[0] for row in rows))))}
    normal: NDArray[np.float64] = np.eye(len(columns)) * doubt
    target: NDArray[np.float64] = np.zeros(len(columns))
    for traits, said, counts in rows:
        places = [columns[trait] for trait in traits]
        normal[np.ix_(places, places)] += counts
        target[places] += counts * (said - sum(prior.get(trait, 0.0) for trait in traits))
    moved = np.linalg.solve(normal, target).tolist()
    return {**prior, **{trait: prior.get(trait, 0.0) + moved[place] for trait, place in columns.items()}}


def _scaled(match: Match, share: float, why: str) -> Match:
    """Multiply a score by 1 + share, the reason carrying the difference as any other."""
    whole = sum(reason.weight for reason in match.reasons)
    reason = Reason(kind="vote", text=why, weight=round(whole * share, 4))
    ordered = sorted((*match.reasons, reason), key=lambda one: -one.weight)
    return replace(match, score=round((match.score or 0.0) * (1.0 + share), 4), reasons=tuple(ordered))
