"""False refusals on real aids: whom the gates of place and of eligibility turn away, beside what a person read.

    python benchmarks/reach.py [--faults]

Each record of tests/data/judgements/reach, its text read as a feed would give it, stands before a member in each of a
dozen towns and of each size that may apply (or plainly may not). The last line is one JSON object. The texts are not
shipped: without them, beside this checkout, nothing is measured.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.matching.network import DAY, ROOT, places, taxonomy
from tests.matching.referred import records

from veille.matching.case import Case
from veille.matching.context import MatchContext, prepare
from veille.matching.gates import GATES
from veille.model import Item, ItemSource, Licence, Member, TextToTag
from veille.nlp.tagger import load_tagger

LABELS = ROOT / "tests" / "data" / "judgements" / "reach" / "reach.yaml"
#: Towns of as many régions, overseas and Corsica among them.
HOMES = {
    "Nantes": "44109", "Lille": "59350", "Lyon": "69123", "Tarbes": "65440", "Cayenne": "97302", "Ajaccio": "2A004",
    "Épinal": "88160", "Marseille": "13055", "Montreuil": "93048", "Bordeaux": "33063", "Rennes": "35238",
    "Dijon": "21231", "Orléans": "45234", "Rouen": "76540", "Saint-Denis": "97411",
}  # fmt: skip
#: The gates that ask where a member is, and what it is.
ASKED = ("territory", "eligibility")


@dataclass(frozen=True)
class Asked:
    """One record before one member, and whether a person would turn it away."""

    ref: str
    home: str
    size: str
    refused: str | None
    #: None where it is open to the member, else « place » or « size ».
    wanted: str | None


def read(labels: Mapping[str, Any]) -> MatchContext:
    """Tag the labelled records and prepare them, as of the day of judgement."""
    known = {ref: records()[ref] for ref in labels}
    texts = [TextToTag(id=ref, title=row["title"], text=row["text"]) for ref, row in known.items()]
    at = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    items = [
        Item(
            id=number, version=1, title=text.title, text=text.text, url=f"https://sources.example/{number}",
            lang=said.lang, published=at, first_seen=at, updated=at, licence=Licence.PUBLIC,
            sources=(ItemSource(source_id=text.id, title=text.id, link=None, published=None),),
            tags=said.tags, facts=said.facts,
        )
        for number, (text, said) in enumerate(zip(texts, load_tagger([ROOT]).tag(texts), strict=True))
    ]  # fmt: skip
    return prepare(items, today=DAY, places=places(), taxonomy=taxonomy())


def asked(labels: Mapping[str, Any], context: MatchContext) -> Iterator[Asked]:
    """Yield every record before every member of whom its label says something."""
    for view in context.views.values():
        ref = view.item.sources[0].source_id
        label = labels[ref]
        for home, commune in HOMES.items():
            inside = _inside(commune, label["in"])
            if inside is None and home != "Nantes":
                continue  # where a text says no place, who may apply is asked once
            for size in (*label["may"], *(label.get("not", ()) if inside is not False else ())):
                member = Member(id=1, organisation="Membre", commune=commune, size=size)
                wanted = "place" if inside is False else "size" if size in label.get("not", ()) else None
                case = Case(view=view, profile=context.profile(member), context=context)
                found = (GATES[name](case) for name in ASKED)
                yield Asked(ref, home, size, next((said for said in found if said), None), wanted)


def _inside(commune: str, aimed: list[str] | None) -> bool | None:
    if aimed is None:
        return None
    home = f"fr:commune:{commune}"
    return not aimed or any(place in aimed for place in (home, *places().ancestors(home)))


def main() -> None:
    """Print each fault once a record and sentence, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", action="store_true")
    faults = parser.parse_args().faults
    labels = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    try:
        cases = list(asked(labels, read(labels)))
    except FileNotFoundError as absent:
        print(json.dumps({"skipped": str(absent)}, ensure_ascii=False))
        return
    if faults:
        print_faults(cases)
    print(json.dumps({"records": len(labels), "homes": len(HOMES), **figures(cases)}, ensure_ascii=False))


def print_faults(cases: list[Asked]) -> None:
    """Name each record that is refused to whom it is open, and each that is not where it should."""
    wrong = Counter((one.ref, one.refused) for one in cases if one.refused and one.wanted is None)
    missed = Counter((one.ref, one.wanted) for one in cases if one.wanted and not one.refused)
    for title, table in (("refused though open", wrong), ("let through", missed)):
        for (ref, said), count in table.most_common():
            print(f"{title}: {count:4} × {ref}: {said}")


def figures(cases: list[Asked]) -> dict[str, Any]:
    """Return the share of open pairs refused, of closed ones let through, and how many records have such a fault."""
    open_to = [one for one in cases if one.wanted is None]
    result: dict[str, Any] = {
        "open": len(open_to),
        "false_refusals": round(sum(one.refused is not None for one in open_to) / len(open_to), 4),
        "records_falsely_refused": len({one.ref for one in open_to if one.refused}),
    }
    for wanted in ("place", "size"):
        closed = [one for one in cases if one.wanted == wanted]
        let = sum(one.refused is None for one in closed)
        result |= {f"closed_by_{wanted}": len(closed), f"let_through_{wanted}": round(let / len(closed), 4)}
    return result


if __name__ == "__main__":
    main()
