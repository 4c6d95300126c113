"""What is said of two items: by the machine, with what it compares; and by people."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class ItemSketchRow(Base):
    """What is compared of an item, and which state of it that is; an item whose state moved on waits."""

    __tablename__ = "item_sketch"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    item_version: Mapped[int]
    reading: Mapped[int]
    #: Who tagged it: types, areas and dates are compared.
    pipeline: Mapped[str] = mapped_column(String(128))
    #: The last thing that a person had said of its tags; null where nothing was.
    corrected_at: Mapped[datetime | None]
    method: Mapped[str] = mapped_column(String(32))
    sketch: Mapped[dict[str, Any]]
    #: Null from when it was placed until its links were written.
    linked_at: Mapped[datetime | None]


class ItemMarkRow(Base):
    """One of the marks that an item is looked up by."""

    __tablename__ = "item_mark"
    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    __table_args__ = (Index(None, "item_id"),)


class ItemLinkRow(Base):
    """Two items that look like one thing, the smaller number first. Effective = these − refused + added by people."""

    __tablename__ = "item_link"
    one: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    other: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    #: False: something forbids that they be one.
    same: Mapped[bool]
    score: Mapped[float] = mapped_column(Float)
    reason: Mapped[str]
    at: Mapped[datetime]


class LinkDecisionRow(Base):
    """What a person said of two items; append-only, the last one counts."""

    __tablename__ = "link_decision"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    one: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    other: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    #: same | different | withdrawn
    said: Mapped[str] = mapped_column(String(16))
    said_by: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
