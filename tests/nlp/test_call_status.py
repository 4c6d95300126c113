"""Open, closed or to come at the instant of reading, by the clock that the text names."""

from datetime import UTC, datetime

import pytest

from veille.model import Evidence, Fact, Origin, Tagged
from veille.nlp.facts.call_status import deadline_state, status


def tagged(origin: Origin = Origin.CUE, **facts: str) -> Tagged:
    proof = (Evidence(text="x", where="text"),)
    said = tuple(Fact(name=name, value=value, origin=origin, evidence=proof) for name, value in facts.items())
    return Tagged(id="x", lang="fr", tags=(), facts=said)


NOON = datetime(2027, 4, 30, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "unknown"),
        ({"deadline": "2027-04-30"}, "open"),
        ({"deadline": "2027-04-29"}, "closed"),
        ({"deadline": "2027-04-30", "deadline_time": "11:30"}, "closed"),
        ({"deadline": "2027-04-30", "deadline_time": "11:31"}, "open"),
        ({"deadline": "2027-04-30", "deadline_time": "12:00", "deadline_zone": "Indian/Reunion"}, "closed"),
        ({"deadline": "2027-04-30", "deadline_time": "06:00", "deadline_zone": "America/Guadeloupe"}, "open"),
        ({"deadline": "2027-05-30", "opening": "2027-05-01"}, "upcoming"),
        ({"deadline_kind": "rolling"}, "rolling"),
        ({"deadline_state": "check"}, "unknown"),
    ],
)
def test_status_is_told_at_the_instant_of_reading(facts: dict[str, str], expected: str) -> None:
    assert status(tagged(**facts), NOON) == expected


def test_how_sure_a_deadline_is() -> None:
    assert deadline_state(tagged()) == "unknown"
    assert deadline_state(tagged(deadline="2027-04-30")) == "printed"
    assert deadline_state(tagged(deadline="2027-12-31", deadline_state="check")) == "check"
    assert deadline_state(tagged(deadline_state="check")) == "check"
    assert deadline_state(tagged(Origin.FACT, deadline="2027-04-30")) == "stated"
