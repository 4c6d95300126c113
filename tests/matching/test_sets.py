"""Judged networks in any folder: real records by reference, one file of items, the figures of several together."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.relevance import main

from . import referred
from .network import ROOT, Network

MEMBERS = """
- key: scierie
  organisation: Scierie du Val
  naf: 16.10A
  size: pme
  commune: "25056"
  sectors: [foret-bois]
  activity: [sciage de chêne]
"""
ITEMS = """
- {id: 1, ref: "real:1", kind: subvention-aide, published: 2026-11-12, source: Une source}
- id: 2
  title: Salon du meuble
  text: Deux jours de rencontres.
  kind: evenement
  closes: 2026-12-12
  published: 2026-11-12
  source: Une source
"""
GRADES = """
scierie:
  1: [3, activity|need, "son métier"]
  2: [0, trade]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"members": MEMBERS, "items": ITEMS, "grades": GRADES, "sources": "{}"}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"id": "real:1", "title": "Moderniser les scieries", "text": "Aide au sciage de chêne.", "gold": {}}
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "aides.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    monkeypatch.setattr(referred, "REAL", tmp_path / "gold")
    referred.records.cache_clear()
    yield
    referred.records.cache_clear()


@pytest.mark.usefixtures("real")
def test_an_item_may_name_a_real_record_and_nothing_of_the_truth_is_told(folder: Path) -> None:
    network = Network(folder)
    assert network.rows[1]["title"] == "Moderniser les scieries"
    assert network.item(1).text == "Aide au sciage de chêne."
    (judged,) = network.members()
    assert (judged.of(1).grade, judged.of(2).kinds) == (3, {"trade"})


@pytest.mark.usefixtures("real")
def test_each_folder_is_reported_and_then_all_together(folder: Path, monkeypatch, capsys) -> None:
    twin = shutil.copytree(folder, folder / "twin")
    monkeypatch.setattr(sys, "argv", ["relevance.py", "--set", str(folder), "--set", str(twin), "--faults"])
    main()
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [(one["members"], one["bulletin"]["embarrassing"]) for one in told] == [(1, 0), (1, 0), (2, 0)]
    assert told[0]["bulletin"]["ndcg10"] == 1


def test_a_set_whose_real_records_are_absent_is_skipped_and_said(folder: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['relevance.py', '--set', {str(folder)!r}]; "
        "from pathlib import Path; from tests.matching import referred; referred.REAL = Path('nowhere'); "
        "from benchmarks.relevance import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "skipped" in json.loads(done.stdout.splitlines()[-1])
