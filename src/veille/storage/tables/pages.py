"""What crawl remembers of watched pages: their text as last believed, and what came and went."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class PageMemoryRow(Base):
    """What the reader of a watched page asked to be told at the next visit."""

    __tablename__ = "page_memory"
    source_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    #: The address and the definition that it is about, as in `source_state`: with other ones it starts afresh.
    feed: Mapped[str]
    definition: Mapped[str] = mapped_column(String(64))
    memory: Mapped[dict[str, Any]]


class PageChangeRow(Base):
    """What one change of a watched page added and removed; a change that is told anew has another row."""

    __tablename__ = "page_change"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(128))
    #: The id (`guid`) of its entry.
    change: Mapped[str] = mapped_column(String(64))
    seen: Mapped[datetime]
    added: Mapped[str]
    removed: Mapped[str]
    __table_args__ = (UniqueConstraint("source_id", "change", "seen"),)
