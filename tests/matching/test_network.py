"""The judged network: its form, its fixed halves, the harness on lists made by hand, floors of its open half."""

import pytest
from benchmarks.grading import Shown, ahead, causes, figures, right, summed, wanted
from benchmarks.relevance import as_read as read
from benchmarks.relevance import bulletins, replayed

from veille.model import Scheme
from veille.text import fold

from .network import CALLS, DAY, FAULTS, REASONS, Judged, again, declared, items, late, members, places, rows, taxonomy

OPEN = [judged for judged in members() if judged.half == "open"]


@pytest.mark.parametrize("judged", members(), ids=lambda judged: judged.key)
def test_grades_are_of_known_items_with_known_kinds(judged: Judged) -> None:
    assert set(judged.lines) <= set(rows())
    for item, line in judged.lines.items():
        assert line.grade in range(4)
        assert line.kinds <= (REASONS if line.grade else FAULTS), item
        assert line.grade or len(line.kinds) == 1, item


def test_the_network_is_as_large_as_it_says() -> None:
    assert (len(members()), len(rows())) == (12, 162)
    assert sorted(rows()) == list(range(1, 163))
    for judged in members():
        assert sum(line.grade == 3 for line in judged.lines.values()) >= 4, judged.key
        assert sum(line.grade == 0 for line in judged.lines.values()) >= 3, judged.key


def test_nobody_changes_halves() -> None:
    assert [judged.key for judged in OPEN] == [
        "plasturgie", "vision", "eaux-reunion", "implants", "filiere-bois", "nautisme",
    ]  # fmt: skip
    assert [judged.key for judged in members() if judged.half == "closed"] == [
        "proteines", "hydrogene", "microtechniques", "fibres", "composites", "cosmetique",
    ]  # fmt: skip


def test_truth_about_items_is_said_in_known_words() -> None:
    types = {term.id for term in taxonomy() if term.scheme is Scheme.TYPE}
    for number, row in rows().items():
        assert row["kind"] in types, number
        assert row["published"] < DAY, number
        assert row["closes"] is None or row["closes"] > row["published"], number
        assert declared().get(row["source"], row["kind"]) == row["kind"], number
        assert "place" not in row or places().name(row["place"]) != row["place"], number


def test_declared_sources_publish_something() -> None:
    assert set(declared()) <= {row["source"] for row in rows().values()}


def test_what_is_closed_pleases_nobody_and_every_wanted_call_closes_some_day() -> None:
    for judged in members():
        for item, line in judged.lines.items():
            closes = rows()[item]["closes"]
            assert not (line.grade and closes and closes < DAY), (judged.key, item)
        assert all(rows()[item]["closes"] for item in wanted(judged)), judged.key


def test_a_followed_name_stands_in_what_is_graded_for_it() -> None:
    checked = 0
    for judged in members():
        for item, line in judged.lines.items():
            if line.grade and "follow" in line.kinds:
                words = fold(f"{rows()[item]['title']} {rows()[item]['text']}")
                assert any(fold(name) in words for name in judged.member.follows), (judged.key, item)
                checked += 1
    assert checked >= 8


def test_an_item_without_a_line_is_wrong_for_its_date_or_its_trade() -> None:
    water = next(judged for judged in OPEN if judged.key == "eaux-reunion")
    assert water.of(28).kinds == {"expired"}
    assert water.of(40).kinds == {"trade"}
    assert water.of(28).grade == water.of(40).grade == 0


def test_members_live_where_we_know() -> None:
    for judged in members():
        code = f"fr:commune:{judged.member.commune}"
        assert places().name(code) != code, judged.key


def best(judged: Judged) -> list[Shown]:
    order = sorted(judged.lines, key=lambda item: -judged.lines[item].grade)
    kept = [item for item in order if judged.lines[item].grade]
    return [Shown(item, tuple(judged.lines[item].kinds)[:1]) for item in kept]


@pytest.mark.parametrize("judged", OPEN, ids=lambda judged: judged.key)
def test_the_judge_s_own_order_has_the_best_figures(judged: Judged) -> None:
    row = figures(best(judged), judged)
    assert (row["p3"], row["embarrassing"], row["missed"]) == (1, 0, 0)
    assert row["ndcg10"] == pytest.approx(1)
    assert row["right"] == row["fit"]


def test_faults_are_counted() -> None:
    water = next(judged for judged in OPEN if judged.key == "eaux-reunion")
    row = figures([Shown(77, ("activity",)), Shown(71, ("follow",)), Shown(78)], water)
    assert (row["p3"], row["embarrassing"], row["missed"], row["right"]) == (pytest.approx(1 / 3), 2, 2, 0)
    assert summed([row, row])["missed_share"] == pytest.approx(2 / 3, abs=0.001)


def test_causes_and_lead_are_told() -> None:
    water = next(judged for judged in OPEN if judged.key == "eaux-reunion")
    assert causes(lambda _: [Shown(76), Shown(77), Shown(81), Shown(71)], [water]) == {"place": 1, "trade": 2}
    good, bad = figures(best(water), water), figures([Shown(77)], water)
    assert ahead([good, good], [bad, bad]) == [pytest.approx(1), pytest.approx(1)]
    assert ahead([good, bad], [bad, good]) == [-1, 1]


def test_the_reason_counted_is_the_first_of_the_member_s_own() -> None:
    water = next(judged for judged in OPEN if judged.key == "eaux-reunion")
    assert right(water, Shown(74, ("common", "deadline", "need")))
    assert not right(water, Shown(74, ("sector", "need")))
    assert right(water, Shown(162, ("common",)))
    assert not right(water, Shown(74))


def test_items_are_read_by_the_program_and_not_told() -> None:
    typed = [item for item in items() if item.of(Scheme.TYPE)]
    agreed = sum(item.of(Scheme.TYPE)[0].term == rows()[item.id]["kind"] for item in typed)
    dated = [item for item in items() if rows()[item.id]["closes"] is not None]
    assert len(items()) * 0.5 < agreed < len(items())
    assert len(dated) * 0.7 < sum(item.due == rows()[item.id]["closes"] for item in dated) < len(dated)


def test_calls_are_types_that_one_answers() -> None:
    actionable = {term.id for term in taxonomy() if term.scheme is Scheme.TYPE and term.actionable}
    assert actionable >= CALLS


def test_open_half_stays_above_its_floor_and_nothing_comes_twice() -> None:
    drafted = bulletins(DAY, OPEN, {})
    told = summed([figures(read(drafted[judged.member.id]), judged) for judged in OPEN])
    weeks = replayed(OPEN)
    assert (told["p3"] or 0) >= 0.94
    assert (told["ndcg10"] or 0) >= 0.9
    assert (told["missed_share"] or 0) < 0.08
    assert (told["embarrassing"] or 0) <= 7
    assert (told["reason_right"] or 0) >= 0.92
    assert (weeks["repeat_rate"], weeks["editions"]) == (0, 6)
    assert (weeks["deadline_recall"] or 0) >= 0.95


def test_members_of_whom_little_is_known_keep_their_floor() -> None:
    drafted = bulletins(DAY, late(), {})
    told = summed([figures(read(drafted[judged.member.id]), judged) for judged in late()])
    assert (told["p3"] or 0) >= 0.66
    assert (told["ndcg10"] or 0) >= 0.68
    assert (told["missed_share"] or 0) < 0.12
    assert (told["embarrassing"] or 0) <= 8
    assert (told["reason_right"] or 0) >= 0.92


@pytest.mark.parametrize(
    ("chosen", "ndcg10"), [([one for one in members() if one.half == "closed"], 0.92), (again()[:4], 0.76)]
)
def test_spent_parts_keep_their_floor(chosen: list[Judged], ndcg10: float) -> None:
    drafted = bulletins(DAY, chosen, {})
    told = summed([figures(read(drafted[judged.member.id]), judged) for judged in chosen])
    assert (told["missed_share"] or 0) < 0.28
    assert (told["embarrassing"] or 0) <= 10
    assert (told["ndcg10"] or 0) >= ndcg10
    assert (told["reason_right"] or 0) >= 0.95


def test_the_last_four_keep_their_floor() -> None:
    drafted = bulletins(DAY, again()[4:], {})
    told = summed([figures(read(drafted[judged.member.id]), judged) for judged in again()[4:]])
    assert (told["ndcg10"] or 0) >= 0.79
    assert (told["embarrassing"] or 0) <= 12
    assert (told["missed_share"] or 0) <= 0.2


@pytest.mark.parametrize("judged", [*late(), *again()], ids=lambda judged: judged.key)
def test_late_grades_are_of_known_items_with_known_kinds(judged: Judged) -> None:
    assert set(judged.lines) <= set(rows())
    for item, line in judged.lines.items():
        assert line.kinds <= (REASONS if line.grade else FAULTS), item
        closes = rows()[item]["closes"]
        assert not (line.grade and closes and closes < DAY), item
