import json
from pathlib import Path

import pytest

from tests.shared import shared
from veille.errors import InputError
from veille.nlp.evaluate import RECIPE, corpus_hash, evaluate_unseen, fallen, figures, gold_files, raised

PINNED = json.loads((Path(__file__).resolve().parents[1] / "data" / "floors.json").read_text(encoding="utf-8"))

NAMES = ("corpus", "payloads", "reference", "cpv_fr_labels.json")

#: Cue matching alone from the reference taxonomy: what the first landing had to be ahead of.
BASELINE = {"MEAN.sectors_top1": 0.53, "MEAN.sectors_top3": 0.66, "MEAN.types_top1": 0.42}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_figure_of_records_that_the_models_have_not_seen_falls_below_its_floor():
    folder = shared("gold")
    if corpus_hash(gold_files(folder)) != PINNED["corpus"]:
        pytest.skip("the gold sets are not those the floors were pinned on")
    assert fallen(figures(evaluate_unseen(folder, shared(*NAMES))), PINNED["floors"]) == {}


def test_the_floors_are_pinned_with_their_recipe_and_ahead_of_the_baseline():
    assert PINNED["recipe"] == RECIPE
    assert len(PINNED["corpus"]) == 16
    assert all(PINNED["floors"][name] > value + 0.05 for name, value in BASELINE.items())


def test_floors_only_rise():
    floors = {"MEAN.sectors_top1": 0.6, "MEAN.deadline_wrong": 0.02}
    assert raised({"MEAN.sectors_top1": 0.5, "MEAN.deadline_wrong": 0.05}, floors) == floors
    better = {"MEAN.sectors_top1": 0.7, "MEAN.deadline_wrong": 0.01}
    assert raised(better, floors) == better


def test_a_fall_is_named_with_both_figures():
    floors = {"MEAN.sectors_top1": 0.6, "MEAN.deadline_wrong": 0.02}
    assert fallen({"MEAN.sectors_top1": 0.5, "MEAN.deadline_wrong": 0.05}, floors) == {
        "MEAN.sectors_top1": (0.5, 0.6),
        "MEAN.deadline_wrong": (0.05, 0.02),
    }
    assert fallen({"MEAN.sectors_top1": 0.6, "MEAN.deadline_wrong": 0.02}, floors) == {}


def test_a_folder_without_gold_sets_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"score_tags"):
        gold_files(tmp_path)
