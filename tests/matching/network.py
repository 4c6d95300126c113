"""Load tests/data/judgements/network: its items as the program itself reads them, its members, its grades."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.config.taxonomy import Taxonomy, load_taxonomy
from veille.model import Item, ItemSource, Licence, Member, TextToTag
from veille.nlp.tagger import load_tagger

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "data" / "judgements" / "network"
DAY = date(2026, 11, 27)
#: Why a 0 would embarrass.
FAULTS = frozenset({"expired", "ineligible", "place", "trade"})
#: Kinds of reason that a matcher or a bulletin gives.
REASONS = frozenset(
    {"need", "activity", "skill", "contribution", "axis", "follow", "country", "territory", "audience", "sector",
     "bridge", "common"}
)  # fmt: skip
#: Types that one answers: money, markets, places, partners.
CALLS = frozenset(
    {"appel-a-projets", "ami", "marche-public", "subvention-aide", "pret-garantie", "concours-prix",
     "financement-capital", "accompagnement", "appel-partenaires"}
)  # fmt: skip


@dataclass(frozen=True)
class Grade:
    """What one member would say of one item."""

    #: 0 to 3.
    grade: int
    #: The right kinds of reason; of a 0, why it would embarrass.
    kinds: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """One member with a grade for each item that has a line."""

    key: str
    half: str
    member: Member
    lines: Mapping[int, Grade]

    def of(self, item: int) -> Grade:
        """Return the grade of any item: without a line it is a 0, for its date or its trade."""
        closes = rows()[item]["closes"]
        expired = closes is not None and closes < DAY
        return self.lines.get(item, Grade(0, frozenset({"expired" if expired else "trade"})))


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def rows() -> dict[int, dict[str, Any]]:
    """Return the items as written, with the truth about each."""
    return {row["id"]: row for path in sorted((FOLDER / "items").glob("*.yaml")) for row in _load(path)}


@cache
def declared() -> dict[str, str]:
    """Return the one type that a source publishes, where whoever subscribes would declare it."""
    return dict(_load(FOLDER / "sources.yaml"))


@cache
def members() -> tuple[Judged, ...]:
    """Return every member of the twelve; the 1st, 3rd, 5th… are open, the others closed."""
    return tuple(_judged(FOLDER, lambda number: "open" if number % 2 else "closed"))


@cache
def late() -> tuple[Judged, ...]:
    """Return the six members that were graded against the same items later, half of them known by little."""
    return tuple(_judged(FOLDER / "late", lambda _: "late"))


@cache
def again() -> tuple[Judged, ...]:
    """Return eight members of yet other trades, graded after that: four, and four once these were mended."""
    return tuple(_judged(FOLDER / "again", lambda _: "again"))


def _judged(folder: Path, half: Callable[[int], str]) -> Iterator[Judged]:
    grades = _load(folder / "grades.yaml")
    for number, row in enumerate(_load(folder / "members.yaml"), 1):
        key = row["key"]
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        del fields["key"]
        lines = {item: Grade(grade, frozenset(kinds.split("|"))) for item, (grade, kinds, _) in grades[key].items()}
        yield Judged(key, half(number), Member(id=number, **fields), lines)


@cache
def places() -> Gazetteer:
    """Return the territories that ship."""
    return load_gazetteer([ROOT])


@cache
def taxonomy() -> Taxonomy:
    """Return the terms that ship."""
    return load_taxonomy([ROOT])


@cache
def items() -> tuple[Item, ...]:
    """Return the items with the tags and facts that the program reads in them, and nothing of the truth."""
    written = list(rows().values())
    texts = (
        TextToTag(
            id=str(row["id"]),
            title=row["title"],
            text=row["text"],
            lang=row.get("lang"),
            published=_morning(row["published"]),
            source_title=row["source"],
            source_territory=row.get("place"),
            source_type=declared().get(row["source"]),
        )
        for row in written
    )
    tagged = load_tagger([ROOT]).tag(texts)
    return tuple(
        Item(
            id=row["id"],
            version=1,
            title=row["title"],
            text=row["text"],
            url=f"https://sources.example/{row['id']}",
            lang=said.lang,
            published=_morning(row["published"]),
            first_seen=_morning(row["published"]),
            updated=_morning(row["published"]),
            licence=Licence.OWN if declared().get(row["source"]) == "vie-du-cluster" else Licence.PUBLIC,
            sources=(ItemSource(source_id=row["source"], title=row["source"], link=None, published=None),),
            tags=said.tags,
            facts=said.facts,
        )
        for row, said in zip(written, tagged, strict=True)
    )


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
