"""One person in every table: give all that is held of them, or erase it.

The one place besides a table's own writer that changes it: what is held of a person must go whole, in one transaction,
tables of tomorrow included. So it knows no table by name but asks each which of its columns point at a subscriber, and
looks for the address in every text.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import JSON, Column, CursorResult, ForeignKey, String, Table, delete, func, or_, select, update
from sqlalchemy import cast as converted
from sqlalchemy.orm import Session

from veille.errors import InputError
from veille.model import Erased
from veille.model.issue_life import LIVING
from veille.protocols.people import PersonStore
from veille.storage.db import Database
from veille.storage.tables import AttemptRow, Base, DeliveryRow, IssueRow, MemberRow, SubscriberRow

#: What stands where an address stood; shorter than any address, so that it fits wherever one did.
_GONE = "[…]"
#: What is there of the sender, of this program and of a keyed hash: nothing of a reader.
_OTHERS = frozenset({"issue", "instance", "work", "suppression", "source_state", "site"})
#: Frozen content: while an issue of it may still leave, its hash says that nobody touched it.
_FROZEN = (*LIVING, "frozen")


class SqlPersonStore:
    """What one cluster holds of its people."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def held(self, subscriber_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return table → its rows about a person, all columns; raises InputError for an unknown one."""
        with self._database.read() as session:
            person = self._person(session, subscriber_id)
            readings = self._readings(session, person)
            found = {table.name: _rows(session, table, wanted) for table, wanted in _about(session, readings)}
            organisations = MemberRow.id.in_([one.member_id for one in readings])
            found["member"] = _rows(session, _table(MemberRow), organisations)
            for table, column, rows in _mentions(session, person.email):
                given = {_key(table, row) for row in found.get(table.name, ())}
                found[f"{table.name}.{column.name}"] = [row for row in rows if _key(table, row) not in given]
            return {name: rows for name, rows in found.items() if rows}

    def erase(self, subscriber_id: int) -> Erased:
        """Delete a person from every table and their address from every text, all or nothing, as a reader of whomever.

        Raises InputError for an unknown person, and while an edition that may still leave holds what is frozen of them.
        """
        with self._database.write(durable=True) as session:
            person = self._person(session, subscriber_id)
            self._require_rest(session)
            email, deleted = person.email, Counter[str]()
            for table, wanted in list(_about(session, self._readings(session, person))):
                gone = cast("CursorResult[Any]", session.execute(delete(table).where(wanted)))
                deleted[table.name] += gone.rowcount
            cleaned = Counter(dict(_cleaned(session, email)))
        return Erased(deleted=+deleted, cleaned=+cleaned, compacted=self._database.compact())

    def _person(self, session: Session, subscriber_id: int) -> SubscriberRow:
        mine = SubscriberRow.cluster_id == self._cluster
        person = session.scalar(select(SubscriberRow).where(mine, SubscriberRow.id == subscriber_id))
        if person is None:
            raise InputError("cette personne n'est plus dans la liste", cure="« veille members list » dit qui y est")
        return person

    def _readings(self, session: Session, person: SubscriberRow) -> Sequence[SubscriberRow]:
        """Return the person as a reader of each organisation that their address reads for."""
        mine = SubscriberRow.cluster_id == self._cluster
        return session.scalars(select(SubscriberRow).where(mine, SubscriberRow.email == person.email)).all()

    def _require_rest(self, session: Session) -> None:
        """Refuse while something frozen may leave: taking a reader out of it would void its signature."""
        mine = IssueRow.cluster_id == self._cluster
        frozen = select(IssueRow.digest, IssueRow.period).where(mine, IssueRow.state.in_(_FROZEN))
        issue = session.execute(frozen.limit(1)).first()
        if issue is not None:
            raise InputError(
                f"l'édition {issue.digest} {issue.period} est figée et peut encore partir : rien n'est effacé encore, "
                "mais plus aucun mail n'ira à cette adresse",
                cure="relancez la commande quand l'édition est partie, ou annulez-la",
            )


def _about(session: Session, readings: Sequence[SubscriberRow]) -> Iterator[tuple[Table, Any]]:
    """Yield (table, condition) of every row about a person: those that need others before those."""
    numbers = [one.id for one in readings]
    sent = select(DeliveryRow.message_id).where(DeliveryRow.subscriber_id.in_(numbers))
    messages = list(session.scalars(sent))
    yield _table(AttemptRow), AttemptRow.message_id.in_(messages)
    for table in reversed(Base.metadata.sorted_tables):
        pointing = [column for column in table.columns if any(_at_subscriber(key) for key in column.foreign_keys)]
        if pointing:
            yield table, or_(*(column.in_(numbers) for column in pointing))
    yield _table(SubscriberRow), SubscriberRow.id.in_(numbers)


def _at_subscriber(key: ForeignKey) -> bool:
    return key.column.table is _table(SubscriberRow)


def _table(row: type[Base]) -> Table:
    return Base.metadata.tables[row.__tablename__]


def _rows(session: Session, table: Table, wanted: Any) -> list[dict[str, Any]]:
    return [_plain(row) for row in session.execute(select(table).where(wanted)).mappings()]


def _key(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[key.name] for key in table.primary_key.columns)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date | datetime) else value for key, value in row.items()}


# ── the address in texts ────────────────────────────────────────────────────────────────────────────────────────────
def _texts() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every column that may hold somebody's words."""
    for table in Base.metadata.sorted_tables:
        if table.name not in _OTHERS and table is not _table(SubscriberRow):
            for column in table.columns:
                if isinstance(column.type, String | JSON) and not column.primary_key:
                    yield table, column


def _naming(column: Column[Any], email: str) -> Any:
    """Return the condition that a text may name an address; the pattern decides."""
    written = converted(column, String) if isinstance(column.type, JSON) else column
    return func.lower(written).contains(email.lower(), autoescape=True)


def _pattern(email: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-]|\.\w)", re.IGNORECASE)


def _mentions(session: Session, email: str) -> Iterator[tuple[Table, Column[Any], list[dict[str, Any]]]]:
    """Yield each column with the rows whose text names an address: their keys and that text."""
    said = _pattern(email)
    for table, column in _texts():
        keys = list(table.primary_key.columns)
        found = session.execute(select(*keys, column).where(_naming(column, email))).mappings()
        rows = [_plain(row) for row in found if said.search(_written(row[column.name]))]
        if rows:
            yield table, column, rows


def _cleaned(session: Session, email: str) -> Iterator[tuple[str, int]]:
    """Take an address out of every text; yield « table.column » and how many."""
    said = _pattern(email)
    for table, column in _texts():
        keys = list(table.primary_key.columns)
        rows = session.execute(select(*keys, column).where(_naming(column, email))).mappings().all()
        count = 0
        for row in rows:
            now = said.sub(_GONE, _written(row[column.name]))
            if now == _written(row[column.name]):
                continue
            value = json.loads(now) if isinstance(column.type, JSON) else now
            same = [key == row[key.name] for key in keys]
            session.execute(update(table).where(*same).values({column.name: value}))
            count += 1
        yield f"{table.name}.{column.name}", count


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_: type[PersonStore] = SqlPersonStore
