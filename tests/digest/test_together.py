"""One address that reads for several organisations: each has its bulletin, and nothing is shown twice."""

from dataclasses import replace
from datetime import timedelta

from tests.digest.builders import NOW, seen, subscriber
from veille.digest.choosing.together import same_address, told, whole, with_others

ANNE = [subscriber(1), replace(subscriber(2), email="Anne@p.example"), replace(subscriber(3), email="anne@P.example")]


def test_readers_of_one_address_know_of_each_other_whatever_its_spelling():
    assert same_address(ANNE) == {2: (3,), 3: (2,)}
    assert with_others([1, 3], {2: (3,), 3: (2,)}) == {1, 2, 3}


def test_what_one_of_them_was_sent_the_address_was_sent():
    early, late = seen(7, at=NOW - timedelta(days=14)), seen(7, at=NOW, item_version=2)
    journal = {2: {7: early, 8: seen(8)}, 3: {7: late}}
    found = told(2, journal, {2: (3,), 3: (2,)})
    assert (found[7].at, found[7].item_version, found[7].times) == (late.at, 2, 2)
    assert found == told(3, journal, {2: (3,), 3: (2,)})
    assert told(1, journal, {2: (3,), 3: (2,)}) == {}


def test_a_reader_keeps_a_bulletin_only_where_the_others_of_the_address_keep_theirs():
    beside = {2: (3,), 3: (2,)}
    assert whole({1: "a", 2: "b"}, {1, 2, 3}, beside) == {1: "a"}
    assert whole({1: "a", 2: "b"}, {1, 2}, beside) == {1: "a", 2: "b"}  # the other reads no such digest
    assert whole({1: "a", 2: "b", 3: "c"}, {1, 2, 3}, beside) == {1: "a", 2: "b", 3: "c"}
