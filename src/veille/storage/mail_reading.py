"""What the ledger of mails tells: deliveries, journal, paces, doubts. It writes nothing; `mail_ledger` does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from veille.model import Delivery, DeliveryState, SeenItem
from veille.model.issue_life import EDITABLE
from veille.model.returns import ReturnKind
from veille.model.sending import RateState
from veille.storage.db import Database
from veille.storage.digest_rows import read_delivery
from veille.storage.journal import SqlJournal
from veille.storage.mail_rows import COLUMNS, read_rate
from veille.storage.tables import BounceRow, DeliveryRow, IssueRow, RateStateRow


class MailReading:
    """The mails of one cluster's issues, to be looked at."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def seen(self, subscriber_ids: Sequence[int]) -> Mapping[int, Mapping[int, SeenItem]]:
        """Return the journal: subscriber → item → what was sent."""
        with self._database.read() as session:
            return SqlJournal(session).read(self._cluster, set(subscriber_ids))

    def received(self, issue_id: int, item_id: int) -> frozenset[int]:
        """Return the subscribers who were sent an item by that issue."""
        with self._database.read() as session:
            return SqlJournal(session).readers(issue_id, item_id)

    def complaints(self, issue_id: int, *, since: datetime) -> int:
        """Count the people of an issue who complained since then of what they were sent."""
        query = (
            select(func.count(BounceRow.subscriber_id.distinct()))
            .join(DeliveryRow, DeliveryRow.subscriber_id == BounceRow.subscriber_id)
            .where(
                DeliveryRow.issue_id == issue_id,
                DeliveryRow.state == DeliveryState.SENT,
                BounceRow.kind == ReturnKind.COMPLAINT,
                BounceRow.at >= since,
            )
        )
        with self._database.read() as session:
            return session.scalar(query) or 0

    def deliveries(self, issue_id: int) -> Sequence[Delivery]:
        """Return every delivery of an issue, in a fixed order."""
        query = select(COLUMNS).where(DeliveryRow.issue_id == issue_id).order_by(DeliveryRow.subscriber_id)
        with self._database.read() as session:
            return [read_delivery(row) for row in session.execute(query)]

    def rates(self) -> Sequence[RateState]:
        """Return what relays and receivers were given lately."""
        with self._database.read() as session:
            return [read_rate(row) for row in session.scalars(select(RateStateRow))]

    def counts(self, issue_id: int) -> Mapping[DeliveryState, int]:
        """Count the deliveries of an issue by state."""
        with self._database.read() as session:
            return count(session, issue_id)


def count(session: Session, issue_id: int) -> Counter[DeliveryState]:
    """Count the deliveries of an issue by state."""
    rows = session.execute(
        select(DeliveryRow.state, func.count()).where(DeliveryRow.issue_id == issue_id).group_by(DeliveryRow.state)
    )
    return Counter({DeliveryState(state): number for state, number in rows})


def doubtful_mails(database: Database, cluster_id: str) -> list[Delivery]:
    """Return the mails of which nobody knows whether they left, oldest issue first, until somebody settles them."""
    query = (
        select(DeliveryRow)
        .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
        .where(
            IssueRow.cluster_id == cluster_id,
            IssueRow.state.not_in(EDITABLE),
            DeliveryRow.state == DeliveryState.UNCERTAIN,
        )
    )
    with database.read() as session:
        rows = session.scalars(query.order_by(DeliveryRow.issue_id, DeliveryRow.subscriber_id))
        return [read_delivery(row) for row in rows]
