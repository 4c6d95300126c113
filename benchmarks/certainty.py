"""How often what nobody looks at is right: matches from each score on, and types that the model alone read.

    python benchmarks/certainty.py [--set FOLDER …]

Every pair of member and item of tests/data/judgements/network, and of further folders of the same form, that the judge
passes. « Right » = grade 2 and more; « fit » = grade 1 and more. For alerts only what is answered counts, whenever it
closes: those of ten days are too few. The last line is one JSON object.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.matching.network import Judged, Network, again, late, members

from veille.config.digests import load_digest
from veille.config.instance import shipped
from veille.digest.choosing.certainty import certain, certain_for
from veille.digest.choosing.placing import ANSWERED, home_section
from veille.matching.relevance import rank
from veille.model import Item, Origin, Scheme

#: Scores from which on shares are told.
BARS = tuple(round(0.05 * step, 2) for step in range(2, 21))
#: Scores of a type that the model alone read.
TYPE_BARS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True)
class Passed:
    """One item that the judge passes for one member."""

    member: str
    score: float
    grade: int
    answered: bool
    #: As the absence mode has it.
    certain: bool


def pairs(chosen: Iterable[Judged]) -> Iterator[Passed]:
    """Judge each member against each item of its network."""
    digest = load_digest([shipped() / "digests"], "hebdo").digest
    for judged in chosen:
        network = judged.network
        for match in rank(network.items, judged.member, network.context):
            item = network.item(match.item_id)
            yield Passed(
                member=judged.key,
                score=match.score or 0.0,
                grade=judged.of(item.id).grade,
                answered=home_section(digest, item) in ANSWERED,
                certain=certain(digest, item) and certain_for(item, match),
            )


def shares(found: Sequence[Passed]) -> dict[str, float | int]:
    """Return how many there are, of how many members, and which share is right and fit."""
    count = len(found)
    return {
        "count": count,
        "members": len({one.member for one in found}),
        "right": round(sum(one.grade > 1 for one in found) / count, 3) if count else 0.0,
        "fit": round(sum(one.grade > 0 for one in found) / count, 3) if count else 0.0,
    }


def read_types(networks: Iterable[Network]) -> list[tuple[float, bool]]:
    """Return score and whether it is right of each type that the model alone read."""
    return [
        (tag.score, tag.term == network.rows[item.id]["kind"])
        for network in networks
        for item in network.items
        if (tag := _guessed(item)) is not None
    ]


def _guessed(item: Item):  # noqa: ANN202 - a tag or none
    types = item.of(Scheme.TYPE)
    return types[0] if types and types[0].origin not in {Origin.PERSON, Origin.FACT, Origin.CUE} else None


def main() -> None:
    """Print four tables, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", dest="sets", type=Path, action="append", default=[], help="folder of a judged network")
    asked = parser.parse_args()
    further = [Network(path) for path in asked.sets]
    chosen = [*members(), *late(), *again(), *(one for network in further for one in network.members())]
    found = list(pairs(chosen))
    calls = [one for one in found if one.answered]
    alerts = {bar: shares([one for one in calls if one.score >= bar]) for bar in BARS}
    read = {bar: shares([one for one in found if not one.answered and one.score >= bar]) for bar in BARS}
    sure = {bar: shares([one for one in found if one.certain and one.score >= bar]) for bar in BARS}
    guessed = read_types([chosen[0].network, *further])
    types = {bar: _right([right for score, right in guessed if score >= bar]) for bar in TYPE_BARS}
    tables = {"answered": alerts, "read": read, "certain": sure, "types": types}
    for name, table in tables.items():
        for bar, row in table.items():
            print(f"{name:9} from {bar}: {row}")
    print(json.dumps(tables))


def _right(found: Sequence[bool]) -> dict[str, float | int]:
    return {"count": len(found), "right": round(sum(found) / len(found), 3) if found else 0.0}


if __name__ == "__main__":
    main()
