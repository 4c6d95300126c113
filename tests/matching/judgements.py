"""Load tests/data/judgements as the matcher's own values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.config.taxonomy import Taxonomy, load_taxonomy
from veille.matching.context import MatchContext, prepare
from veille.model import Evidence, Fact, Item, ItemSource, Licence, Member, Origin, Scheme, Tag

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "data" / "judgements"
TODAY = date(2026, 11, 27)
_LISTS = ("sectors", "axes", "activity", "skills", "needs", "contributions", "countries", "follows", "muted")


@dataclass(frozen=True)
class Judged:
    """One profile with the grades of every item that deserves one."""

    key: str
    half: str
    member: Member
    grades: dict[int, int]


@cache
def places() -> Gazetteer:
    return load_gazetteer([ROOT])


@cache
def taxonomy() -> Taxonomy:
    return load_taxonomy([ROOT])


def _load(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def make_item(row: dict[str, Any]) -> Item:
    """Make an item of one line of items.yaml."""
    day = row["published"]
    published = datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)

    def tag(scheme: Scheme, term: str, scope: Any = "main") -> Tag:
        return Tag(scheme=scheme, term=term, score=0.9, origin=Origin.CUE, scope=scope)

    tags = [tag(Scheme.TYPE, row["type"])] if row.get("type") else []
    tags += [tag(Scheme.SECTOR, term) for term in row.get("sectors", ())]
    tags += [tag(Scheme.TERRITORY, term) for term in row.get("main", ())]
    tags += [tag(Scheme.TERRITORY, term, "mentioned") for term in row.get("mentioned", ())]
    tags += [tag(Scheme.ZONE, term) for term in row.get("zones", ())]
    facts = tuple(
        Fact(name=name, value=value, origin=Origin.CUE, evidence=(Evidence(text=quote, where="text"),))
        for name, (value, quote) in row.get("facts", {}).items()
    )
    source = row.get("source", "Une source")
    return Item(
        id=row["id"],
        version=1,
        title=row["title"],
        text=row["text"],
        url=f"https://sources.example/{row['id']}",
        lang=row.get("lang", "fr"),
        published=published,
        first_seen=published,
        updated=published,
        licence=Licence.PUBLIC,
        sources=(ItemSource(source_id=source, title=source, link=None, published=published),),
        tags=tuple(tags),
        facts=facts,
        previous=row.get("previous", {}),
    )


@cache
def items() -> tuple[Item, ...]:
    return tuple(make_item(row) for row in _load("items.yaml"))


@cache
def profiles() -> tuple[Judged, ...]:
    grades = _load("grades.yaml")
    found = []
    for number, row in enumerate(_load("profiles.yaml"), 1):
        key, half = row.pop("key"), row.pop("half")
        fields = {name: tuple(value) if name in _LISTS else value for name, value in row.items()}
        graded = {item: grade for item, (grade, _) in grades[key].items()}
        found.append(Judged(key, half, Member(id=number, **fields), graded))
    return tuple(found)


@cache
def context() -> MatchContext:
    return prepare(items(), today=TODAY, places=places(), taxonomy=taxonomy())
