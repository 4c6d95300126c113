"""One address that reads for several organisations: each has its bulletin, and nothing is shown twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.digest.builders import NOW, digest, item, match, member, seen, subscriber
from tests.digest.house import Labels
from veille.config.digests import Alert
from veille.digest.choosing.drafting import Readers, draft
from veille.digest.choosing.together import same_address, told, whole, with_others
from veille.digest.editions import edition
from veille.model import Drafted, Item, Match, Member, SeenItem
from veille.testing import JudgeOfAll

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


# ── a draft for two organisations of one address ────────────────────────────────────────────────────────────────────
def suits_both(one: Item, who: Member) -> Match:
    return match(one.id, round(1.0 / (1 + one.id), 4), who.id)


def drafted(
    numbers: Sequence[int], seen: dict[int, dict[int, SeenItem]], deadline: str = "2026-12-18", **settings: object
) -> list[Drafted]:
    items = [item(n, title=f"Sujet {n * 7919} propre {n * 104729}", deadline=deadline) for n in numbers]
    people = [subscriber(1, email="anne@p.example", alerts=True), subscriber(2, email="anne@p.example", alerts=True)]
    return draft(
        digest(enough=0, **settings),
        edition(digest(), NOW, ZoneInfo("Europe/Paris")),
        items,
        Readers(members=[member(1), member(2)], subscribers=people, seen=seen, beside=same_address(people)),
        matcher=JudgeOfAll(items, suits_both),
        labels=Labels(),
        zone=ZoneInfo("Europe/Paris"),
    )


def shown(one: Drafted) -> set[int]:
    return {line.item_id for line in one.selection}


def test_what_suits_both_organisations_is_in_one_bulletin_only():
    first, second = drafted(range(1, 25), {})
    assert first.bulletin is not None
    assert second.bulletin is not None
    assert shown(first)
    assert shown(second)
    assert not shown(first) & shown(second)
    assert max(shown(first)) < max(shown(second))  # the best goes to the organisation that was there first


def test_an_item_sent_for_one_organisation_is_not_sent_for_the_other():
    old = {1: {1: seen(1)}, 2: {900: seen(900)}}
    first, second = drafted([1, 2], old)
    assert (shown(first), shown(second)) == ({2}, set())
    assert second.skipped


def test_an_address_gets_one_alert_a_day():
    first, second = drafted([1, 2], {}, "2026-12-01", alert=Alert(score=0.1), rhythm="daily")
    assert first.bulletin is not None
    assert (second.bulletin, second.skipped) == (None, "son adresse a déjà une alerte ce jour")
