"""The first look leaves out nothing that the exact judge lets through, and promises no less than it scores."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from veille.matching.context import MatchContext, prepare
from veille.matching.relevance import match, rank
from veille.matching.shortlist import Judge
from veille.model import Fact, Item, Member, Origin

from . import network
from .build import FILLER, a_member, an_item
from .crowd import crowd
from .judgements import TODAY, items, places, profiles, taxonomy


def context_of(some: Sequence[Item]) -> MatchContext:
    return prepare(some, today=TODAY, places=places(), taxonomy=taxonomy())


@cache
def a_crowd() -> tuple[list[Member], list[Item]]:
    return crowd(30, 700)


@cache
def crowded() -> MatchContext:
    return context_of(a_crowd()[1])


def losses(context: MatchContext, member: Member) -> list[str]:
    """Name what the exact judge passes and the first look leaves out or promises too little for."""
    promised = {one.item_id: one.at_most for one in Judge(context).candidates(member)}
    judged = (match(view.item, member, context) for view in context.views.values())
    return [
        f"{one.item_id}: {one.score} above {promised.get(one.item_id)} {one.reasons}"
        for one in judged
        if one.score is not None and one.score > promised.get(one.item_id, -1.0)
    ]


@pytest.mark.parametrize("judged", network.members(), ids=lambda judged: judged.key)
def test_nothing_is_lost_on_the_judged_network(judged: network.Judged) -> None:
    assert losses(context_of(network.items()), judged.member) == []


@pytest.mark.parametrize("judged", profiles(), ids=lambda judged: judged.key)
def test_nothing_is_lost_on_the_first_judgements(judged: object) -> None:
    assert losses(context_of(items()), judged.member) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("member", a_crowd()[0], ids=lambda member: str(member.id))
def test_nothing_is_lost_in_a_crowd(member: Member) -> None:
    assert losses(crowded(), member) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"commune": None},
        {"size": "collectivite"},
        {"size": "tpe", "sectors": ()},
        {"size": None, "activity": (), "needs": ()},
        {"axes": ("sarcopénie",), "activity": (), "needs": ()},
        {"follows": ("Nutrabel", "IBM", "le", "Horizon", "&", "Danone France")},
        {"countries": ("DE", "MA", "ES"), "sectors": ("agroalimentaire", "eau", "industrie-du-futur")},
        {"muted": ("sarcopénie",)},
        {"needs": ("usines pilotes", "collectivité pilote", "projets collaboratifs")},
        {"activity": ("compléments alimentaires",) * 9, "skills": ("compléments alimentaires pour seniors",) * 3},
    ],
    ids="+".join,
)
def test_nothing_is_lost_for_odd_profiles(changed: dict[str, object]) -> None:
    assert losses(context_of((*FILLER, an_item())), a_member(**changed)) == []
    assert losses(context_of(network.items()), a_member(**changed)) == []


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_whatever_the_crowd(seed: int) -> None:
    """Random members, each with a random half of another's lines: what is offered is what judging every pair offers."""
    draw = random.Random(seed)
    people, things = crowd(8, 250, seed=seed, trades_known=6)
    context = context_of(things)
    judge = Judge(context)
    mixed = [_mixed(one, draw.choice(people), draw) for one in people]
    for member in mixed:
        every = sorted(rank(things, member, context), key=lambda one: one.item_id)
        found = {one.item_id: one.at_most for one in judge.candidates(member)}
        judged = (judge(context.views[number].item, member) for number in sorted(found))
        assert [one for one in judged if one.score is not None] == every
        assert [one.item_id for one in every if (one.score or 0.0) > found[one.item_id]] == []


def _mixed(one: Member, other: Member, draw: random.Random) -> Member:
    """Change what the first look bounds: lines, size, place, sectors, names followed, axes, territory."""
    return replace(
        one,
        organisation=draw.choice((one.organisation, "Scierie du Haut-Doubs", "Laboratoire des eaux")),
        activity=draw.choice((one.activity, (), other.activity + one.skills)),
        skills=draw.choice((one.skills, (), (*one.skills, "projets collaboratifs", "usines pilotes"))),
        needs=draw.choice((one.needs, other.needs, (), ("financer un salon", "recruter", *one.needs))),
        size=draw.choice((one.size, None, "tpe", "labo", "collectivite", "association")),
        commune=draw.choice((one.commune, None)),
        sectors=draw.choice((one.sectors, other.sectors, ())),
        follows=draw.choice((one.follows, ("Danone", "le", "IBM"))),
        naf=draw.choice((one.naf, "16.10A", "62.01Z", None)),
    )


def test_english_words_that_begin_as_the_profile_s_own_are_found() -> None:
    member = a_member(needs=("sarcopénie",))
    english = an_item(id=9100, lang="en", title="Sarcopenia and healthy ageing", text="Nutrition of older adults.")
    context = context_of((*FILLER, english))
    assert match(english, member, context).score is not None
    assert english.id in {one.item_id for one in Judge(context).candidates(member)}


def test_a_company_called_large_with_few_people_is_not_taken_for_one_of_thousands() -> None:
    item = an_item(id=9300, facts={"staff_max": ["250", "moins de 250 salariés"]})
    assert losses(context_of((*FILLER, item)), a_member(size="ge", staff=100)) == []
    assert match(item, a_member(size="ge", staff=100), context_of((*FILLER, item))).score is not None


def test_a_line_of_many_words_is_not_lost_in_counting_them() -> None:
    letters = itertools.product("bcdfg", "aiou", "klmnp", "aiou", "rtvz")
    line = " ".join(f"{''.join(one)}x" for one in itertools.islice(letters, 130))
    before = " ".join(f"mot{number}" for number in range(70))
    item = an_item(id=9301, lang="en", title="Neutre", text=f"{before} {line}", sectors=[])
    member, context = a_member(activity=(line,), needs=()), context_of((*FILLER, item))
    assert match(item, member, context).score is not None
    assert losses(context, member) == []


def test_a_followed_name_inside_an_expression_of_an_english_text_is_found() -> None:
    item = an_item(id=9302, lang="en", type="actualite", title="Société Banque Alimentaire opens", text="", sectors=[])
    member = a_member(follows=("Banque",))
    context = context_of((*FILLER, item))
    assert "follow" in {reason.kind for reason in match(item, member, context).reasons}
    assert losses(context, member) == []


def test_first_look_narrows_and_comes_in_order() -> None:
    candidates = Judge(crowded()).candidates(a_crowd()[0][0])
    assert len(candidates) * 4 < len(crowded().views)
    assert candidates == sorted(candidates, key=lambda one: (-one.at_most, one.item_id))


def test_what_is_closed_is_no_candidate() -> None:
    closed = replace(an_item(id=9200), facts=(Fact(name="deadline", value="2026-11-01", origin=Origin.CUE),))
    ids = [one.item_id for one in Judge(context_of((*FILLER, closed, an_item()))).candidates(a_member())]
    assert an_item().id in ids
    assert closed.id not in ids


def test_no_items_and_no_profile_give_no_candidates() -> None:
    assert Judge(context_of(())).candidates(a_member()) == []
    assert Judge(context_of(())).candidates(Member(id=5, organisation="Vide")) == []
