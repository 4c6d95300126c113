"""Rows of issues as values, and back; the hash that approval signs."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from veille.model import (
    Bulletin,
    Delivery,
    DeliveryState,
    Drafted,
    Issue,
    IssueState,
    Reason,
    Selected,
    Subscriber,
)
from veille.storage.member_store import read_subscriber
from veille.storage.tables import BulletinRow, DeliveryRow, IssueRow, SelectionRow, SubscriberRow

#: Rows read at a time where all of an issue is.
_PAGE = 500


def frozen(session: Session, issue_id: int, frame: Mapping[str, Any]) -> tuple[str, frozenset[int]]:
    """Return the SHA-256 of all that the bytes of an issue are made from, why each line is there, and who reads it.

    Rows are hashed as they are stored: making values of them and data of these again took three times as long.
    """
    shared = {key: value for key, value in frame.items() if key != "date"}  # written when sending begins
    whole, readers = hashlib.sha256(_canonical(shared)), []
    bulletins = select(BulletinRow.subscriber_id, BulletinRow.content).where(BulletinRow.issue_id == issue_id)
    page = {"yield_per": _PAGE}  # of eighty thousand bulletins, never more at once
    for person, content in session.execute(bulletins.order_by(BulletinRow.subscriber_id), execution_options=page):
        if content is not None:
            readers.append(person)
            whole.update(_canonical([person, content]))
    columns = (SelectionRow.subscriber_id, SelectionRow.rank, SelectionRow.item_id, SelectionRow.item_version,
               SelectionRow.section, SelectionRow.score, SelectionRow.reasons)  # fmt: skip
    lines = select(*columns).where(SelectionRow.issue_id == issue_id).order_by(*columns[:3])
    for line in session.execute(lines, execution_options=page):
        whole.update(_canonical(list(line)))
    return whole.hexdigest(), frozenset(readers)


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=True).encode() + b"\n"


def read_issue(row: IssueRow) -> Issue:
    """Read an issue."""
    return Issue(
        id=row.id,
        digest=row.digest,
        period=row.period,
        state=IssueState(row.state),
        built_at=row.built_at,
        edited_by=row.edited_by,
        edits=row.edits,
        frozen_at=row.frozen_at,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        content_sha256=row.content_sha256,
        send_at=row.send_at,
        stale_at=row.stale_at,
        frame=row.frame,
    )


def read_delivery(row: DeliveryRow | Row[Any]) -> Delivery:
    """Read a delivery."""
    return Delivery(
        issue_id=row.issue_id,
        subscriber_id=row.subscriber_id,
        email=row.email,
        state=DeliveryState(row.state),
        message_id=row.message_id,
        tries=row.tries,
        reply=row.reply,
        token=row.token,
        family=row.family or "",
        next_at=row.next_at,
        enhanced=row.enhanced or "",
        begun_at=row.begun_at,
    )


def bulletin_values(issue_id: int, one: Drafted) -> dict[str, Any]:
    """Return the row of one bulletin."""
    return {
        "issue_id": issue_id,
        "subscriber_id": one.subscriber.id,
        "content": one.bulletin.as_data() if one.bulletin else None,
        "skipped": one.skipped or None,
        "offered": [list(pair) for pair in one.offered],
    }


def selection_values(issue_id: int, subscriber_id: int, line: Selected) -> dict[str, Any]:
    """Return the row of one chosen item."""
    reasons = [{"kind": reason.kind, "text": reason.text, "weight": reason.weight} for reason in line.reasons]
    return {
        "issue_id": issue_id,
        "subscriber_id": subscriber_id,
        "item_id": line.item_id,
        "item_version": line.item_version,
        "section": line.section,
        "rank": line.rank,
        "score": line.score,
        "reasons": reasons,
    }


def read_letters(session: Session, issue_id: int, first: int, limit: int) -> list[tuple[Subscriber, Bulletin]]:
    """Read the bulletins of an issue for the subscribers from that number on, so many at most."""
    mine = (BulletinRow.issue_id == issue_id, BulletinRow.subscriber_id >= first)
    query = (
        select(BulletinRow.content, SubscriberRow)
        .join(SubscriberRow, SubscriberRow.id == BulletinRow.subscriber_id)
        .where(*mine, BulletinRow.skipped.is_(None))
        .order_by(BulletinRow.subscriber_id)
        .limit(limit)
    )
    rows = session.execute(query)
    return [(read_subscriber(person), Bulletin.from_data(content)) for content, person in rows if content is not None]


def read_drafted(session: Session, issue_id: int) -> list[Drafted]:
    """Read what an issue holds, one per subscriber, in a fixed order."""
    lines: dict[int, list[Selected]] = {}
    chosen = select(SelectionRow).where(SelectionRow.issue_id == issue_id)
    for row in session.scalars(chosen.order_by(SelectionRow.subscriber_id, SelectionRow.rank)):
        lines.setdefault(row.subscriber_id, []).append(
            Selected(
                item_id=row.item_id,
                item_version=row.item_version,
                section=row.section,
                rank=row.rank,
                score=row.score,
                reasons=tuple(Reason(**reason) for reason in row.reasons),
            )
        )
    bulletins = (
        select(BulletinRow, SubscriberRow)
        .join(SubscriberRow, SubscriberRow.id == BulletinRow.subscriber_id)
        .where(BulletinRow.issue_id == issue_id)
        .order_by(BulletinRow.subscriber_id)
    )
    return [
        Drafted(
            subscriber=read_subscriber(person),
            bulletin=Bulletin.from_data(row.content) if row.content else None,
            skipped=row.skipped or "",
            selection=tuple(lines.get(person.id, ())),
            offered=tuple((item, share) for item, share in row.offered or ()),
        )
        for row, person in session.execute(bulletins)
    ]
