from pathlib import Path

import pytest

from tests.linking.pairs import HALVES, collected, measured, of_half, sketches, written
from tests.shared import shared
from veille.linking.comparing import compare
from veille.linking.marks import marks
from veille.nlp.tagger import load_tagger

ROOT = Path(__file__).resolve().parents[2]
#: Pairwise F1 reached: it only rises.
FLOORS = {"opened": 0.97, "closed": 0.93, "fresh": 0.85}


@pytest.fixture(scope="module")
def tagger():
    return load_tagger([ROOT])


@pytest.fixture(scope="module")
def known(tagger):
    records, pairs = written()
    return sketches(tagger, records), pairs


def test_there_are_enough_pairs_and_half_of_them_are_closed(known):
    _, pairs = known
    counts = {half: len(list(of_half(half, pairs))) for half in HALVES}
    assert min(counts["opened"], counts["closed"]) >= 140
    assert sum(one.same for one in pairs) >= 75


@pytest.mark.parametrize("half", HALVES)
def test_what_is_one_thing_is_found_and_nothing_else_is_joined(known, half):
    all_known, pairs = known
    mine = list(of_half(half, pairs))
    names = {name for one in mine for name in (one.one, one.other)}
    figures = measured({name: all_known[name] for name in names}, mine)
    assert figures.wrong == ()
    assert figures.f1 >= FLOORS[half], figures.missed


def test_no_two_families_are_joined(known):
    all_known, _ = known
    for one in all_known:
        for other in all_known:
            if one < other and one.partition("/")[0] != other.partition("/")[0]:
                assert not compare(all_known[one], all_known[other]).same, (one, other)


def test_items_that_are_one_thing_share_a_mark(known):
    all_known, pairs = known
    alone = [one for one in pairs if one.same and not set(marks(all_known[one.one])) & set(marks(all_known[one.other]))]
    assert len(alone) * 12 <= sum(one.same for one in pairs), alone


@pytest.mark.shared
def test_real_records_that_look_alike_are_kept_apart(tagger):
    records, pairs = collected(shared("gold"))
    known = sketches(tagger, records)
    figures = measured(known, pairs)
    assert not [one for one in figures.wrong if "edition" in one.why or "award" in one.why]
    assert len(figures.wrong) <= 2, figures.wrong
    assert figures.f1 >= 0.85, figures.missed
