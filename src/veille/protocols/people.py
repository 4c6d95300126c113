"""Members, places and the words that name them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from veille.model import Member, Scheme, Subscriber


class Labels(Protocol):
    """Words for terms, as a bulletin prints them."""

    def short(self, scheme: Scheme, term: str) -> str:
        """Return a short French label: « AAP », « AURA »; the term itself where it is unknown."""
        ...


class Audience(Protocol):
    """Whom digests are for."""

    def members(self) -> Sequence[Member]:
        """Return every organisation of the cluster with its profile."""
        ...

    def subscribers(self) -> Sequence[Subscriber]:
        """Return every person, paused ones too."""
        ...


class Places(Protocol):
    """Which territory lies in which, and their names (`veille.config.gazetteer.Gazetteer`)."""

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return what contains a GeoZones id, nearest first; empty where it is unknown."""
        ...

    def name(self, code: str) -> str:
        """Return the French name of a GeoZones id, or the id itself."""
        ...

    def commune(self, insee: str) -> str | None:
        """Return the GeoZones id of an INSEE code, or None where no commune of today bears it."""
        ...


class MemberStore(Audience, Protocol):
    """What members reads and writes: member, interest, subscriber, suppression. Its sole writer."""

    def save(self, profiles: Sequence[tuple[Member, Sequence[Subscriber]]], *, origin: str, now: datetime) -> None:
        """Add or change these organisations (id 0 = new) and these people, all or nothing; nobody else is touched."""
        ...

    def suppress(self, email: str, *, reason: str, now: datetime) -> None:
        """Never write to this address again."""
        ...

    def suppressed(self, emails: Iterable[str]) -> frozenset[str]:
        """Return those of these addresses that must not be written to."""
        ...
