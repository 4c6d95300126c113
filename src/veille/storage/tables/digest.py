"""Issues, bulletins and their deliveries."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class IssueRow(Base):
    """One edition of a digest; unique by local period, so that nothing is made twice."""

    __tablename__ = "issue"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    built_at: Mapped[datetime]
    #: Who last touched it by hand; empty = the machine alone.
    edited_by: Mapped[str] = mapped_column(default="", server_default="")
    #: Edits by hand so far; the frame of a draft says how many it holds.
    edits: Mapped[int] = mapped_column(default=0, server_default="0")
    frozen_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    send_at: Mapped[datetime]
    #: After this instant it must not leave any more.
    stale_at: Mapped[datetime]
    #: What every mail shares, frozen with the issue: templates, sender's identity, signing key id.
    frame: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("cluster_id", "digest", "period"),)


class BulletinRow(Base):
    """One subscriber's bulletin, frozen as JSON; `skipped` says in French why there is none."""

    __tablename__ = "bulletin"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    content: Mapped[dict[str, Any] | None]
    skipped: Mapped[str | None]
    #: What the reader was offered, chosen or not, as [item, weight or null]: an edit of the draft is told by it whom it
    #: touches. None once unknown.
    offered: Mapped[list[Any] | None]
    #: SHA-256 of the drawn mail (subject, both parts), written when frozen or approved: what is sent must be the same.
    render_sha256: Mapped[str | None] = mapped_column(String(64))


class IssueEventRow(Base):
    """Append-only: each move of an issue, who made it and why."""

    __tablename__ = "issue_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    said_by: Mapped[str]
    why: Mapped[str]


class HandpickRow(Base):
    """What staff chose by hand for an issue: it outlives each new draft of it."""

    __tablename__ = "handpick"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    #: pin | common | drop | note | word
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    #: 0 for the word of the week, which is of no item.
    item_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    #: 0 = for every member.
    member_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    rank: Mapped[int]
    #: Kind of the section forced, or empty.
    section: Mapped[str] = mapped_column(String(32))
    words: Mapped[str]
    said_by: Mapped[str]
    at: Mapped[datetime]


class AbsenceRow(Base):
    """Append-only: from when to when staff are away; the last line counts, an empty period ends an absence."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    #: ISO days, both included; empty = nobody is away.
    first_day: Mapped[str] = mapped_column(String(10))
    last_day: Mapped[str] = mapped_column(String(10))
    said_by: Mapped[str]
    at: Mapped[datetime]


class SelectionRow(Base):
    """Which item stands where in whose bulletin, and why: the record behind `why` and `digest build --json`."""

    __tablename__ = "selection"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    item_version: Mapped[int]
    section: Mapped[str] = mapped_column(String(32))
    rank: Mapped[int]
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[Any]]


class DeliveryRow(Base):
    """One mail of one issue: its primary key is what forbids a second one."""

    __tablename__ = "delivery"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    state: Mapped[str] = mapped_column(String(16), index=True)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(String(32))
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    smtp_code: Mapped[int | None]
    reply: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]
    #: When the body was about to leave, written before its final dot: without it, nobody can have taken the mail.
    begun_at: Mapped[datetime | None]
    #: RFC 3463, or none.
    enhanced: Mapped[str | None] = mapped_column(String(16))
    #: gmail | microsoft | orange | sfr | laposte | free | other: who receives for its domain.
    family: Mapped[str | None] = mapped_column(String(16))


class AttemptRow(Base):
    """Append-only: what each try of each mail met."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(255), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    smtp_code: Mapped[int | None]
    reply: Mapped[str]
    #: How far it went, what RFC 3463 says of it, and who said so; empty where no server spoke.
    phase: Mapped[str] = mapped_column(String(16), server_default="")
    enhanced: Mapped[str] = mapped_column(String(16), server_default="")
    server: Mapped[str] = mapped_column(String(255), server_default="")


class SeenRow(Base):
    """The journal: which version of which item a subscriber was sent; written from « sent » only."""

    __tablename__ = "seen"
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    item_version: Mapped[int]
    #: The deadline that was shown, ISO, so that « échéance reportée » can say from when.
    deadline: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime]
