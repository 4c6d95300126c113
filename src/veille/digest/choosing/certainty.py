"""What may be sent while nobody is there to look: only what is certain (pure).

Certain means that the program need not be believed on anything a reader acts on: the type is read surely, the last day
is stated and not in doubt, and for what has conditions this member is eligible by the call's own sentence. It must suit
surely too: nobody is there to see that it does not. What staff accepted is certain whatever it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from veille.config.digests import Digest
from veille.digest.choosing.placing import ANSWERED
from veille.digest.choosing.wording import asks_conditions
from veille.model import Item, Judgement, Match, Member, Origin, Reason, Scheme, Tag, Verdict
from veille.protocols import Candidate, Judge

#: A type read by the model alone counts from that score on. In the judged networks it read 68 so, none above 0.8, three
#: in four right: no ground to go lower (docs/decisions/surete.md).
SURE = 0.9
#: A match counts from that score on: of the judged pairs, 95 % are fit there, 75 % without (benchmarks/certainty.py).
SUITS = 0.7
_STATED = frozenset({Origin.PERSON, Origin.FACT, Origin.CUE})
_GATE = Reason(kind="gate:uncertain", text="pas assez sûr pour une sélection que personne n'a relue")


def reviewed(item: Item) -> bool:
    """Say whether somebody of the cluster accepted it as it stands."""
    return item.review is not None and item.review.judgement is Judgement.ACCEPTED


def certain(digest: Digest, item: Item) -> bool:
    """Say whether an item may be sent unseen, to whomever it suits."""
    if reviewed(item):
        return True
    types = item.of(Scheme.TYPE)
    if item.reserved or not types or not _sure(types[0]):
        return False
    return not _answered(digest, types[0].term) or (item.due is not None and not item.doubtful)


def certain_for(item: Item, match: Match) -> bool:
    """Say whether a match may be sent unseen: it suits surely, and conditions are met by the call's own words."""
    if reviewed(item):
        return True
    if match.score is None or match.score < SUITS:
        return False
    return not asks_conditions(item) or match.eligibility is None or match.eligibility.verdict is Verdict.YES


@dataclass(frozen=True, slots=True)
class CertainOnly:
    """A judge that refuses what is not certain for a member."""

    judge: Judge

    def candidates(self, member: Member) -> Sequence[Candidate]:
        """Return every item that may pass for a member, as the judge does."""
        return self.judge.candidates(member)

    def __call__(self, item: Item, member: Member) -> Match:
        """Judge one item for one member."""
        match = self.judge(item, member)
        if match.score is None or certain_for(item, match):
            return match
        return Match(
            item_id=match.item_id,
            member_id=match.member_id,
            score=None,
            reasons=(),
            gate=_GATE,
            eligibility=match.eligibility,
        )


def _sure(tag: Tag) -> bool:
    return tag.origin in _STATED or tag.score >= SURE


def _answered(digest: Digest, term: str) -> bool:
    return any(section.kind in ANSWERED and term in section.types for section in digest.sections)
