"""Members, their people, their interests."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint
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
    commune: Mapped[str | None]
    updated: Mapped[datetime]
    __table_args__ = (UniqueConstraint("cluster_id", "organisation"),)


class InterestRow(Base):
    """One line of a profile: sector, axis, activity, skill, need, contribution, country, follow, muted."""

    __tablename__ = "interest"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str]
    position: Mapped[int]
    __table_args__ = (UniqueConstraint("member_id", "kind", "value"),)


class SubscriberRow(Base):
    """A person who gets the mail; each address has basis, origin and date."""

    __tablename__ = "subscriber"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    rhythm: Mapped[str] = mapped_column(String(16), default="weekly")
    basis: Mapped[str] = mapped_column(default="adhésion")
    origin: Mapped[str] = mapped_column(default="")
    added: Mapped[datetime]
    __table_args__ = (UniqueConstraint("cluster_id", "email"),)


class SuppressionRow(Base):
    """An address that must not be written to again, as a keyed hash that survives erasure."""

    __tablename__ = "suppression"
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime]
