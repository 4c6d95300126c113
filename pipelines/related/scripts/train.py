"""Fit the related words on public texts and write the artefact: python scripts/train.py GOLD CPV_NAMES [TARGET].

GOLD is a folder of *.jsonl sets (the form is `score_tags.py --help`'s), CPV_NAMES a JSON object code → French name.
Only records whose licence is Licence Ouverte, or that are TED notices, are learnt from.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from veille.nlp.fitting.corpus import may_teach, read_names_of_codes
from veille.nlp.labels.relating import fit
from veille.related import save_related

TARGET = Path(__file__).resolve().parents[1] / "fitted" / "words.npz"
#: Digits of a CPV code that name a class: what a class holds keeps company.
_CLASS = 4


def texts(gold: Path, names: Path) -> Iterator[str]:
    """Yield the texts of free records, then the names of each class of codes."""
    for path in sorted(gold.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n"):
            said = json.loads(line)
            if may_teach(said["licence"]):
                yield f"{said['title']} {said['text'] or ''}"
    classes: dict[str, list[str]] = defaultdict(list)
    for code, name in sorted(read_names_of_codes(names).items()):
        classes[code[:_CLASS]].append(name)
    for named in classes.values():
        yield " ".join(named)


def main() -> None:
    """Fit and write."""
    target = Path(sys.argv[3]) if len(sys.argv) > 3 else TARGET  # noqa: PLR2004 - the third argument
    related = fit(texts(Path(sys.argv[1]), Path(sys.argv[2])))
    save_related(target, related)
    sys.stdout.write(f"{target} : {len(related.words)} mots, {target.stat().st_size / 1e6:.1f} Mo\n")


if __name__ == "__main__":
    main()
