"""Measuring the pipeline: the figures of the gold sets' own scorer, per label and whole, and the page of them."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from tests.inside import inside
from tests.shared import shared
from veille.config.gazetteer import load_gazetteer
from veille.config.instance import shipped
from veille.errors import InputError, VeilleError
from veille.nlp.fitting.gold import gold_files, read_gold
from veille.nlp.fitting.held_out import Trial, Way, default_types, read_held_out
from veille.nlp.measuring.confusion import NOTHING, confusion_of
from veille.nlp.measuring.evaluate import as_plain, evaluate
from veille.nlp.measuring.label_figures import Case, figures_of
from veille.nlp.measuring.reliability import reliability_of
from veille.nlp.measuring.report import report, write_report
from veille.nlp.measuring.scoring import counts_of, interval, intervals_of, table_of
from veille.nlp.measuring.wording import causes
from veille.nlp.measuring.worst import worst_of
from veille.observability import QuietProgress

FREE = "Licence Ouverte 2.0"


def record(number, title, text="", licence=FREE, **gold):
    return {"id": f"r{number}", "title": title, "text": text, "licence": licence, "gold": gold}


#: Two sets: an energy portal whose titles say no type, and a journal of notices.
ENERGY = [
    record(
        n, f"Réseau de chaleur {n}", "Chaufferie au bois et hydrogène.", sectors=["energies"], types=["subvention-aide"]
    )
    for n in range(8)
]
NOTICES = [
    record(
        n,
        f"Marché de travaux {n}",
        "Avis de marché pour un pont.",
        sectors=["construction-btp"],
        types=["marche-public"],
    )
    for n in range(8, 14)
]


def write_sets(folder, **sets):
    folder.mkdir(exist_ok=True)
    for name, records in sets.items():
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def _nothing(_trial):
    """Start a worker that reads no set."""


def _die(_part):
    """End a worker at its first piece of work, as the system does where memory runs out."""
    os._exit(1)


@pytest.fixture
def gold(tmp_path):
    return write_sets(tmp_path / "gold", energie=ENERGY, avis=NOTICES)


def trial_of(folder, **changes):
    trial = Trial(files=tuple(gold_files(folder)), folders=(shipped(),), way=Way.SHIPPED, workers=1)
    return replace(trial, **changes)


@pytest.mark.shared
def test_the_figures_are_those_of_the_scorer_of_the_gold_sets(tmp_path):
    folder = shared("gold")
    files = tuple(gold_files(folder))
    kept = write_sets(
        tmp_path / "part",
        **{
            path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:60]]
            for path in files
        },
    )
    (kept / "score_tags.py").write_bytes((folder / "score_tags.py").read_bytes())
    (kept / "containment.json.gz").write_bytes((folder / "containment.json.gz").read_bytes())
    trial = trial_of(kept)
    readings = {(one.set, one.id): one.said for one in read_held_out(trial, QuietProgress())}
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(json.dumps({"id": name, **said}) + "\n" for (_, name), said in readings.items()))
    command = [sys.executable, kept / "score_tags.py", *trial.files, "--pred", predicted, "--json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    related = load_gazetteer([shipped()]).related
    sets = {path.stem: Counter() for path in trial.files}
    for one in read_gold(trial.files):
        sets[one.set].update(counts_of(one, readings[one.set, one.id], related))
    ours = table_of(sets)
    assert {name.removesuffix(".jsonl") for name in theirs} == ours.keys()
    for name, row in theirs.items():
        assert {key: ours[name.removesuffix(".jsonl")][key] for key in row} == row, name
    assert ours["ALL"]["sectors_n"] > 100


def test_every_record_is_read_once_and_never_by_a_model_that_has_seen_it(gold, monkeypatch, tagger):
    fitted = []

    class FakeTrainer:
        def __init__(self, records, names):
            assert {one.id for one in records} == {r["id"] for r in (*ENERGY, *NOTICES)}

        def fit(self, kept):
            fitted.append(kept)
            return {}

    monkeypatch.setattr("veille.nlp.fitting.held_out.Trainer", FakeTrainer)
    monkeypatch.setattr("veille.nlp.fitting.held_out.save_models", lambda *_: None)
    monkeypatch.setattr("veille.nlp.fitting.held_out.load_tagger", lambda _: tagger)
    readings = read_held_out(trial_of(gold, way=Way.FOLDS, without=("avis",)), QuietProgress())
    assert sorted(one.id for one in readings if one.way is Way.FOLDS) == sorted(r["id"] for r in (*ENERGY, *NOTICES))
    assert {one.id for one in readings if one.way is Way.SETS} == {r["id"] for r in NOTICES}
    records = read_gold(gold_files(gold))
    unseen, *folds = fitted
    assert [unseen(one) for one in records] == [one.set != "avis" for one in records]
    for number, kept in enumerate(folds):
        assert [kept(one) for one in records] == [one.fold != number for one in records]


def test_two_processes_say_what_one_does(gold):
    alone, both = (read_held_out(trial_of(gold, workers=count), QuietProgress()) for count in (1, 2))
    assert alone == both


def test_a_process_that_dies_is_said(gold, monkeypatch):
    monkeypatch.setattr("veille.nlp.fitting.held_out._read", _die)
    monkeypatch.setattr("veille.nlp.fitting.held_out._start", _nothing)
    trial = trial_of(gold, workers=2)
    with pytest.raises(VeilleError, match="--workers 1"):
        read_held_out(trial, QuietProgress())


def test_sets_that_nobody_may_learn_from_are_read_by_the_models_as_they_are(tmp_path):
    kept = [{**one, "licence": "AGPL-3.0 (code and data)"} for one in ENERGY]
    found = evaluate(trial_of(write_sets(tmp_path / "gold", ours=kept), way=Way.FOLDS), QuietProgress())
    assert (found.way, found.learnt) == (Way.SHIPPED, ())


def test_the_type_of_the_source_is_tried_as_staff_would_write_it(gold):
    assert default_types(read_gold(gold_files(gold))) == {"avis": "marche-public", "energie": "subvention-aide"}
    found = evaluate(trial_of(gold), QuietProgress())
    energy = next(one for one in found.by_default if one.set == "energie")
    assert energy.with_default == 1.0 >= energy.without
    assert energy.records == 8


def said(term, score, *words):
    return {"term": term, "score": score, "evidence": [{"text": word} for word in words]}


CASES = [
    Case("s", "A", frozenset("a"), (said("a", 0.9),)),
    Case("s", "B", frozenset("b"), (said("a", 0.8, "Mot"),)),
    Case("s", "C", frozenset("ab"), (said("c", 0.3), said("b", 0.2))),
    Case("s", "D", frozenset("b"), ()),
]


def test_each_label_has_its_shares_and_intervals():
    by_label = {one.label: one for one in figures_of(CASES)}
    b = by_label["b"]
    assert (b.gold, b.said, b.right) == (3, 1, 1)
    assert (b.precision, b.recall, b.f1) == (1.0, pytest.approx(1 / 3), 0.5)
    assert b.recall_interval == interval(1, 3)
    assert b.f1_interval[0] <= b.f1 <= b.f1_interval[1]
    assert by_label["c"].recall is None
    assert by_label["c"].f1 == 0.0
    assert figures_of([]) == []
    assert figures_of(CASES * 50)[0].f1_interval[0] > b.f1_interval[0]


@pytest.mark.parametrize(
    ("hits", "out_of", "ends"), [(0, 10, (0.0, 0.278)), (10, 10, (0.722, 1.0)), (50, 100, (0.404, 0.596))]
)
def test_intervals_are_those_of_wilson(hits, out_of, ends):
    """Values of the binomial tables of Brown, Cai & DasGupta (2001), to the third decimal."""
    assert interval(hits, out_of) == ends


def test_the_interval_of_the_mean_narrows_with_more_sets():
    one = Counter({("sectors", "n"): 100, ("sectors", "top1"): 70})
    alone, four = intervals_of({"a": one}), intervals_of(dict.fromkeys("abcd", one))
    low, high = alone["MEAN"]["sectors_top1"]
    assert low < 0.7 < high
    assert four["MEAN"]["sectors_top1"][0] > low
    few = Counter({("sectors", "n"): 29, ("sectors", "top1"): 29})
    assert intervals_of({"a": one, "b": few})["MEAN"] == alone["MEAN"]


def test_a_record_with_several_right_labels_is_confused_in_parts():
    confusion = confusion_of(CASES)
    assert confusion.cells == {("a", "a"): 1, ("b", "a"): 1, ("a", "c"): 0.5, ("b", "c"): 0.5, ("b", NOTHING): 1}
    assert confusion.of("b") == 2.5
    assert confusion.taken_for("b") == [(NOTHING, 1), ("a", 1), ("c", 0.5)]
    assert confusion.columns == ("b", "a", "c", NOTHING)


def test_a_score_is_compared_with_the_share_that_is_right():
    found = reliability_of(CASES)
    assert [(one.low, one.said, one.right) for one in found.bins] == [
        (0.2, 1, 1),
        (0.3, 1, 0),
        (0.8, 1, 0),
        (0.9, 1, 1),
    ]
    assert found.error == pytest.approx((0.8 + 0.3 + 0.8 + 0.1) / 4)
    assert reliability_of([]).bins == ()


def test_the_worst_labels_say_why():
    cases = [
        *CASES * 10,
        *(Case("s", "E", frozenset("a"), (said("a", 1.0),)) for _ in range(30)),
    ]
    worst = worst_of(cases)
    assert [one.figures.label for one in worst] == ["b", "a"]
    told = " ".join(causes(worst[0], {"a": "Aaa"}))
    assert "Peu de textes : 30" in told
    assert "rien (10)" in told
    assert "« Aaa » (10)" in told
    assert "Dite à tort 10 fois" in " ".join(causes(worst[1], {}))
    assert "« mot »" in " ".join(causes(worst[1], {}))
    assert worst[1].beside == 10


def test_the_page_needs_nothing_else_and_escapes_what_it_quotes(gold, tmp_path):
    hostile = record(99, '<script>alert("x")</script> & cie', sectors=["energies"], types=["appel-a-projets"])
    write_sets(gold, pirate=[hostile] * 1)
    found = evaluate(trial_of(gold), QuietProgress())
    page = report(replace(found, names={"sectors": {"energies": "<b>É</b>"}, "types": {}}))
    assert "<script" not in page
    assert "<b>É</b>" not in page
    assert "&lt;b&gt;É&lt;/b&gt;" in page
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import""", page)
    assert page.count("<svg") > 3
    write_report(tmp_path / "r.html", found)
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(InputError, match="impossible d'écrire"):
        write_report(gold / "avis.jsonl" / "r.html", found)


def test_the_plain_form_holds_every_part(gold):
    found = as_plain(evaluate(trial_of(gold), QuietProgress()))
    again = json.loads(json.dumps(found))
    assert again["way"] == "shipped"
    assert again["table"]["energie"]["sectors_n"] == 8
    assert {one["label"] for one in again["labels"]["types"]} >= {"subvention-aide", "marche-public"}
    assert again["labels"]["sectors"][0].keys() >= {"precision", "recall", "f1", "f1_interval"}


def test_the_command_prints_a_table_or_one_line_of_json_and_writes_the_page(gold, tmp_path):
    page = tmp_path / "r.html"
    done = inside("pipeline", "evaluate", gold, "--as-is", "--report", page)
    assert done.returncode == 0, done.stderr
    assert "filière : la première est juste" in done.stdout
    assert "[" in done.stdout
    assert page.exists()
    told = inside("pipeline", "evaluate", gold, "--as-is", "--json").stdout.splitlines()
    assert json.loads(told[-1])["table"]["MEAN"]
    assert len(told) == 1


def test_floors_are_written_then_held(gold, tmp_path, monkeypatch):
    """The models are left as they are: what is held to floors is the same whoever fitted them."""
    monkeypatch.setattr("veille.nlp.measuring.floors.trial_of_floors", lambda trial: replace(trial, way=Way.SHIPPED))
    floors = tmp_path / "floors.json"
    done = inside("pipeline", "evaluate", gold, "--floors", floors)
    assert done.returncode == 0, done.stderr
    assert "aucun chiffre n'a baissé" in done.stdout
    known = json.loads(floors.read_text())
    assert known["recipe"].startswith("as is")
    assert set(known["floors"]) >= {"ALL.types_top1", "ALL.sectors_top1"}
    floors.write_text(json.dumps({**known, "floors": {**known["floors"], "ALL.sectors_top1": 1.1}}))
    worse = inside("pipeline", "evaluate", gold, "--floors", floors)
    assert worse.returncode == 7
    assert "ALL.sectors_top1" in worse.stderr
    assert json.loads(floors.read_text())["floors"]["ALL.sectors_top1"] == 1.1


@pytest.mark.parametrize(
    ("options", "words"), [(["--unseen", "--as-is"], "s'excluent"), (["--as-is", "--floors", "f"], "hors échantillon")]
)
def test_ways_that_exclude_each_other_are_refused(gold, options, words):
    done = inside("pipeline", "evaluate", gold, *options)
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "ligne 2 : ni JSON"),
        ('{"id": "1", "title": "", "text": ""}', "ligne 2 : ni JSON"),
        ('{"id": "1", "title": "", "text": "", "gold": {"sectors": "eau"}}', "ligne 2"),
        ('{"id": "1", "title": "", "text": 3, "gold": {}}', "ligne 2 : « text »"),
        ('{"title": "", "text": "", "gold": {}}', "ligne 2"),
        ("[" * 100_000, "ligne 2 : ni JSON"),
    ],
)
def test_a_line_that_is_no_labelled_text_is_named(gold, line, words):
    path = gold / "energie.jsonl"
    path.write_text(path.read_text().splitlines()[0] + "\n" + line + "\n")
    done = inside("pipeline", "evaluate", gold, "--as-is")
    assert done.returncode == 2
    assert f"energie.jsonl, {words}" in done.stderr


def test_a_folder_without_sets_or_with_empty_ones_is_refused(tmp_path):
    with pytest.raises(InputError, match="aucun jeu"):
        gold_files(tmp_path)
    (tmp_path / "vide.jsonl").write_text("\n")
    with pytest.raises(InputError, match="aucun texte"):
        read_gold(gold_files(tmp_path))
