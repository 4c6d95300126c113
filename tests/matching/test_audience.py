"""Whom a call is for: companies of every trade, those of one that it names, and who is neither."""

from dataclasses import replace
from typing import Any

import pytest

from veille.matching.audience import read_audience
from veille.model import Item, TextToTag
from veille.nlp.tagger import load_tagger

from .build import a_member, an_item, case_of, judge, score_of
from .judgements import ROOT


def call(title: str, text: str = "") -> Item:
    """Make a regional aid as it is written, of no filière that a reader would have found."""
    return an_item(title=title, text=text, type="subvention-aide", sectors=[])


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Chèque innovation pour les petites entreprises", ""),
        ("Transition énergétique des entreprises", "Les TPE et PME sont aidées."),
        ("Parcours Cap Ouest", "Diagnostic offert aux PME, quel que soit leur secteur d'activité."),
        ("Tremplin 2027", "Ouvert aux entreprises de tous les secteurs."),
        ("Rebond", "Pour les PME, toutes filières confondues."),
        ("Accompagnement RSE des PME", "Pour les entreprises engagées."),
        ("Eurostars: call 9", "SMEs from any sector may apply."),
    ],
)
def test_call_of_general_words_or_that_says_so_is_for_every_trade(title: str, text: str) -> None:
    assert read_audience(call(title, text)).every_trade


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Booster : aide aux PME de la confection", ""),
        ("Aide aux entreprises textiles", ""),
        ("Modernisation des scieries", "Les PME sont aidées."),
        ("Soutien à l'innovation", "Ouvert à tous les métiers de la forêt et aux entreprises du bois."),
        ("Aide à la création", "Pour les porteurs de projet et les start-up."),
        ("Aide à l'investissement des jeunes pousses", "Les entreprises de moins de trois ans."),
        ("Bourse aux familles", "Pour les parents."),
    ],
)
def test_call_that_names_a_trade_or_no_company_is_not(title: str, text: str) -> None:
    assert not read_audience(call(title, text)).every_trade


def test_trade_of_who_may_apply_is_read_after_them() -> None:
    assert read_audience(call("Fonds propres pour les entreprises de la forêt et du bois")).trades == {"foret", "bois"}
    assert read_audience(call("Aide aux PME du numérique")).trades == {"numer"}
    assert not read_audience(call("Aide aux PME de moins de 50 salariés de la région")).trades


def test_sizes_are_those_that_it_names() -> None:
    assert read_audience(call("Appel à projets des communes et des associations")).sizes == {
        "collectivite", "association"
    }  # fmt: skip
    assert read_audience(call("Prêt aux TPE")).sizes == {"tpe"}


def test_words_of_a_filiere_in_the_title_keep_it_for_that_filiere() -> None:
    title, text = "Aéronautique : aide à l'innovation", "Ouvert aux PME de tous les secteurs."
    assert read_audience(call("Aide à l'innovation", text)).every_trade
    written = TextToTag(
        id="1", title=title, text=text, lang="fr", published=None,
        source_title="Région", source_territory=None, source_type=None,
    )  # fmt: skip
    (said,) = load_tagger([ROOT]).tag([written])
    assert not read_audience(replace(call(title, text), tags=said.tags)).every_trade


def off_topic(item: Item, **member: Any) -> str | None:
    """Return what the gate says to a member that is changed, None where it lets the item through."""
    gate = judge(item, a_member(**member)).gate
    assert gate is None or gate.kind == "gate:off-topic"
    return gate and gate.text


@pytest.mark.parametrize("whose", ["des PME industrielles", "pour les industriels", "des entreprises industrielles"])
def test_aid_whose_title_keeps_it_to_industry_is_for_who_makes_things(whose: str) -> None:
    item = call(f"Aide à l'investissement {whose}")
    said = "hors sujet : pour l'industrie, et votre code NAF n'en est pas"
    assert off_topic(item) is None
    assert off_topic(item, naf="62.01Z") == said
    assert off_topic(item, naf=None, sectors=("industrie-du-futur",)) is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Aide à l'investissement des PME", "Par exemple des entreprises industrielles de la région."),
        ("Aide aux entreprises industrielles, de commerce et de services", "Les PME sont aidées."),
        ("Aide aux PME de l'industrie, du commerce et des services", "Les PME sont aidées."),
    ],
)
def test_industry_among_others_or_below_the_title_keeps_nobody_out(title: str, text: str) -> None:
    assert off_topic(call(title, text), naf="62.01Z") is None


def test_industry_is_read_where_it_stands_alone() -> None:
    assert read_audience(call("Aide à l'investissement des PME industrielles")).industrial
    assert not read_audience(call("Aide aux PME", "de l'industrie, du commerce et des services")).industrial


@pytest.mark.parametrize(
    "title", ["Projets de recherche et développement des PME", "R&D collaborative des PME", "Un doctorant dans une PME"]
)
def test_research_is_for_who_may_do_some(title: str) -> None:
    item = call(title)
    said = "hors sujet : pour qui fait de la recherche, et votre code NAF n'en est pas"
    assert off_topic(item) is None
    assert off_topic(item, naf="55.10Z") == said
    assert off_topic(item, naf="72.19Z") is None
    assert off_topic(item, naf=None, sectors=("tourisme-loisirs",)) is None


def test_what_is_kept_to_others_is_shown_to_who_asks_for_it_in_its_own_words() -> None:
    item = call("Projets de recherche et développement des PME : la voile de kite")
    assert off_topic(item, naf="55.10Z") is not None
    assert off_topic(item, naf="55.10Z", needs=("voile de kite",)) is None


def test_call_to_a_whole_trade_is_shown_to_it_and_says_so() -> None:
    item = an_item(title="Fonds propres pour les entreprises du bois", text="", sectors=["bois-foret"])
    sawmill = a_member(naf="16.10A", sectors=("bois-foret",), activity=("placage de chêne",), needs=())
    said = {reason.kind: reason.text for reason in judge(item, sawmill).reasons}
    assert said["sector"] == "filière Forêt, bois et ameublement, à qui l'appel s'adresse"
    for other in (
        replace(sawmill, naf="22.29A", activity=("colles",)),
        replace(sawmill, activity=("placage",), size="labo"),
    ):
        assert not case_of(item, other).concerned
        assert "à qui l'appel s'adresse" not in " ".join(reason.text for reason in judge(item, other).reasons)
        assert score_of(item, other) < score_of(item, sawmill)


def test_trade_named_far_down_is_an_example() -> None:
    far = call("Chèque innovation", f"Ouvert aux PME. {'Voir le règlement. ' * 15}Par exemple les entreprises du bois.")
    assert not read_audience(far).trades
