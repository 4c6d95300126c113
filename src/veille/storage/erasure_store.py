"""Who asked that their data be erased. Sole writer of `erasure_request`."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from veille.errors import InputError
from veille.protocols.people import ErasureStore
from veille.storage.db import Database, upsert
from veille.storage.tables import ErasureRequestRow, SubscriberRow


class SqlErasureStore:
    """The requests of one cluster's people."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def ask(self, subscriber_id: int, now: datetime) -> None:
        """Note a request; the first one's date stays, a month runs from it. Raises InputError for an unknown person."""
        mine = SubscriberRow.cluster_id == self._cluster
        with self._database.write(durable=True) as session:
            person = session.scalar(select(SubscriberRow.id).where(mine, SubscriberRow.id == subscriber_id))
            if person is None:
                raise InputError("cette personne n'est plus dans la liste", cure="écrivez à votre cluster")
            upsert(session, ErasureRequestRow, [{"subscriber_id": person, "at": now}], keys=["subscriber_id"])

    def withdraw(self, subscriber_id: int) -> None:
        """Take a request back."""
        mine = select(SubscriberRow.id).where(SubscriberRow.cluster_id == self._cluster)
        asked = ErasureRequestRow.subscriber_id
        with self._database.write(durable=True) as session:
            session.execute(delete(ErasureRequestRow).where(asked == subscriber_id, asked.in_(mine)))

    def asked(self, subscriber_id: int) -> datetime | None:
        """Return since when a person waits to be erased, None if they do not."""
        return self._requests(ErasureRequestRow.subscriber_id == subscriber_id).get(subscriber_id)

    def waiting(self) -> Mapping[int, datetime]:
        """Return subscriber → when they asked, the oldest request first."""
        return self._requests()

    def _requests(self, *those: ColumnElement[bool]) -> dict[int, datetime]:
        with self._database.read() as session:
            rows = session.scalars(
                select(ErasureRequestRow)
                .join(SubscriberRow, SubscriberRow.id == ErasureRequestRow.subscriber_id)
                .where(SubscriberRow.cluster_id == self._cluster, *those)
                .order_by(ErasureRequestRow.at, ErasureRequestRow.subscriber_id)
            ).all()
        return {row.subscriber_id: row.at for row in rows}


_: type[ErasureStore] = SqlErasureStore
