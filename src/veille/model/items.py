"""Items: the thing itself, gathering what sources say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from veille.model.curation import Review, TagDecision
from veille.model.sources import Licence
from veille.model.tags import Fact, Origin, Scheme, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSource:
    """One source that published an item."""

    source_id: str
    title: str
    link: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the entry that shows an item said before its last edit, and what it says."""

    title: str
    text: str
    new_title: str
    new_text: str
    #: When the edit was seen.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that an amendment changed."""

    #: The name of a fact (`deadline`, `amount_max`, …), « title » or « text ».
    what: str
    #: What it was: the fact's value, the title, the sentences removed, a line each; empty where nothing was said.
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The thing itself, with its effective tags and facts."""

    id: int
    #: The last version that its publishers changed: one in which another source only came to show it is none.
    version: int
    title: str
    text: str
    url: str | None
    lang: str | None
    published: datetime | None
    first_seen: datetime
    updated: datetime
    licence: Licence
    sources: tuple[ItemSource, ...]
    tags: tuple[Tag, ...] = ()
    facts: tuple[Fact, ...] = ()
    #: Earlier values of facts that an amendment changed, latest change only: name → old value.
    previous: Mapping[str, str] = field(default_factory=dict)
    #: The last edit of the entry that shows it; None = it never changed.
    edit: Edit | None = None
    #: How often the day on which it closes or takes place moved, came or went: SEQUENCE of RFC 5545 §3.8.7.4.
    moves: int = 0
    #: Already there when each of its sources began to be watched: no news.
    baseline: bool = False
    #: Its site reserves its text from mining: only title and link are kept.
    reserved: bool = False
    #: What somebody of the cluster said of it as it stands; None = waits for a judgement.
    review: Review | None = None
    #: What people said of its tags, oldest first; `tags` counts it already.
    corrections: tuple[TagDecision, ...] = ()
    #: Kind of the section that whoever added it by hand put it in, or empty.
    section: str = ""

    #: Numbers of the other items that are the same thing now; `sources` holds theirs too.
    also: tuple[int, ...] = ()

    def of(self, scheme: Scheme) -> tuple[Tag, ...]:
        """Return the tags of one scheme, best first."""
        return tuple(tag for tag in self.tags if tag.scheme is scheme)

    def fact(self, name: str) -> Fact | None:
        """Return the fact of that name, if any."""
        return next((fact for fact in self.facts if fact.name == name), None)

    @property
    def deadline(self) -> date | None:
        """The calendar day on which it closes, if the text or the source says one."""
        fact = self.fact("deadline")
        return date.fromisoformat(fact.value[:10]) if fact else None

    @property
    def doubtful(self) -> bool:
        """Its deadline is to be checked: two contradict each other, or it is said loosely; never one that is stated."""
        deadline, state = self.fact("deadline"), self.fact("deadline_state")
        return state is not None and state.value == "check" and (deadline is None or deadline.origin is not Origin.FACT)

    @property
    def takes_place(self) -> date | None:
        """The first calendar day of what is an event, if the text says one."""
        fact = self.fact("event_date")
        return date.fromisoformat(fact.value[:10]) if fact else None

    @property
    def due(self) -> date | None:
        """The day after which it is no use: it closes, or it takes place."""
        return self.deadline or self.takes_place
