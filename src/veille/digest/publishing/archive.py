"""The public archive: what was sent, edition by edition, without anybody's name; served, or written as a folder."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from veille.config.brand import Brand
from veille.digest.choosing.bulletin import web_link
from veille.digest.choosing.wording import full_day
from veille.digest.publishing.feeds import FORMATS, Channel, Entry, newest_first
from veille.digest.publishing.public import Printed, PublicEdition, published
from veille.drawing import stylesheet, templates
from veille.files import write_atomically
from veille.model import Issue, IssueState

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
#: Editions in the archive: two years of weeks.
_EDITIONS = 104
#: Entries of its feeds, and editions looked through for them.
_ENTRIES, _LOOKED = 60, 12
_HTML = "text/html; charset=utf-8"
_FEEDS = {"flux": ("xml", "json"), "echeances": ("ics",)}


class SentIssues(Protocol):
    """What the archive needs of the issues."""

    def issues(self, states: Sequence[IssueState], *, limit: int) -> Sequence[Issue]:
        """Return the issues in one of these states, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """One file of the archive."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes."""

    name: str
    contact: str
    postal_address: str
    #: Where the archive is read, without a slash at its end.
    address: str
    #: The cluster's domain, for ids that stay.
    domain: str
    brand: Brand


class Archive:
    """Every file of the archive by its path below the archive's address."""

    def __init__(
        self,
        issues: SentIssues,
        publisher: Publisher,
        *,
        printed: Callable[[int], Printed],
        digests: Sequence[str],
    ) -> None:
        self._issues = issues
        #: Issue id → what it printed.
        self._printed = printed
        self.publisher = publisher
        #: Bulletins proper: an alert or a correction is no edition.
        self._digests = frozenset(digests)
        self._edition = lru_cache(maxsize=_EDITIONS)(self._read)

    def find(self, path: str) -> Found | None:
        """Return the file at a path (« » is the index), or None."""
        sent = self._sent()
        if path in {"", "index.html"}:
            return self._page("index.html.jinja", editions=[self._told(issue) for issue in sent])
        if path == "archive.css":
            return Found(stylesheet(self.publisher.brand), "text/css; charset=utf-8")
        name, _, end = path.rpartition(".")
        if end in _FEEDS.get(name, ()):
            write, media_type = FORMATS[end]
            return Found(write(self._channel(sent, path)), f"{media_type}; charset=utf-8")
        wanted = next((issue for issue in sent if path == _path(issue)), None)
        return self._page("edition.html.jinja", edition=self._edition(wanted.id)) if wanted else None

    def paths(self) -> Iterator[str]:
        """Yield every path there is."""
        yield "index.html"
        yield "archive.css"
        for name, ends in _FEEDS.items():
            yield from (f"{name}.{end}" for end in ends)
        yield from (_path(issue) for issue in self._sent())

    def write(self, folder: Path) -> int:
        """Write the whole archive below a folder, each file whole or not at all; return how many files."""
        count = 0
        for path in self.paths():
            found = self.find(path)
            if found is None:
                raise RuntimeError(f"{path} was listed and is not there")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, found.body)
            count += 1
        return count

    def _sent(self) -> list[Issue]:
        found = self._issues.issues((IssueState.DONE,), limit=_EDITIONS)
        return [issue for issue in found if issue.digest in self._digests]

    def _read(self, issue_id: int) -> PublicEdition:
        (issue,) = (one for one in self._sent() if one.id == issue_id)
        return published(issue, self._printed(issue_id))

    @staticmethod
    def _told(issue: Issue) -> dict[str, str]:
        day = published(issue, Printed((), {})).day
        return {"path": _path(issue), "title": str(issue.frame.get("title", issue.digest)), "day": full_day(day)}

    def _channel(self, sent: Sequence[Issue], path: str) -> Channel:
        editions = [self._edition(issue.id) for issue in sent[:_LOOKED]]
        who = self.publisher
        return Channel(
            title=f"La veille · {who.name}",
            about=f"Ce que {who.name} a signalé à ses membres, édition par édition.",
            home=f"{who.address}/",
            address=f"{who.address}/{path}",
            domain=who.domain,
            entries=newest_first((entry for one in editions for entry in entries(one)), _ENTRIES),
        )

    def _page(self, template: str, **values: object) -> Found:
        who = self.publisher
        feeds = [f"{name}.{end}" for name, ends in _FEEDS.items() for end in ends]
        drawn = _environment().get_template(template).render(publisher=who, feeds=feeds, **values)
        return Found(drawn.encode(), _HTML)


def entries(edition: PublicEdition) -> Iterator[Entry]:
    """Yield the lines of an edition as entries of a feed."""
    for line in edition.lines:
        facts = " · ".join((*line.facts, line.until) if line.until else line.facts)
        yield Entry(
            item_id=line.item_id,
            moves=line.item_version - 1,
            title=line.title,
            url=line.url,
            told=tuple(part for part in (facts, line.extract, f"Source : {', '.join(line.sources)}") if part),
            categories=line.facts[:2],
            at=edition.at,
            closes=line.closes,
            ends=line.ends,
        )


def _path(issue: Issue) -> str:
    return f"editions/{issue.digest}-{issue.period}.html"


@cache
def _environment() -> "Environment":
    return templates(HERE / "templates", web_link=web_link, full_day=full_day)
