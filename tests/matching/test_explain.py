"""`veille why`: items and members found by what people have at hand, and the answer in French lines."""

import pytest

from veille.errors import InputError
from veille.matching.explain import explain, find_item, find_member
from veille.model import Subscriber

from .build import a_member, an_item, judge
from .judgements import items, taxonomy

PEOPLE = [Subscriber(id=1, member_id=1, email="claire@phytalis.example")]


@pytest.mark.parametrize("wanted", ["5", "https://sources.example/5"])
def test_item_is_found_by_number_or_address(wanted: str) -> None:
    assert find_item(wanted, items()).id == 5


def test_unknown_address_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"le plus proche : \d+ \(https://sources\.example/"):
        find_item("https://sources.example/555", items())


def test_unknown_number_says_where_numbers_are() -> None:
    with pytest.raises(InputError, match="veille items list"):
        find_item("123456", items())


@pytest.mark.parametrize("wanted", ["Phytalis", "PHYTALIS", "claire@phytalis.example"])
def test_member_is_found_by_name_or_address(wanted: str) -> None:
    assert find_member(wanted, [a_member()], PEOPLE).organisation == "Phytalis"


def test_unknown_member_names_the_nearest() -> None:
    with pytest.raises(InputError, match="vouliez-vous « Phytalis »"):
        find_member("Phitalis", [a_member()], PEOPLE)


def test_answer_names_every_part_of_the_score_and_the_condition() -> None:
    item = an_item(facts={"eligible_sizes": ["pme", "Ouvert aux PME."]})
    lines = list(explain(item, a_member(), judge(item), taxonomy()))
    assert lines[1].startswith("Phytalis : oui — score 0,")
    assert any("votre besoin « sarcopénie » est dans l'appel" in line for line in lines)
    assert lines[-1] == "éligibilité : éligible : ouvert aux PME « Ouvert aux PME. »"


def test_answer_names_the_first_gate_that_refused() -> None:
    item = an_item(main=["fr:region:53"])
    lines = list(explain(item, a_member(), judge(item), taxonomy()))
    assert lines[1] == "Phytalis : non — hors de votre territoire : vise Bretagne (territory)"
