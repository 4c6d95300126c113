"""The vocabulary: frozen values that cross the borders between rooms.

Source → Entry (as published) → Item (stored, tagged; may gather several entries) → Issue (one edition of a digest)
→ Delivery (issue × subscriber). All instants are aware UTC datetimes; calendar days are `date`.
Territory ids are data.gouv GeoZones: `fr:region:84`, `fr:departement:63`, `fr:epci:200071199`, `fr:commune:63113`,
`country:fr`, `country-group:ue`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal


# ── sources and what fetching them gives ────────────────────────────────────────────────────────────────────────────
class Licence(StrEnum):
    """What may be kept and shown of a source's text."""

    PUBLIC = "public"
    OWN = "propre"
    AGREEMENT = "accord"
    PRESS = "presse"


class SourceHealth(StrEnum):
    """The state of a source as staff read it."""

    OK = "ok"
    UNCHANGED = "inchangé"
    EMPTY = "vide"
    SILENT = "silencieux"
    INVALID = "invalide"
    BLOCKED = "bloqué"
    FAILING = "en panne"
    STOPPED = "arrêté"
    #: Never fetched yet.
    WAITING = "en attente"


#: States that count as a failure of the source for back-off and for `--strict`.
FAILURES = frozenset({SourceHealth.INVALID, SourceHealth.BLOCKED, SourceHealth.FAILING, SourceHealth.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One line of sources.yaml; `id` is the database key."""

    id: str
    title: str
    kind: str
    url: str
    #: Explicit interval; None = adaptive, 1 h to 24 h.
    every: timedelta | None = None
    language: str | None = None
    #: GeoZones id of what the source is about.
    territory: str | None = None
    #: Default opportunity type, a slug of the taxonomy.
    type: str | None = None
    sectors: tuple[str, ...] = ()
    licence: Licence = Licence.PRESS
    #: Former ids, so that renaming keeps history.
    formerly: tuple[str, ...] = ()
    #: Where the URL was published (fact, for the shipped catalogue).
    seen_in: str | None = None
    enabled: bool = True
    #: 1-based line in its file, for messages.
    line: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Validators:
    """Opaque validators, echoed byte for byte (RFC 9110 §8.8, §13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop that was followed."""

    status: int
    url: str
    target: str

    @property
    def permanent(self) -> bool:
        """RFC 9110 §15.4: 301 and 308."""
        return self.status in {301, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete answer: 200 with a decoded body, 304, or any other status the server chose."""

    url: str
    final_url: str
    status: int
    #: Lower-case names; repeated fields joined by ", ".
    headers: Mapping[str, str]
    #: Content-decoded (gzip, deflate) bytes, never more than the cap; empty for 304.
    body: bytes = b""
    redirects: tuple[Redirect, ...] = ()
    #: Seconds on the monotonic clock.
    seconds: float = 0.0


class FetchFault(StrEnum):
    """Why no complete answer came."""

    REFUSED_URL = "refused_url"
    REFUSED_ADDRESS = "refused_address"
    REFUSED_REDIRECT = "refused_redirect"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_BIG = "too_big"
    HEADERS = "headers"
    TRUNCATED = "truncated"
    ENCODING = "encoding"
    PROTOCOL = "protocol"
    REDIRECTS = "redirects"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No complete answer: an expected failure of one source is a value."""

    url: str
    fault: FetchFault
    #: French, names the rule or the cause.
    sentence: str
    status: int | None = None
    redirects: tuple[Redirect, ...] = ()
    seconds: float = 0.0


FetchOutcome = Fetched | FetchFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """An entry as published, cleaned: no markup, no control characters, links absolute http(s) or None."""

    #: The feed's own id (guid, atom:id), or None.
    guid: str | None
    title: str
    link: str | None
    published: datetime | None = None
    updated: datetime | None = None
    #: Plain text of summary or content, whichever is longer.
    text: str = ""
    author: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed's bytes say."""

    title: str = ""
    language: str | None = None
    entries: tuple[ParsedEntry, ...] = ()
    #: Entries beyond the cap (500 newest kept).
    dropped: int = 0
    #: The feed's own wish for the interval (ttl, sy:updatePeriod), seconds.
    ttl: int | None = None
    #: UTC hours in which the feed asks not to be fetched (RSS 2.0 skipHours).
    skip_hours: frozenset[int] = frozenset()
    #: What a tolerant parser had to overlook, French; empty if nothing.
    remark: str = ""
    #: False where the document stops before its end: what was read is kept, its validators are not.
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store knows of a source between two fetches."""

    source_id: str
    health: SourceHealth = SourceHealth.WAITING
    #: One French sentence.
    sentence: str = "jamais relevée"
    #: What to do, one French sentence, empty if nothing.
    next_step: str = ""
    http_status: int | None = None
    validators: Validators = Validators()
    #: Hash of the last body that was parsed.
    body_hash: str | None = None
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    changed_at: datetime | None = None
    next_check_at: datetime | None = None
    #: Failures in a row.
    failures: int = 0
    #: Current adaptive interval, seconds.
    interval: int | None = None
    #: Where a permanent move was stored after its second identical sighting; the URL that is really asked.
    moved_to: str | None = None
    #: First sighting of a permanent move not yet trusted.
    move_candidate: str | None = None
    move_seen_at: datetime | None = None
    #: Entries in the last good parse.
    entries: int = 0
    #: The URL of sources.yaml that all of this is about: another one there starts afresh.
    feed: str = ""
    #: The feed's own wish for the interval at the last good parse, seconds.
    ttl: int | None = None
    #: UTC hours in which the feed asks not to be fetched.
    skip_hours: frozenset[int] = frozenset()
    #: Usual time between two entries, seconds; None while unknown.
    gap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIntent:
    """What crawl asks the store to write for one entry, decided purely."""

    #: Stable identity inside its source.
    key: str
    entry: ParsedEntry
    content_hash: str
    #: Identity of the item it belongs to: canonical link, or source-bound key where there is none.
    item_key: str
    #: None for a new entry, else the names of the fields that changed.
    changed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What decide needs of an entry already stored."""

    key: str
    link: str | None
    title: str
    content_hash: str
    guid: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """One line of `crawl --json`."""

    id: str
    state: SourceHealth
    sentence: str
    http_status: int | None
    new: int
    changed: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEntry:
    """One line of `items export --jsonl`: an entry as published, never a merged item."""

    source: str
    #: The URL as written in sources.yaml, even after a stored redirect.
    feed: str
    title: str
    link: str | None
    date: datetime | None
    seen: datetime
    item: int


# ── tags ────────────────────────────────────────────────────────────────────────────────────────────────────────────
class Scheme(StrEnum):
    """The families of tags."""

    SECTOR = "sector"
    TERRITORY = "territory"
    TYPE = "type"
    THEME = "theme"
    AUDIENCE = "audience"
    HORIZON = "horizon"


class Origin(StrEnum):
    """Where a tag comes from, strongest first."""

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
    #: Territories only: aimed at, or mentioned in passing.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredFacts:
    """Facts that an API stated; the tagger trusts them before text."""

    cpv: tuple[str, ...] = ()
    naf: tuple[str, ...] = ()
    nuts: tuple[str, ...] = ()
    deadline: date | None = None
    amount: float | None = None
    financer: str | None = None


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
    facts: StructuredFacts = StructuredFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """What the tagger says; tags of each scheme best first."""

    id: str
    lang: str
    tags: tuple[Tag, ...] = ()
    facts: tuple[Fact, ...] = ()

    def of(self, scheme: Scheme) -> tuple[Tag, ...]:
        """Return the tags of one scheme, best first."""
        return tuple(tag for tag in self.tags if tag.scheme is scheme)

    def fact(self, name: str) -> Fact | None:
        """Return the fact of that name, if any."""
        return next((fact for fact in self.facts if fact.name == name), None)


# ── items ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSource:
    """One source that published an item."""

    source_id: str
    title: str
    link: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The thing itself, with its effective tags and facts."""

    id: int
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


# ── members ─────────────────────────────────────────────────────────────────────────────────────────────────────────
SIZES = ("tpe", "pme", "eti", "ge", "labo", "collectivite", "association")
RHYTHMS = ("weekly", "daily", "monthly", "paused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An organisation of the cluster and its profile."""

    id: int = 0
    organisation: str
    siren: str | None = None
    naf: str | None = None
    naf_version: str | None = None
    #: One of SIZES, or None when unknown.
    size: str | None = None
    staff: int | None = None
    turnover_eur: float | None = None
    legal_form: str | None = None
    #: INSEE code of the commune.
    commune: str | None = None
    sectors: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    activity: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    contributions: tuple[str, ...] = ()
    #: ISO 3166-1 alpha-2.
    countries: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    #: GeoZones ids that contain the commune, nearest first (commune, EPCI, département, région, country:fr).
    territories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person who gets the mail."""

    id: int = 0
    member_id: int = 0
    email: str
    first_name: str = ""
    last_name: str = ""
    #: One of RHYTHMS.
    rhythm: str = "weekly"


# ── matching ────────────────────────────────────────────────────────────────────────────────────────────────────────
class Verdict(StrEnum):
    """Three-valued eligibility: unknown data never says no."""

    YES = "éligible"
    CHECK = "à vérifier"
    NO = "non"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an item suits a member (or which gate stopped it), as a person reads it."""

    #: "need", "activity", "skill", "axis", "sector", "territory", "country", "follow", "source", "deadline", "common",
    #: or "gate:territory", "gate:expired", … for a refusal.
    kind: str
    #: French, short: « votre besoin “sarcopénie” est dans l'appel ».
    text: str
    #: What it adds to the score; 0 for a gate.
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Verdict with the call's own sentence."""

    verdict: Verdict
    #: The sentence that decided, quoted, or empty.
    quote: str = ""
    #: French: which condition is met, missing or unknown.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One item × one member."""

    item_id: int
    member_id: int
    #: None where a gate refused it.
    score: float | None
    reasons: tuple[Reason, ...]
    #: The first gate that failed, or None.
    gate: Reason | None = None
    eligibility: Eligibility | None = None


# ── digest ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class IssueState(StrEnum):
    """Life of an issue, first extent (freezing and pausing come with « Deliver »)."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    DONE = "done"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


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

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line in reading order."""
        return tuple(line for section in self.sections for line in section.lines)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Bulletin":
        """Read back what `as_data` gave, JSON lists as tuples."""
        sections = tuple(
            Section(
                kind=section["kind"],
                title=section["title"],
                lines=tuple(
                    Line(**{key: tuple(value) if isinstance(value, list) else value for key, value in line.items()})
                    for line in section["lines"]
                ),
            )
            for section in data["sections"]
        )
        return cls(**{**data, "sections": sections})


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
    approved_at: datetime | None = None
    approved_by: str | None = None
    #: SHA-256 of the frozen content that was approved.
    content_sha256: str | None = None
    #: When it is meant to leave, and after which it must not leave any more.
    send_at: datetime | None = None
    stale_at: datetime | None = None
    #: What every mail of the issue shares, frozen with it: templates, sender's identity, signing key id.
    frame: Mapping[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """Final bytes with their envelope."""

    sender: str
    recipient: str
    message_id: str
    #: CRLF, ready for DATA (not dot-stuffed).
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """What became of one mail at the first server."""

    state: DeliveryState
    #: The server's reply or the French cause.
    reply: str = ""
    smtp_code: int | None = None


# ── work ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A leased piece of work; `token` fences every write that ends it."""

    id: int
    stage: str
    key: str
    token: str
    lease_until: datetime
    attempts: int
