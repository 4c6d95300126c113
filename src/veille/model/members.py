"""Organisations of the cluster and the people who read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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
    #: Day on which it was registered: calls set limits of age.
    created: date | None = None
    #: Absolute address of its web site.
    website: str | None = None
    #: INSEE code of the commune.
    commune: str | None = None
    sectors: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    activity: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    contributions: tuple[str, ...] = ()
    #: Certificates, labels and approvals that it holds: « ISO 22000 », « CIR ».
    certifications: tuple[str, ...] = ()
    #: ISO 3166-1 alpha-2.
    countries: tuple[str, ...] = ()
    #: Names of competitors, customers, suppliers: shown to this member's own readers and to nobody else.
    follows: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    #: ISO 639-1 codes that the reader at hand reads, when a bulletin is made for one; empty = French and English.
    languages: tuple[str, ...] = ()
    #: GeoZones ids that contain the commune, nearest first (commune, EPCI, département, région, country:fr).
    territories: tuple[str, ...] = ()
    #: When what it does or needs was last said anew: whoever was profiled since their last bulletin is welcomed again.
    profiled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person who gets the mail as a reader of one organisation: an address has one of these for each."""

    id: int = 0
    member_id: int = 0
    email: str
    first_name: str = ""
    last_name: str = ""
    #: One of RHYTHMS.
    rhythm: str = "weekly"
    #: Day on which a pause ends; None = until they say so.
    paused_until: date | None = None
    #: Kinds of sections they do not want.
    sections_off: tuple[str, ...] = ()
    #: Words they do not want to read of, beside their organisation's.
    muted: tuple[str, ...] = ()
    #: Source ids they do not want.
    muted_sources: tuple[str, ...] = ()
    #: ISO 639-1 codes of the languages they read; empty = French and English.
    languages: tuple[str, ...] = ()
    #: Whether they want a mail between two bulletins for what cannot wait.
    alerts: bool = False
    #: Why the address may be written to (« adhésion », « consentement »), and where it was got.
    basis: str = ""
    origin: str = ""
    #: Since when it is held; None before it is stored.
    added: datetime | None = None
    #: When they last chose their rhythm and languages themselves: a list does not change them back.
    chosen_at: datetime | None = None
    #: Since when they read for this organisation no more; their address may read for others.
    left_at: datetime | None = None

    def reads(self, day: date) -> bool:
        """Say whether this person wants mail on that day."""
        if self.left_at is not None:
            return False
        return self.rhythm != "paused" or (self.paused_until is not None and self.paused_until <= day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person chose on their own page."""

    rhythm: str
    paused_until: date | None = None
    sections_off: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    muted_sources: tuple[str, ...] = ()
    #: None where the page did not ask: what was known stays.
    languages: tuple[str, ...] | None = None
    alerts: bool | None = None


class DraftState(StrEnum):
    """What became of a line that was proposed for a profile."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDraft:
    """A line proposed for a member's profile: a quotation or a coded fact, never an invention."""

    id: int = 0
    member_id: int
    #: Field of Member that it would fill.
    field: str
    #: As a cell of a list of members holds it: « 10.89Z », « 2014-03-01 », one phrase of a list.
    value: str
    #: Where it was read: an address, or the name of a register.
    origin: str
    #: The words read there, exactly.
    quote: str
    at: datetime
    state: DraftState = DraftState.PROPOSED
    #: Who accepted or refused it: a name of staff, or the reader's address.
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased of a person."""

    #: Table → rows deleted; « table.column » → texts from which the address was taken.
    deleted: Mapping[str, int]
    cleaned: Mapping[str, int]
    #: The database's file was rewritten: nothing deleted stays in it. False on PostgreSQL, and while others read.
    compacted: bool


class Opinion(StrEnum):
    """What a person says of an item; saying nothing means nothing."""

    USEFUL = "useful"
    NOT_FOR_ME = "not_for_me"
    #: « Cela m'intéresse »: beside a vote, not instead of it.
    WANTED = "wanted"
    WITHDRAWN = "withdrawn"


#: Why « pas pour moi », as the page asks.
REFUSALS = {
    "too_big": "trop gros pour nous",
    "out_of_area": "hors de notre zone",
    "known": "déjà connu",
    "other_trade": "hors de notre métier",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The last word of one person on one item."""

    subscriber_id: int
    item_id: int
    opinion: Opinion
    #: A key of REFUSALS, or empty.
    reason: str = ""
    at: datetime
