"""What of an issue may be shown to anybody: its items, and nothing of whom they were for (pure).

Left out: reasons, eligibility, « déjà vu », stars and staff's words, which are each member's own; the sections that
tell what a member follows or looks for; what stands nowhere on the web.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from veille.model import Bulletin, Drafted, Issue, Line

#: Sections whose lines tell of one member's own: names followed, needs of the network (anonymous until both agree).
PRIVATE = frozenset({"followed", "partners"})
#: What has sections of its own here: a recall stands where the call itself does.
_HOME = {"deadlines": "seize", "window": "understand"}


@dataclass(frozen=True, slots=True)
class Printed:
    """What an issue printed, whomever it was for."""

    #: Of tens of thousands of bulletins enough that every line of every section stands in one of them.
    bulletins: Sequence[Bulletin]
    #: Item → how many readers had it.
    readers: Mapping[int, int]

    @classmethod
    def whole(cls, drafted: Iterable[Drafted]) -> "Printed":
        """Return it from all that an issue holds."""
        bulletins = [one.bulletin for one in drafted if one.bulletin is not None]
        return cls(bulletins, Counter(line.item_id for one in bulletins for line in one.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLine:
    """One item as anybody may read it."""

    item_id: int
    item_version: int
    title: str
    url: str
    #: Facts in words: « AAP », « AURA », « ≤ 300 k€ ».
    facts: tuple[str, ...]
    #: « clôt mardi 8 décembre », or empty.
    until: str
    #: The day it closes or takes place.
    closes: date | None
    #: True where that day closes it.
    ends: bool
    sources: tuple[str, ...]
    #: « 23 nov. 2026 », or empty.
    published: str
    extract: str
    #: « EN », or empty.
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSection:
    """Lines of one section, in the order in which most readers had them."""

    kind: str
    title: str
    lines: tuple[PublicLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEdition:
    """One issue without its readers."""

    digest: str
    period: str
    title: str
    #: The local day that it bears, and the instant at which it was approved.
    day: date
    at: datetime
    sections: tuple[PublicSection, ...]

    @property
    def lines(self) -> tuple[PublicLine, ...]:
        """Every line."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def key(self) -> str:
        """« hebdo-2026-W48 »: a file's name."""
        return f"{self.digest}-{self.period}"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "digest": self.digest,
            "period": self.period,
            "title": self.title,
            "day": self.day.isoformat(),
            "items": [
                {
                    "id": line.item_id,
                    "section": section.kind,
                    "title": line.title,
                    "url": line.url,
                    "facts": list(line.facts),
                    "closes": line.closes.isoformat() if line.closes else None,
                    "sources": list(line.sources),
                }
                for section in self.sections
                for line in section.lines
            ],
        }


def published(issue: Issue, what: Printed) -> PublicEdition:
    """Return an issue as anybody may read it."""
    found: dict[str, dict[int, PublicLine]] = {}
    titles: dict[str, str] = {}
    for one in what.bulletins:
        for section in one.sections:
            kind = _HOME.get(section.kind, section.kind)
            if kind == section.kind:
                titles[kind] = section.title
            if section.kind in PRIVATE:
                continue
            for line in section.lines:
                if line.url:
                    found.setdefault(kind, {}).setdefault(line.item_id, _public(line, line.url))
    order = _order(drafted_titles=titles, kinds=found)
    seen: set[int] = set()
    sections = []
    for kind in order:
        lines = [line for line in found[kind].values() if line.item_id not in seen]
        seen.update(line.item_id for line in lines)
        lines.sort(key=lambda line: (line.closes or date.max, -what.readers.get(line.item_id, 0), line.item_id))
        if lines:
            sections.append(PublicSection(kind=kind, title=titles.get(kind, _TITLES[kind]), lines=tuple(lines)))
    return PublicEdition(
        digest=issue.digest,
        period=issue.period,
        title=str(issue.frame.get("title", issue.digest)),
        day=date.fromisoformat(issue.frame["day"]),
        at=(issue.approved_at or issue.built_at).astimezone(UTC),
        sections=tuple(sections),
    )


#: Titles of sections that stand here only through another's lines.
_TITLES = {"seize": "À saisir", "understand": "À comprendre", "network": "Vie du réseau"}


def _order(*, drafted_titles: Mapping[str, str], kinds: Mapping[str, Any]) -> Sequence[str]:
    first = [kind for kind in ("seize", "understand", "network") if kind in kinds]
    return [*first, *(kind for kind in drafted_titles if kind in kinds and kind not in first)]


def _public(line: Line, url: str) -> PublicLine:
    return PublicLine(
        item_id=line.item_id,
        item_version=line.item_version,
        title=line.title,
        url=url,
        facts=line.facts,
        until=" ".join(part for part in (line.verb, line.deadline) if part),
        closes=date.fromisoformat(line.closes) if line.closes else None,
        ends=bool(line.verb),
        sources=line.sources,
        published=line.published,
        extract=line.extract,
        language=line.language,
    )
