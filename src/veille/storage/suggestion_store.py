"""What people forwarded to the cluster's box: sole writer of suggestion. A decision is final and made once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, update

from veille.model.letters import Suggested, Suggestion, SuggestionState
from veille.protocols.letters import SuggestionStore
from veille.storage.db import Database, upsert
from veille.storage.tables import SuggestionRow

#: As stored; what staff read is in the model.
_WAITING, _ACCEPTED, _REFUSED = "waiting", "accepted", "refused"
_STATES = {
    _WAITING: SuggestionState.WAITING,
    _ACCEPTED: SuggestionState.ACCEPTED,
    _REFUSED: SuggestionState.REFUSED,
}


class SqlSuggestionStore:
    """One cluster's queue in the database."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster_id = cluster_id

    def add(self, source_id: str, suggested: Sequence[Suggested], now: datetime) -> int:
        """Add those not seen before, by their guid; return how many."""
        rows = [
            {
                "cluster_id": self._cluster_id,
                "key": one.entry.guid,
                "source_id": source_id,
                "message_id": one.message_id,
                "suggested_by": one.by,
                "comment": one.comment,
                "title": one.entry.title,
                "link": one.entry.link,
                "text": one.entry.text,
                "sent": one.entry.published,
                "received": now,
                "state": _WAITING,
            }
            for one in suggested
        ]
        with self._database.write() as session:
            before = session.scalar(self._counted()) or 0
            upsert(session, SuggestionRow, rows, keys=["cluster_id", "key"])
            return (session.scalar(self._counted()) or 0) - before

    def waiting(self) -> Sequence[Suggestion]:
        """Return those that wait for a decision, oldest first."""
        mine = select(SuggestionRow).where(*self._mine(), SuggestionRow.state == _WAITING)
        with self._database.read() as session:
            return [_suggestion(row) for row in session.scalars(mine.order_by(SuggestionRow.id))]

    def get(self, suggestion_id: int) -> Suggestion | None:
        """Return one, whatever its state."""
        with self._database.read() as session:
            row = session.scalar(select(SuggestionRow).where(*self._mine(), SuggestionRow.id == suggestion_id))
            return _suggestion(row) if row else None

    def accept(self, suggestion_id: int, item_id: int, now: datetime) -> bool:
        """Note that one became an item; False where it had been decided before."""
        return self._decide(suggestion_id, _ACCEPTED, now, item_id)

    def refuse(self, suggestion_id: int, now: datetime) -> bool:
        """Note that one is refused; False where it had been decided before."""
        return self._decide(suggestion_id, _REFUSED, now, None)

    def _decide(self, suggestion_id: int, state: str, now: datetime, item_id: int | None) -> bool:
        row = SuggestionRow
        undecided = (*self._mine(), row.id == suggestion_id, row.state == _WAITING)
        values = {"state": state, "decided_at": now, "item_id": item_id}
        with self._database.write() as session:
            return session.scalar(update(row).where(*undecided).values(values).returning(row.id)) is not None

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (SuggestionRow.cluster_id == self._cluster_id,)

    def _counted(self) -> Select[int]:
        return select(func.count()).select_from(SuggestionRow).where(*self._mine())


def _suggestion(row: SuggestionRow) -> Suggestion:
    return Suggestion(
        id=row.id,
        source_id=row.source_id,
        suggested_by=row.suggested_by,
        comment=row.comment,
        title=row.title,
        link=row.link,
        text=row.text,
        sent=row.sent,
        received=row.received,
        state=_STATES[row.state],
        item_id=row.item_id,
    )


_store: type[SuggestionStore] = SqlSuggestionStore
