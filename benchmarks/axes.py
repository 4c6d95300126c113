"""Axes of the shipped packs on tests/data/axes, from the YAML alone: macro-F1 over axes and « hors sujet ».

    python benchmarks/axes.py [--half open|closed|spent|fresh|last|all] [--real AIDS.json] [--show]

`open` was looked at while the cues were written, `closed` and `spent` were read once and then used, `fresh` and `last` never. With
`--real`, the texts are public aids (the file of the API of Aides-territoires), labelled by number in `real/`. `--show`
prints the items that were read otherwise (never look at `fresh`). The last line is one JSON object.
"""

import argparse
import html
import json
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from veille.config.instance import shipped
from veille.config.packs import AXES, find_pack
from veille.config.taxonomy import FOLDER
from veille.config.yaml_source import load_yaml
from veille.model import Scheme, TextToTag
from veille.nlp.tagger import load_tagger

SETS = Path(__file__).resolve().parents[1] / "tests" / "data" / "axes"


@dataclass
class Score:
    """Counts by label."""

    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)

    def add(self, wanted: set[str], said: set[str]) -> None:
        """Count one item."""
        self.right.update(wanted & said)
        self.said.update(said)
        self.wanted.update(wanted)

    def f1(self) -> dict[str, float]:
        """Return F1 by label that the set has."""
        both = {label: self.said[label] + self.wanted[label] for label in self.wanted}
        return {label: round(2 * self.right[label] / count, 3) for label, count in sorted(both.items())}

    def macro(self) -> float:
        """Return the mean of F1 over labels: a rare axis counts as much as a frequent one."""
        values = self.f1().values()
        return round(sum(values) / len(values), 3)


def load_set(path: Path, half: str) -> list[dict[str, Any]]:
    """Return the items of one half."""
    data, _ = load_yaml(path)
    return [item for item in data["items"] if half in {"all", item["half"]}]


def load_real(path: Path, aids: Path) -> list[dict[str, Any]]:
    """Return the labelled public aids with their texts."""
    texts = {aid["id"]: aid for aid in json.loads(aids.read_bytes())["results"]}
    data, _ = load_yaml(path)
    found = [(item, texts[item["id"]]) for item in data["items"]]
    return [{**item, "title": aid["name"], "text": _plain(aid["description"])} for item, aid in found]


def _plain(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", html.unescape(page))


def tagged_axes(pack: str, items: list[dict[str, Any]]) -> list[set[str]]:
    """Return the axes of each item, read as an instance with that pack reads them."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / FOLDER / f"axes-{pack}.yaml"
        target.parent.mkdir(parents=True)
        shutil.copyfile(find_pack(pack) / AXES, target)
        tagger = load_tagger([Path(name), shipped()])
        texts = [TextToTag(id=str(rank), title=item["title"], text=item["text"]) for rank, item in enumerate(items)]
        return [{tag.term for tag in tagged.of(Scheme.AXIS)} for tagged in tagger.tag(texts)]


def measure(pack: str, items: list[dict[str, Any]], *, show: bool = False) -> Score:
    """Score the items of one pack."""
    score = Score()
    for item, said in zip(items, tagged_axes(pack, items), strict=True):
        score.add(set(item["axes"]), said)
        if show and said != set(item["axes"]):
            print(f"  {item['title']}\n    wanted {sorted(item['axes'])}, said {sorted(said)}")
    return score


def main() -> None:
    """Print a table per pack, then one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "closed", "spent", "fresh", "last", "all"), default="all")
    parser.add_argument("--real", type=Path, metavar="AIDS.json")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    figures = {}
    for path in sorted((SETS / "real" if asked.real else SETS).glob("*.yaml")):
        items = load_real(path, asked.real) if asked.real else load_set(path, asked.half)
        score = measure(path.stem, items, show=asked.show)
        print(f"{path.stem}: {len(items)} items, macro-F1 {score.macro():.3f}")
        for label, value in score.f1().items():
            print(f"  {label:<24} {value:.3f}  ({score.wanted[label]})")
        figures[path.stem] = {"items": len(items), "macro_f1": score.macro(), "f1": score.f1()}
    print(json.dumps({"half": "real" if asked.real else asked.half, "packs": figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
