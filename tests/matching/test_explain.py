"""`veille why`: items and members found by what people have at hand, and the answer in French lines."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from veille.errors import InputError
from veille.matching.explain import explain, find_item, find_member, find_reader, parts_line, read_by, sent_before
from veille.matching.usefulness import weights
from veille.model import SeenItem, Subscriber

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
    assert lines[1].startswith("Phytalis : oui — score ")
    assert any("votre besoin « sarcopénie » est dans l'appel" in line for line in lines)
    assert lines[-1] == "éligibilité : éligible : ouvert aux PME « Ouvert aux PME. »"


def test_answer_names_the_first_gate_that_refused() -> None:
    item = an_item(main=["fr:region:53"])
    lines = list(explain(item, a_member(), judge(item), taxonomy()))
    assert lines[1] == "Phytalis : non — hors de votre territoire : vise Bretagne (territory)"


def test_what_was_sent_says_so_first_to_each_of_its_readers() -> None:
    item = replace(an_item(), also=(77,))
    reader = replace(PEOPLE[0], id=4)
    sent = {4: {77: SeenItem(item_id=77, item_version=1, deadline=None, at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))}}
    lines = list(sent_before(item, [reader, PEOPLE[0]], sent, ZoneInfo("Europe/Paris")))
    assert lines == [
        "déjà envoyé à claire@phytalis.example le 21 novembre 2026 : ne reparaît que changé, ou en dernier rappel"
    ]


def test_reader_is_a_member_with_terms_and_languages_of_their_own() -> None:
    reader = replace(PEOPLE[0], muted=("sarcopénie",), languages=("fr",))
    member = read_by(a_member(muted=("vin",)), reader)
    assert (member.muted, member.languages) == (("vin", "sarcopénie"), ("fr",))
    assert judge(an_item(), member).gate is not None
    assert read_by(a_member(), None) == a_member()


def test_reader_is_found_by_address_only() -> None:
    assert find_reader("Claire@Phytalis.example", PEOPLE) is PEOPLE[0]
    assert find_reader("Phytalis", PEOPLE) is None


def test_parts_of_a_score_are_told_by_kind_the_heaviest_first() -> None:
    line = parts_line(
        {"near-need-title": 0.75, "near-need-opening": 0.5, "kind:ami": -0.4, "home": 1.0, "urgent": 0.01}
    )
    assert line == "parts de la note : sens proche de vos lignes +1,2 · votre territoire +1,0 · type -0,4"


def test_every_part_of_the_shipped_weights_has_its_words() -> None:
    assert all(parts_line({name: 1.0}).endswith("+1,0") for name in weights().parts)
