"""One test a rule; the runs are made once."""

import pytest

from tests.conformance.later import LATER
from tests.conformance.rules import RULES, Case, Evidence, Run, host_name
from tests.conformance.runs import HURRY, MOMENTS, play


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return play(tmp_path_factory.mktemp("conformance") / "instance")


@pytest.mark.parametrize("number", sorted(RULES))
def test_rule_is_kept(number: str, evidence: Evidence) -> None:
    rule = RULES[number]
    rule.check(Case(rule, evidence))


@pytest.mark.parametrize("number", sorted(RULES))
def test_no_rule_is_kept_by_a_program_that_asks_nothing(number: str) -> None:
    rule = RULES[number]
    addresses = {host_name(rule, feed): "127.0.0.9" for feed in rule.feeds}
    idle = [Run(0, 0.0, 0.0, "", {}, [])] * len(MOMENTS)
    with pytest.raises(AssertionError):
        rule.check(Case(rule, Evidence(HURRY, [], idle, addresses, sources=1)))


def test_every_rule_of_the_checklist_is_here_or_says_why_not() -> None:
    chapters = {"C": 18, "T": 13, "R": 11, "S": 11, "P": 3, "H": 9, "W": 6, "E": 34}
    checklist = {f"{letter}{number:02}" for letter, last in chapters.items() for number in range(1, last + 1)}
    beyond = {number for number in RULES if number.startswith("X")}
    assert checklist == (RULES.keys() - beyond) | LATER.keys()
    assert not RULES.keys() & LATER.keys()
