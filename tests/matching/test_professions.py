"""What a NAF code stands for: a well formed list, items of the trade lifted, and only what stands there quoted."""

import re
from itertools import pairwise

import pytest

from veille.matching.professions import PARTS, mentions, profession_of
from veille.matching.words import lexicon
from veille.model import Item

from .build import a_member, an_item, case_of, judge, score_of

SPINNER = a_member(organisation="Duval", naf="13.10Z", sectors=(), activity=(), skills=(), needs=(), axes=())
#: The same of another trade.
ROOFER = a_member(organisation="Duval", naf="43.91B", sectors=(), activity=(), skills=(), needs=(), axes=())


def told(item: Item) -> list[str]:
    return [one.text for one in judge(item, SPINNER).reasons]


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_list_has_every_part_of_each_code_in_order_and_no_code_twice() -> None:
    lines = [[part.strip() for part in line.split("|")] for line in lexicon("professions.txt")]
    codes = [line[0] for line in lines]
    assert len(codes) > 700
    assert all(re.fullmatch(r"\d\d\.\d\d[A-Z]?", code) for code in codes)
    assert all(one < other for one, other in pairwise(codes))
    assert [line[0] for line in lines if len(line) != 1 + len(PARTS)] == []
    assert [line[0] for line in lines if not all(all(one.strip() for one in part.split(",")) for part in line)] == []


def test_a_class_is_known_by_itself_or_by_its_sub_classes() -> None:
    codes = [line.split("|")[0].strip().replace(".", "") for line in lexicon("professions.txt")]
    both = [code for code in codes if len(code) > 4 and code[:4] in codes]
    assert both == []


def test_no_expression_says_only_what_any_company_says() -> None:
    for line in lexicon("professions.txt"):
        code = line.split("|")[0]
        assert all(profession_of(code).values()), code


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("code", ["13.10Z", "1310Z", "13.10", " 1310z "])
def test_a_code_is_known_however_it_is_written(code: str) -> None:
    assert profession_of(code) == profession_of("13.10Z")
    assert "filature" in profession_of(code)["makes"]


def test_of_a_class_known_by_sub_classes_all_count_and_of_a_sub_class_its_own_only() -> None:
    whole, own = profession_of("43.22"), profession_of("43.22A")
    assert set(own["makes"]) < set(whole["makes"])


@pytest.mark.parametrize("code", [None, "", "?", "13", "1", "99.99Z", "😀"])
def test_what_is_no_class_stands_for_nothing(code: str | None) -> None:
    assert {part: dict(expressions) for part, expressions in profession_of(code).items()} == {
        part: {} for part in PARTS
    }


# ── scores and reasons ──────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_trade_uses_makes_an_item_its_own_more_than_another_s() -> None:
    item = an_item(title="Aide au remplacement des cardes et des peigneuses", text="", sectors=[], main=[])
    assert score_of(item, SPINNER) > 1.3 * score_of(item, ROOFER)


def test_it_is_told_in_the_words_of_the_item() -> None:
    item = an_item(title="Aide au remplacement des peigneuses et cardes", text="", sectors=[], main=[])
    assert told(item)[0] == "« peigneuses » : ce qu'emploie votre métier (code NAF)"


def test_words_that_stand_apart_or_on_two_sides_of_the_title_are_no_expression() -> None:
    (view, apart) = (
        case_of(an_item(title=title, text=text, sectors=[], main=[]), SPINNER).view
        for title, text in (("Laine", "française"), ("Laine et machines agricoles pour la culture française", ""))
    )
    assert [one.part for one in mentions("13.10Z", view) if one.last > one.first] == []
    assert [one.part for one in mentions("13.10Z", apart) if one.last > one.first] == []
    near = case_of(an_item(title="La laine française", text="", sectors=[], main=[]), SPINNER).view
    assert near.quote(*next((one.first, one.last) for one in mentions("13.10Z", near) if one.last > one.first)) == (
        "laine française"
    )
