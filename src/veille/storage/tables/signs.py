"""Signs of life of an issue, without a person in them: answers, opened links by day, and the report given to staff."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base


class ReplyRow(Base):
    """That somebody answered an issue: when, and nothing else of it."""

    __tablename__ = "reply"
    #: Hash of the answer's Message-ID (of its bytes where it has none): the same answer counts once.
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    at: Mapped[datetime]


class LinkCountRow(Base):
    """How often an item was opened from an issue on one day; by whom is not known here."""

    __tablename__ = "link_count"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    #: ISO day of the cluster's calendar.
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int]


class StaffReportRow(Base):
    """The report of one issue to staff: its primary key is what forbids a second one."""

    __tablename__ = "staff_report"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(255))
    #: sending | sent | uncertain | rejected
    state: Mapped[str] = mapped_column(String(16))
    reply: Mapped[str]
    at: Mapped[datetime]


class MailboxMarkRow(Base):
    """How far a mailbox of ours was read (`returns`, `replies`); what that means is the mailbox's own."""

    __tablename__ = "mailbox_mark"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[str]
    at: Mapped[datetime]
