"""Organisations of the cluster and the people who read."""

from dataclasses import dataclass

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
