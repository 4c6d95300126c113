"""How sources are, as staff and the console read it, and what a site asks of programs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from veille.model.sources import SourceHealth


class RobotsVerdict(StrEnum):
    """What a site's robots.txt says of a source's address (RFC 9309)."""

    #: Never asked: an address that only its owner offers, or one that never answered.
    UNASKED = ""
    ALLOWED = "autorise"
    FORBIDDEN = "interdit"
    #: There is none, so everything is allowed (§2.3.1.3).
    ABSENT = "absent"
    #: It could not be had (§2.3.1.4).
    UNREACHABLE = "injoignable"


class Reservation(StrEnum):
    """Where a site reserves its text from mining (W3C TDMRep, 2024-05-10)."""

    NONE = ""
    HEADER = "en-tête"
    PAGE = "page"
    FILE = "tdmrep.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is remembered of one site's robots.txt and tdmrep.json between two passes."""

    #: Scheme and authority.
    site: str
    #: When robots.txt was last asked for.
    asked_at: datetime
    #: The last robots.txt that could be had; None where the site has none.
    robots: str | None = None
    #: When that was learnt; None where it never could be had.
    learnt_at: datetime | None = None
    #: Why it could not be had the last time, French; empty where it could.
    down: str = ""
    #: Since when it cannot be had.
    down_since: datetime | None = None
    #: The reservations of tdmrep.json, one line each.
    reserved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEvent:
    """One thing that staff are told of a source, once: a trouble that lasts, or its end."""

    source_id: str
    #: The trouble, or OK at its end.
    health: SourceHealth
    sentence: str
    next_step: str
    #: Since when the source was so: with the health, what makes an event one.
    since: datetime
    at: datetime
    id: int = 0
    #: The source's own title.
    title: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One row of the health of sources."""

    source_id: str
    title: str
    #: As written in sources.yaml.
    url: str
    health: SourceHealth = SourceHealth.WAITING
    sentence: str = "jamais relevée"
    next_step: str = ""
    http_status: int | None = None
    #: Since when it is so.
    since: datetime | None = None
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    #: When it last brought something.
    changed_at: datetime | None = None
    next_check_at: datetime | None = None
    #: In a row.
    failures: int = 0
    #: Of its last good answer.
    entries: int = 0
    #: Usual time between two entries.
    gap: timedelta | None = None
    #: Where it really is, once a permanent move was believed.
    moved_to: str | None = None
    robots: RobotsVerdict = RobotsVerdict.UNASKED
    reserved: Reservation = Reservation.NONE
