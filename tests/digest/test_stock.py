"""What can wait is kept for poor weeks: never the best, never what closes, never what staff chose for this edition."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.digest.builders import FRIDAY, NOW, digest, item, match, seen
from tests.digest.test_drafting import calls, drafted, ids
from veille.config.digests import load_digests
from veille.config.instance import shipped
from veille.digest.choosing.select import Offer, offer
from veille.digest.choosing.stock import editions, paced
from veille.digest.editions import edition
from veille.model import Reason

DIGEST = digest()
WHEN = edition(DIGEST, NOW, ZoneInfo("Europe/Paris"))


def call(number: int, *, days: int | None = 90, score: float | None = None, **changes: Any) -> Offer:
    """Better the lower its number."""
    closes = (FRIDAY + timedelta(days=days)).isoformat() if days is not None else None
    made = offer(DIGEST, WHEN, item(number, deadline=closes), match(number, score or 1.0 / (1 + number)), None)
    assert made is not None
    return replace(made, **changes)


def news(number: int) -> Offer:
    made = offer(DIGEST, WHEN, item(number, "reglementation", deadline=None), match(number, 0.3), None)
    assert made is not None
    return made


def now(offers: list[Offer], common: frozenset[int] = frozenset(), enough: int = 4) -> list[int]:
    return [one.item.id for one in paced(digest(enough=enough), WHEN, offers, common)]


@pytest.mark.parametrize(
    ("days", "left"), [(90, 12), (17, 2), (16, 1), (10, 1), (3, 1), (None, float("inf"))]
)  # fmt: skip
def test_a_call_waits_while_a_later_edition_leaves_ten_days(days: int | None, left: float):
    assert editions(call(1, days=days), WHEN) == left


def test_a_third_of_the_stock_goes_each_week_and_three_calls_at_least():
    assert now([call(number) for number in range(1, 4)]) == [1, 2, 3]
    assert len(now([call(number) for number in range(1, 10)], enough=1)) == 3
    assert len(now([call(number) for number in range(1, 19)])) == 6


def test_what_waits_closes_last_and_the_three_best_never_do():
    offers = [
        call(1, days=120),
        call(2, days=100),
        call(3, days=90),
        call(4, days=50),
        call(5, days=40),
        call(6, days=30),
    ]
    assert now(offers, enough=4) == [1, 2, 3, 6]


def test_an_aid_without_an_end_waits_longest():
    assert now([call(1), call(2), call(3), call(4, days=None), call(5)], enough=4) == [1, 2, 3, 5]


def test_a_poor_week_is_filled_from_the_stock():
    offers = [call(number) for number in range(1, 9)]
    assert len(now(offers, enough=6)) == 6
    assert len(now([*offers, *map(news, (20, 21, 22))], enough=6)) == 3 + 3


def test_nothing_waits_that_could_then_not_be_shown_in_time():
    """Twelve calls that only this edition and the next can show: six go now."""
    assert len(now([call(number, days=20) for number in range(1, 13)])) == 6


def test_what_was_chosen_for_this_edition_does_not_wait():
    rest = [call(number) for number in range(1, 7)]
    moved = offer(
        DIGEST, WHEN, item(9, version=2, deadline="2027-02-26"), match(9, 0.01), seen(9, deadline=date(2026, 12, 18))
    )
    chosen = [call(7, score=0.01, pinned=0), call(8, score=0.01, note="À lire."), moved]
    assert {7, 8, 9} <= set(now([*rest, *[one for one in chosen if one]]))
    assert 6 not in now(rest)
    assert 6 in now(rest, common=frozenset({6}))


def test_news_never_waits_and_a_digest_may_hold_nothing_back():
    offers = [call(number) for number in range(1, 9)]
    assert {20, 21} <= set(now([*offers, news(20), news(21)]))
    assert now(offers, enough=0) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_first_bulletin_holds_nothing_back():
    assert len(ids(drafted(calls(*range(1, 9)), seen={}, settings={"enough": 4}))) == 8
    assert len(ids(drafted(calls(*range(1, 9)), settings={"enough": 4}))) == 4


def test_only_the_weekly_bulletin_that_ships_keeps_a_stock():
    found = {name: one.digest.enough for name, one in load_digests([shipped() / "digests"]).items()}
    assert found == {"alerte": 0, "hebdo": 4, "mensuel": 0}


def test_what_is_read_for_all_is_not_counted_as_found_for_a_reader():
    refused = match(30, None, gate="gate:off-topic", reasons=(Reason(kind="common", text="pour tous"),))
    for_all = Offer(item=item(30, "vie-du-cluster", deadline=None), match=refused, section="network")
    offers = [call(number) for number in range(1, 9)]
    assert len(now([*offers, for_all], enough=5)) == 5 + 1
