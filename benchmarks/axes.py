"""Axes of the shipped packs on tests/data/axes, from the YAML alone or with corrections: macro-F1 with « hors sujet ».

    python benchmarks/axes.py [--half open|closed|spent|fresh|last|all] [--real AIDS.json] [--cues N] [--corrections N]

`open` was looked at while the cues were written, `closed` and `spent` were read once and then used; `fresh` and `last`
never. With `--cues`, each axis keeps its label, its sentence and its first N cues, as a cluster would write its own.
With `--corrections`, N texts of the other halves are learnt as staff's corrections are (`veille pipeline learn`). With
`--real`, the texts are public aids (the file of the API of Aides-territoires), labelled by number in `real/`. `--show`
prints the items that were read otherwise (never look at `last`). The last line is one JSON object.
"""

import argparse
import hashlib
import html
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from veille.config.instance import shipped
from veille.config.packs import AXES, find_pack
from veille.config.taxonomy import FOLDER
from veille.config.yaml_source import load_yaml
from veille.model import Scheme, TextToTag
from veille.nlp.fitting.axis_lessons import learn
from veille.nlp.fitting.learning import Trial
from veille.nlp.tagger import load_tagger

#: Keys of an axis that a cluster writes besides ten cues.
_KEPT = ("id", "label", "sentence", "broader")
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


@contextmanager
def instance(pack: str, cues: int | None = None) -> Iterator[Path]:
    """Make a folder with a pack's axes, each with its first cues only where asked so."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / FOLDER / f"axes-{pack}.yaml"
        target.parent.mkdir(parents=True)
        shutil.copyfile(find_pack(pack) / AXES, target)
        if cues is not None:
            data = yaml.safe_load(target.read_text(encoding="utf-8"))
            kept = [
                {**{key: term[key] for key in _KEPT if key in term}, "cues": term.get("cues", [])[:cues]}
                for term in data["terms"]
            ]
            target.write_text(yaml.safe_dump({**data, "terms": kept}, allow_unicode=True), encoding="utf-8")
        yield Path(name)


def teach(home: Path, items: list[dict[str, Any]]) -> Trial:
    """Let an instance learn from items, as it does from corrections."""
    tagger = load_tagger([home, shipped()])
    told = zip(texts_of(items), (frozenset(item["axes"]) for item in items), strict=True)
    return learn(home, list(tagger.lessons((text, axes, 1.0) for text, axes in told if axes)))


def texts_of(items: list[dict[str, Any]]) -> list[TextToTag]:
    """Return items as they are tagged."""
    return [TextToTag(id=str(rank), title=item["title"], text=item["text"]) for rank, item in enumerate(items)]


def tagged_axes(home: Path, items: list[dict[str, Any]]) -> list[set[str]]:
    """Return the axes of each item, as an instance reads them."""
    tagger = load_tagger([home, shipped()])
    return [{tag.term for tag in tagged.of(Scheme.AXIS)} for tagged in tagger.tag(texts_of(items))]


def measure(
    pack: str,
    items: list[dict[str, Any]],
    *,
    cues: int | None = None,
    lessons: list[dict[str, Any]] | None = None,
    show: bool = False,
) -> Score:
    """Score the items of one pack; `lessons` are learnt before."""
    with instance(pack, cues) as home:
        if lessons:
            print(f"  {teach(home, lessons)}")
        said = tagged_axes(home, items)
    return score(items, said, show=show)


def score(items: list[dict[str, Any]], said_of: list[set[str]], *, show: bool = False) -> Score:
    """Compare what was said of items with their labels."""
    found = Score()
    for item, said in zip(items, said_of, strict=True):
        found.add(set(item["axes"]), said)
        if show and said != set(item["axes"]):
            print(f"  {item['title']}\n    wanted {sorted(item['axes'])}, said {sorted(said)}")
    return found


def lessons_of(path: Path, half: str, count: int) -> list[dict[str, Any]]:
    """Return items of the other halves, drawn by the hash of their titles: nobody chose them."""
    others = [item for item in load_set(path, "all") if item["half"] not in {half, "last"} and item["axes"]]
    return sorted(others, key=lambda item: hashlib.sha256(item["title"].encode()).hexdigest())[:count]


def main() -> None:
    """Print a table per pack, then one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "closed", "spent", "fresh", "last", "all"), default="all")
    parser.add_argument("--real", type=Path, metavar="AIDS.json")
    parser.add_argument("--cues", type=int, metavar="N")
    parser.add_argument("--corrections", type=int, default=0, metavar="N")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    figures = {}
    for path in sorted((SETS / "real" if asked.real else SETS).glob("*.yaml")):
        items = load_real(path, asked.real) if asked.real else load_set(path, asked.half)
        lessons = lessons_of(SETS / path.name, asked.half, asked.corrections)
        found = measure(path.stem, items, cues=asked.cues, lessons=lessons, show=asked.show)
        print(f"{path.stem}: {len(items)} items, macro-F1 {found.macro():.3f}")
        for label, value in found.f1().items():
            print(f"  {label:<24} {value:.3f}  ({found.wanted[label]})")
        figures[path.stem] = {"items": len(items), "macro_f1": found.macro(), "f1": found.f1()}
    how = {"half": "real" if asked.real else asked.half, "cues": asked.cues, "corrections": asked.corrections}
    print(json.dumps({**how, "packs": figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
