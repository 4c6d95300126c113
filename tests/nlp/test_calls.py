"""Calls of our own, read whole: until when, how much, for whom and where."""

import pytest
from benchmarks.calls import HALVES, load_calls, measure, tag_calls

#: Least or, for what is wrong or invented, largest share: measured, less what one call may cost. All three halves have
#: been used since their first reading (its figures: docs/mesures.md); these only say that nothing was undone.
LEAST = {"deadline_exact": 0.95, "amount_exact": 0.94, "verdict_right": 0.95, "hour_opening_kind": 0.88}
MOST = {
    "deadline_wrong": 0.005, "amount_invented": 0.02, "false_no": 0.005, "false_yes": 0.02, "area_wrong": 0.06,
}  # fmt: skip


@pytest.mark.parametrize("half", HALVES)
def test_calls_are_read_as_they_were(half: str) -> None:
    figures = measure(tag_calls(half))
    assert {name: figures[name] for name, least in LEAST.items() if figures[name] < least} == {}
    assert {name: figures[name] for name, most in MOST.items() if figures[name] > most} == {}


def test_the_set_is_large_and_none_is_there_twice() -> None:
    rows = [row for half in HALVES for row in load_calls()[half]]
    assert len(rows) >= 200
    assert len({row["text"] for row in rows}) == len(rows)
    assert sum(row["d"] is None for row in rows) >= len(rows) / 4
