"""What opinions may do to a score, and what they may never do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.matching.limits import HELD, Vote
from veille.matching.relevance import match
from veille.matching.shortlist import Judge
from veille.matching.votes import GAIN, LOSS, Swayed, Votes, around, gather
from veille.model import Feedback, Item, Match, Member, Opinion, Subscriber

from .build import a_member, an_item, context_with
from .judgements import TODAY

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
CALL = an_item()
VOTED = an_item(id=9001, title="Sarcopénie : un autre appel")
#: Another trade, another place, still passing.
OTHER = an_item(id=9002, title="Encapsulation d'arômes", text="Un procédé.", type="concours-prix", main=[])


def vote(item: Item = VOTED, *, useful: bool = False, reason: str = "", weeks: float = 1) -> Vote:
    return Vote(subscriber_id=1, item=item, useful=useful, reason=reason, at=NOW - timedelta(weeks=weeks))


def swayed(item: Item, *votes: Vote, member: Member | None = None, cast: dict | None = None) -> tuple[Match, Match]:
    """Return the match before and after."""
    member = member or a_member()
    context = context_with(item, *(one.item for one in votes))
    said = cast if cast is not None else {member.id: list(votes)}
    everybody = {number: replace(member, id=number, organisation=f"Membre {number}") for number in said}
    before = match(item, member, context)
    return before, Votes(context, said, everybody | {member.id: member}).sway(item, member, before)


def test_no_opinion_changes_nothing() -> None:
    before, after = swayed(CALL)
    assert after is before


def test_a_useful_likeness_lifts_with_its_reason_and_a_refused_one_lowers() -> None:
    before, lifted = swayed(CALL, vote(useful=True))
    _, lowered = swayed(CALL, vote())
    assert lowered.score < before.score < lifted.score
    assert next(one for one in lifted.reasons if one.kind == "vote").text.startswith("vous avez trouvé utile : ")
    assert lowered.reasons[-1].kind == "vote"
    assert lowered.reasons[-1].weight < 0


@settings(deadline=None)  # the first example reads the related words
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 60)), min_size=1, max_size=30))
def test_no_number_of_opinions_goes_beyond_the_bounds(said: list[tuple[bool, float]]) -> None:
    before, after = swayed(CALL, *(vote(useful=useful, weeks=weeks) for useful, weeks in said))
    assert (1 - LOSS) * before.score - 1e-3 <= after.score <= (1 + GAIN) * before.score + 1e-3


@pytest.mark.parametrize(
    "refused",
    [{"main": ["fr:region:53"]}, {"facts": {"deadline": ["2026-11-01", "clos"]}}, {"title": "Voirie", "text": ""}],
)
def test_what_a_gate_refuses_no_opinion_lets_through(refused: dict) -> None:
    item = an_item(**refused)
    before, after = swayed(item, *(vote(useful=True) for _ in range(50)))
    assert before.score is None
    assert after is before


def test_an_opinion_counts_half_after_twelve_weeks_and_ever_less() -> None:
    gains = []
    for weeks in (0, 12, 24, 48, 480):
        before, after = swayed(OTHER, vote(useful=True, weeks=weeks))
        gains.append(after.score - before.score)
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0
    assert gains[-1] == 0


def test_a_limit_ends_after_twenty_four_weeks() -> None:
    big = {"deadline": ["2026-12-08", ""], "amount_max": ["2000000", ""]}
    said = an_item(id=9001, facts=big)
    item = an_item(facts=big)
    (_, held), (_, over) = (
        swayed(item, vote(said, reason="too_big", weeks=weeks))
        for weeks in (HELD / timedelta(weeks=1) - 1, HELD / timedelta(weeks=1))
    )
    assert held.gate is not None
    assert held.gate.kind == "gate:vote"
    assert over.score is not None


def test_a_later_useful_lifts_the_limit_that_it_contradicts() -> None:
    big = {"deadline": ["2026-12-08", ""], "amount_max": ["2000000", ""]}
    refusal = vote(an_item(id=9001, facts=big), reason="too_big", weeks=3)
    praise = vote(an_item(id=9003, facts=big), useful=True, weeks=1)
    assert swayed(an_item(facts=big), refusal)[1].score is None
    assert swayed(an_item(facts=big), refusal, praise)[1].score is not None
    assert swayed(an_item(facts=big), replace(praise, at=NOW - timedelta(weeks=5)), refusal)[1].score is None


def test_a_followed_name_passes_every_limit() -> None:
    item = an_item(title="Nutrabel ouvre un appel sur la sarcopénie", facts={"amount_max": ["2000000", ""]})
    refusal = vote(an_item(id=9001, facts={"amount_max": ["2000000", ""]}), reason="too_big")
    assert swayed(item, refusal)[1].score is None
    assert swayed(item, refusal, member=a_member(follows=("Nutrabel",)))[1].score is not None


def test_the_cluster_speaks_only_by_three_members_and_never_by_their_words() -> None:
    def after(voices: int) -> Match:
        cast = {number: [vote(useful=True) for _ in range(5)] for number in range(100, 100 + voices)}
        return swayed(CALL, vote(useful=True), cast=cast)[1]

    assert [one.kind for one in after(2).reasons].count("vote") == 0
    (said,) = [one.text for one in after(40).reasons if one.kind == "vote"]
    assert said.startswith("utile à d'autres membres : ")
    assert "sarcopénie" not in said


def test_one_loud_member_is_one_voice() -> None:
    loud = {100: [vote() for _ in range(150)], **{number: [vote(useful=True)] for number in range(101, 141)}}
    before, after = swayed(CALL, vote(useful=True), cast=loud)
    assert after.score > before.score


def test_no_score_is_above_what_the_first_look_promises() -> None:
    context = context_with(CALL, VOTED, OTHER)
    member = a_member()
    judge = Swayed(Judge(context), Votes(context, {1: [vote(useful=True) for _ in range(20)]}, {1: member}))
    promised = {one.item_id: one.at_most for one in judge.candidates(member)}
    assert promised
    for item in (CALL, VOTED, OTHER):
        assert judge(item, member).score <= promised[item.id]


def test_opinions_of_who_or_what_is_gone_are_left_out_and_merged_items_count_as_one() -> None:
    whole = replace(CALL, also=(77,))
    people = [Subscriber(id=1, member_id=5, email="a@exemple.fr")]

    def said(person: int, item: int, opinion: Opinion = Opinion.USEFUL) -> Feedback:
        return Feedback(subscriber_id=person, item_id=item, opinion=opinion, at=NOW)

    given_opinions = [said(1, 77), said(2, 77), said(1, 78), said(1, 77, Opinion.WANTED)]
    assert [
        (member, [one.item for one in votes]) for member, votes in gather(given_opinions, people, [whole]).items()
    ] == [(5, [whole])]


def test_the_estimate_shrinks_to_what_was_expected() -> None:
    trait = ("type", "ami")
    assert around({trait: 0.4}, [], 1.0) == {trait: 0.4}
    few, many = (around({trait: 0.4}, [(frozenset({trait}), -1.0, 1.0)] * n, 1.0)[trait] for n in (1, 100))
    assert few == pytest.approx(-0.3)
    assert many == pytest.approx(-1.0, abs=0.02)
