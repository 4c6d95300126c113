from hypothesis import given
from hypothesis import strategies as st

from veille.linking.clusters import groups, pair


def test_links_make_groups_whatever_their_order():
    assert groups({(1, 2): 0.9, (2, 3): 0.6}, ()) == dict.fromkeys((1, 2, 3), frozenset({1, 2, 3}))


def test_a_chain_joins_no_two_that_are_kept_apart():
    found = groups({(1, 2): 0.9, (2, 3): 0.8}, [(1, 3)])
    assert found == dict.fromkeys((1, 2), frozenset({1, 2}))


def test_the_surest_link_wins():
    found = groups({(1, 2): 0.6, (2, 3): 0.8}, [(1, 3)])
    assert found == dict.fromkeys((2, 3), frozenset({2, 3}))


def test_what_people_joined_stands_against_the_machine():
    assert groups({}, [(1, 2)], said=[(1, 2)]) == dict.fromkeys((1, 2), frozenset({1, 2}))


def test_what_people_parted_is_joined_by_no_chain():
    found = groups({(1, 2): 1.0, (2, 3): 1.0, (1, 3): 1.0}, (), refused=[(1, 3)])
    assert not any({1, 3} <= group for group in found.values())


NUMBERS = st.integers(1, 12)
PAIRS = st.sets(st.tuples(NUMBERS, NUMBERS).filter(lambda both: both[0] != both[1]).map(lambda both: pair(*both)))


@given(
    links=st.dictionaries(st.sampled_from([(a, b) for a in range(1, 12) for b in range(a + 1, 13)]), st.floats(0.5, 1)),
    apart=PAIRS,
)
def test_no_group_ever_holds_two_that_are_kept_apart(links, apart):
    for group in groups(links, apart).values():
        assert not any(set(both) <= group for both in apart)
