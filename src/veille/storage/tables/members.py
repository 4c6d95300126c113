"""Members, their people, their interests, what they said of items."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class MemberRow(Base):
    """An organisation of the cluster."""

    __tablename__ = "member"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    organisation: Mapped[str]
    siren: Mapped[str | None]
    naf: Mapped[str | None]
    naf_version: Mapped[str | None]
    size: Mapped[str | None]
    staff: Mapped[int | None]
    turnover_eur: Mapped[float | None] = mapped_column(Float)
    legal_form: Mapped[str | None]
    #: ISO day of registration.
    created: Mapped[str | None] = mapped_column(String(10))
    website: Mapped[str | None]
    commune: Mapped[str | None]
    updated: Mapped[datetime]
    #: When its interests last changed.
    profiled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("cluster_id", "organisation"),)


class InterestRow(Base):
    """One line of a profile: sector, axis, activity, skill, need, contribution, certification, follow and so on."""

    __tablename__ = "interest"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str]
    position: Mapped[int]
    __table_args__ = (UniqueConstraint("member_id", "kind", "value"),)


class ProfileDraftRow(Base):
    """A line proposed for a profile; a refused one stays, so that nobody is asked twice."""

    __tablename__ = "profile_draft"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    #: Field of Member.
    field: Mapped[str] = mapped_column(String(32))
    value: Mapped[str]
    origin: Mapped[str]
    quote: Mapped[str]
    at: Mapped[datetime]
    #: proposed | accepted | refused
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("member_id", "field", "value"),)


class SubscriberRow(Base):
    """A person who gets the mail as one organisation's reader; each address has basis, origin and date."""

    __tablename__ = "subscriber"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    rhythm: Mapped[str] = mapped_column(String(16), default="weekly")
    #: ISO day of return; null = until they say so.
    paused_until: Mapped[str | None] = mapped_column(String(10))
    #: When they chose this themselves: a list imported later does not change it back.
    chosen_at: Mapped[datetime | None]
    #: Kinds of sections they do not want.
    sections_off: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    #: Words and source ids they do not want, beside their organisation's own.
    muted: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    muted_sources: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    #: ISO 639-1 codes; empty = French and English.
    languages: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    #: Asked for by themselves, on their page.
    alerts: Mapped[bool] = mapped_column(default=False, server_default=false())
    basis: Mapped[str] = mapped_column(default="adhésion")
    origin: Mapped[str] = mapped_column(default="")
    added: Mapped[datetime]
    #: Since when they read for this organisation no more, by their own choice; other ones of the address go on.
    left_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("cluster_id", "email", "member_id"),)


class FeedbackRow(Base):
    """What one person said of one item: the last word of each kind."""

    __tablename__ = "feedback"
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    #: vote | interest
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    #: useful | not_for_me | withdrawn; wanted | withdrawn
    value: Mapped[str] = mapped_column(String(16))
    #: too_big | out_of_area | known | other_trade, or empty.
    reason: Mapped[str] = mapped_column(String(16), default="")
    at: Mapped[datetime]


class BounceRow(Base):
    """A mail that came back, or what a relay told of one, by the hash of its bytes; append-only."""

    __tablename__ = "bounce"
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Whom it was sent to, where that is proved.
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    #: hard | soft | complaint | unsubscribe | nothing | unknown
    kind: Mapped[str] = mapped_column(String(16))
    #: RFC 3463.
    status: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str]
    at: Mapped[datetime]
    #: mail, or the relay that told it.
    told_by: Mapped[str] = mapped_column(String(16), default="mail", server_default="mail")
    #: Message-ID of ours, where it is known: four refusals of one mail are one refusal.
    message_id: Mapped[str | None] = mapped_column(String(255))


class SuppressionRow(Base):
    """An address that must not be written to again, as a keyed hash that survives erasure."""

    __tablename__ = "suppression"
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime]
