"""How long a company has existed, held against the limit of a call."""

from datetime import date

import pytest

from veille.model import Verdict

from .build import a_member, an_item, judge
from .judgements import TODAY


def verdict(name: str, years: str, created: date | None, *, deadline: str = "2026-12-08", size: str = "pme") -> Verdict:
    facts = {"deadline": [deadline, "la date"], name: [years, "entreprises de moins de huit ans"]}
    judged = judge(an_item(facts=facts), a_member(created=created, size=size))
    assert judged.eligibility is not None
    return judged.eligibility.verdict


@pytest.mark.parametrize(
    ("name", "years", "created", "expected"),
    [
        ("age_max", "8", date(2020, 3, 1), Verdict.YES),
        ("age_max", "8", date(2012, 3, 1), Verdict.NO),
        ("age_min", "1", date(2012, 3, 1), Verdict.YES),
        ("age_min", "0.5", date(2026, 10, 1), Verdict.NO),
        ("age_max", "8", None, Verdict.CHECK),
        ("age_max", "quelques", date(2012, 3, 1), Verdict.CHECK),
        ("age_max", "8", date(2018, 12, 1), Verdict.CHECK),
        ("age_min", "3", date(2023, 12, 1), Verdict.CHECK),
        ("age_max", "1", date(2024, 2, 29), Verdict.NO),
    ],
)
def test_age_of_a_company(name: str, years: str, created: date | None, expected: Verdict) -> None:
    assert date(2026, 11, 1) < TODAY < date(2026, 12, 1)
    assert verdict(name, years, created) is expected


def test_whoever_comes_of_age_before_the_deadline_is_told_the_day() -> None:
    facts = {"deadline": ["2026-12-08", "la date"], "age_max": ["8", "moins de huit ans"]}
    judged = judge(an_item(facts=facts), a_member(created=date(2018, 12, 1)))
    assert judged.eligibility is not None
    assert judged.eligibility.note == "créée depuis moins de 8 an(s), le 1er décembre 2026 fait foi ?"


def test_a_laboratory_has_no_age() -> None:
    assert verdict("age_max", "8", date(1960, 1, 1), size="labo") is not Verdict.NO
