"""How often what nobody looks at is right: matches from each score on, and types that the model alone read.

    python benchmarks/certainty.py [--set FOLDER …]

Every pair of member and item of tests/data/judgements/network, and of further folders of the same form, that the judge
passes. Sets that the weights of scores were learnt from are each judged by weights learnt from the others. « Right »
is grade 2 and more, « fit » grade 1 and more. « dated » is what is answered and has a sure day, as alerts have it,
whenever it closes: those of ten days are too few. « certain » is what may leave unseen, were it not for its score. The
last line is one JSON object.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pipelines" / "relevance" / "scripts"))

import train
from tests.matching.network import Judged, Network, again, late, members

from veille.config.digests import load_digest
from veille.config.instance import shipped
from veille.digest.choosing.certainty import certain, certain_for
from veille.digest.choosing.placing import ANSWERED, home_section
from veille.matching.relevance import rank
from veille.matching.usefulness import WEIGHTS, Weights, weights
from veille.model import Item, Origin, Scheme

#: Scores from which on shares are told.
BARS = tuple(round(0.05 * step, 2) for step in range(2, 20))
#: Scores of a type that the model alone read.
TYPE_BARS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True)
class Passed:
    """One item that the judge passes for one member."""

    member: str
    score: float
    grade: int
    answered: bool
    #: Its day is told and not in doubt.
    dated: bool
    #: As the absence mode has it, whatever its score.
    certain: bool


def pairs(chosen: Iterable[Judged]) -> Iterator[Passed]:
    """Judge each member against each item of its network."""
    digest = load_digest([shipped() / "digests"], "hebdo").digest
    for judged in chosen:
        network = judged.network
        for match in rank(network.items, judged.member, network.context):
            item = network.item(match.item_id)
            yield Passed(
                member=f"{network.folder.name}/{judged.key}",
                score=match.score or 0.0,
                grade=judged.of(item.id).grade,
                answered=home_section(digest, item) in ANSWERED,
                dated=item.deadline is not None and not item.doubtful,
                certain=certain(digest, item) and certain_for(item, replace(match, score=1.0)),
            )


def learnt(folders: Iterable[Path]) -> Mapping[str, Weights]:
    """Return name of a set that weights were learnt from → weights learnt from the others in the same way."""
    seen = set(json.loads((shipped() / WEIGHTS).read_text(encoding="utf-8"))["sets"])
    read = {folder.name: train.read(folder) for folder in folders if folder.name in seen}
    if seen - read.keys():
        return {}
    found = {}
    for name, (parts, _) in read.items():
        others = [pairs for other, (_, pairs) in read.items() if other != name]
        fitted, start = train.fit(
            np.concatenate([one.parts for one in others]), np.concatenate([one.grades for one in others])
        )
        found[name] = Weights(dict(zip(parts, map(float, fitted), strict=True)) | train.BY_HAND, start)
    return found


def unseen(network: Network, known: Mapping[str, Weights]) -> list[Passed]:
    """Judge a further network, by weights that never saw it where they are known."""
    own = known.get(network.folder.name, weights())
    names = ("veille.matching.usefulness.weights", "veille.matching.relevance.weights")
    with patch(names[0], lambda: own), patch(names[1], lambda: own):
        return list(pairs(network.members()))


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
    """Print five tables, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", dest="sets", type=Path, action="append", default=[], help="folder of a judged network")
    asked = parser.parse_args()
    further = [Network(path) for path in asked.sets]
    chosen = [*members(), *late(), *again()]
    known = learnt(asked.sets)
    print("judged by weights that never saw them:", ", ".join(known) or "none")
    found = [*pairs(chosen), *(one for network in further for one in unseen(network, known))]
    calls = [one for one in found if one.answered]
    alerts = {bar: shares([one for one in calls if one.score >= bar]) for bar in BARS}
    dated = {bar: shares([one for one in calls if one.dated and one.score >= bar]) for bar in BARS}
    read = {bar: shares([one for one in found if not one.answered and one.score >= bar]) for bar in BARS}
    sure = {bar: shares([one for one in found if one.certain and one.score >= bar]) for bar in BARS}
    guessed = read_types([chosen[0].network, *further])
    types = {bar: _right([right for score, right in guessed if score >= bar]) for bar in TYPE_BARS}
    tables = {"answered": alerts, "dated": dated, "read": read, "certain": sure, "types": types}
    for name, table in tables.items():
        for bar, row in table.items():
            print(f"{name:9} from {bar}: {row}")
    print(json.dumps(tables))


def _right(found: Sequence[bool]) -> dict[str, float | int]:
    return {"count": len(found), "right": round(sum(found) / len(found), 3) if found else 0.0}


if __name__ == "__main__":
    main()
