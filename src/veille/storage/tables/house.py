"""The house itself: its clock and its ledger."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class InstanceRow(Base):
    """One row: the latest wall time this instance has seen, so that a clock moved back is refused."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    latest_seen: Mapped[datetime]


class WorkRow(Base):
    """The ledger. `token` changes at each claim; every finish is WHERE id = ? AND token = ?."""

    __tablename__ = "work"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    stage: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(255))
    #: waiting | running | quarantined (finished work leaves the table)
    state: Mapped[str] = mapped_column(String(16))
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(String(32))
    owner: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (UniqueConstraint("stage", "key"), Index(None, "stage", "state", "not_before"))
