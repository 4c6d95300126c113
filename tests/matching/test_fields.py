"""Trades by what they talk of: which a member is in, which an item is of, and what any company may want."""

import pytest

from veille.matching.fields import AIMS, aims_of, by_code, fields, markets, own_fields, read_fields
from veille.matching.words import stems
from veille.text import fold

SAWMILL, TURNING = "scierie et première transformation", "usinage et décolletage"


def read(title: str, text: str = "", *, english: bool = False, name: str = "fields.txt") -> dict[str, float]:
    head = stems(fold(title), english=english)
    found = [*head, "", *stems(fold(text), english=english)]
    return {one: told.strength for one, told in read_fields(found, len(head), english=english, name=name).items()}


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        ("Les billons se font rares", "Épicéa et sapin manquent aux lignes.", SAWMILL),
        ("Tournage sur poupée mobile : douze places", "Lire un plan, régler un tour.", TURNING),
        (
            "Accise sur le gazole professionnel",
            "Les transporteurs demandent le remboursement.",
            "transport routier et fret",
        ),
    ],
)
def test_an_item_is_of_the_trade_whose_words_it_uses(title: str, text: str, field: str) -> None:
    assert field in read(title, text)


def test_words_that_go_with_a_trade_do_not_make_it_alone() -> None:
    assert read("Une commune plante un chêne", "L'école y était.") == {}


def test_english_says_a_trade_in_its_own_words() -> None:
    assert TURNING in read("Supplier of turned parts wanted", "Stainless steel, tight tolerance.", english=True)


def test_a_code_says_the_trade_that_knows_most_of_it() -> None:
    assert by_code("25.62A") == {TURNING}
    assert by_code(None) == frozenset()
    assert by_code("00.00Z") == frozenset()


def test_a_name_chooses_among_the_trades_of_a_code() -> None:
    assert own_fields((), (), "Tonnellerie du Port", "16.24Z") == {"tonnellerie"}


def test_those_for_whom_one_works_are_no_trade_of_ones_own() -> None:
    lines = ("faisceaux électriques pour avions",)
    assert "aéronautique" not in own_fields(lines, (), "", None)
    assert "aéronautique" in markets(lines)


def test_a_need_says_what_any_company_may_want_and_words_alike_do_not() -> None:
    assert aims_of(("payer moins cher notre électricité", "un prêt pour deux machines"))["emprunter et financer"] == (
        "un prêt pour deux machines"
    )
    assert "emprunter et financer" not in aims_of(("être prêts pour le règlement",))
    assert "économies d'énergie et décarbonation" in read("Récupération de chaleur fatale", "", name=AIMS)


def test_every_field_can_be_told_and_every_code_is_digits() -> None:
    for name, field in fields().items():
        assert all(code.isalnum() and code[0].isdigit() for code in field.naf), name
    assert len(fields()) >= 150
