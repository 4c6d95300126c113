"""What tagging writes: tags and facts of items."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base


class ItemTagRow(Base):
    """A machine tag. Effective tags = these − rejected + added by people."""

    __tablename__ = "item_tag"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(16), primary_key=True)
    term: Mapped[str] = mapped_column(String(128), primary_key=True)
    rank: Mapped[int]
    score: Mapped[float] = mapped_column(Float)
    origin: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str] = mapped_column(String(16), default="main")
    evidence: Mapped[list[Any]]
    __table_args__ = (Index(None, "scheme", "term"),)


class ItemFactRow(Base):
    """A fact read in an item; `previous` is its value before the last amendment, if one changed it."""

    __tablename__ = "item_fact"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str]
    previous: Mapped[str | None]
    origin: Mapped[str] = mapped_column(String(16))
    evidence: Mapped[list[Any]]


class TaggingRow(Base):
    """Which pipeline tagged which version of an item: re-tagging is a query."""

    __tablename__ = "tagging"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    item_version: Mapped[int]
    #: `detail.reading` at that time; 0 where nothing was read besides the list.
    reading: Mapped[int] = mapped_column(default=0, server_default="0")
    #: name@version
    pipeline: Mapped[str] = mapped_column(String(128))
    lang: Mapped[str | None] = mapped_column(String(8))
    tagged_at: Mapped[datetime]
    #: How often the day on which it closes or takes place moved, came or went; null = not counted yet.
    moves: Mapped[int | None]
