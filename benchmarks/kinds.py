"""Types that the program reads in the items of judged networks, beside the truth that was written of each.

    python benchmarks/kinds.py [--set FOLDER …] [--show]

Without `--set`, every judged set that ships. Apart: items of sources that declare a type, and of those that do not;
an item's first type is compared. `--show` names each item read otherwise. The last line is one JSON object.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.matching.network import FOLDER, Network

from veille.model import Item, Scheme

#: Four sets of other clusters (tests/data/judgements/network2).
OTHERS = tuple(sorted(FOLDER.parent.glob("network2/*/items.yaml")))
#: Confusions printed.
_SHOWN = 40
#: Whether its source declares a type, the truth, what was read.
Row = tuple[bool, str, str]


def rows(network: Network, *, show: bool) -> Iterator[Row]:
    """Yield what was read in each item of a network; `show` prints what was read otherwise."""
    for item in network.items:
        truth = network.rows[item.id]
        row = (truth["source"] in network.declared, truth["kind"], first_type(item))
        if show and row[1] != row[2]:
            print(
                f"  [{network.folder.name} {item.id}] {row[1]} read {row[2]}: {item.title[:90]} | {item.text[:110]!r}"
                f" ({network.declared.get(truth['source'], '-')})"
            )
        yield row


def first_type(item: Item) -> str:
    """Return the slug of an item's main type, "" where it has none."""
    return next((tag.term for tag in item.of(Scheme.TYPE)), "")


def share(read: Sequence[Row]) -> float | None:
    """Return how many of these are read right, 0–1; None of none."""
    return round(sum(truth == said for _, truth, said in read) / len(read), 3) if read else None


def main() -> None:
    """Print the confusions of all sets, most frequent first, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", dest="sets", type=Path, action="append", help="folder of a judged network")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    folders = asked.sets or [FOLDER, *(path.parent for path in OTHERS)]
    read = [row for folder in folders for row in rows(Network(folder), show=asked.show)]
    wrong = Counter((truth, said) for _, truth, said in read if truth != said)
    for (truth, said), count in wrong.most_common(_SHOWN):
        print(f"{count:4} {truth} read as {said or 'nothing'}")
    figures = {
        "items": len(read),
        "right": share(read),
        "declared": share([row for row in read if row[0]]),
        "undeclared": share([row for row in read if not row[0]]),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
