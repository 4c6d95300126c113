"""What staff choose by hand for an issue, and when they are away: sole writer of handpick and absence."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from veille.model import Absence, Handpicked, Pick
from veille.protocols import HandpickStore
from veille.storage.db import Database, upsert
from veille.storage.issue_store import touch
from veille.storage.tables import AbsenceRow, HandpickRow

_KEYS = ("issue_id", "kind", "item_id", "member_id")


class SqlHandpickStore:
    """The hand of one cluster's staff on its issues."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def pick(self, issue_id: int, picks: Sequence[Pick], *, by: str, now: datetime) -> None:
        """Write choices over the same ones; the issue becomes curated at once. InputError once it is approved."""
        with self._database.write(durable=True) as session:
            touch(session, issue_id, by=by, now=now)
            rows = [_values(issue_id, one, by, now) for one in picks]
            upsert(session, HandpickRow, rows, keys=_KEYS, update=["rank", "section", "words", "said_by", "at"])

    def replace(self, issue_id: int, kind: str, picks: Sequence[Pick], *, by: str, now: datetime) -> None:
        """Write every choice of one kind for all members anew (order, tronc commun); none = take them back."""
        with self._database.write(durable=True) as session:
            touch(session, issue_id, by=by, now=now, drawn=kind != "word")
            mine = (HandpickRow.issue_id == issue_id, HandpickRow.kind == kind, HandpickRow.member_id == 0)
            session.execute(delete(HandpickRow).where(*mine))
            upsert(session, HandpickRow, [_values(issue_id, one, by, now) for one in picks], keys=_KEYS)

    def undo(self, issue_id: int, item_id: int, *, by: str, now: datetime) -> int:
        """Take back every choice about an item; return how many there were."""
        with self._database.write(durable=True) as session:
            touch(session, issue_id, by=by, now=now)
            mine = (HandpickRow.issue_id == issue_id, HandpickRow.item_id == item_id)
            rows = session.scalars(select(HandpickRow).where(*mine)).all()
            for row in rows:
                session.delete(row)
            session.flush()
            return len(rows)

    def picks(self, issue_id: int) -> Sequence[Pick]:
        """Return every choice, in the order of their ranks."""
        with self._database.read() as session:
            return [_pick(row) for row in _of(session, issue_id)]

    def handpicked(self, issue_id: int) -> Handpicked:
        """Return what drafting is given."""
        kinds: dict[str, list[Pick]] = defaultdict(list)
        for one in self.picks(issue_id):
            kinds[one.kind].append(one)
        own: dict[int, list[int]] = defaultdict(list)
        for one in kinds["pin"]:
            if one.member_id:
                own[one.member_id].append(one.item_id)
        return Handpicked(
            pins=tuple(one.item_id for one in kinds["pin"] if not one.member_id),
            own={member: tuple(items) for member, items in own.items()},
            common=tuple(one.item_id for one in kinds["common"]),
            dropped=frozenset(one.item_id for one in kinds["drop"]),
            notes={one.item_id: one.words for one in kinds["note"]},
            sections={one.item_id: one.section for one in kinds["pin"] if one.section},
        )

    def word(self, issue_id: int) -> str:
        """Return the word of the week, or nothing."""
        return next((one.words for one in self.picks(issue_id) if one.kind == "word"), "")

    def absence(self) -> Absence | None:
        """Return the last absence that staff announced, over or not; None = none, or taken back."""
        query = select(AbsenceRow).where(AbsenceRow.cluster_id == self._cluster).order_by(AbsenceRow.id.desc()).limit(1)
        with self._database.read() as session:
            row = session.scalar(query)
            if row is None or not row.first_day:
                return None
            return Absence(first=date.fromisoformat(row.first_day), last=date.fromisoformat(row.last_day))

    def announce(self, absence: Absence | None, *, by: str, now: datetime) -> None:
        """Note when staff are away; None = they are back."""
        with self._database.write(durable=True) as session:
            session.add(
                AbsenceRow(
                    cluster_id=self._cluster,
                    first_day=absence.first.isoformat() if absence else "",
                    last_day=absence.last.isoformat() if absence else "",
                    said_by=by,
                    at=now,
                )
            )
            session.flush()


def _of(session: Session, issue_id: int) -> Sequence[HandpickRow]:
    query = select(HandpickRow).where(HandpickRow.issue_id == issue_id)
    return session.scalars(
        query.order_by(HandpickRow.kind, HandpickRow.rank, HandpickRow.at, HandpickRow.item_id)
    ).all()


def _pick(row: HandpickRow) -> Pick:
    return Pick(
        kind=row.kind,
        item_id=row.item_id,
        member_id=row.member_id,
        rank=row.rank,
        section=row.section,
        words=row.words,
        by=row.said_by,
    )


def _values(issue_id: int, one: Pick, by: str, now: datetime) -> dict[str, object]:
    return {
        "issue_id": issue_id,
        "kind": one.kind,
        "item_id": one.item_id,
        "member_id": one.member_id,
        "rank": one.rank,
        "section": one.section,
        "words": one.words,
        "said_by": by,
        "at": now,
    }


_: type[HandpickStore] = SqlHandpickStore
