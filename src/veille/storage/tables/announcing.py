"""Editions told to channels."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base


class AnnouncementRow(Base):
    """One edition on one channel: the primary key is what forbids telling it twice."""

    __tablename__ = "announcement"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: telling | told | deferred | failed | uncertain
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int]
    next_at: Mapped[datetime | None]
    reply: Mapped[str]
    at: Mapped[datetime]
