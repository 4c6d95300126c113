"""Members, their profiles, the people who get the mail and whom never to write to: sole writer of these tables."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from veille.errors import InputError
from veille.model import Member, Preferences, Subscriber
from veille.model.returns import ERASURE
from veille.protocols import MemberStore, Places
from veille.storage.db import Database, slices, upsert
from veille.storage.tables import InterestRow, MemberRow, SubscriberRow, SuppressionRow

#: Field of Member → kind of profile line.
KINDS = {
    "sectors": "sector",
    "axes": "axis",
    "activity": "activity",
    "skills": "skill",
    "needs": "need",
    "contributions": "contribution",
    "certifications": "certification",
    "countries": "country",
    "follows": "follow",
    "muted": "muted",
}
_SCALARS = (
    "organisation",
    "siren",
    "naf",
    "naf_version",
    "size",
    "staff",
    "turnover_eur",
    "legal_form",
    "website",
    "commune",
)
#: Kinds of which a new line is news of what a member does or needs: what it wants no longer is none.
_TELLING = frozenset({"sector", "axis", "activity", "skill", "need", "contribution", "country"})
#: Columns of a member that hold numbers.
_NUMBERS: dict[str, Callable[[str], Any]] = {"staff": int, "turnover_eur": float}
#: Why an address of a list of members may be written to, where the list does not say.
BASIS = "adhésion"
R = TypeVar("R")
K = TypeVar("K", int, str)
#: (kind, value) of one line of a profile.
Line = tuple[str, str]
#: No address at all: its hash, stored beside the first suppression, tells later that the key is still the same.
_WITNESS = ""
#: Made once: each claim of mails asks them.
_ONE_SUPPRESSED = select(SuppressionRow.address_hash).limit(1)
_SUPPRESSED_OF = select(SuppressionRow.address_hash).where(
    SuppressionRow.address_hash.in_(bindparam("hashes", expanding=True))
)

_LEFT_OF = select(SubscriberRow.id).where(
    SubscriberRow.id.in_(bindparam("readers", expanding=True)), SubscriberRow.left_at.is_not(None)
)


class SqlMemberStore:
    """The members of one cluster."""

    def __init__(
        self,
        database: Database,
        cluster_id: str,
        places: Places | None = None,
        *,
        address_hash: Callable[[str], str],
    ) -> None:
        self._database = database
        self._cluster = cluster_id
        #: Gives each member its chain of territories; without it the chain stays empty.
        self._places = places
        #: Keyed (`veille.tokens.Keys.address_hash`): without the key, nobody can look for an address in the table.
        self._address_hash = address_hash

    def members(self) -> Sequence[Member]:
        """Return every organisation with its profile, by name."""
        return self._members()

    def member(self, member_id: int) -> Member | None:
        """Return one organisation with its profile."""
        return next(iter(self._members(MemberRow.id == member_id)), None)

    def _members(self, *those: ColumnElement[bool]) -> list[Member]:
        mine = (MemberRow.cluster_id == self._cluster, *those)
        with self._database.read() as session:
            rows = session.scalars(select(MemberRow).where(*mine).order_by(MemberRow.organisation)).all()
            lines = session.scalars(
                select(InterestRow)
                .join(MemberRow, MemberRow.id == InterestRow.member_id)
                .where(*mine)
                .order_by(InterestRow.position)
            ).all()
        profile: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for line in lines:
            profile[line.member_id][line.kind].append(line.value)
        return [self._member(row, profile[row.id]) for row in rows]

    def subscribers(self) -> Sequence[Subscriber]:
        """Return every person, paused ones too, by address."""
        with self._database.read() as session:
            rows = session.scalars(
                select(SubscriberRow)
                .where(SubscriberRow.cluster_id == self._cluster)
                .order_by(SubscriberRow.email, SubscriberRow.id)
            ).all()
        return [read_subscriber(row) for row in rows]

    def save(self, profiles: Sequence[tuple[Member, Sequence[Subscriber]]], *, origin: str, now: datetime) -> None:
        """Add or change these organisations (id 0 = new) and these people, all or nothing; nobody else is touched."""
        with self._database.write() as session:
            rows = self._save_members(session, [member for member, _ in profiles], now)
            for row in _save_profiles(session, list(zip(rows, (member for member, _ in profiles), strict=True))):
                row.profiled_at = now
            people = [(person, row.id) for row, (_, some) in zip(rows, profiles, strict=True) for person in some]
            self._save_people(session, people, origin, now)

    def subscriber(self, subscriber_id: int) -> Subscriber | None:
        """Return one person of this cluster."""
        with self._database.read() as session:
            row = self._person(session, subscriber_id)
            return read_subscriber(row) if row else None

    def prefer(self, subscriber_id: int, chosen: Preferences, now: datetime) -> None:
        """Write what a person chose on their own page."""
        with self._database.write(durable=True) as session:
            row = self._person(session, subscriber_id)
            if row is None:
                raise InputError("cette personne n'est plus dans la liste", cure="écrivez à votre cluster")
            row.rhythm, row.chosen_at = chosen.rhythm, now
            row.paused_until = chosen.paused_until.isoformat() if chosen.paused_until else None
            row.sections_off, row.muted = list(chosen.sections_off), list(chosen.muted)
            row.muted_sources = list(chosen.muted_sources)
            if chosen.languages is not None:
                row.languages = list(chosen.languages)
            if chosen.alerts is not None:
                row.alerts = chosen.alerts

    def same_address(self, subscriber_id: int) -> Sequence[Subscriber]:
        """Return the readings of one address, this one first: one for each organisation it reads for."""
        with self._database.read() as session:
            row = self._person(session, subscriber_id)
            if row is None:
                return ()
            others = select(SubscriberRow).where(
                SubscriberRow.cluster_id == self._cluster,
                SubscriberRow.email == row.email,
                SubscriberRow.id != row.id,
            )
            return [read_subscriber(one) for one in (row, *session.scalars(others.order_by(SubscriberRow.id)))]

    def leave(self, subscriber_id: int, left_at: datetime | None) -> None:
        """Read no more for one organisation since then, or again where None; the address's other ones go on."""
        with self._database.write(durable=True) as session:
            row = self._person(session, subscriber_id)
            if row is None:
                raise InputError("cette personne n'est plus dans la liste", cure="écrivez à votre cluster")
            row.left_at = left_at

    def release(self, email: str, *, reason: str) -> None:
        """Write to this address again, where it was suppressed for that reason and no other."""
        with self._database.write(durable=True) as session:
            self._require_key(_suppressed(session, (), self._address_hash(_WITNESS)))
            mine = SuppressionRow.address_hash == self._address_hash(email)
            session.execute(delete(SuppressionRow).where(mine, SuppressionRow.reason == reason))

    def suppress(self, email: str, *, reason: str, now: datetime) -> None:
        """Never write to this address again; the first reason and date stay, but for a wish to be erased.

        That one is only a hold: taken back, it must not take back with it an unsubscription or a refusal said since.
        """
        with self._database.write(durable=True) as session:
            self._require_key(_suppressed(session, (), self._address_hash(_WITNESS)))
            rows = [
                {"address_hash": self._address_hash(address), "reason": why, "since": now}
                for address, why in ((email, reason), (_WITNESS, "témoin de la clé"))
            ]
            upsert(session, SuppressionRow, rows, keys=["address_hash"])
            held = (SuppressionRow.address_hash == rows[0]["address_hash"]) & (SuppressionRow.reason == ERASURE)
            session.execute(update(SuppressionRow).where(held).values(reason=reason))

    def suppressed(self, emails: Iterable[str]) -> frozenset[str]:
        """Return those of these addresses that must not be written to; raises InputError where the key was lost."""
        hashes = {email: self._address_hash(email) for email in emails}
        with self._database.read() as session:
            known = self._require_key(_suppressed(session, list(hashes.values()), self._address_hash(_WITNESS)))
        return frozenset(email for email, mark in hashes.items() if mark in known)

    def stopped(self, email: str) -> str | None:
        """Return why this address must not be written to, None where it may be."""
        mark, witness = self._address_hash(email), self._address_hash(_WITNESS)
        with self._database.read() as session:
            self._require_key(_suppressed(session, (), witness))
            return session.scalar(select(SuppressionRow.reason).where(SuppressionRow.address_hash == mark))

    def withheld(self, readers: Mapping[int, str]) -> frozenset[int]:
        """Return those of these readers, by id with their address, who must not be written to.

        Their address is suppressed, or they read for that organisation no more.
        """
        gone, left = self.suppressed(readers.values()), self.left(readers)
        return frozenset(number for number, email in readers.items() if email in gone or number in left)

    def left(self, readers: Collection[int]) -> frozenset[int]:
        """Return those of these readers who stopped the bulletin of their organisation, and of it alone."""
        with self._database.read() as session:
            return frozenset(
                number for some in slices(list(readers)) for number in session.scalars(_LEFT_OF, {"readers": some})
            )

    def _require_key(self, hashes: Iterable[str]) -> set[str]:
        """Return the hashes as a set; with another key than theirs nobody would be recognised, and all written to."""
        known = set(hashes)
        if known and self._address_hash(_WITNESS) not in known:
            raise InputError(
                "la clé des désinscriptions n'est plus celle de la base : on écrirait à des personnes désinscrites",
                cure="restaurez var/keys de la même sauvegarde que la base",
            )
        return known

    def _person(self, session: Session, subscriber_id: int) -> SubscriberRow | None:
        mine = SubscriberRow.cluster_id == self._cluster
        return session.scalar(select(SubscriberRow).where(mine, SubscriberRow.id == subscriber_id))

    def _member(self, row: MemberRow, lines: dict[str, list[str]]) -> Member:
        fields: dict[str, Any] = {name: getattr(row, name) for name in _SCALARS}
        fields |= {name: tuple(lines.get(kind, ())) for name, kind in KINDS.items()}
        return Member(
            id=row.id,
            **fields,
            created=date.fromisoformat(row.created) if row.created else None,
            territories=self._chain(row.commune),
            profiled_at=row.profiled_at,
        )

    def _chain(self, commune: str | None) -> tuple[str, ...]:
        place = self._places.commune(commune) if self._places and commune else None
        return (place, *self._places.ancestors(place)) if self._places and place else ()

    def _save_members(self, session: Session, members: Sequence[Member], now: datetime) -> list[MemberRow]:
        """Write the single values of organisations; return their rows, in order."""
        mine = select(MemberRow).where(MemberRow.cluster_id == self._cluster)
        known = _found(session, mine, MemberRow.id, [one.id for one in members if one.id])
        named = _found(session, mine, MemberRow.organisation, [one.organisation for one in members if not one.id])
        by_id, by_name = {row.id: row for row in known}, {row.organisation: row for row in named}
        rows = []
        for member in members:
            row = by_id.get(member.id) if member.id else by_name.get(member.organisation)
            if row is None:
                row = MemberRow(cluster_id=self._cluster)
                session.add(row)
            for name in _SCALARS:
                setattr(row, name, getattr(member, name))
            row.created = member.created.isoformat() if member.created else None
            row.updated = now
            rows.append(row)
        session.flush()
        return rows

    def _save_people(
        self, session: Session, people: Sequence[tuple[Subscriber, int]], origin: str, now: datetime
    ) -> None:
        mine = select(SubscriberRow).where(SubscriberRow.cluster_id == self._cluster)
        known = _found(session, mine, SubscriberRow.id, [one.id for one, _ in people if one.id])
        named = _found(session, mine, SubscriberRow.email, [one.email for one, _ in people if not one.id])
        by_id, by_name = {row.id: row for row in known}, {(row.email, row.member_id): row for row in named}
        for person, member_id in people:
            row = by_id.get(person.id) if person.id else by_name.get((person.email, member_id))
            if row is None:
                row = SubscriberRow(cluster_id=self._cluster, origin=origin, added=now)
                session.add(row)
            _write_person(row, person, member_id)


def _found(session: Session, wanted: Select[R], column: InstrumentedAttribute[K], values: Sequence[K]) -> Iterator[R]:
    """Yield the rows whose column holds one of these values, however many there are."""
    for some in slices(values):
        yield from session.scalars(wanted.where(column.in_(some)))


def _suppressed(session: Session, hashes: Sequence[str], witness: str) -> Iterator[str]:
    """Yield those of these hashes that are suppressed, the witness among them, and any one that tells of others."""
    connection = session.connection()
    one = connection.scalar(_ONE_SUPPRESSED)
    if one is None:
        return
    yield one
    for some in slices([*hashes, witness]):
        yield from connection.scalars(_SUPPRESSED_OF, {"hashes": some})


def _write_person(row: SubscriberRow, person: Subscriber, member_id: int) -> None:
    row.member_id = member_id
    row.basis, row.origin = person.basis or row.basis or BASIS, person.origin or row.origin
    row.added = person.added or row.added
    row.email, row.first_name, row.last_name = person.email, person.first_name, person.last_name
    if not row.chosen_at:
        row.rhythm, row.languages = person.rhythm, list(person.languages)


def add_line(session: Session, member_id: int, field: str, value: str, now: datetime) -> None:
    """Add a phrase to a list of a profile, or set a single value; `value` was read as a cell of that column."""
    row = session.get_one(MemberRow, member_id)
    row.updated = now
    if field in (*_SCALARS, "created"):
        setattr(row, field, _NUMBERS.get(field, str)(value))
    elif _add_interest(session, member_id, KINDS[field], value) and KINDS[field] in _TELLING:
        row.profiled_at = now
    session.flush()


def _add_interest(session: Session, member_id: int, kind: str, value: str) -> bool:
    """Put a line at the end of a profile; tell whether it is new."""
    last = session.scalar(select(func.max(InterestRow.position)).where(InterestRow.member_id == member_id))
    line = {"member_id": member_id, "kind": kind, "value": value, "position": 0 if last is None else last + 1}
    return bool(upsert(session, InterestRow, [line], keys=["member_id", "kind", "value"]))


def _save_profiles(session: Session, profiles: Sequence[tuple[MemberRow, Member]]) -> list[MemberRow]:
    """Write the lines of profiles in place of the former ones; return whose now say anew what it does or needs."""
    before: dict[int, list[Line]] = defaultdict(list)
    lines = select(InterestRow).order_by(InterestRow.position)
    for line in _found(session, lines, InterestRow.member_id, [row.id for row, _ in profiles]):
        before[line.member_id].append((line.kind, line.value))
    changed = [(row, before[row.id], _lines(member)) for row, member in profiles if before[row.id] != _lines(member)]
    for some in slices([row.id for row, _, _ in changed]):
        session.execute(delete(InterestRow).where(InterestRow.member_id.in_(some)))
    written = [
        {"member_id": row.id, "kind": kind, "value": value, "position": place}
        for row, _, now in changed
        for place, (kind, value) in enumerate(now)
    ]
    upsert(session, InterestRow, written, keys=["member_id", "kind", "value"])
    return [row for row, old, now in changed if any(line[0] in _TELLING for line in set(now) - set(old))]


def _lines(member: Member) -> list[Line]:
    """Return a profile as (kind, value), each once, in order."""
    return [(kind, value) for name, kind in KINDS.items() for value in dict.fromkeys(getattr(member, name))]


def read_subscriber(row: SubscriberRow) -> Subscriber:
    """Read a person."""
    return Subscriber(
        id=row.id,
        member_id=row.member_id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        rhythm=row.rhythm,
        paused_until=date.fromisoformat(row.paused_until) if row.paused_until else None,
        sections_off=tuple(row.sections_off),
        muted=tuple(row.muted),
        muted_sources=tuple(row.muted_sources),
        languages=tuple(row.languages),
        alerts=row.alerts,
        basis=row.basis,
        origin=row.origin,
        added=row.added,
        chosen_at=row.chosen_at,
        left_at=row.left_at,
    )


_: type[MemberStore] = SqlMemberStore
