"""The demonstration's corpus: fictional sources and items, read from the package's own YAML files."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from veille.config.yaml_source import parse_yaml

PARIS = ZoneInfo("Europe/Paris")
_FOLDER = files("veille.demo") / "corpus"
_SOURCE_KEYS = ("language", "territory", "type", "sectors", "licence")


@dataclass(frozen=True, slots=True)
class Amendment:
    """What the publisher changed later, under the same link."""

    on: datetime
    text: str


@dataclass(frozen=True, slots=True)
class CorpusItem:
    """One item as its source publishes it; `link` is absolute."""

    link: str
    title: str
    published: datetime
    text: str
    categories: tuple[str, ...] = ()
    amendment: Amendment | None = None

    def text_at(self, instant: datetime) -> str:
        """Return the text that readers see at that instant."""
        amended = self.amendment is not None and self.amendment.on <= instant
        return self.amendment.text if amended and self.amendment else self.text

    def updated_at(self, instant: datetime) -> datetime:
        """Return when the text seen at that instant was last changed."""
        amended = self.amendment is not None and self.amendment.on <= instant
        return self.amendment.on if amended and self.amendment else self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusSource:
    """One source: how it writes its feed, and what it publishes."""

    id: str
    title: str
    #: rss, rdf, atom or json.
    format: str
    #: Where the loopback server serves it.
    path: str
    #: Base of its items' links.
    site: str
    items: tuple[CorpusItem, ...]
    encoding: str = "utf-8"
    cdata: bool = False
    full_content: bool = False
    relative_links: bool = False
    french_dates: bool = False
    #: html, empty or truncated: what is wrong with the answer; empty if nothing.
    fault: str = ""
    #: Optional keys of its line in sources.yaml.
    settings: dict[str, Any] = field(default_factory=dict)

    def published_by(self, instant: datetime) -> tuple[CorpusItem, ...]:
        """Return what is online at that instant, newest first."""
        online = [item for item in self.items if item.published <= instant]
        return tuple(sorted(online, key=lambda item: item.published, reverse=True))


@cache
def corpus() -> tuple[CorpusSource, ...]:
    """Return every source of the corpus, in the order of their files."""
    names = sorted(entry.name for entry in _FOLDER.iterdir() if entry.name[:2].isdigit())
    return tuple(_source(read_definition(name)) for name in names)


def read_definition(name: str) -> Any:
    """Return the plain data of one YAML file of the corpus."""
    data, _ = parse_yaml((_FOLDER / name).read_bytes(), name)
    return data


def members_csv() -> bytes:
    """Return the members' file of the demonstration."""
    return (_FOLDER / "members.csv").read_bytes()


def _source(data: dict[str, Any]) -> CorpusSource:
    own: dict[str, Any] = dict(data["source"])
    settings = {key: own.pop(key) for key in _SOURCE_KEYS if key in own}
    items = tuple(_item(entry, own["site"]) for entry in data["items"])
    return CorpusSource(items=items, settings=settings, **own)


def _item(entry: dict[str, Any], site: str) -> CorpusItem:
    amended = entry.get("amended")
    return CorpusItem(
        link=entry["link"] if "://" in entry["link"] else site + entry["link"],
        title=entry["title"],
        published=_instant(entry["published"]),
        text=entry["text"].strip(),
        categories=tuple(entry.get("categories", ())),
        amendment=Amendment(_instant(amended["on"]), amended["text"].strip()) if amended else None,
    )


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS)
