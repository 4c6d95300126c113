"""The first look leaves out nothing that the exact judge lets through, and promises no less than it scores."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from veille.matching.context import MatchContext, prepare
from veille.matching.relevance import match
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


def test_english_words_that_begin_as_the_profile_s_own_are_found() -> None:
    member = a_member(needs=("sarcopénie",))
    english = an_item(id=9100, lang="en", title="Sarcopenia and healthy ageing", text="Nutrition of older adults.")
    context = context_of((*FILLER, english))
    assert match(english, member, context).score is not None
    assert english.id in {one.item_id for one in Judge(context).candidates(member)}


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
