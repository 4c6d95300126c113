"""The figures of the pipeline on gold sets, by the scorer that lies beside them.

python -m veille.nlp.evaluate FOLDER --names FILE [--unseen] [--floors FILE]: tags FOLDER/*.jsonl, each record by models
that have not seen it (`--unseen`: nor its set), and prints the scorer's table; with `--floors`, raises the floors that
the figures have passed (never lowers one). Without `--names`, the shipped models are used: they have seen the records.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from veille.config.instance import shipped
from veille.errors import InputError
from veille.nlp.corpus import read_names_of_codes, read_records
from veille.nlp.files import lines_of, write_lines
from veille.nlp.folds import Trainer, leave_one_set_out, out_of_fold
from veille.nlp.jsonl import tag_lines
from veille.nlp.tagger import load_tagger

#: How the floors are made: changing it makes the old ones incomparable.
RECIPE = (
    "out of fold: five folds by hash of id, models fitted on the other four, every record of every set through "
    "tag_lines, score_tags.py --json, rows ALL and MEAN"
)
#: Figures where more is better, and where less is.
RISING = (
    "sectors_top1", "sectors_top3", "sectors_precision", "types_top1", "territory_recall", "territory_precision",
    "deadline_exact",
)  # fmt: skip
FALLING = ("deadline_wrong",)
#: What a figure may lose to a change elsewhere without being called a fall.
SLACK = 0.005

Table = dict[str, dict[str, float | None]]


def gold_files(folder: Path) -> list[Path]:
    """Return the gold sets of a folder; raises InputError where there is none, or no scorer."""
    files = sorted(folder.glob("*.jsonl"))
    if not files or not (folder / "score_tags.py").is_file():
        raise InputError(f"{folder} : ni jeux *.jsonl ni score_tags.py", cure="nommez le dossier des jeux de référence")
    return files


def corpus_hash(files: Sequence[Path]) -> str:
    """Return a short hash of the gold sets, names included."""
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def evaluate(folder: Path) -> Table:
    """Tag every gold set with the shipped pipeline, whose models have seen them, and return the scorer's table."""
    files = gold_files(folder)
    tagger = load_tagger([shipped()])
    problems: list[tuple[int, str]] = []
    return _scored(folder, files, (line for path in files for line in _tagged(path, tagger, problems)))


def evaluate_unseen(folder: Path, names: Path, *, sets: bool = False) -> Table:
    """Tag each record with models that have not seen it (nor, with `sets`, its set) and return the scorer's table.

    `names` is the JSON file of CPV codes' names. Takes some two minutes.
    """
    files = gold_files(folder)
    trainer = Trainer(read_records(files), read_names_of_codes(names))
    with tempfile.TemporaryDirectory() as models:
        tagged = (leave_one_set_out if sets else out_of_fold)(trainer, files, Path(models))
        return _scored(folder, files, tagged)


def _scored(folder: Path, files: Sequence[Path], lines: Iterable[str]) -> Table:
    with tempfile.TemporaryDirectory() as name:
        predicted = Path(name) / "predicted.jsonl"
        write_lines(predicted, lines)
        return _score(folder, files, predicted)


def _tagged(path: Path, tagger: Any, problems: list[tuple[int, str]]) -> list[str]:
    with lines_of(path) as lines:
        return list(tag_lines(lines, tagger, tagger.gazetteer, problems))


def _score(folder: Path, files: Sequence[Path], predicted: Path) -> Table:
    command = [sys.executable, str(folder / "score_tags.py"), *map(str, files), "--pred", str(predicted), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - the scorer the caller named
    table: Table = json.loads(done.stdout)
    return table


def figures(table: Table) -> dict[str, float]:
    """Return the figures that have floors, as `ROW.figure`."""
    return {
        f"{row}.{key}": value
        for row in ("ALL", "MEAN")
        for key in (*RISING, *FALLING)
        if (value := table[row].get(key)) is not None
    }


def fallen(found: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Return the figures worse than their floors: name → (found, floor)."""
    worse = {}
    for name, floor in floors.items():
        value = found.get(name, 0.0)
        if value > floor + SLACK if name.endswith(FALLING) else value < floor - SLACK:
            worse[name] = (value, floor)
    return worse


def raised(found: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """Return floors that only rise (or fall, where less is better)."""
    best = {name: min if name.endswith(FALLING) else max for name in found}
    return {name: best[name](value, floors.get(name, value)) for name, value in found.items()}


def main() -> None:
    """Print the table; raise the floors where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--unseen", action="store_true")
    parser.add_argument("--floors", type=Path)
    asked = parser.parse_args()
    if asked.floors and (asked.unseen or not asked.names):
        parser.error("--floors are out of fold: --names, without --unseen")
    table = evaluate_unseen(asked.folder, asked.names, sets=asked.unseen) if asked.names else evaluate(asked.folder)
    sys.stdout.write(json.dumps(table, indent=1) + "\n")
    if asked.floors:
        corpus = corpus_hash(gold_files(asked.folder))
        known = json.loads(asked.floors.read_text(encoding="utf-8")) if asked.floors.exists() else {}
        same = known.get("corpus") == corpus and known.get("recipe") == RECIPE
        floors = raised(figures(table), known["floors"] if same else {})
        content = {"corpus": corpus, "recipe": RECIPE, "floors": floors}
        asked.floors.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
