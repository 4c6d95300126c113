"""What is known of a member by its NAF code and its name alone, and what such a member is shown."""

from dataclasses import replace

import pytest

from veille.matching.trades import named_trades, trade_of

from .build import a_member, an_item, case_of, judge, score_of


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("16.10A", "scierie"), ("1610A", "scierie"), ("16", "bois"), ("32.50B", "lunetterie"),
        ("32.50A", "dispositifs médicaux"),
    ],
)  # fmt: skip
def test_longest_known_prefix_of_a_code_counts(code: str, first: str) -> None:
    assert trade_of(code)[0] == first


@pytest.mark.parametrize("code", [None, "", "?", "99.00Z", "1"])
def test_unknown_code_says_nothing(code: str | None) -> None:
    assert trade_of(code) == ()


def test_name_says_its_trade_and_no_more() -> None:
    assert named_trades("Scierie du Haut-Doubs") == ("Scierie",)
    assert named_trades("Établissements Martin & Fils") == ()


def test_member_known_by_its_code_is_shown_its_trade_and_told_why() -> None:
    poor = a_member(organisation="Dufau", naf="16.10A", sectors=("bois-foret",), activity=(), needs=(), size=None)
    item = an_item(title="Modernisation des scieries", text="", sectors=["bois-foret"])
    (first, *_) = judge(item, poor).reasons
    assert (first.kind, first.text) == ("activity", "« scierie » = votre métier, d'après votre code NAF")


def test_its_own_words_say_more_than_its_code() -> None:
    poor = a_member(naf="16.10A", sectors=("bois-foret",), activity=(), needs=())
    rich = replace(poor, activity=("placage de chêne",))
    item = an_item(title="Modernisation des scieries", text="", sectors=["bois-foret"])
    own = an_item(title="Modernisation du placage de chêne", text="", sectors=["bois-foret"])
    assert case_of(item, poor).concerned
    assert not case_of(item, rich).concerned
    assert score_of(item, rich) < score_of(item, poor)
    assert score_of(own, rich) > score_of(own, poor)


def test_one_word_of_a_code_sells_no_other_product() -> None:
    poor = a_member(naf="22.29A", sectors=("chimie-materiaux",), activity=(), needs=())
    waste = an_item(
        title="Collecte des emballages plastiques", text="", type="marche-public", sectors=["chimie-materiaux"]
    )
    assert judge(waste, poor).gate is not None
    parts = an_item(
        title="Fourniture de pièces plastiques", text="", type="marche-public", sectors=["chimie-materiaux"]
    )
    assert judge(parts, poor).gate is None


def test_nobody_is_told_of_works_whose_trade_they_are_not() -> None:
    item = an_item(title="Travaux de charpente de l'école", text="", type="marche-public", sectors=["construction-btp"])
    assert judge(item, a_member(naf="43.91A", activity=("charpente",), sectors=("construction-btp",))).gate is None
    assert judge(
        item, a_member(naf="25.11Z", activity=("outillage de charpente",), sectors=("industrie-du-futur",))
    ).gate
    assert judge(item, a_member(naf="84.11Z", activity=("charpente",), size="collectivite")).gate
