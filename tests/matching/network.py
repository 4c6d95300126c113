"""Load judged networks: items as the program itself reads them, members, grades; the one that ships, or any folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.matching.referred import with_texts
from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.config.taxonomy import Taxonomy, load_taxonomy
from veille.matching.context import MatchContext, prepare
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
    network: "Network" = field(repr=False)

    def of(self, item: int) -> Grade:
        """Return the grade of any item: without a line it is a 0, for its date or its trade."""
        closes = self.network.rows[item]["closes"]
        expired = closes is not None and closes < DAY
        return self.lines.get(item, Grade(0, frozenset({"expired" if expired else "trade"})))


class Network:
    """A folder of items.yaml or items/*.yaml, sources.yaml, members.yaml and grades.yaml."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def rows(self) -> Mapping[int, dict[str, Any]]:
        """The items as written, real ones with their texts, and the truth about each.

        Raises FileNotFoundError where the folder of the real texts is not beside this checkout.
        """
        paths = sorted(self.folder.glob("items/*.yaml")) or [self.folder / "items.yaml"]
        written = [{"closes": None, **row} for path in paths for row in _load(path)]
        return {row["id"]: row for row in with_texts(written)}

    @cached_property
    def declared(self) -> Mapping[str, str]:
        """The one type that a source publishes, where whoever subscribes would declare it."""
        return dict(_load(self.folder / "sources.yaml") or {})

    def members(self, under: str = "", half: Callable[[int], str] = lambda _: "all") -> tuple[Judged, ...]:
        """Return the members of the folder or of one under it, each of the half that its place has."""
        return tuple(self._members(self.folder / under, half))

    def _members(self, folder: Path, half: Callable[[int], str]) -> Iterator[Judged]:
        grades = _load(folder / "grades.yaml")
        for number, row in enumerate(_load(folder / "members.yaml"), 1):
            fields = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
            key = fields.pop("key")
            lines = {item: Grade(line[0], frozenset(line[1].split("|"))) for item, line in grades[key].items()}
            yield Judged(key, half(number), Member(id=number, **fields), lines, self)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items with the tags and facts that the program reads in them, and nothing of the truth."""
        written = list(self.rows.values())
        texts = (
            TextToTag(
                id=str(row["id"]),
                title=row["title"],
                text=row["text"],
                lang=row.get("lang"),
                published=_morning(row["published"]),
                source_title=row["source"],
                source_territory=row.get("place"),
                source_type=self.declared.get(row["source"]),
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
                licence=Licence.OWN if self.declared.get(row["source"]) == "vie-du-cluster" else Licence.PUBLIC,
                sources=(ItemSource(source_id=row["source"], title=row["source"], link=None, published=None),),
                tags=said.tags,
                facts=said.facts,
            )
            for row, said in zip(written, tagged, strict=True)
        )

    @cached_property
    def context(self) -> MatchContext:
        """What the matcher knows of the items on the day of judgement."""
        return prepare(self.items, today=DAY, places=places(), taxonomy=taxonomy())

    def item(self, number: int) -> Item:
        """Return an item by its number."""
        return next(item for item in self.items if item.id == number)


#: The one that ships.
SHIPPED = Network(FOLDER)


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rows() -> Mapping[int, dict[str, Any]]:
    """Return the items of the network that ships as written, with the truth about each."""
    return SHIPPED.rows


def declared() -> Mapping[str, str]:
    """Return the one type that its sources publish, where one would declare it."""
    return SHIPPED.declared


@cache
def members() -> tuple[Judged, ...]:
    """Return every member of the twelve; the 1st, 3rd, 5th… are open, the others closed."""
    return SHIPPED.members(half=lambda number: "open" if number % 2 else "closed")


@cache
def late() -> tuple[Judged, ...]:
    """Return the six members that were graded against the same items later, half of them known by little."""
    return SHIPPED.members("late", lambda _: "late")


@cache
def again() -> tuple[Judged, ...]:
    """Return eight members of yet other trades, graded after that: four, and four once these were mended."""
    return SHIPPED.members("again", lambda _: "again")


@cache
def places() -> Gazetteer:
    """Return the territories that ship."""
    return load_gazetteer([ROOT])


@cache
def taxonomy() -> Taxonomy:
    """Return the terms that ship."""
    return load_taxonomy([ROOT])


def items() -> Sequence[Item]:
    """Return the items of the network that ships as the program reads them."""
    return SHIPPED.items


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
