"""What a rule is: feeds that misbehave, and a check of what the program did about it."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.conformance.server import Behaviour, Request

Level = Literal["MUST", "SHOULD", "MAY"]
#: What the checklist judges; the fourth run, a week later, belongs to the rules beyond it.
CHECKLIST_RUNS = (1, 2, 3)


#: What every site is asked besides its sources.
ABOUT_PROGRAMS = ("/robots.txt", "/.well-known/tdmrep.json")


@dataclass(frozen=True)
class Feed:
    """A source of a rule; further paths of its host are in `more`."""

    answer: Behaviour
    name: str = ""
    path: str = "/flux"
    more: dict[str, Behaviour] = field(default_factory=dict)
    #: Feeds of a rule that name the same host share an address; by default each has its own.
    host: str = ""
    kind: str = "feed"
    #: Further keys of the source in sources.yaml.
    keys: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule of the checklist."""

    id: str
    level: Level
    title: str
    feeds: tuple[Feed, ...]
    check: "Check"

    @property
    def chapter(self) -> str:
        """Return the letter of the chapter."""
        return self.id[0]

    def source(self, name: str = "") -> str:
        """Return the id of a source of this rule."""
        return f"{self.id}-{name}".strip("-").lower()


@dataclass(frozen=True)
class Run:
    """What one run of the program left."""

    code: int
    seconds: float
    peak_mb: float
    errors: str
    #: Source id → line of `crawl --json`.
    reports: dict[str, dict[str, Any]]
    #: Lines of the export after the run.
    entries: list[dict[str, Any]]
    #: Source id → texts kept after the run.
    texts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """Settings of the runs, seconds; the suite hurries, the benchmark takes them as they are shipped."""

    deadline: float = 4.0
    host_delay: float = 0.25


@dataclass(frozen=True)
class Evidence:
    """All runs: the checklist judges the first three, rules beyond it also one a week later."""

    limits: Limits
    log: Sequence[Request]
    runs: Sequence[Run]
    #: `host_name` → address.
    addresses: dict[str, str]
    #: How many feeds there are.
    sources: int


@dataclass(frozen=True)
class Case:
    """The evidence as one rule sees it."""

    rule: Rule
    evidence: Evidence

    def requests(self, run: int | None = None, name: str | None = None, path: str | None = None) -> list[Request]:
        """Return what was asked of this rule's hosts, in order; robots.txt is nobody's feed."""
        return [
            request
            for request in self._asked(name)
            if (request.path not in ABOUT_PROGRAMS or path == request.path)
            and (request.run in CHECKLIST_RUNS if run is None else request.run == run)
            and path in {None, request.path}
        ]

    def robots(self, run: int, name: str | None = None) -> int:
        """Return how often robots.txt was asked for in a run."""
        return sum(request.path == "/robots.txt" and request.run == run for request in self._asked(name))

    def _asked(self, name: str | None) -> list[Request]:
        feeds = [feed for feed in self.rule.feeds if name is None or feed.name == name]
        hosts = {self.evidence.addresses[host_name(self.rule, feed)] for feed in feeds}
        return [request for request in self.evidence.log if request.host in hosts]

    def one(self, run: int, name: str | None = None, path: str | None = None) -> Request:
        """Return the only request of a run."""
        found = self.requests(run, name, path)
        assert len(found) == 1, f"run {run}: {[request.path for request in found] or 'no request'}"
        return found[0]

    def entries(self, run: int, name: str = "") -> list[dict[str, Any]]:
        """Return the exported entries of a source after a run."""
        source = self.rule.source(name)
        return [entry for entry in self.evidence.runs[run - 1].entries if entry["source"] == source]

    def titles(self, run: int, name: str = "") -> list[str]:
        """Return their titles, in alphabetical order."""
        return sorted(entry["title"] for entry in self.entries(run, name))

    def entry(self, run: int, name: str = "") -> dict[str, Any]:
        """Return the only entry."""
        found = self.entries(run, name)
        assert len(found) == 1, f"run {run}: {self.titles(run, name)}"
        return found[0]

    def texts(self, run: int, name: str = "") -> list[str]:
        """Return the texts that are kept of a source after a run."""
        return self.evidence.runs[run - 1].texts.get(self.rule.source(name), [])

    def sentence(self, run: int, name: str = "") -> str:
        """Return the sentence that a run reported."""
        report = self.evidence.runs[run - 1].reports.get(self.rule.source(name))
        return report["sentence"] if report else ""

    def state(self, run: int, name: str = "") -> str:
        """Return the state that a run reported, « » where the source was left alone."""
        report = self.evidence.runs[run - 1].reports.get(self.rule.source(name))
        return report["state"] if report else ""


def scores(evidence: Evidence) -> dict[str, str]:
    """Return rule id → where it failed, « » where it passed."""
    found = {}
    for number, one in sorted(RULES.items()):
        try:
            one.check(Case(one, evidence))
        except AssertionError as error:
            found[number] = traceback.extract_tb(error.__traceback__)[-1].line or "assert"
        else:
            found[number] = ""
    return found


Check = Callable[[Case], None]
RULES: dict[str, Rule] = {}


def rule(number: str, level: Level, *feeds: Feed) -> Callable[[Check], Check]:
    """Declare a rule; the docstring of its check is its title."""

    def declare(check: Check) -> Check:
        assert number not in RULES, number
        RULES[number] = Rule(number, level, (check.__doc__ or "").strip(), feeds, check)
        return check

    return declare


def host_name(of: Rule, feed: Feed) -> str:
    """Return the name under which a feed's address is handed out."""
    return f"{of.id}/{feed.host or feed.name}"
