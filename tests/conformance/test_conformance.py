"""One test a rule; the three runs are made once."""

import pytest

from tests.conformance.later import LATER
from tests.conformance.rules import RULES, Case, Evidence
from tests.conformance.runs import play


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return play(tmp_path_factory.mktemp("conformance") / "instance")


@pytest.mark.parametrize("number", sorted(RULES))
def test_rule_is_kept(number: str, evidence: Evidence) -> None:
    rule = RULES[number]
    rule.check(Case(rule, evidence))


def test_every_rule_of_the_checklist_is_here_or_says_why_not() -> None:
    chapters = {"C": 18, "T": 13, "R": 11, "S": 11, "P": 3, "H": 9, "W": 6, "E": 34}
    checklist = {f"{letter}{number:02}" for letter, last in chapters.items() for number in range(1, last + 1)}
    assert checklist == RULES.keys() | LATER.keys()
    assert not RULES.keys() & LATER.keys()
