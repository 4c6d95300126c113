"""Parts of a score and their weights: each has the other, they sum to what is told, and nothing breaks them."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.config.instance import shipped
from veille.errors import ConfigError
from veille.matching import usefulness
from veille.matching.case import Case
from veille.matching.context import MatchContext, prepare
from veille.matching.relevance import match, told
from veille.matching.timeliness import standing
from veille.matching.usefulness import JUDGED, RECIPE, WEIGHTS, Usefulness, expected, weights
from veille.model import Item, Member

from . import network
from .build import a_member, an_item, context_with
from .judgements import TODAY, places, profiles, taxonomy

NOBODY = Member(organisation="")


def context_of(*items: Item) -> MatchContext:
    return prepare(items, today=TODAY, places=places(), taxonomy=taxonomy())


@cache
def judged_context() -> MatchContext:
    return context_with()


def odds_of(member: Member, *items: Item) -> list[float]:
    """Return what a member may expect at most of each item among the judged ones, in log-odds."""
    context = context_with(*items)
    useful, profile = Usefulness(context), context.profile(member)
    return [float(useful.of(profile)[useful.row(context.view(item))]) for item in items]


# ── weights ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_each_part_has_a_weight_and_each_weight_a_part() -> None:
    context = context_of(an_item())
    for member in (a_member(), NOBODY):
        names = [name for name, _ in Usefulness(context).parts(context.profile(member))]
        assert len(names) == len(set(names))
        assert {*names, *JUDGED} == set(weights().parts)


def test_what_a_first_look_takes_for_held_never_lowers_a_score() -> None:
    assert [weights().parts[name] for name in JUDGED if weights().parts[name] < 0] == []


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the program look for its weights in another folder."""
    monkeypatch.setattr(usefulness, "shipped", lambda: tmp_path)
    (tmp_path / WEIGHTS).parent.mkdir(parents=True)
    weights.cache_clear()
    yield tmp_path / WEIGHTS
    weights.cache_clear()


def written(**changed: Any) -> str:
    return json.dumps(json.loads((shipped() / WEIGHTS).read_text(encoding="utf-8")) | changed)


def test_weights_are_read_from_where_the_program_was_installed(elsewhere: Path) -> None:
    elsewhere.write_text(written(start=-1.5, parts={"home": 2}), encoding="utf-8")
    assert (weights().start, weights().parts) == (-1.5, {"home": 2.0})


@pytest.mark.parametrize(
    "spoilt",
    [
        "", "{", "[]", "null", "3", '{"recipe": 1}', '{"recipe": 1, "start": 0, "parts": []}',
        '{"recipe": 1, "start": null, "parts": {}}', '{"recipe": 1, "start": 0, "parts": {"home": "beaucoup"}}',
        '{"recipe": "un", "start": 0, "parts": {}}',
    ],
)  # fmt: skip
def test_damaged_weights_are_refused_with_their_cure(elsewhere: Path, spoilt: str) -> None:
    elsewhere.write_text(spoilt, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        weights()
    assert raised.value.file == str(elsewhere)
    assert "poids de la pertinence illisibles" in str(raised.value)
    assert "réinstallez veille" in str(raised.value)


@pytest.mark.parametrize("kind", ["absent", "bytes", "folder"])
def test_weights_that_are_no_text_or_absent_are_refused_with_their_cure(elsewhere: Path, kind: str) -> None:
    if kind == "bytes":
        elsewhere.write_bytes(b"\xff\xfe\x00")
    elif kind == "folder":
        elsewhere.mkdir()
    with pytest.raises(ConfigError, match=r"poids de la pertinence illisibles.*réinstallez veille"):
        weights()


@pytest.mark.parametrize(
    "other", [{"recipe": RECIPE + 1}, {"start": math.nan}, {"parts": {"home": math.inf}}], ids=["recipe", "nan", "inf"]
)
def test_weights_of_another_version_are_refused_with_their_cure(elsewhere: Path, other: dict[str, Any]) -> None:
    elsewhere.write_text(written(**other), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"poids de la pertinence d'une autre version.*réinstallez veille"):
        weights()


# ── what is told ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("judged", profiles(), ids=lambda judged: judged.key)
def test_parts_told_and_the_start_sum_to_the_log_odds_of_the_score(judged: Any) -> None:
    context, member = judged_context(), judged.member
    passed = 0
    for view in context.views.values():
        score = match(view.item, member, context).score
        if score is not None:
            odds = weights().start + sum(told(view.item, member, context).values())
            case = Case(view, context.profile(member), context)
            assert score == pytest.approx(float(expected(np.float64(odds))) * standing(case), abs=1e-4)
            passed += 1
    assert passed > 5


@pytest.mark.parametrize("kind", ["evenement", "appel-a-projets"])
def test_an_item_that_was_not_prepared_is_judged_as_where_it_was_and_changes_no_other(kind: str) -> None:
    item = an_item(type=kind, title="Encapsulation, santé, énergie", text="L'innovation des entreprises, eau, santé.")
    member = a_member(needs=("santé et alimentation", "énergie"))
    score, parts = match(item, member, context_with(item)).score, told(item, member, context_with(item))
    context = context_with(item)
    assert told(replace(item), member, context) == pytest.approx(parts)
    assert match(replace(item), member, context).score == score
    assert match(item, member, context).score == score


def test_parts_are_told_the_largest_first_and_none_that_adds_nothing() -> None:
    found = list(told(an_item(), a_member(), context_with(an_item())).values())
    assert found == sorted(found, key=lambda one: -abs(one))
    assert all(found)


# ── what a member says ──────────────────────────────────────────────────────────────────────────────────────────────
def lines(kind: str) -> list[Any]:
    """Return each line of a kind of every judged member, with its member."""
    everyone = [*profiles(), *network.members()]
    return [pytest.param(one.member, line, id=line) for one in everyone for line in getattr(one.member, kind)]


@pytest.mark.parametrize(("member", "line"), [*lines("needs"), *lines("activity")])
def test_an_item_that_prints_a_line_word_for_word_scores_above_the_same_item_with_another(
    member: Member, line: str
) -> None:
    own = an_item(id=9000, title=f"Appel régional : {line}", text="")
    other = an_item(id=9001, title="Appel régional : patinage artistique", text="")
    found = odds_of(member, own, other)
    assert found[0] > found[1] + 0.5


def test_two_items_alike_score_alike_and_more_unknown_words_change_little() -> None:
    one, same = an_item(id=9000), an_item(id=9001)
    longer = an_item(id=9002, text=f"{an_item().text} Zorglubine wxyzq {'qwrtzp ' * 2000}")
    found = odds_of(a_member(), one, same, longer)
    assert found[0] == found[1]
    assert found[2] == pytest.approx(found[0], abs=0.5)


def test_a_member_without_a_line_is_judged_by_place_and_kind() -> None:
    local, far = an_item(id=9000), an_item(id=9001, main=["fr:region:53"])
    placed = replace(NOBODY, commune="63322")
    assert np.isfinite(odds_of(NOBODY, local, far)).all()
    assert odds_of(NOBODY, local)[0] == pytest.approx(odds_of(NOBODY, far)[0])
    here, there = odds_of(placed, local, far)
    assert here > there


@pytest.mark.parametrize("changed", [{"title": ""}, {"text": ""}, {"title": "", "text": ""}, {"title": "😀 !"}])
def test_an_item_without_words_is_judged(changed: dict[str, str]) -> None:
    item = replace(an_item(), **changed)
    judged = match(item, a_member(), context_of(item))
    assert judged.score is not None or judged.gate is not None
    assert all(map(math.isfinite, told(item, a_member(), context_of(item)).values()))


def test_no_item_at_all_is_nothing_to_score() -> None:
    context = context_of()
    assert Usefulness(context).of(context.profile(a_member())).shape == (0,)


TEXTS = st.text(max_size=80)


@settings(deadline=None)  # the first example reads the related words
@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3), TEXTS)
def test_any_words_of_item_and_member_give_a_score_between_0_and_1(
    title: str, text: str, needs: list[str], activity: list[str], name: str
) -> None:
    item = replace(an_item(), title=title, text=text)
    member = a_member(organisation=name, needs=tuple(needs), activity=tuple(activity), follows=(name,))
    context = context_of(item)
    for found, column in Usefulness(context).parts(context.profile(member)):
        assert np.isfinite(column).all(), found
    score = match(item, member, context).score
    assert score is None or 0 < score < 1.1


def test_a_score_depends_on_no_order_of_items() -> None:
    items = [an_item(id=9000 + number, title=title) for number, title in enumerate(("Sarcopénie", "Chips", "", "Gaz"))]
    forth, back = context_of(*items), context_of(*reversed(items))
    scores = [[match(item, a_member(), context).score for item in items] for context in (forth, back)]
    assert scores[0] == scores[1]
