"""What crawl remembers of sites, and what staff are told of sources."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class SiteRow(Base):
    """What a site asks of programs: its robots.txt and tdmrep.json, as last read."""

    __tablename__ = "site"
    #: Scheme and authority: 253 characters of host, then a port.
    site: Mapped[str] = mapped_column(String(300), primary_key=True)
    asked_at: Mapped[datetime]
    robots: Mapped[str | None]
    learnt_at: Mapped[datetime | None]
    down: Mapped[str]
    down_since: Mapped[datetime | None]
    reserved: Mapped[str]


class SourceEventRow(Base):
    """A trouble of a source that lasts, or its end: staff are told of each once."""

    __tablename__ = "source_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(128))
    health: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    at: Mapped[datetime]
    sentence: Mapped[str]
    next_step: Mapped[str]
    told_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("source_id", "since", "health"), Index(None, "told_at"))
