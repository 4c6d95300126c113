"""Fit the models on public labelled sets and write the artefact: python scripts/train.py GOLD CPV_NAMES [TARGET].

GOLD is a folder of *.jsonl sets (the form is `score_tags.py --help`'s), CPV_NAMES a JSON object code → French name.
Only records whose licence is Licence Ouverte, or that are TED notices, are learnt from.
"""

import sys
from pathlib import Path

from veille.nlp.fitting.corpus import read_names_of_codes, read_records
from veille.nlp.fitting.folds import Trainer
from veille.nlp.fitting.model import save_models

TARGET = Path(__file__).resolve().parents[1] / "fitted" / "model.npz"


def main() -> None:
    """Fit and write."""
    gold, names = Path(sys.argv[1]), Path(sys.argv[2])
    target = Path(sys.argv[3]) if len(sys.argv) > 3 else TARGET  # noqa: PLR2004 - the third argument
    records = read_records(sorted(gold.glob("*.jsonl")))
    save_models(target, Trainer(records, read_names_of_codes(names)).fit(lambda _record: True))
    sys.stdout.write(f"{target} : {len(records)} textes, {target.stat().st_size / 1e6:.1f} Mo\n")


if __name__ == "__main__":
    main()
