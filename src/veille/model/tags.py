"""Tags and facts, with the words that prove them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class Scheme(StrEnum):
    """The families of tags."""

    SECTOR = "sector"
    TERRITORY = "territory"
    TYPE = "type"
    THEME = "theme"
    AUDIENCE = "audience"
    HORIZON = "horizon"
    #: What a cluster distinguishes inside a sector (« sarcopénie »); none but in an instance that has axes.
    AXIS = "axis"
    #: Massifs, basins, parks, zonings, regions of the world: `x:` ids, beside the territories.
    ZONE = "zone"


class Origin(StrEnum):
    """Where a tag comes from, strongest first."""

    #: Somebody of the cluster said so.
    PERSON = "person"
    FACT = "fact"
    CUE = "cue"
    MODEL = "model"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words and where they stand."""

    #: As printed in the text.
    text: str
    #: "title", "text", or the structured field or source attribute that said it.
    where: str
    #: Character offsets in that field; None outside text.
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One term of one scheme on one item."""

    scheme: Scheme
    term: str
    #: Higher is better; 0–1 where calibrated.
    score: float
    origin: Origin
    evidence: tuple[Evidence, ...] = ()
    #: Territories and zones only: aimed at, or mentioned in passing.
    scope: Literal["main", "mentioned"] = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact read in an item: deadline, amount, … with the sentence that says it."""

    #: "deadline", "opening", "amount_max", "amount_total", "rate", "reference", "contact", …
    name: str
    #: ISO date or datetime, number as text, or plain text.
    value: str
    origin: Origin
    evidence: tuple[Evidence, ...] = ()


class CallStatus(StrEnum):
    """Whether one may apply, as a source states it."""

    OPEN = "open"
    CLOSED = "closed"
    UPCOMING = "upcoming"
    #: At any time.
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredFacts:
    """Facts that an API stated; the tagger trusts them before text."""

    cpv: tuple[str, ...] = ()
    naf: tuple[str, ...] = ()
    nuts: tuple[str, ...] = ()
    deadline: date | None = None
    #: Euros, the whole envelope.
    amount: float | None = None
    financer: str | None = None
    #: The source says that it is a call to which projects answer; None where it does not say.
    call: bool | None = None
    #: The day from which one may apply.
    opening: date | None = None
    #: Euros that one applicant may get.
    amount_min: float | None = None
    amount_max: float | None = None
    #: Percent of what is eligible, at most.
    rate: float | None = None
    #: All of them, `financer` included, where there are several.
    financers: tuple[str, ...] = ()
    #: Whom it is for, in the words of the source.
    audiences: tuple[str, ...] = ()
    #: Where it applies, in the words of the source: « Bretagne (Région) ».
    territories: tuple[str, ...] = ()
    contact: str | None = None
    #: The number that its publisher gave it.
    reference: str | None = None
    status: CallStatus | None = None


NO_FACTS = StructuredFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText:
    """A document attached to an item, page by page."""

    #: As shown beside a page number: « reglement.pdf ».
    name: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToTag:
    """What the tagger reads; `None` = absent."""

    id: str
    title: str
    text: str
    url: str | None = None
    lang: str | None = None
    published: datetime | None = None
    source_title: str | None = None
    source_territory: str | None = None
    source_type: str | None = None
    source_sectors: tuple[str, ...] = ()
    facts: StructuredFacts = NO_FACTS
    #: Read after the text, for what it leaves unsaid.
    documents: tuple[DocumentText, ...] = ()
    #: (scheme, term) of what a person said of it: nothing speaks louder.
    given: tuple[tuple[Scheme, str], ...] = ()
    #: How often its page or documents brought something new.
    reading: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """What the tagger says; tags of each scheme best first."""

    id: str
    lang: str
    tags: tuple[Tag, ...] = ()
    facts: tuple[Fact, ...] = ()
    #: The reading that it was said of.
    reading: int = 0

    def of(self, scheme: Scheme) -> tuple[Tag, ...]:
        """Return the tags of one scheme, best first."""
        return tuple(tag for tag in self.tags if tag.scheme is scheme)

    def fact(self, name: str) -> Fact | None:
        """Return the fact of that name, if any."""
        return next((fact for fact in self.facts if fact.name == name), None)
