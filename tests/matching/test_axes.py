"""An axis of the taxonomy that a member names: an interest whatever the words, said with those that made the axis."""

from dataclasses import replace

import pytest

from veille.config.taxonomy import Taxonomy, Term
from veille.matching.context import MatchContext, prepare
from veille.matching.explain import explain
from veille.matching.relevance import match, rank
from veille.model import Evidence, Item, Origin, Scheme, Tag

from .build import FILLER, a_member, an_item
from .judgements import TODAY, places, taxonomy

AXES = {
    name: Term(scheme=Scheme.AXIS, id=name, label=label, broader="agroalimentaire")
    for name, label in (("vieillissement", "Bien vieillir"), ("microbiote", "Microbiote"), ("hors-sujet", "Hors sujet"))
}
TAXONOMY = Taxonomy(terms={**taxonomy().terms, Scheme.AXIS: AXES})
#: Names nothing that the items print.
MEMBER = {"activity": ("confiserie",), "needs": ()}


def about(term: str, *words: str, **changed: object) -> Item:
    """Make an item read to be about an axis."""
    item = an_item(title="Résidences : les menus changent", text="Un règlement paraît.", **changed)
    said = tuple(Evidence(text=word, where="title") for word in words)
    axis = Tag(scheme=Scheme.AXIS, term=term, score=0.6, origin=Origin.CUE, evidence=said)
    return replace(item, tags=(*item.tags, axis))


def context(item: Item) -> MatchContext:
    """Prepare the judged items and this one, with axes."""
    return prepare((*FILLER, item), today=TODAY, places=places(), taxonomy=TAXONOMY)


@pytest.mark.parametrize("named", ["Bien vieillir", "bien vieillir", "vieillissement"])
def test_an_axis_named_by_label_or_id_is_a_reason(named: str) -> None:
    item, member = about("vieillissement", "Résidences"), a_member(**MEMBER, axes=(named,))
    judged = match(item, member, context(item))
    assert judged.gate is None
    assert "votre axe « Bien vieillir » : « Résidences »" in [reason.text for reason in judged.reasons]
    assert item.id in [one.item_id for one in rank([item], member, context(item))]


@pytest.mark.parametrize("named", ["Microbiote", "Hors sujet", "nos anciens"])
def test_another_axis_is_none(named: str) -> None:
    item = about("vieillissement", "Résidences")
    judged = match(item, a_member(**MEMBER, axes=(named,)), context(item))
    assert judged.gate is not None
    assert judged.gate.kind == "gate:off-topic"


def test_off_topic_is_nobody_s_interest() -> None:
    item = about("hors-sujet", "menus")
    assert match(item, a_member(**MEMBER, axes=("Hors sujet",)), context(item)).gate is not None


def test_a_tender_of_the_axis_must_still_buy_what_the_member_makes() -> None:
    item = about("vieillissement", "Résidences", type="marche-public")
    assert match(item, a_member(**MEMBER, axes=("Bien vieillir",)), context(item)).gate is not None


def test_why_says_the_axes_with_their_words() -> None:
    item, member = about("vieillissement", "Résidences", "menus"), a_member()
    judged = match(item, member, context(item))
    assert "axe : Bien vieillir (« Résidences », « menus »)" in list(explain(item, member, judged, TAXONOMY))
    foreign = about("hors-sujet")
    lines = list(explain(foreign, member, match(foreign, member, context(foreign)), TAXONOMY))
    assert "axe : Hors sujet (ni axe ni filière du cluster)" in lines
