"""What people said of items: the last word of each kind. Sole writer of `feedback`."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from veille.errors import InputError
from veille.model import Feedback, Opinion
from veille.protocols import FeedbackStore
from veille.storage.db import Database, upsert
from veille.storage.tables import FeedbackRow, ItemRow, SubscriberRow

#: A vote and « cela m'intéresse » stand beside each other.
_KINDS = {Opinion.USEFUL: "vote", Opinion.NOT_FOR_ME: "vote", Opinion.WANTED: "interest"}

_KEYS = ("subscriber_id", "item_id", "kind")


class SqlFeedbackStore:
    """The opinions of one cluster's people."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def record(self, feedback: Feedback) -> None:
        """Write an opinion over the former one of its kind; raises InputError for an unknown person or item."""
        kind = _KINDS.get(feedback.opinion)
        if kind is None:
            raise ValueError("say which opinion is withdrawn: `withdraw`")
        self._write(feedback, kind, feedback.opinion)

    def withdraw(self, feedback: Feedback) -> None:
        """Take back the opinion of this kind."""
        self._write(feedback, _KINDS[feedback.opinion], Opinion.WITHDRAWN)

    def of(self, subscriber_id: int, item_id: int | None = None) -> Sequence[Feedback]:
        """Return what one person holds, of one item or of all, oldest first."""
        wanted = [FeedbackRow.subscriber_id == subscriber_id]
        if item_id is not None:
            wanted.append(FeedbackRow.item_id == item_id)
        return self._read(*wanted)

    def all(self) -> Sequence[Feedback]:
        """Return every opinion held in the cluster, oldest first."""
        return self._read()

    def _read(self, *wanted: ColumnElement[bool]) -> list[Feedback]:
        with self._database.read() as session:
            rows = session.scalars(
                select(FeedbackRow)
                .join(SubscriberRow, SubscriberRow.id == FeedbackRow.subscriber_id)
                .where(SubscriberRow.cluster_id == self._cluster, FeedbackRow.value != Opinion.WITHDRAWN, *wanted)
                .order_by(FeedbackRow.at, FeedbackRow.item_id, FeedbackRow.kind)
            ).all()
        return [
            Feedback(
                subscriber_id=row.subscriber_id,
                item_id=row.item_id,
                opinion=Opinion(row.value),
                reason=row.reason,
                at=row.at,
            )
            for row in rows
        ]

    def _write(self, feedback: Feedback, kind: str, value: Opinion) -> None:
        with self._database.write(durable=True) as session:
            mine = SubscriberRow.cluster_id == self._cluster
            person = session.scalar(select(SubscriberRow.id).where(mine, SubscriberRow.id == feedback.subscriber_id))
            item = session.scalar(select(ItemRow.id).where(ItemRow.id == feedback.item_id))
            if person is None or item is None:
                raise InputError("cette personne ou cet article n'est plus connu", cure="écrivez à votre cluster")
            row = {
                "subscriber_id": person,
                "item_id": item,
                "kind": kind,
                "value": value.value,
                "reason": feedback.reason,
                "at": feedback.at,
            }
            upsert(
                session, FeedbackRow, [row], keys=["subscriber_id", "item_id", "kind"], update=["value", "reason", "at"]
            )


_: type[FeedbackStore] = SqlFeedbackStore
