"""The journal: which version of which item a subscriber was sent. Sole writer of `seen`; `mail_ledger` calls it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, bindparam, cast, column, func, select
from sqlalchemy.orm import Session

from veille.config.digests import ERRATUM
from veille.model import Delivery, SeenItem
from veille.storage.db import upsert_statement
from veille.storage.prepared import Prepared
from veille.storage.tables import Base, BulletinRow, IssueRow, SeenRow, SubscriberRow

#: Up to that many readers are looked up by their key; for more, the journal is read whole.
_FEW = 50
#: What the journal keeps of a line.
_SHOWN = ("item_id", "item_version", "closes")
#: What is read from, and the columns of `_SHOWN`.
_Lines = tuple[tuple[Any, ...], Sequence[ColumnElement[Any]]]


class SqlJournal:
    """The journal, within its caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, cluster_id: str, subscriber_ids: Collection[int]) -> Mapping[int, Mapping[int, SeenItem]]:
        """Return subscriber → item → what was sent; a correction tells what holds now, and is no second showing."""
        found: dict[int, dict[int, SeenItem]] = {}
        mine_only = (
            select(SeenRow, IssueRow.digest)
            .join(SubscriberRow, SubscriberRow.id == SeenRow.subscriber_id)
            .join(IssueRow, IssueRow.id == SeenRow.issue_id)
            .where(SubscriberRow.cluster_id == cluster_id)
        )
        if len(subscriber_ids) <= _FEW:
            mine_only = mine_only.where(SeenRow.subscriber_id.in_(subscriber_ids))
        for row, digest in self._session.execute(mine_only.order_by(SeenRow.at, SeenRow.issue_id)):
            if row.subscriber_id in subscriber_ids:
                mine = found.setdefault(row.subscriber_id, {})
                known = mine.get(row.item_id)
                corrects = known if digest.endswith(ERRATUM) else None
                mine[row.item_id] = SeenItem(
                    item_id=row.item_id,
                    item_version=row.item_version,
                    deadline=date.fromisoformat(row.deadline) if row.deadline else None,
                    at=corrects.at if corrects else row.at,
                    times=corrects.times if corrects else 1 + (known.times if known else 0),
                )
        return found

    def readers(self, issue_id: int, item_id: int) -> frozenset[int]:
        """Return the subscribers who were sent an item by that issue."""
        query = select(SeenRow.subscriber_id).where(SeenRow.issue_id == issue_id, SeenRow.item_id == item_id)
        return frozenset(self._session.scalars(query))

    def write(self, sent: Sequence[Delivery], now: datetime) -> None:
        """Write what these mails showed, as it was frozen; once written it stays as it is."""
        connection = self._session.connection()
        mails = [{"of_issue": one.issue_id, "for_subscriber": one.subscriber_id, "at": now} for one in sent]
        _put(connection.dialect.name).run(connection, mails)


@cache
def _put(dialect: str) -> Prepared:
    """Return what writes the lines of a bulletin that are not there yet: the database reads its JSON by itself."""
    read, (item_id, version, closes) = _sqlite_lines() if dialect == "sqlite" else _postgres_lines()
    shown = (
        select(
            BulletinRow.subscriber_id,
            item_id,
            BulletinRow.issue_id,
            version,
            func.nullif(closes, ""),
            bindparam("at", type_=SeenRow.at.type),
        )
        .select_from(BulletinRow, *read)
        .where(BulletinRow.issue_id == bindparam("of_issue"), BulletinRow.subscriber_id == bindparam("for_subscriber"))
    )
    columns = ("subscriber_id", "item_id", "issue_id", "item_version", "deadline", "at")
    table = Base.metadata.tables["seen"]
    put = upsert_statement(table, dialect, ("subscriber_id", "item_id", "issue_id"))
    return Prepared(put.from_select(columns, shown))


def _sqlite_lines() -> _Lines:
    """Return the lines of a bulletin's sections, and of each what is kept."""
    section = func.json_each(BulletinRow.content, "$.sections").table_valued("value", name="section")
    line = func.json_each(section.c.value, "$.lines").table_valued("value", name="line")
    return (section, line), [func.json_extract(line.c.value, f"$.{name}") for name in _SHOWN]


def _postgres_lines() -> _Lines:
    """Return the same."""
    value = column("value", JSON)  # as the function calls it
    section = func.json_array_elements(BulletinRow.content["sections"]).table_valued(value, name="section")
    line = func.json_array_elements(section.c.value["lines"]).table_valued(value, name="line")
    item_id, version, closes = (line.c.value[name] for name in _SHOWN)
    return (section, line), [cast(item_id.as_string(), BigInteger), version.as_integer(), closes.as_string()]
