"""Small items and members for one assertion each."""

from typing import Any

from veille.matching.case import Case
from veille.matching.context import MatchContext, prepare
from veille.matching.relevance import match
from veille.model import Item, Match, Member

from .judgements import TODAY, items, make_item, places, taxonomy

FILLER = items()


def an_item(**changed: Any) -> Item:
    """Make a regional call about sarcopenia that suits `a_member`, but for what is changed."""
    row: dict[str, Any] = {
        "id": 9000,
        "title": "Sarcopénie et nutrition : projets collaboratifs",
        "text": "La Région soutient les compléments alimentaires pour seniors.",
        "published": TODAY,
        "type": "appel-a-projets",
        "sectors": ["agroalimentaire"],
        "main": ["fr:region:84"],
        "facts": {"deadline": ["2026-12-08", "avant le 8 décembre 2026"]},
    }
    return make_item(row | changed)


def a_member(**changed: Any) -> Member:
    """Make Phytalis in short, but for what is changed."""
    fields: dict[str, Any] = {
        "id": 1,
        "organisation": "Phytalis",
        "size": "pme",
        "naf": "10.89Z",
        "naf_version": "NAFRev2",
        "commune": "63322",
        "sectors": ("agroalimentaire",),
        "activity": ("gommes aux extraits végétaux", "encapsulation"),
        "needs": ("sarcopénie", "enrobage sans dioxyde de titane"),
    }
    return Member(**(fields | changed))


def context_with(*more: Item) -> MatchContext:
    """Prepare the judged items and these."""
    return prepare((*FILLER, *more), today=TODAY, places=places(), taxonomy=taxonomy())


def judge(item: Item, member: Member | None = None) -> Match:
    """Match one item among the judged ones."""
    return match(item, member or a_member(), context_with(item))


def case_of(item: Item, member: Member | None = None) -> Case:
    """Put an item among the judged ones before a member, for what rules of words make of it."""
    context = context_with(item)
    return Case(context.view(item), context.profile(member or a_member()), context)


def score_of(item: Item, member: Member | None = None) -> float:
    """Return the score of one item among the judged ones, 0 where it is refused."""
    return judge(item, member).score or 0.0
