"""The labelled pairs of tests/data/pairs, tagged by the pipeline that ships and sketched."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from veille.linking.clusters import groups, pair
from veille.linking.comparing import compare
from veille.linking.sketch import Sketch
from veille.linking.sketching import sketch
from veille.model import Item, ItemSource, Licence, StructuredFacts, TextToTag
from veille.protocols import Tagger

FOLDER = Path(__file__).parents[1] / "data" / "pairs"
HALVES = ("opened", "closed", "fresh")
_SEEN = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Pair:
    half: str
    one: str
    other: str
    same: bool
    why: str


def written(parts: Sequence[str] = HALVES) -> tuple[dict[str, Mapping[str, Any]], list[Pair]]:
    """Return the records written for these tests by « family/name », and every pair of a family."""
    records: dict[str, Mapping[str, Any]] = {}
    found = []
    for half in parts:
        for family in yaml.safe_load((FOLDER / f"{half}.yaml").read_text(encoding="utf-8")):
            thing_of = {name: thing for thing, names in family["things"].items() for name in names}
            named = {name: f"{family['family']}/{name}" for name in family["records"]}
            assert set(thing_of) == set(named), family["family"]
            records |= {named[name]: record for name, record in family["records"].items()}
            for one, other in combinations(thing_of, 2):
                same = thing_of[one] == thing_of[other]
                found.append(Pair(half, named[one], named[other], same, f"{thing_of[one]}, {thing_of[other]}"))
    return records, found


def collected(gold: Path) -> tuple[dict[str, Mapping[str, Any]], list[Pair]]:
    """Return the records of the gold sets that the pairs name, and those pairs."""
    with (FOLDER / "shared.csv").open(encoding="utf-8") as lines:
        found = [
            Pair(row["half"], row["one"], row["other"], row["same"] == "yes", row["why"])
            for row in csv.DictReader(lines)
        ]
    wanted = {name for one in found for name in (one.one, one.other)}
    lines_ = (
        line for file in sorted(gold.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").split("\n") if line
    )
    records = {said["id"]: {**said, "source": said["set"]} for said in map(json.loads, lines_) if said["id"] in wanted}
    return records, found


def sketches(tagger: Tagger, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Sketch]:
    texts = [_text(str(number), record) for number, record in enumerate(records.values(), 1)]
    tagged = tagger.tag(texts)
    return {
        name: sketch(
            Item(
                id=int(text.id), version=1, title=text.title, text=text.text, url=text.url, lang=said.lang,
                published=text.published, first_seen=text.published or _SEEN, updated=_SEEN, licence=Licence.PUBLIC,
                sources=(ItemSource(source_id=record["source"], title="", link=text.url, published=text.published),),
                tags=said.tags, facts=said.facts,
            )
        )
        for (name, record), text, said in zip(records.items(), texts, tagged, strict=True)
    }  # fmt: skip


def _text(number: str, record: Mapping[str, Any]) -> TextToTag:
    day, facts = record.get("published"), record.get("facts") or {}
    return TextToTag(
        id=number,
        title=record["title"],
        text=record["text"],
        url=record.get("url"),
        lang=record.get("lang"),
        published=datetime(day.year, day.month, day.day, 8, tzinfo=UTC) if day else None,
        source_title=record["source"],
        facts=StructuredFacts(
            cpv=tuple(facts.get("cpv", ())), deadline=facts.get("deadline"), reference=facts.get("reference")
        ),
    )


@dataclass(frozen=True)
class Figures:
    """Pairs that end in one group, against those labelled the same."""

    right: int
    wrong: tuple[Pair, ...]
    missed: tuple[Pair, ...]

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + len(self.wrong) + len(self.missed))


def measured(known: Mapping[str, Sketch], pairs: list[Pair]) -> Figures:
    """Group all these sketches as the store does, then look at the labelled pairs."""
    numbers = {name: number for number, name in enumerate(known)}
    links, apart = {}, set()
    for one, other in combinations(known, 2):
        found, key = compare(known[one], known[other]), pair(numbers[one], numbers[other])
        if found.same:
            links[key] = found.score
        if found.veto:
            apart.add(key)
    grouped = groups(links, apart)
    joined = [one for one in pairs if numbers[one.other] in grouped.get(numbers[one.one], ())]
    return Figures(
        right=sum(one.same for one in joined),
        wrong=tuple(one for one in joined if not one.same),
        missed=tuple(one for one in pairs if one.same and one not in joined),
    )


def of_half(half: str, pairs: list[Pair]) -> Iterator[Pair]:
    return (one for one in pairs if one.half == half)
