"""Issues, bulletins and the mails that carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from sys import intern
from typing import Any

from veille.model.issue_life import IssueState
from veille.model.matching import Reason
from veille.model.members import Subscriber


class DeliveryState(StrEnum):
    """Life of one mail; « sent » means accepted by the first server, never « read »."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    #: The process died or the connection dropped after the final dot: never re-sent by itself.
    UNCERTAIN = "uncertain"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item in one member's bulletin, ready for a template: text only, nothing left to compute."""

    item_id: int
    item_version: int
    title: str
    url: str | None
    #: Facts, already in words: « AAP », « AURA », « ≤ 300 k€ », « éligible ».
    facts: tuple[str, ...] = ()
    #: « mardi 8 décembre », or empty.
    deadline: str = ""
    #: « clôt », or empty for what takes place that day.
    verb: str = ""
    #: « J-11 », « dernier jour », or empty.
    badge: str = ""
    #: « échéance reportée du 15 décembre au 15 janvier », or empty.
    change: str = ""
    #: « pourquoi vous », best first, at least one.
    reasons: tuple[str, ...] = ()
    #: Titles of the sources, representative first.
    sources: tuple[str, ...] = ()
    #: « 23 nov. 2026 », or empty.
    published: str = ""
    #: Short extract within the licence's limit, or empty.
    extract: str = ""
    #: « EN » for a call in another language, or empty.
    language: str = ""
    #: « éligible », « à vérifier », or empty where the item has no conditions.
    eligibility: str = ""
    #: The call's own sentence behind that verdict, or what must be checked; may be empty.
    eligibility_note: str = ""
    #: « déjà vu le 23 octobre » on a recall, or empty.
    recall: str = ""
    #: The day it closes, ISO, or empty.
    closes: str = ""
    #: In « L'essentiel ».
    star: bool = False
    #: What staff say of it, or empty.
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a bulletin."""

    #: "seize", "deadlines", "understand", …
    kind: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What one subscriber is to read; frozen with the issue."""

    subscriber_id: int
    member_id: int
    organisation: str
    first_name: str
    subject: str
    preheader: str
    sections: tuple[Section, ...]
    #: The sentence that it opens with, of this reader alone (« bienvenue »), or empty.
    opening: str = ""
    #: Where the address comes from, since when it is held and the reader's rights: on the first mail to it, or empty.
    origin: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line in reading order."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def stars(self) -> tuple[Line, ...]:
        """The lines of « L'essentiel »."""
        return tuple([line for section in self.sections for line in section.lines if line.star])

    @property
    def starred(self) -> bool:
        """Whether there are any."""
        return any(line.star for section in self.sections for line in section.lines)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        # Not `asdict`, which copies each text and asks each value what it is: an edit writes thousands of bulletins.
        sections = tuple(
            {
                "kind": section.kind,
                "title": section.title,
                "lines": tuple({name: getattr(line, name) for name in _LINE} for line in section.lines),
            }
            for section in self.sections
        )
        return {name: sections if name == "sections" else getattr(self, name) for name in _BULLETIN}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Bulletin":
        """Read back what `as_data` gave, JSON lists as tuples."""
        sections = tuple(
            Section(
                kind=section["kind"],
                title=section["title"],
                lines=tuple(Line(**_tuples(line)) for line in section["lines"]),
            )
            for section in data["sections"]
        )
        return cls(**{**data, "sections": sections})


_LINE = tuple(one.name for one in fields(Line))
_BULLETIN = tuple(one.name for one in fields(Bulletin))


def _tuples(plain: Mapping[str, Any]) -> dict[str, Any]:
    """JSON gives lists where a frozen value has tuples, and the words of an item anew to each of its readers."""
    # Not value by value: a call for each of twenty fields took a tenth of the time that making values takes.
    return {
        key: intern(value) if type(value) is str else _tuple(value) if type(value) is list else value
        for key, value in plain.items()
    }


def _tuple(values: list[Any]) -> tuple[Any, ...]:
    return tuple([intern(one) if type(one) is str else one for one in values])


@dataclass(frozen=True, slots=True, kw_only=True)
class Handpicked:
    """What staff chose by hand for one issue, by item id; an item that has gone or closed since is shown to nobody."""

    #: Come first in their section, in this order, for each reader whom no gate refuses them.
    pins: tuple[int, ...] = ()
    #: The tronc commun, in this order: for every reader, of whatever trade and place, but whom they say not to be
    #: eligible, who muted a word of theirs or was sent them before.
    common: tuple[int, ...] = ()
    #: Shown to nobody in this issue.
    dropped: frozenset[int] = frozenset()
    #: Item id → what staff say of it, printed with its line.
    notes: Mapping[int, str] = field(default_factory=dict)
    #: Member id → items pinned for that organisation alone, before `pins`.
    own: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    #: Item id → kind of the section that it is put in, whatever its type.
    sections: Mapping[int, str] = field(default_factory=dict)

    def pinned(self, member_id: int) -> tuple[int, ...]:
        """Return what comes first for one member, in order."""
        return tuple(dict.fromkeys((*self.own.get(member_id, ()), *self.pins)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The record behind one line: `why` and `digest build --json` read it."""

    item_id: int
    item_version: int
    section: str
    rank: int
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What an issue holds for one subscriber: a bulletin, or the French reason why there is none."""

    subscriber: Subscriber
    bulletin: Bulletin | None
    skipped: str = ""
    selection: tuple[Selected, ...] = ()
    #: Calls that this reader could answer with ten days left or more: how many there are at most, and how many of them
    #: this issue or an earlier one showed. Known of a draft just made.
    calls: int = 0
    calls_shown: int = 0
    #: What this reader was offered, chosen or not: item id, and its weight in the choice of the tronc commun, if any.
    offered: tuple[tuple[int, float | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenItem:
    """What the journal says of one item for one subscriber: written from « sent » only."""

    item_id: int
    #: The latest version sent.
    item_version: int
    #: The deadline that was shown then.
    deadline: date | None
    at: datetime
    #: How many issues carried it.
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One edition of a digest."""

    id: int
    digest: str
    #: Local period, the idempotency key: ISO week « 2026-W48 ».
    period: str
    state: IssueState
    built_at: datetime
    #: Who last touched it by hand, or empty: they may be asked to let somebody else approve.
    edited_by: str = ""
    #: Edits by hand so far.
    edits: int = 0
    frozen_at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    #: SHA-256 of the frozen content, which approval signs.
    content_sha256: str | None = None
    #: When it is meant to leave, and after which it must not leave any more.
    send_at: datetime | None = None
    stale_at: datetime | None = None
    #: What every mail of the issue shares, frozen with it: templates, sender's identity, signing key id.
    frame: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """« hebdo 2026-W48 », as people name it."""
        return f"{self.digest} {self.period}"

    @property
    def coverage(self) -> int | None:
        """Percent of the calls that suit its readers in time which they were shown, as drafted; None = not known."""
        shown, calls = self.frame.get("coverage", (0, 0))
        return shown * 100 // calls if calls else None

    @property
    def behind(self) -> bool:
        """Whether a draft lacks an edit: who edited it was cut short, or is making it again now."""
        return bool(self.frame.get("edits", 0) < self.edits)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueEvent:
    """One move of an issue, as it was made."""

    at: datetime
    state: IssueState
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One mail of one issue."""

    issue_id: int
    subscriber_id: int
    email: str
    state: DeliveryState
    message_id: str
    tries: int = 0
    #: French: why it is in this state, or the server's reply.
    reply: str = ""
    token: str | None = None
    #: Who receives for its domain (« gmail », « orange », « other »…), or empty where nobody looked yet.
    family: str = ""
    #: When a deferred mail is tried again.
    next_at: datetime | None = None
    #: RFC 3463 « 5.1.1 », or empty.
    enhanced: str = ""
    #: When its body was about to leave: nobody has taken it earlier.
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """Final bytes with their envelope."""

    sender: str
    recipient: str
    message_id: str
    #: CRLF, ready for DATA (not dot-stuffed).
    raw: bytes
    #: SHA-256 of the body as it is signed, in hexadecimal: both parts, that is what a reader sees but the subject.
    body_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """What became of one mail at the first server."""

    state: DeliveryState
    #: The server's reply or the French cause.
    reply: str = ""
    smtp_code: int | None = None
    #: RFC 3463 « 5.1.1 », or empty.
    enhanced: str = ""
    #: How far it went: "envelope" (never said), "mail", "rcpt", "data", "body", "dot" (after the final dot), or empty.
    phase: str = ""
    #: How the server calls itself, or empty.
    server: str = ""
