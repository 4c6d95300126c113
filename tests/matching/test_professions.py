"""What a NAF code stands for: a well formed list, items of the trade lifted, and only what stands there quoted."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from veille.matching.professions import PARTS, code_of, mentions, profession_of
from veille.matching.words import generic_stems, is_expression, lexicon, stem, stems
from veille.model import Item
from veille.text import fold

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


def test_no_expression_says_only_what_any_company_says_and_none_lost_its_telling_word() -> None:
    """« e-commerce » is not « commerce », and a word of grammar or of trade talk alone tells no trade."""
    articles = re.compile(r"d|l|du|des?|l[ae]s?|aux?|a|en|et|ou|une?|par|sur|pour")
    for code, *parts in (line.split("|") for line in lexicon("professions.txt")):
        for one in (one.strip() for part in parts for one in part.split(",")):
            found = set(stems(fold(one)))
            assert found - generic_stems(), (code, one)
            printed = {stem(word) for word in re.findall(r"[a-z0-9]+", fold(one)) if not articles.fullmatch(word)}
            assert len(found) > 1 or is_expression(*found) or len(printed) == 1, (code, one)


@pytest.mark.parametrize(
    ("naf", "title"),
    [
        ("38.12Z", "AMI : territoires de projets"),
        ("86.22A", "La PAC change"),
        ("32.12Z", "Pôles de compétitivité : CIR"),
    ],
)
def test_words_that_only_end_alike_are_not_a_trade_s(naf: str, title: str) -> None:
    view = case_of(an_item(title=title, text="", sectors=[], main=[]), SPINNER).view
    assert list(mentions(naf, view)) == []


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("code", ["13.10Z", "1310Z", "13.10", " 1310z "])
def test_a_code_is_known_however_it_is_written(code: str) -> None:
    assert profession_of(code) == profession_of("13.10Z")
    assert "filature" in profession_of(code)["makes"].values()


def test_of_a_class_known_by_sub_classes_all_count_and_of_a_sub_class_its_own_only() -> None:
    whole, own = profession_of("43.22"), profession_of("43.22A")
    assert set(own["makes"]) < set(whole["makes"])


@pytest.mark.parametrize("code", [None, "", "?", "13", "1", "99.99Z", "😀"])
def test_what_is_no_class_stands_for_nothing(code: str | None) -> None:
    assert {part: dict(expressions) for part, expressions in profession_of(code).items()} == {
        part: {} for part in PARTS
    }


def test_a_code_of_another_nomenclature_stands_for_nothing() -> None:
    item = an_item(title="Aide au remplacement des cardes et des peigneuses", text="", sectors=[], main=[])
    assert code_of(replace(SPINNER, naf_version="NAF2025")) is None
    assert code_of(replace(SPINNER, naf_version=None)) == "13.10Z"
    assert score_of(item, replace(SPINNER, naf_version="NAF2025")) < score_of(item, SPINNER)


# ── scores and reasons ──────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_trade_uses_makes_an_item_its_own_more_than_another_s() -> None:
    item = an_item(title="Aide au remplacement des cardes et des peigneuses", text="", sectors=[], main=[])
    assert score_of(item, SPINNER) > 1.3 * score_of(item, ROOFER)


def test_it_is_told_in_the_words_of_the_item() -> None:
    item = an_item(title="Aide au remplacement des peigneuses et cardes", text="", sectors=[], main=[])
    assert told(item)[0] == "« peigneuses », que votre métier utilise (code NAF)"


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


def test_an_expression_of_several_words_is_quoted_whole() -> None:
    view = case_of(an_item(title="Gilets pare-balles : commande groupée", text="", sectors=[], main=[]), SPINNER).view
    quoted = [view.quote(one.first, one.last) for one in mentions("84.24Z", view)]
    assert quoted == ["Gilets pare-balles"]
