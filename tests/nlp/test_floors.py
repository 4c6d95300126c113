import json
from pathlib import Path

import pytest

from tests.shared import shared
from veille.config.instance import shipped
from veille.errors import FloorFallen, InputError
from veille.nlp.fitting.gold import corpus_hash, gold_files
from veille.nlp.fitting.held_out import Trial
from veille.nlp.measuring.floors import RECIPE, fallen, hold, measured, raised, read_floors
from veille.observability import QuietProgress

PINNED = Path(__file__).resolve().parents[1] / "data" / "floors.json"

NAMES = ("corpus", "payloads", "reference", "cpv_fr_labels.json")

#: Cue matching alone from the reference taxonomy: what the first landing had to be ahead of.
BASELINE = {"MEAN.sectors_top1": 0.53, "MEAN.sectors_top3": 0.66, "MEAN.types_top1": 0.42}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_figure_of_records_that_the_models_have_not_seen_falls_below_its_floor():
    files = tuple(gold_files(shared("gold")))
    pinned = read_floors(PINNED)
    if corpus_hash(files) != pinned.corpus:
        pytest.skip("the gold sets are not those the floors were pinned on")
    found = measured(Trial(files=files, names=shared(*NAMES), folders=(shipped(),)), QuietProgress())
    assert fallen(found, pinned.floors) == {}
    assert set(found) == set(pinned.floors)


def test_the_floors_are_pinned_with_their_recipe_and_ahead_of_the_baseline():
    pinned = read_floors(PINNED)
    assert pinned.recipe == RECIPE
    assert len(pinned.corpus) == 16
    assert all(pinned.floors[name] > value + 0.05 for name, value in BASELINE.items())
    assert {name for name in pinned.floors if name.startswith("UNSEEN.")}


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


@pytest.fixture
def trial(tmp_path):
    (tmp_path / "set.jsonl").write_text('{"id": "1", "title": "", "text": "", "gold": {}}\n')
    return Trial(files=(tmp_path / "set.jsonl",), folders=(shipped(),))


def test_a_figure_below_its_floor_is_refused_and_the_file_stays(tmp_path, trial):
    path = tmp_path / "floors.json"
    assert hold(path, {"MEAN.sectors_top1": 0.6}, trial) == {"MEAN.sectors_top1": 0.6}
    before = path.read_bytes()
    with pytest.raises(FloorFallen, match=r"MEAN.sectors_top1 0\.500 \(plancher 0\.600\)"):
        hold(path, {"MEAN.sectors_top1": 0.5}, trial)
    assert path.read_bytes() == before
    assert hold(path, {"MEAN.sectors_top1": 0.598}, trial) == {"MEAN.sectors_top1": 0.6}
    assert hold(path, {"MEAN.sectors_top1": 0.7}, trial) == {"MEAN.sectors_top1": 0.7}


def test_a_figure_that_is_no_longer_measured_has_fallen(tmp_path, trial):
    path = tmp_path / "floors.json"
    hold(path, {"MEAN.sectors_top1": 0.6, "UNSEEN.sectors_top1": 0.5}, trial)
    with pytest.raises(FloorFallen, match="UNSEEN"):
        hold(path, {"MEAN.sectors_top1": 0.6}, trial)


def test_floors_of_other_sets_compare_with_nothing(tmp_path, trial):
    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"corpus": "another", "recipe": RECIPE, "floors": {"MEAN.sectors_top1": 0.9}}))
    assert hold(path, {"MEAN.sectors_top1": 0.5}, trial) == {"MEAN.sectors_top1": 0.5}


@pytest.mark.parametrize(
    "content", ["", "[]", '{"corpus": "x"}', '{"corpus": "x", "recipe": "y", "floors": {"a": "b"}}']
)
def test_a_file_that_holds_no_floors_is_refused(tmp_path, content):
    path = tmp_path / "floors.json"
    path.write_text(content)
    with pytest.raises(InputError, match="planchers"):
        read_floors(path)
