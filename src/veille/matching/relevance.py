"""Relevance of an item for a member: gates, then a score, and the reasons for it (pure)."""

from collections.abc import Sequence

from veille.matching.case import Case
from veille.matching.context import MatchContext
from veille.matching.gates import first_refusal, off_topic
from veille.matching.reasons import reasons_for
from veille.matching.timeliness import standing
from veille.matching.usefulness import expected, judged, usefulness, weights
from veille.model import Item, Match, Member, Reason

#: What a member must be able to expect of an item: what is tolerable.
BAR = 0.25
#: What must be said of the member, in log-odds, for what neither rules nor its size make its own: a chips factory next
#: door shares place and filière with a maker of nutraceuticals (0.26).
LEAST_ABOUT = 0.3


def match(item: Item, member: Member, context: MatchContext) -> Match:
    """Judge one item for one member: a score with its reasons, or the first gate that refused it."""
    case = _case(item, member, context)
    refusal = first_refusal(case)
    hope = 0.0 if refusal is not None else _expected(case)
    if refusal is None and hope < BAR and not (case.followed or case.named_axis):
        refusal = Reason(kind="gate:off-topic", text=off_topic(case))
    reasons = reasons_for(case) if refusal is None else []
    if refusal is None and not reasons:
        # What nothing can be said for is not shown: a reader could not tell it from chance.
        refusal = Reason(kind="gate:off-topic", text=off_topic(case))
    if refusal is not None:
        return Match(
            item_id=item.id,
            member_id=member.id,
            score=None,
            reasons=(),
            gate=refusal,
            eligibility=case.eligibility,
        )
    return Match(
        item_id=item.id,
        member_id=member.id,
        score=round(hope * standing(case), 4),
        reasons=tuple(reasons),
        eligibility=case.eligibility,
    )


def _case(item: Item, member: Member, context: MatchContext) -> Case:
    """Return an item before a member; one that was not prepared stands in a context of its own."""
    view = context.view(item)
    return Case(view, context.profile(member), context.around(view))


def _expected(case: Case) -> float:
    """Return what a member may expect of an item, 0 to 1; of one that was not prepared too."""
    useful = usefulness(case.context)
    row = useful.row(case.view)
    if not (case.concerned or case.addressed) and useful.about(case.profile)[row] < LEAST_ABOUT:
        return 0.0  # what is only near is everybody's
    odds = useful.of(case.profile)[row]
    more = sum(weights().parts[name] * held for name, held in judged(case).items())
    return float(expected(odds + more))


def told(item: Item, member: Member, context: MatchContext) -> dict[str, float]:
    """Return the parts of a score in log-odds, the largest first."""
    case = _case(item, member, context)
    useful = usefulness(case.context)
    found = useful.told(case.profile, useful.row(case.view))
    found |= {name: weights().parts[name] * held for name, held in judged(case).items() if held}
    return dict(sorted(found.items(), key=lambda part: -abs(part[1])))


def rank(items: Sequence[Item], member: Member, context: MatchContext) -> list[Match]:
    """Return what passes the gates for a member, best first; ties by item id."""
    judged = (match(item, member, context) for item in items)
    passed = [one for one in judged if one.score is not None]
    return sorted(passed, key=lambda one: (-(one.score or 0.0), one.item_id))
